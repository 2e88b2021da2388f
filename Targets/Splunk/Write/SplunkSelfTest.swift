import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A search that carries the rule's fixtures with it and puts them to the rule's `where`: no index is needed.
enum SplunkSelfTest {
  /// How many characters `makeresults` takes as data (Search Reference, "makeresults").
  static let dataLimit = 29_999

  /// The search with the columns `fixture`, `expected` and `actual`. The base search is left out: it names an
  /// index, and it only narrows what the `where` decides. Made for `makeresults format=json`, Splunk 9.1 and later.
  ///
  /// Throws what `write` throws, `E403` for a fixture that is too long, and `E411` for one that is not a row of fields.
  static func write(
    _ rule: Rule, on fixtures: [Fixture], _ options: LanguageOptions
  ) throws(Diagnostic) -> Query {
    let (tree, _) = try SplunkWriter.tree(rule, options)
    var commands: [SplunkCommand] = []
    for data in try chunks(fixtures, isExtracted: options.splunk.extractedFields) {
      commands.append(SplunkCommand(commands.isEmpty ? .makeresults(data: data) : .append(data: data)))
    }
    var actual = SplunkEval.string("true")
    loop: for command in tree.commands.dropFirst() {
      switch command.kind {
      case .filter(let predicate):
        actual = .call("if", predicate, .string("true"), .string("false"))
        break loop
      case .eval: commands.append(command)
      case .search, .regex, .extract, .table, .fields, .rename, .spath, .stats, .stream, .model, .bin,
        .display,
        .makeresults,
        .append:
        break loop
      }
    }
    commands.append(SplunkCommand(.eval([SplunkCommand.Assignment(name: "actual", value: actual)])))
    commands.append(SplunkCommand(.table(["fixture", "expected", "actual"])))
    let comments = [tree.comments[0], " Self-test: actual must be as expected in every row "]
    let text = SplunkPrinter.print(SplunkQuery(comments: comments, commands: commands))
    return Query(text: text)
  }

  /// The fixtures as JSON arrays, each within the limit as it is written in the search.
  private static func chunks(_ fixtures: [Fixture], isExtracted: Bool) throws(Diagnostic) -> [String] {
    var chunks: [String] = []
    var items: [String] = []
    var size = 2
    for fixture in fixtures {
      let head = [
        Value.Object.Member("fixture", .string(fixture.name)),
        Value.Object.Member("expected", .string(fixture.expected ? "true" : "false")),
      ]
      let rest =
        isExtracted
        ? try extracted(fixture)
        : [Value.Object.Member("_raw", .string(Value.object(fixture.event.object).compactJSON))]
      let item = Value.object(Value.Object(head + rest)).compactJSON
      let length = SplunkLiteral.quoted(item).unicodeScalars.count + 1
      if length + 2 > dataLimit { throw .splunkFixtureTooLong(fixture.name, limit: dataLimit) }
      if size + length > dataLimit {
        chunks.append("[\(items.joined(separator: ","))]")
        (items, size) = ([], 2)
      }
      items.append(item)
      size += length
    }
    return chunks + ["[\(items.joined(separator: ","))]"]
  }

  /// The event's members as fields of text; what is null is not a field.
  private static func extracted(_ fixture: Fixture) throws(Diagnostic) -> [Value.Object.Member] {
    let members = fixture.event.object.members
    guard fixture.event.isFlat,
      !members.contains(where: { ["fixture", "expected", "actual"].contains($0.key) })
    else { throw .splunkFixtureNotFlat(fixture.name) }
    return members.compactMap { member in
      member.value.comparedText.map { Value.Object.Member(member.key, .string($0)) }
    }
  }
}
