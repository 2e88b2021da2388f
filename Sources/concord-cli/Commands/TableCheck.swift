import Concord
import Foundation
import Synchronization

/// `concord check --events LOG…`: what a table makes of the events of logs.
struct TableCheck {
  private let language: Language
  private let options: LanguageOptions
  private let logs: LogPaths
  private let name: String
  /// The rules of whose tables it is asked; none where it is one table.
  private let rules: [Rule]
  /// What is assumed of the tables.
  private let notes: [Diagnostic]

  /// Judges the table that the options name, else those that the rules read, each in the columns that its rule asks, else
  /// the one that the language knows by itself. Throws where no language has tables, where the definition does not
  /// parse, and where no rule has a table.
  init(_ compiler: Compiler, logs: [String], rules: [Rule]) throws(Diagnostic) {
    guard let language = Registry.languages.first(where: { $0.schemaWriter != nil && $0.store != nil }) else {
      throw Diagnostic(.noTables, "no language has tables")
    }
    self.language = language
    options = compiler.options
    self.logs = LogPaths(logs)
    if options.schema != nil || rules.isEmpty {
      name = options.schema?.name ?? "the table of \(language.name)"
      self.rules = []
      // What is wrong with the table is no fault of the events.
      _ = try language.stored([], options: options)
      notes = try language.storeNotes(options: options)
    } else {
      let read = try TableCheck.tables(of: rules, language, options)
      self.rules = read.rules
      notes = read.notes
      name = "the \(read.rules.count == 1 ? "table" : "tables") of \(counted(read.rules.count, "rule"))"
    }
    if self.logs.paths.isEmpty, self.logs.problems.count == 0 {
      throw Diagnostic(.noFiles, "no events to put to the table", help: ["the folder is empty"])
    }
  }

  /// The rules that have a table, and what is assumed of these. Throws where none has.
  private static func tables(
    of rules: [Rule], _ language: Language, _ options: LanguageOptions
  ) throws(Diagnostic) -> (rules: [Rule], notes: [Diagnostic]) {
    var (read, notes, failure): ([Rule], [Diagnostic], Diagnostic?) = ([], [], nil)
    for rule in rules {
      do throws(Diagnostic) {
        let own = try options.resolved(for: rule, in: language)
        _ = try language.stored([], for: rule, options: own)
        for note in try language.storeNotes(for: rule, options: own) { notes.appendOnce(note) }
        read.append(rule)
      } catch {
        failure = failure ?? error
        notes.append(Diagnostic(error.code, "`\(rule.id)` is left out: \(error.message)"))
      }
    }
    if read.isEmpty, let failure { throw failure }
    return (read, notes)
  }

  /// Reads the logs and says what becomes of their events, in the order of the logs, and how it went: a log or an event
  /// that cannot be read is what it is to `scan`.
  func run(_ control: ScanControl) -> (entry: Report.Entry, code: ExitCode) {
    let tally = Mutex(TableTally(problems: logs.problems))
    let scan = LogScan(RuleSet([.always(true)]), paths: logs.paths)
    scan.run(control: control) { batch in
      let found = stored(in: batch)
      tally.withLock { $0.add(found, batch) }
      return true
    }
    let result = tally.withLock { $0 }
    let entry = result.entry(name, language, notes, schema: options.schema)
    return (entry, result.isWhole ? entry.isClean ? .clean : .findings : .usage)
  }

  /// What the table makes of the events of a batch, by one call, since each reads the table's definition anew; `nil` for
  /// an event that cannot be read.
  private func stored(in batch: ScanBatch) -> [StoredEvent?] {
    let events = batch.matches.map { match in
      (try? JSON.parse(Source(text: String(decoding: batch.event(match), as: UTF8.self)))).flatMap(Event.init)
    }
    var stored = self.stored(events.compactMap(\.self))[...]
    return events.map { event in event.flatMap { _ in stored.popFirst() } }
  }

  /// What the tables make of events.
  private func stored(_ events: [Event]) -> [StoredEvent] {
    // The definitions were read when the check began, so that they are here too.
    if rules.isEmpty { return (try? language.stored(events, options: options)) ?? [] }
    var changes: [[StoredEvent.Change]] = events.map { _ in [] }
    for rule in rules {
      let own = try? options.resolved(for: rule, in: language)
      let stored = own.flatMap { try? language.stored(events, for: rule, options: $0) } ?? []
      for (place, event) in stored.enumerated() { changes[place] += event.changes }
    }
    return changes.map(StoredEvent.init)
  }
}

/// How many events a table keeps, and what it does to the others.
private struct TableTally: Sendable {
  private struct Change: Hashable {
    let outcome: StoredEvent.Change.Outcome
    let field: String
  }

  private struct Found: Sendable {
    var count = 0
    /// The first such event, and what happens to it.
    let example: String
  }

  private var problems: LogProblems
  private var events = 0
  private var kept = 0
  private var unread = 0
  private var found: [Change: Found] = [:]

  init(problems: LogProblems) { self.problems = problems }

  /// Whether every event of every log was read.
  var isWhole: Bool { unread == 0 && problems.count == 0 }

  mutating func add(_ stored: [StoredEvent?], _ batch: ScanBatch) {
    problems.append(batch.problems)
    events += batch.events
    for (match, event) in zip(batch.matches, stored) {
      guard let event else {
        unread += 1
        continue
      }
      kept += event.isKept ? 1 : 0
      var seen: Set<Change> = []
      for change in event.changes {
        let kind = Change(outcome: change.outcome, field: change.field)
        guard seen.insert(kind).inserted else { continue }
        found[kind, default: Found(example: "\(batch.name):\(match.place.number): \(change.text)")].count += 1
      }
    }
  }
}

extension TableTally {
  /// What was found, as one entry of a report: a finding for each column and each thing that happens to it.
  func entry(_ name: String, _ language: Language, _ notes: [Diagnostic], schema: Source?) -> Report.Entry {
    var entry = Report.Entry(path: name)
    entry.isClean = found.isEmpty && isWhole && events > 0
    let changes = found.sorted { first, second in
      (first.key.outcome.rank, -first.value.count, first.key.field)
        < (second.key.outcome.rank, -second.value.count, second.key.field)
    }
    entry.lines = [
      "\(name): \(counted(events, "event")), \(kept) kept, \(events - kept) not"
    ]
    entry.lines += notes.map { "  rows: \(flat($0.message))" }
    entry.lines += changes.map { change, found in
      "  \(change.outcome.shown, change.outcome == .value ? .warning : .bad)  `\(change.field.visible())`: \(counted(found.count, "event")), such as \(flat(found.example))"
    }
    if unread > 0 { entry.lines.append("  \(counted(unread, "event")) could not be read") }
    entry.lines += problems.first.map { "  \(flat($0.diagnostic.message))" }
    let more = problems.count - problems.first.count
    if more > 0 { entry.lines.append("  … and \(counted(more, "more problem")) of the logs") }
    entry.findings = changes.map { change, found in
      let message =
        "`\(change.field)`: \(change.outcome.words) in \(found.count) of \(counted(events, "event")), such as \(found.example)"
      return Report.Finding(diagnostic: Diagnostic(.eventNotKept, message, in: schema), isTold: true)
    }
    entry.findings += (notes + problems.first.map(\.diagnostic)).map {
      Report.Finding(diagnostic: $0, isTold: true)
    }
    entry.facts = [
      ("language", .string(language.identifier)), ("events", .number(Number(events))),
      ("kept", .number(Number(kept))), ("unread", .number(Number(unread))),
      (
        "changes",
        .array(
          changes.map { change, found in
            .members([
              ("outcome", .string(change.outcome.rawValue)), ("field", .string(change.field)),
              ("events", .number(Number(found.count))), ("example", .string(found.example)),
            ])
          })
      ),
    ]
    return entry
  }
}

extension ScanBatch.Place {
  fileprivate var number: Int {
    switch self {
    case .line(let number), .event(let number): number
    }
  }
}

extension StoredEvent.Change.Outcome {
  /// The worst first.
  fileprivate var rank: Int {
    switch self {
    case .fails: 0
    case .damaged: 1
    case .null: 2
    case .value: 3
    }
  }

  fileprivate var shown: String {
    switch self {
    case .fails: "fails   "
    case .damaged: "damaged "
    case .null: "NULL    "
    case .value: "changed "
    }
  }

  fileprivate var words: String {
    switch self {
    case .fails: "the query fails"
    case .damaged: "the column is damaged"
    case .null: "the column is NULL"
    case .value: "the column has another value"
    }
  }
}
