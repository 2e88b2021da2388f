import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension PantherLanguage {
  /// The text of a rule file with more items under `Tests`; every other line stays as it is.
  ///
  /// Throws `E10x` where the file is no YAML, `E149` where it does not hold one rule whose `Tests` are a block list.
  public func adding(_ fixtures: [Fixture], to file: Source) throws(Diagnostic) -> String {
    if fixtures.isEmpty { return file.text }
    let documents = try YAML.documents(file)
    guard documents.count == 1, let root = documents.first?.mapping else {
      throw .fixturesCannotBeAdded("the file does not hold exactly one rule", nil, in: file)
    }
    let items = try YAML.write(.array(fixtures.map { PantherRuleWriter.test($0) }))
    var lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    let tests = root.firstIndex { $0.key.scalar == "Tests" && !$0.value.isNull }
    guard let tests else {
      if root.contains(where: { $0.key.scalar == "Tests" }) {
        throw .fixturesCannotBeAdded("its `Tests` are empty", nil, in: file)
      }
      return (lines + ["Tests:"] + indented(items, by: 2)).joined(separator: "\n") + "\n"
    }
    guard let first = root[tests].value.sequence?.first, let dash = dashColumn(first, lines) else {
      throw .fixturesCannotBeAdded("its `Tests` are no block list", root[tests].value.span, in: file)
    }
    // The list ends where the next key begins, less the blank and comment lines that belong to that key.
    var end = tests + 1 < root.count ? root[tests + 1].key.span.start.line - 1 : lines.count
    while end > 0, isBlankOrComment(lines[end - 1]) || lines[end - 1] == "..." { end -= 1 }
    lines.insert(contentsOf: indented(items, by: dash), at: end)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The column, from 0, of the dash before a list's first item; `nil` where the list is in brackets.
  private func dashColumn(_ item: YAMLNode, _ lines: [String]) -> Int? {
    var number = item.span.start.line - 1
    while lines.indices.contains(number) {
      let indent = lines[number].utf8.prefix { $0 == 0x20 }.count
      let rest = lines[number].utf8.dropFirst(indent)
      if rest.first == UInt8(ascii: "-") { return indent }
      guard rest.isEmpty || rest.first == UInt8(ascii: "#") || number == item.span.start.line - 1 else {
        return nil
      }
      number -= 1
    }
    return nil
  }

  private func isBlankOrComment(_ line: String) -> Bool {
    let rest = line.utf8.drop { $0 == 0x20 || $0 == 0x0D }
    return rest.isEmpty || rest.first == UInt8(ascii: "#")
  }

  private func indented(_ text: String, by columns: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
      line.isEmpty ? "" : String(repeating: " ", count: columns) + line
    }
  }
}

extension Diagnostic {
  fileprivate static func fixturesCannotBeAdded(_ why: String, _ span: Span?, in file: Source) -> Diagnostic {
    Diagnostic(
      "E149", "fixtures cannot be added to this file: \(why)", in: file,
      labels: span.map { [Label($0)] } ?? [],
      help: [
        "`--write-fixtures` adds to a rule file in Panther's form, with `Tests:` as a list of `- Name: …`"
      ])
  }
}
