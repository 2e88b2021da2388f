import Concord

/// A text with the places of its lines, to change between the compiler's positions and those of an editor.
struct EditorText: Sendable {
  /// In what an editor counts the columns of a line.
  enum Unit: String, Sendable {
    case scalars = "utf-32"
    case codeUnits = "utf-16"
  }

  /// The text.
  let text: String
  /// Its lines, without their breaks.
  let lines: [Substring.UnicodeScalarView]

  init(_ text: String) {
    self.text = text
    let scalars = text.unicodeScalars
    var lines: [Substring.UnicodeScalarView] = []
    var (start, index) = (scalars.startIndex, scalars.startIndex)
    while index < scalars.endIndex {
      let scalar = scalars[index]
      let end = index
      index = scalars.index(after: index)
      guard scalar == "\n" || scalar == "\r" else { continue }
      if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" {
        index = scalars.index(after: index)
      }
      lines.append(scalars[start..<end])
      start = index
    }
    lines.append(scalars[start...])
    self.lines = lines
  }

  /// An editor's range for a stretch of the text.
  func range(_ span: Span, in unit: Unit) -> Value {
    .members([("start", position(span.start, unit)), ("end", position(max(span.start, span.end), unit))])
  }

  /// The compiler's position for an editor's; `nil` where it is none.
  func position(_ value: Value?, in unit: Unit) -> Position? {
    guard case .object(let object)? = value, let line = object["line"]?.index,
      let character = object["character"]?.index
    else { return nil }
    var column = character
    if unit == .codeUnits, lines.indices.contains(line) {
      var units = 0
      column =
        lines[line].prefix { scalar in
          units += UTF16.width(scalar)
          return units <= character
        }.count
    }
    return Position(line: line + 1, column: column + 1)
  }

  private func position(_ position: Position, _ unit: Unit) -> Value {
    .members([
      ("line", .number(Number(min(position.line, lines.count) - 1))),
      ("character", .number(Number(column(of: position, in: unit)))),
    ])
  }

  /// The column of a position as an editor counts, from 0.
  func column(of position: Position, in unit: Unit) -> Int {
    let line = min(position.line, lines.count) - 1
    let scalars = lines[line].prefix(position.line > lines.count ? lines[line].count : position.column - 1)
    return unit == .scalars ? scalars.count : scalars.reduce(0) { $0 + UTF16.width($1) }
  }
}

extension EditorText {
  /// A line, from 1 on, without its break; empty beyond the last.
  func line(_ number: Int) -> String {
    lines.indices.contains(number - 1) ? String(lines[number - 1]) : ""
  }

  /// What stands before a position in its line.
  func line(before position: Position) -> String {
    guard lines.indices.contains(position.line - 1) else { return "" }
    return String(lines[position.line - 1].prefix(position.column - 1))
  }

  /// The word around a position: without blanks, quotes, brackets and commas. Empty where there is none.
  func word(at position: Position) -> String {
    guard lines.indices.contains(position.line - 1) else { return "" }
    func isInWord(_ scalar: Unicode.Scalar) -> Bool { !" \t\"'[]{},".unicodeScalars.contains(scalar) }
    let line = lines[position.line - 1]
    let before = line.prefix(position.column - 1).reversed().prefix(while: isInWord).reversed()
    let after = line.dropFirst(position.column - 1).prefix(while: isInWord)
    var word = String.UnicodeScalarView()
    word.append(contentsOf: before)
    word.append(contentsOf: after)
    return String(word)
  }

  /// The numbers of the lines of a condition: those below one of these keys at the outermost level, up to the next key.
  func notationLines(below keys: [String]) -> [Int] {
    var isInside = false
    var numbers: [Int] = []
    for (index, line) in lines.enumerated() {
      if let first = line.first, first.isLetterOrDigit {
        isInside = keys.contains { String(line).hasPrefix($0 + ":") }
      } else if isInside {
        numbers.append(index + 1)
      }
    }
    return numbers
  }
}

extension Value {
  /// A member of an object.
  subscript(key: String) -> Value? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The text, where it is one.
  var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The items of a list; none where it is no list.
  var items: [Value] { if case .array(let items) = self { items } else { [] } }

  /// The whole number of 0 or more, where it is one that is no larger than any text.
  var index: Int? {
    guard case .number(let number) = self, let index = Int(number.shortest), index >= 0 else { return nil }
    return min(index, Int(Int32.max))
  }
}
