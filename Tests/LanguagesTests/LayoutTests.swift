import ConcordLanguages
import Testing

/// A tree to be printed: enough to reach every mark of a layout.
indirect enum Sketch: Sendable {
  case word(String)
  case call(String, [Sketch])
  case list([String])
  case all([Sketch])
  case any([Sketch])
  case solid(Sketch)

  /// How tightly what joins the parts binds.
  private var strength: Int {
    switch self {
    case .word, .call, .list, .solid: .max
    case .all: 2
    case .any: 1
    }
  }

  func spell(for needed: Int = 0, narrowing: Int = 0, to layout: inout Layout) {
    layout.group(narrowing: narrowing) { layout in
      layout.operand(strength, for: needed) { layout in
        switch self {
        case .word(let word): layout.append(word)
        case .call(let name, let arguments):
          layout.append(name)
          layout.enclosed("(", ")") { $0.separated(arguments) { $1.spell(to: &$0) } }
        case .list(let items):
          layout.enclosed("[", "]") { $0.filled(items) { $0.append($1) } }
        case .all(let operands):
          layout.joined(operands, by: "AND") { $1.spell(for: 3, narrowing: 4, to: &$0) }
        case .any(let operands): layout.joined(operands, by: "OR") { $1.spell(for: 2, narrowing: 3, to: &$0) }
        case .solid(let inner): layout.solid { inner.spell(to: &$0) }
        }
      }
    }
  }

  static func words(_ text: String) -> [Sketch] { text.split(separator: " ").map { .word(String($0)) } }
}

struct LayoutCase: Sendable, CustomTestStringConvertible {
  let name: String
  let sketch: Sketch
  let width: Int
  let text: String

  var testDescription: String { name }

  static let all = [
    LayoutCase(name: "fits to the column", sketch: .all(Sketch.words("a b")), width: 7, text: "a AND b"),
    LayoutCase(
      name: "one column too wide", sketch: .all(Sketch.words("a b")), width: 6,
      text: """
        a
        AND b
        """),
    LayoutCase(
      name: "a column is a scalar, not a byte", sketch: .all(Sketch.words("ü é")), width: 7, text: "ü AND é"),
    LayoutCase(
      name: "an operand that binds looser stands in parentheses",
      sketch: .all([.word("a"), .any(Sketch.words("b c"))]), width: 80, text: "a AND (b OR c)"),
    LayoutCase(
      name: "one that binds tighter does not",
      sketch: .any([.word("a"), .all(Sketch.words("b c"))]), width: 80, text: "a OR b AND c"),
    LayoutCase(
      name: "the outer group is broken, the inner one fits",
      sketch: .all([.word("a"), .any(Sketch.words("b c"))]),
      width: 12,
      text: """
        a
        AND (b OR c)
        """),
    LayoutCase(
      name: "both are broken", sketch: .all([.word("a"), .any(Sketch.words("b c"))]), width: 11,
      text: """
        a
        AND (
          b
          OR c
        )
        """),
    LayoutCase(
      name: "what is indented has less room",
      sketch: .call("f", [.call("gg", Sketch.words("a b")), .word("c")]), width: 9,
      text: """
        f(
          gg(
            a,
            b
          ),
          c
        )
        """),
    LayoutCase(
      name: "and just enough of it", sketch: .call("f", [.call("gg", Sketch.words("a b")), .word("c")]),
      width: 10,
      text: """
        f(
          gg(a, b),
          c
        )
        """),
    LayoutCase(
      name: "a list takes as few lines as it can", sketch: .list(["one", "two", "three", "four"]), width: 12,
      text: """
        [
          one, two,
          three,
          four
        ]
        """),
    LayoutCase(
      name: "an item wider than the line has a line of its own", sketch: .list(["a", "elephant", "b"]),
      width: 6,
      text: """
        [
          a,
          elephant,
          b
        ]
        """),
    LayoutCase(
      name: "what is solid is never broken", sketch: .solid(.all([.word("a"), .list(["b", "c"])])), width: 3,
      text: "a AND [b, c]"),
    LayoutCase(name: "nothing", sketch: .word(""), width: 0, text: ""),
  ]
}

@Suite("Layout") struct LayoutTests {
  @Test("lines", arguments: LayoutCase.all) func lines(_ row: LayoutCase) {
    var layout = Layout()
    row.sketch.spell(to: &layout)
    #expect(layout.text(width: row.width) == row.text)
  }

  @Test("without narrowing, every group is measured by itself") func unnarrowed() {
    var layout = Layout(narrows: false)
    Sketch.call("f", [.call("gg", Sketch.words("a b")), .word("c")]).spell(to: &layout)
    #expect(layout.text(width: 8) == "f(\n  gg(a, b),\n  c\n)")
  }

  @Test("a group that is broken in any case breaks those around it") func broken() {
    var layout = Layout()
    layout.group { layout in
      layout.append("a")
      layout.line()
      layout.group(isBroken: true) { layout in
        layout.append("b")
        layout.softLine()
        layout.append("c")
      }
    }
    #expect(layout.text(width: 80) == "a\nb\nc")
    #expect(layout.flat == "a bc")
  }

  /// A thousand groups within one another, each too wide: were each spelled again to be measured, this would take
  /// half a million steps a byte.
  @Test("deep nesting takes no longer than its text") func deep() {
    var sketch = Sketch.word("x")
    for _ in 0..<1000 { sketch = .call("f", [sketch]) }
    var layout = Layout()
    sketch.spell(to: &layout)
    let text = layout.text(width: 10)
    #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 2 * 1000)
  }
}
