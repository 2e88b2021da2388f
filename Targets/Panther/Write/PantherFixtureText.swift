import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// Adds to rule files: fixtures, and the condition that a program amounts to.
enum PantherFixtureText {
  /// The text of a rule file with more items under `Tests`; every other line stays as it is.
  ///
  /// Throws `E101` to `E113` where the file is not YAML, `E322` where it does not hold one rule whose `Tests` are a
  /// block list, or where the longer list would change what the rest of the file says.
  static func adding(_ fixtures: [Fixture], to file: Source) throws(Diagnostic) -> String {
    if fixtures.isEmpty { return file.text }
    let documents = try YAML.documents(file)
    guard documents.count == 1, let node = documents.first, let root = node.mapping else {
      throw .fixturesCannotBeAdded("the file does not hold exactly one rule", nil, in: file)
    }
    if node["AnalysisType"]?.scalar == "correlation_rule" {
      throw .fixturesCannotBeAdded(
        "the tests of a correlation rule are logs", node.keyNode(of: "Tests")?.span, in: file)
    }
    var text = FixtureText(file)
    let items = fixtures.map { PantherRuleWriter.test($0) }
    if let tests = root.firstIndex(where: { $0.key.scalar == "Tests" }) {
      let list = root[tests].value
      if list.isNull { throw .fixturesCannotBeAdded("its `Tests` are empty", nil, in: file) }
      guard list.sequence != nil, let dash = text.dashColumn(of: list) else {
        throw .fixturesCannotBeAdded("its `Tests` is not a block list", list.span, in: file)
      }
      let next = tests + 1 < root.count ? root[tests + 1].key.span.start.line - 1 : nil
      text.insert(try YAML.write(.array(items)), at: text.end(before: next, dash: dash), indent: dash)
    } else {
      guard text.isBlock(node) else {
        throw .fixturesCannotBeAdded("its rule is in brackets", node.span, in: file)
      }
      let tests = Value.Object([.init("Tests", .array(items))])
      text.insert(try YAML.write(.object(tests)), at: text.lastLine, indent: node.span.start.column - 1)
    }
    let result = Source(name: file.name, text: text.text)
    guard try isSame(result, as: Source(text: file.text + "\n"), plus: items) else {
      throw .fixturesCannotBeAdded("more `Tests` would change what the rest of it says", nil, in: file)
    }
    return result.text
  }

  /// The text of a rule's file with the rule's condition at its end, in the notation; of a class in Python, a rule file.
  ///
  /// Throws `E101` to `E113` where the file is not YAML, and `E330` where it does not hold one rule without brackets,
  /// or the condition would not be read back.
  static func stating(_ document: RuleDocument) throws(Diagnostic) -> String {
    let file = document.source
    if file.name.hasSuffix(".py") { return try PantherRuleWriter.write(document) }
    if let left = document.warnings.first(where: { $0.code == .logTypeLeftOut }) {
      throw Diagnostic(
        .unsupported, "the condition is not added: it would be that of some of the file's log types",
        in: left.source, labels: left.labels, help: [left.message])
    }
    let documents = try YAML.documents(file)
    var text = FixtureText(file)
    guard documents.count == 1, let node = documents.first, node.mapping != nil, text.isBlock(node),
      node["Condition"] == nil
    else {
      throw Diagnostic(
        .unsupported, "the condition is not added: the file does not hold one rule without brackets",
        in: file,
        at: documents.first?.span)
    }
    let printed = Notation.print(document.rule.condition, reading: .panther) + "\n"
    let stated = Value.Object([.init("Condition", .string(printed))])
    text.insert(try YAML.write(.object(stated)), at: text.lastLine, indent: node.span.start.column - 1)
    let result = Source(name: file.name, text: text.text)
    let back = try YAML.documents(result).first?["Condition"]?.scalar
    let condition = try back.map { (text) throws(Diagnostic) in
      try Notation.parse(Source(name: file.name, text: text)).condition(reading: .panther)
    }
    guard condition == document.rule.condition else {
      throw Diagnostic(
        .unsupported, "the condition is not added: it would be read otherwise", in: file, at: node.span)
    }
    return result.text
  }

  /// Whether a file says the same as another but for the items at the end of its `Tests`. The other may be given a
  /// last line break, which a text block at its end would otherwise gain.
  private static func isSame(_ file: Source, as other: Source, plus items: [Value]) throws(Diagnostic) -> Bool
  {
    guard let result = try? YAML.documents(file), result.count == 1,
      case .object(var object)? = result.first?.value,
      case .object(var before)? = try YAML.documents(other).first?.value
    else { return false }
    var tests: [Value] = []
    if case .array(let own)? = before["Tests"] { tests = own }
    guard object["Tests"] == .array(tests + items) else { return false }
    object.members.removeAll { $0.key == "Tests" }
    before.members.removeAll { $0.key == "Tests" }
    return object == before
  }
}

/// The lines of a rule file, each with the line break that ends it.
private struct FixtureText {
  private var lines: [Substring.UTF8View] = []
  /// The line break of the file's first line.
  private let lineBreak: String
  private var inserted: [(line: Int, text: String)] = []

  init(_ file: Source) {
    let bytes = file.text.utf8
    var start = bytes.startIndex
    var index = start
    while index < bytes.endIndex {
      let next = bytes.index(after: index)
      let isBreak =
        bytes[index] == 0x0A || bytes[index] == 0x0D && (next == bytes.endIndex || bytes[next] != 0x0A)
      if isBreak {
        lines.append(bytes[start..<next])
        start = next
      }
      index = next
    }
    if start < bytes.endIndex { lines.append(bytes[start...]) }
    let ending = (lines.first ?? ""[...].utf8).suffix(2).filter { $0 == 0x0A || $0 == 0x0D }
    lineBreak = ending.isEmpty ? "\n" : String(decoding: ending, as: UTF8.self)
  }

  /// The column, from 0, of the dashes of a list; `nil` where it is in brackets or an alias.
  func dashColumn(of list: YAMLNode) -> Int? {
    let column = list.span.start.column - 1
    guard let line = line(list.span.start.line), indent(line) == column,
      line.dropFirst(column).first == UInt8(ascii: "-")
    else { return nil }
    return column
  }

  /// Whether the mapping stands without brackets, so that a key can follow.
  func isBlock(_ mapping: YAMLNode) -> Bool {
    guard let line = line(mapping.span.start.line) else { return false }
    let column = mapping.span.start.column - 1
    return indent(line) == column && line.dropFirst(column).first != UInt8(ascii: "{")
  }

  /// How many lines stand before the file's end, or before the mark that ends its document.
  var lastLine: Int {
    let mark = lines.lastIndex { String(Substring($0)).hasPrefix("...") }
    guard let mark, lines[(mark + 1)...].allSatisfy({ isBlankOrComment($0, upTo: .max) }) else {
      return lines.count
    }
    return mark
  }

  /// How many lines stand before the end of the list that ends at a key, or at the end of the file.
  ///
  /// Blank lines and comments before the key belong to it. What is indented more than the dash belongs to the last
  /// item, and may be text rather than a comment.
  func end(before next: Int?, dash: Int) -> Int {
    var end = min(next ?? lastLine, lines.count)
    while end > 0, isBlankOrComment(lines[end - 1], upTo: dash) { end -= 1 }
    return end
  }

  /// Puts a text that ends in a line break, its lines indented, after the first `count` lines.
  mutating func insert(_ text: String, at count: Int, indent: Int) {
    let blanks = String(repeating: " ", count: indent)
    let new = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
      (line.isEmpty ? "" : blanks + line) + lineBreak
    }
    inserted.append((count, new.joined()))
  }

  /// The text with what was put in.
  var text: String {
    var result = ""
    for count in 0...lines.count {
      for (line, text) in inserted where line == count {
        let isEnded = result.utf8.last.map { $0 == 0x0A || $0 == 0x0D } ?? true
        result += (isEnded ? "" : lineBreak) + text
      }
      if count < lines.count { result += Substring(lines[count]) }
    }
    return result
  }

  private func line(_ number: Int) -> Substring.UTF8View? {
    lines.indices.contains(number - 1) ? lines[number - 1] : nil
  }

  private func indent(_ line: Substring.UTF8View) -> Int { line.prefix { $0 == 0x20 }.count }

  private func isBlankOrComment(_ line: Substring.UTF8View, upTo column: Int) -> Bool {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    return rest.isEmpty || rest.first == UInt8(ascii: "#") && indent(line) <= column
  }
}

extension Diagnostic {
  fileprivate static func fixturesCannotBeAdded(_ why: String, _ span: Span?, in file: Source) -> Diagnostic {
    Diagnostic(
      .fixturesNotAdded, "fixtures cannot be added to this file: \(why)", in: file,
      at: span,
      help: [
        "`--write-fixtures` adds to a rule file in Panther's form, with `Tests:` as a list of `- Name: …`"
      ])
  }
}
