import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation
import TestSupport
import Testing

func event(_ json: String) throws -> Event { try #require(Event(JSON.parse(json))) }

/// The texts of the values at a path, `|` between them.
private func texts(_ path: FieldPath, _ json: String) throws -> String {
  try event(json).values(at: path).compactMap(\.value.comparedText).joined(separator: "|")
}

@Suite("Semantics: events and paths")
struct EventSemanticsTests {
  @Test("missing and null are the same", arguments: ["{}", #"{"a":null}"#, #"{"a":[]}"#, #"{"a":[null]}"#])
  func absent(_ json: String) throws {
    #expect(try !Condition.test(FieldPath("a"), .present).holds(of: event(json)))
    #expect(try event(json).values(at: FieldPath("a")).isEmpty)
  }

  static let fanOuts: [(FieldPath, String, String)] = [
    (FieldPath("a"), #"{"a":1}"#, "1"),
    (FieldPath("a", "b"), #"{"a":{"b":1}}"#, "1"),
    (FieldPath("a", "b"), #"{"a.b":1}"#, ""),
    (FieldPath("a.b"), #"{"a.b":1,"a":{"b":2}}"#, "1"),
    (FieldPath("a"), #"{"a":[1,"x",true,null]}"#, "1|x|true"),
    (FieldPath("a"), #"{"a":[1,[2,[3]]]}"#, "1|2|3"),
    (FieldPath("a", "b"), #"{"a":[{"b":1},{"c":2},{"b":[3,4]},5,null]}"#, "1|3|4"),
    (FieldPath("a", "b"), #"{"a":[[{"b":1}],{"b":2}]}"#, "1|2"),
    (FieldPath("a", "b"), #"{"a":"text"}"#, ""),
    (FieldPath("a"), #"{"a":{"b":1}}"#, #"{"b":1}"#),
  ]

  @Test("arrays fan out, at any depth", arguments: fanOuts)
  func fanOut(_ path: FieldPath, _ json: String, _ expected: String) throws {
    #expect(try texts(path, json) == expected)
    // Fanning out may be written down; it changes nothing.
    let marked = try #require(FieldPath(steps: path.steps.flatMap { [$0, .each] }))
    #expect(try texts(marked, json) == expected)
  }

  static let indexed: [([FieldPath.Step], String, String)] = [
    ([.name("a"), .index(0)], #"{"a":[1,2]}"#, "1"), ([.name("a"), .index(1)], #"{"a":[1,2]}"#, "2"),
    ([.name("a"), .index(2)], #"{"a":[1,2]}"#, ""), ([.name("a"), .index(-1)], #"{"a":[1,2]}"#, ""),
    ([.name("a"), .index(0)], #"{"a":1}"#, ""), ([.name("a"), .index(0)], #"{"a":{"0":1}}"#, ""),
    ([.name("a"), .index(0), .name("b")], #"{"a":[{"b":1},{"b":2}]}"#, "1"),
    ([.name("a"), .index(1)], #"{"a":[[1,2],[3,4]]}"#, "3|4"),
    ([.name("a"), .name("b"), .index(0)], #"{"a":[{"b":[1,2]},{"b":[3]}]}"#, "1|3"),
  ]

  @Test("an index is that element alone", arguments: indexed)
  func indexes(_ steps: [FieldPath.Step], _ json: String, _ expected: String) throws {
    #expect(try texts(#require(FieldPath(steps: steps)), json) == expected)
  }

  @Test("what the path and the fixtures tell of arrays")
  func shapes() throws {
    let path = FieldPath("a", "b")
    #expect(path.shape().arrays == [nil, nil])
    #expect(try path.shape(in: [event(#"{"a":{"b":1}}"#)]).arrays == [false, false])
    #expect(
      try path.shape(in: [event(#"{"a":{"b":1}}"#), event(#"{"a":{"b":[1]}}"#)]).arrays == [false, true])
    #expect(
      try path.shape(in: [event(#"{"a":{"b":[1]}}"#), event(#"{"a":{"b":1}}"#)]).arrays == [false, true])
    #expect(try path.shape(in: [event(#"{"a":[{"b":1}]}"#)]).hasArray)
    #expect(try path.shape(in: [event(#"{"a":{"b":null}}"#)]).arrays == [false, nil])
    let marked = try #require(FieldPath(steps: [.name("a"), .each, .name("b"), .index(0)]))
    #expect(marked.shape().arrays == [true, true, nil])
  }

  static let everyAtom: [Atom] = [
    .present, .truthy, .text(.equals(""), .exact), .text(.contains(""), .ignored),
    .oneOf(["", "null"], .exact),
    .number(.less, Number(5)), .sameAs(FieldPath("a"), .exact), .sameAs(FieldPath("b"), .exact),
  ]

  @Test("on an absent field every atom is false", arguments: everyAtom)
  func absentIsFalse(_ atom: Atom) throws {
    for json in ["{}", #"{"a":null}"#, #"{"a":[]}"#, #"{"a":[null]}"#, #"{"b":1}"#] {
      #expect(try !atom.holds(at: FieldPath("a"), of: event(json)), "\(json)")
    }
    let network = try #require(CIDR("0.0.0.0/0"))
    #expect(try !Atom.network(network).holds(at: FieldPath("a"), of: event("{}")))
    #expect(try !Atom.regex(PortableRegex("")).holds(at: FieldPath("a"), of: event("{}")))
  }

  @Test("one value that answers yes is enough")
  func someValue() throws {
    let isX = Condition.test(FieldPath("a"), .text(.equals("x"), .exact))
    #expect(try isX.holds(of: event(#"{"a":["y",null,"x"]}"#)))
    #expect(try !isX.holds(of: event(#"{"a":["y",null]}"#)))
    // So both a question and its opposite can hold of an array: `not` negates the answer, not each value.
    #expect(try !Condition.not(isX).holds(of: event(#"{"a":["y","x"]}"#)))
  }

  @Test("not, all and any are two-valued")
  func logic() throws {
    let a = Condition.test(FieldPath("a"), .text(.equals("1"), .exact))
    let b = Condition.test(FieldPath("b"), .text(.equals("1"), .exact))
    let rows: [(String, Bool, Bool)] = [
      ("{}", false, false), (#"{"a":1}"#, true, false), (#"{"b":1}"#, false, true),
      (#"{"a":1,"b":1}"#, true, true),
      (#"{"a":null,"b":2}"#, false, false),
    ]
    for (json, isA, isB) in rows {
      let event = try event(json)
      #expect(Condition.not(a).holds(of: event) == !isA)
      #expect(Condition.all([a, b]).holds(of: event) == (isA && isB))
      #expect(Condition.any([a, b]).holds(of: event) == (isA || isB))
      #expect(Condition.always(true).holds(of: event))
      #expect(!Condition.always(false).holds(of: event))
    }
  }

  /// `a` is `x`, and `b` is not `y`, of one element of `items`.
  static let oneElement: [(json: String, some: Bool, any: Bool)] = [
    (#"{"items":[{"a":"x","b":"z"}]}"#, true, true), (#"{"items":[{"a":"x"}]}"#, true, true),
    (#"{"items":{"a":"x"}}"#, true, true), (#"{"items":[{"a":"x","b":"y"},{"a":"w"}]}"#, false, false),
    (#"{"items":[{"a":"x","b":"y"},{"a":"x","b":["z"]}]}"#, true, false),
    (#"{"items":[[{"a":"w"}],[{"a":["v","x"]}]]}"#, true, true), (#"{"items":[null,"x",5]}"#, false, false),
    (#"{"items":[]}"#, false, false), ("{}", false, false), (#"{"a":"x"}"#, false, false),
  ]

  @Test("several questions of one value", arguments: oneElement)
  func some(_ json: String, _ some: Bool, _ any: Bool) throws {
    let items = FieldPath("items")
    let both = Condition.all([
      .test(FieldPath("items", "a"), .text(.equals("x"), .exact)),
      .not(.test(FieldPath("items", "b"), .text(.equals("y"), .exact))),
    ])
    #expect(try Condition.some(items, both).holds(of: event(json)) == some)
    #expect(try both.holds(of: event(json)) == any)
  }

  @Test("some, of values themselves, of no value, in one another and beside other fields")
  func someOfOthers() throws {
    let items = FieldPath("items")
    let tags = FieldPath("items", "tags")
    func equals(_ path: FieldPath, _ text: String) -> Condition { .test(path, .text(.equals(text), .exact)) }
    let isOther = Condition.some(items, .not(equals(items, "x")))
    let isTruthy = Condition.some(items, .test(items, .truthy))
    let isSame = Condition.some(
      items, .test(FieldPath("items", "a"), .sameAs(FieldPath("items", "b"), .exact)))
    let inner = Condition.some(
      items, .all([.not(equals(FieldPath("items", "a"), "x")), .some(tags, .not(equals(tags, "t")))]))
    let beside = Condition.some(
      items, .not(.any([equals(FieldPath("items", "a"), "x"), equals(FieldPath("c"), "y")])))
    let rows: [(Condition, String, Bool)] = [
      (isOther, #"{"items":["x","y"]}"#, true), (isOther, #"{"items":["x",null]}"#, false),
      (isOther, "{}", false), (isOther, #"{"items":"y"}"#, true),
      (isTruthy, #"{"items":["0",""]}"#, false), (isTruthy, #"{"items":["0",{}]}"#, true),
      (isSame, #"{"items":[{"a":1,"b":2},{"a":2,"b":1}]}"#, false),
      (isSame, #"{"items":[{"a":1,"b":"1"}]}"#, true),
      (inner, #"{"items":[{"a":"x","tags":["u"]},{"a":"w","tags":["t"]}]}"#, false),
      (inner, #"{"items":[{"a":"x","tags":["u"]},{"tags":["t","u"]}]}"#, true),
      (beside, #"{"items":[{"a":"x"},{"a":"z"}]}"#, true), (beside, #"{"items":[{"a":"z"}],"c":"y"}"#, false),
    ]
    for (condition, json, expected) in rows {
      #expect(try condition.holds(of: event(json)) == expected, "\(condition) \(json)")
    }
  }

  static let arrays: [(String, Bool)] = [
    (#"{"a":{"b":[]}}"#, true), (#"{"a":{"b":["x"]}}"#, true), (#"{"a":{"b":[null]}}"#, true),
    (#"{"a":{"b":[[]]}}"#, true), (#"{"a":{"b":"x"}}"#, false), (#"{"a":{"b":"[]"}}"#, false),
    (#"{"a":{"b":{}}}"#, false), (#"{"a":{"b":null}}"#, false), ("{}", false), (#"{"a":[]}"#, false),
    (#"{"a":[{"b":1},{"b":[]}]}"#, true), (#"{"a":[{"b":1}]}"#, false), (#"{"a":[[{"b":[1]}]]}"#, true),
  ]

  @Test("an array is one, whatever it holds", arguments: arrays)
  func array(_ json: String, _ expected: Bool) throws {
    let path = FieldPath("a", "b")
    let each = try #require(FieldPath(steps: [.name("a"), .each, .name("b"), .each]))
    #expect(try Condition.test(path, .array).holds(of: event(json)) == expected)
    #expect(try Condition.test(each, .array).holds(of: event(json)) == expected)
    // Of one value alone: what is below it may be an array, it is none itself.
    let a = FieldPath("a")
    let below = Condition.some(
      a, .all([.test(path, .array), .not(.test(path, .text(.equals("y"), .exact)))]))
    #expect(try below.holds(of: event(json)) == expected)
    #expect(Condition.some(path, .test(path, .array)) == .always(false))
    #expect(Condition.some(a, .test(path, .array)) == .test(path, .array))
    #expect(Condition.place(.product, .array) == .always(false))
  }

  @Test("an index and an array")
  func arrayAtIndex() throws {
    let path = try #require(FieldPath(steps: [.name("a"), .index(1)]))
    #expect(try Condition.test(path, .array).holds(of: event(#"{"a":["x",[]]}"#)))
    #expect(try !Condition.test(path, .array).holds(of: event(#"{"a":[[],"x"]}"#)))
  }

  @Test("some of one question that is not denied is that question")
  func someOfOneQuestion() throws {
    let items = FieldPath("items")
    let a = Condition.test(FieldPath("items", "a"), .text(.equals("x"), .exact))
    let b = Condition.test(FieldPath("items", "b"), .number(.less, Number(5)))
    let c = Condition.test(FieldPath("c"), .present)
    let present = Condition.test(items, .present)
    let first = try #require(FieldPath(steps: [.name("items"), .index(0), .name("a")]))
    let rows: [(Condition, Condition)] = [
      (.some(items, a), a), (.some(items, .any([a, b])), .any([a, b])),
      (.some(items, .always(true)), present),
      (.some(items, .always(false)), .always(false)), (.some(items, .all([a, c])), .all([c, a])),
      (.some(items, .all([a, present])), a), (.some(items, c), .all([present, c])),
      (.some(items, .not(present)), .always(false)),
      (.some(items, .some(items, .all([a, b]))), .some(items, .all([a, b]))),
      (.some(items, .test(first, .present)), .always(false)),
      (.some(items, .not(c)), .all([present, .not(c)])),
      (
        .some(items, .test(FieldPath("items", "a"), .sameAs(FieldPath("c"), .exact))),
        .test(FieldPath("items", "a"), .sameAs(FieldPath("c"), .exact))
      ),
    ]
    for (made, plain) in rows { #expect(made == plain, "\(made)") }
    #expect(Condition.some(items, .all([a, b])) != .all([a, b]))
    #expect(Condition.some(items, .all([a, b])).paths == [items] + [a, b].flatMap(\.paths))
    let renamed = Condition.some(items, .all([a, b])).mapPaths { $0 == items ? FieldPath("list") : $0 }
    #expect(renamed.paths == [FieldPath("list"), FieldPath("list", "a"), FieldPath("list", "b")])
  }

  @Test("keys are compared scalar by scalar")
  func keys() throws {
    #expect(try texts(FieldPath("Name"), #"{"name":1,"NAME":2}"#) == "")
    #expect(try texts(FieldPath("é"), "{\"e\u{301}\":1}") == "")
    #expect(try texts(FieldPath("é"), "{\"é\":1}") == "1")
  }

  @Test("of two equal keys the last counts")
  func duplicateKeys() throws {
    #expect(try texts(FieldPath("a"), #"{"a":1,"a":2}"#) == "2")
    #expect(try texts(FieldPath("a"), #"{"a":1,"a":null}"#) == "")
    let one = Condition.anywhere(.equals("1"), .exact)
    #expect(try !one.holds(of: event(#"{"a":1,"a":2}"#)))
  }

  @Test("deeply nested values are walked without recursion")
  func deepNesting() {
    var value = Value.string("x")
    for _ in 0..<5_000 { value = .array([value]) }
    let event = Event(Value.Object([Value.Object.Member("a", value)]))
    #expect(Condition.test(FieldPath("a"), .text(.equals("x"), .exact)).holds(of: event))
    #expect(Condition.anywhere(.equals("x"), .exact).holds(of: event))
  }

  @Test("every row of Semantics.md names tests that exist")
  func semanticsNamesTests() throws {
    let rows = try String(
      contentsOf: Shared.root.appendingPathComponent("Sources/Detection/Detection.docc/Semantics.md"),
      encoding: .utf8
    ).split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| Row") }
    let folder = Shared.root.appendingPathComponent("Tests/DetectionTests")
    let tests = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    #expect(rows.count >= 20)
    for row in rows {
      let named = row.split(separator: "|").last?.split(separator: "`") ?? []
      let names = named.filter { $0.allSatisfy { $0.isLetter || $0.isNumber } }
      #expect(!names.isEmpty, "\(row)")
      for name in names { #expect(tests.contains("func \(name)("), "\(name)") }
    }
  }
}
