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
    let readings = SplunkInterpretation.all.map { reading in
      (reading: reading, steps: steps(query.commands[...], SplunkEvaluator(reading)))
    }
    var verdicts: [Bool] = []
    for event in events {
      var verdict: Bool?
      for (reading, steps) in readings {
        reading.wasAsked = false
        let survives = try SplunkRunner.pass(row(of: event), steps)
        if let verdict, verdict != survives { throw .splunkCorner(event) }
        verdict = survives
        if !reading.wasAsked { break }
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
      let steps = steps(rest, evaluator)
      for part in parts {
        for row in try SplunkRunner.made(part) where try SplunkRunner.pass(row, steps) { kept.append(row) }
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

  /// A command that is ready to be executed: it changes a row on its way, and says whether the row passes.
  typealias Step = (SplunkRow) throws(Diagnostic) -> Bool

  /// Whether the row passes all the commands, which change it on its way.
  static func pass(_ row: SplunkRow, _ steps: [Step]) throws(Diagnostic) -> Bool {
    for step in steps where try !step(row) { return false }
    return true
  }

  /// The commands, ready to be executed.
  func steps(_ commands: ArraySlice<SplunkCommand>, _ evaluator: SplunkEvaluator) -> [Step] {
    zip(commands.indices, commands).map { index, command in
      step(command, before: commands[(index + 1)...], evaluator)
    }
  }

  private func step(
    _ command: SplunkCommand, before later: ArraySlice<SplunkCommand>, _ evaluator: SplunkEvaluator
  ) -> Step {
    switch command.kind {
    case .extract(let field, let changes, let pattern):
      // What it sets is not computed here, so nothing may ask it.
      let names = changes ? [field] : SplunkCommand.groups(of: pattern)
      return unasked(names, by: "rex", later, command.span)
    case .search(let expression):
      let found = SplunkSearchEvaluator(reading: evaluator.reading, isExtracted: isExtracted)
      return { (row) throws(Diagnostic) in try found.holds(expression, row) }
    case .filter(let expression): return evaluator.test(expression)
    case .eval(let assignments):
      let changes = assignments.map { assigning($0, evaluator) }
      return changing { (row) throws(Diagnostic) in for change in changes { try change(row) } }
    case .regex(let field, let negated, let pattern):
      let (field, matches) = (ScalarText(field), evaluator.matching(pattern, command.span))
      return { (row) throws(Diagnostic) in try (matches(row[field]) ?? false) != negated }
    case .table(let names): return changing { row in row.keep(names) }
    case .fields(true, let names): return changing { row in row.keep(names) }
    case .fields(false, let names):
      let names = names.map(ScalarText.init)
      return changing { row in for name in names { row[name] = .null } }
    case .rename(let renamings):
      return changing { (row) throws(Diagnostic) in try row.rename(renamings, command.span) }
    case .spath(let input, let output, let path):
      return changing { row in row.extract(input ?? "_raw", output, path) }
    case .bin(let bin):
      return changing { (row) throws(Diagnostic) in
        guard let seconds = bin.seconds, let value = row[bin.field].number else {
          throw .splunkUnread("`bin` of this", command.span)
        }
        row[bin.name] = .number((value / Double(seconds)).rounded(.down) * Double(seconds))
      }
    case .display(let display) where display.isLimit:
      return failing(.splunkUnread("`\(display.name)` of single events", command.span))
    case .display(let display): return unasked(display.changes, by: display.name, later, command.span)
    case .stats, .stream, .model: return failing(.splunkUnread("`stats` of a single event", command.span))
    case .makeresults, .append: return failing(.splunkMakesResults(command.span))
    }
  }

  /// A command that every row passes.
  private func changing(_ change: @escaping (SplunkRow) throws(Diagnostic) -> Void) -> Step {
    { (row) throws(Diagnostic) in
      try change(row)
      return true
    }
  }

  private func failing(_ error: Diagnostic) -> Step { { (_) throws(Diagnostic) in throw error } }

  /// A command that sets fields which are not computed here: it fails where a later one asks them.
  private func unasked(
    _ names: [String], by command: String, _ later: ArraySlice<SplunkCommand>, _ span: Span?
  ) -> Step {
    let isAsked =
      names == ["*"] ? later.contains { $0.asksSomething } : later.contains { $0.asks(Set(names)) }
    return isAsked ? failing(.splunkUnread("a field that `\(command)` sets", span)) : changing { _ in }
  }

  private func assigning(
    _ assignment: SplunkCommand.Assignment, _ evaluator: SplunkEvaluator
  ) -> (SplunkRow) throws(Diagnostic) -> Void {
    let (name, value, reading) = (ScalarText(assignment.name), assignment.value, evaluator.reading)
    let formula = evaluator.formula(value)
    return { (row) throws(Diagnostic) in
      let result = try formula(row)
      guard case .bool(let bool) = result else {
        row[name] = result
        return
      }
      // Only what JSON holds can be a Boolean here: `eval` refuses Boolean expressions.
      guard case .call(let function, _) = value.kind, function.hasPrefix("json_extract") || function == "if"
      else { throw .splunkBooleanAssigned(value.span) }
      row[name] = reading.keepsBooleans ? result : .text(bool ? "true" : "false")
    }
  }
}

extension SplunkRow {
  fileprivate func rename(_ renamings: [SplunkCommand.Renaming], _ span: Span?) throws(Diagnostic) {
    for renaming in renamings {
      for renaming in try written(out: renaming, span) {
        let value = self[renaming.from]
        self[renaming.from] = .null
        self[renaming.to] = value
      }
    }
  }

  /// What `spath` sets.
  fileprivate func extract(_ input: String, _ output: String?, _ path: String?) {
    guard let text = self[input].text else { return }
    guard let path else { return extract(from: text) }
    guard let json = try? JSON.parse(text) else { return }
    self[output ?? path] = SplunkJSON.function("spath", path: path)(.value(json))
  }
}
