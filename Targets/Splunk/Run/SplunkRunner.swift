import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Executes a search's tree on rows, by Splunk's rules.
///
/// A search is run under every reading of what Splunk's manuals leave open; where the verdicts differ it is
/// refused with `E332`.
struct SplunkRunner {
  let query: SplunkQuery
  /// Whether the members of an event are fields that an add-on extracts, and the event is not JSON.
  var isExtracted = false

  /// Whether each event comes out of the search, by Splunk's rules. Throws `E101` to `E120` for a search that is
  /// not read or that Splunk refuses, and `E332` where its answer depends on what Splunk does not document.
  static func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let (runner, source) = try ready(query, options)
    do { return try runner.run(on: events) } catch { throw error.located(in: source) }
  }

  /// A search that is ready to be executed, and its text, in which what fails has its place.
  static func ready(
    _ query: String, _ options: LanguageOptions
  ) throws(Diagnostic) -> (runner: SplunkRunner, source: Source) {
    let source = Source(name: "<query>", text: query)
    let tree = try SplunkParser.parse(source, options.splunk)
    return (SplunkRunner(query: tree, isExtracted: options.splunk.extractedFields), source)
  }

  /// The row of an event as the search finds it.
  func row(of event: Event) -> SplunkRow {
    let row = isExtracted ? SplunkRow(extracted: event) : SplunkRow(event)
    // What is extracted is as the add-on has made it.
    if query.isOfCloudTrail, !isExtracted { row.addCloudTrailFields() }
    return row
  }

  /// Whether each event comes out of the search.
  func run(on events: [Event]) throws(Diagnostic) -> [Bool] {
    if let first = query.commands.first, case .makeresults = first.kind {
      throw .splunkMakesResults(first.span)
    }
    for command in query.commands {
      switch command.kind {
      case .stats, .stream: throw .splunkUnread("`stats` of single events", command.span)
      case .model: throw .splunkUnread("`tstats` of single events", command.span)
      case .search, .eval, .filter, .regex, .extract, .table, .fields, .rename, .spath, .bin, .display,
        .makeresults,
        .append:
        continue
      }
    }
    let evaluators = SplunkInterpretation.all.map(SplunkEvaluator.init)
    var verdicts: [Bool] = []
    for event in events {
      var verdict: Bool?
      for evaluator in evaluators {
        evaluator.reading.wasAsked = false
        let survives = try pass(row(of: event), query.commands[...], evaluator)
        if let verdict, verdict != survives { throw .splunkCorner(event) }
        verdict = survives
        if !evaluator.reading.wasAsked { break }
      }
      verdicts.append(verdict ?? false)
    }
    return verdicts
  }

  /// The rows of a search that makes its own.
  func rows() throws(Diagnostic) -> [SplunkRow] {
    guard let first = query.commands.first, case .makeresults(let data) = first.kind else { return [] }
    var parts = [data]
    var rest = query.commands.dropFirst()
    while let next = rest.first, case .append(let more) = next.kind {
      parts.append(more)
      rest = rest.dropFirst()
    }
    var result: [[SplunkRow]] = []
    for evaluator in SplunkInterpretation.all.map(SplunkEvaluator.init) {
      var kept: [SplunkRow] = []
      for part in parts {
        for row in try SplunkRunner.made(part) where try pass(row, rest, evaluator) { kept.append(row) }
      }
      result.append(kept)
    }
    let tables = result.map { rows in rows.map(\.values) }
    if let first = tables.first, tables.contains(where: { $0 != first }) { throw .splunkCornerRows }
    return result.first ?? []
  }

  /// The rows of `makeresults format=json`: top-level keys are fields, containers their text.
  private static func made(_ data: String) throws(Diagnostic) -> [SplunkRow] {
    guard case .array(let items) = try JSON.parse(data) else { throw .splunkMadeData }
    var rows: [SplunkRow] = []
    for item in items {
      guard case .object(let object) = item else { throw .splunkMadeData }
      var fields = [("_raw", SplunkValue.text(item.compactJSON))]
      for member in object.members {
        switch member.value {
        case .null: break
        case .number(let number): fields.append((member.key, .number(number.double)))
        case .bool, .string, .malformedString, .array, .object:
          fields.append((member.key, .text(SplunkExtractor.text(member.value))))
        }
      }
      rows.append(SplunkRow(fields: fields))
    }
    return rows
  }

  /// Whether the row passes all the commands, which change it on its way.
  func pass(
    _ row: SplunkRow, _ commands: ArraySlice<SplunkCommand>, _ evaluator: SplunkEvaluator
  ) throws(Diagnostic) -> Bool {
    for (index, command) in zip(commands.indices, commands) {
      switch command.kind {
      case .extract(let field, let changes, let pattern):
        // What it sets is not computed here, so nothing may ask it.
        let names = changes ? [field] : SplunkCommand.groups(of: pattern)
        try checkUnasked(names, by: "rex", commands[(index + 1)...], command.span)
      case .search(let expression):
        let found = SplunkSearchEvaluator(reading: evaluator.reading, isExtracted: isExtracted)
        if try !found.holds(expression, row) { return false }
      case .filter(let expression):
        if try !evaluator.holds(expression, row) { return false }
      case .eval(let assignments):
        for assignment in assignments {
          row[assignment.name] = try assigned(assignment.value, row, evaluator)
        }
      case .regex(let field, let negated, let pattern):
        let matches = try evaluator.matches(pattern, row[field], command.span) ?? false
        if matches == negated { return false }
      case .table(let names): row.keep(names)
      case .fields(let keep, let names):
        if keep { row.keep(names) } else { for name in names { row[name] = .null } }
      case .rename(let renamings):
        for renaming in renamings {
          for renaming in try row.written(out: renaming, command.span) {
            let value = row[renaming.from]
            row[renaming.from] = .null
            row[renaming.to] = value
          }
        }
      case .spath(let input, let output, let path): spath(row, input ?? "_raw", output, path)
      case .bin(let bin):
        guard let seconds = bin.seconds, let value = row[bin.field].number else {
          throw .splunkUnread("`bin` of this", command.span)
        }
        row[bin.name] = .number((value / Double(seconds)).rounded(.down) * Double(seconds))
      case .display(let display) where display.isLimit:
        throw .splunkUnread("`\(display.name)` of single events", command.span)
      case .display(let display):
        try checkUnasked(display.changes, by: display.name, commands[(index + 1)...], command.span)
      case .stats, .stream, .model: throw .splunkUnread("`stats` of a single event", command.span)
      case .makeresults, .append: throw .splunkMakesResults(command.span)
      }
    }
    return true
  }

  /// Throws where a later command asks what is not computed here.
  private func checkUnasked(
    _ names: [String], by command: String, _ later: ArraySlice<SplunkCommand>, _ span: Span?
  ) throws(Diagnostic) {
    let isAsked =
      names == ["*"] ? later.contains { $0.asksSomething } : later.contains { $0.asks(Set(names)) }
    if isAsked { throw .splunkUnread("a field that `\(command)` sets", span) }
  }

  private func assigned(
    _ value: SplunkEval, _ row: SplunkRow, _ evaluator: SplunkEvaluator
  ) throws(Diagnostic) -> SplunkValue {
    let result = try evaluator.value(value, row)
    guard case .bool(let bool) = result else { return result }
    // Only what JSON holds can be a Boolean here: `eval` refuses Boolean expressions.
    guard case .call(let name, _) = value.kind, name.hasPrefix("json_extract") || name == "if" else {
      throw .splunkBooleanAssigned(value.span)
    }
    return evaluator.reading.keepsBooleans ? result : .text(bool ? "true" : "false")
  }

  private func spath(_ row: SplunkRow, _ input: String, _ output: String?, _ path: String?) {
    guard let text = row[input].text else { return }
    guard let path else { return row.extract(from: text) }
    guard let json = try? JSON.parse(text) else { return }
    row[output ?? path] = SplunkJSON.spath(.value(json), path: path)
  }
}
