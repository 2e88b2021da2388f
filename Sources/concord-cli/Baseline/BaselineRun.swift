import Concord

/// What becomes of the findings of a run that are known: `--baseline` sets them aside, `--write-baseline` writes them
/// to a file.
struct BaselineRun {
  /// What is looked up: a rule by its id, or by its file too where it has no id of its own, or a file.
  private struct Key: Hashable {
    let file: ScalarText?
    let rule: ScalarText?
    let code: Diagnostic.Code
    let about: ScalarText
  }

  /// How many entries that have no reason, or are stale, are shown one by one.
  private static let shownLimit = 20

  private let command: String
  private let path: String
  private let isWriting: Bool
  private let source: Source?
  private let folder: ReportPath
  private let entries: [Baseline.Entry]
  /// The places of the entries that may set a finding aside, the next one last.
  private var places: [Key: [Int]] = [:]
  private var isUsed: [Bool]
  private var added: [Baseline.Entry] = []
  private var seen = Seen()

  /// What a run looked at.
  private struct Seen {
    var rules: Set<ScalarText> = []
    var files: Set<ScalarText> = []
    var topics: Set<String> = []
  }

  /// The baseline that the arguments of a command name; `nil` where they name none. Throws where it cannot be read, or
  /// something in it is wrong.
  init?(_ arguments: ParsedArguments, command: String) throws(Diagnostic) {
    self.command = command
    let written = arguments[.writeBaseline]
    guard let path = written ?? arguments[.baseline] else { return nil }
    self.path = path
    isWriting = written != nil
    folder = ReportPath(Folder.parent(of: path))
    do throws(Diagnostic) {
      source = isWriting && !Files.exists(path) ? nil : try Files.source(path)
      let commands = ConcordTool.commands.filter { $0.takes(.baseline) }.map(\.name)
      entries =
        try source.map { (source) throws(Diagnostic) in try Baseline(source, commands: commands).entries }
        ?? []
    } catch {
      throw arguments.located(error, .baseline)
    }
    isUsed = Array(repeating: false, count: entries.count)
    for (place, entry) in entries.enumerated().reversed() {
      for key in BaselineRun.keys(of: entry) { places[key, default: []].append(place) }
    }
  }

  private static func keys(of entry: Baseline.Entry) -> [Key] {
    let (file, rule) = (ScalarText(entry.file), entry.rule.map { ScalarText($0) })
    let files = rule == nil ? [file] : [file, nil]
    return files.map { Key(file: $0, rule: rule, code: entry.code, about: ScalarText(entry.about)) }
  }

  /// The entry of a report with what is known of it set aside.
  mutating func applied(to entry: Report.Entry) -> Report.Entry {
    let file = ReportPath(entry.path).seen(from: folder)
    seen.files.insert(ScalarText(file))
    if let rule = entry.rule { seen.rules.insert(ScalarText(rule)) }
    seen.topics.formUnion(entry.topics)
    var copy = entry
    for place in copy.findings.indices {
      let finding = copy.findings[place]
      // What could not be read was not looked at, and is not known.
      if finding.cost == .usage { continue }
      let about = finding.about
      let key = Key(
        file: entry.rule != nil && entry.hasOwnID ? nil : ScalarText(file),
        rule: entry.rule.map { ScalarText($0) },
        code: finding.diagnostic.code, about: ScalarText(about))
      if let known = take(key) {
        copy.findings[place].setAside = Report.SetAside(by: path, reason: known.reason)
      } else if isWriting, finding.cost != .clean {
        added.append(
          Baseline.Entry(
            file: file, rule: entry.rule, code: finding.diagnostic.code, about: about, command: command,
            topic: finding.topic.flatMap { entry.topics.contains($0) ? $0 : nil },
            other: finding.other.map { ReportPath($0).seen(from: folder) }))
        copy.findings[place].setAside = Report.SetAside(by: path, reason: nil)
      }
    }
    return copy.settled()
  }

  /// The first entry of that key that has set nothing aside yet.
  private mutating func take(_ key: Key) -> Baseline.Entry? {
    while let place = places[key]?.popLast() {
      if isUsed[place] { continue }
      isUsed[place] = true
      return entries[place]
    }
    return nil
  }

  /// How many findings are set aside.
  private var count: Int { isUsed.count { $0 } + added.count }

  /// The places of the entries that nothing matches, though this run looked at what they are about. `isWhole`: whether
  /// every rule of the files was looked at.
  private func stale(isWhole: Bool) -> [Int] {
    entries.indices.filter { place in
      let entry = entries[place]
      guard !isUsed[place], entry.command == command,
        entry.topic.map({ seen.topics.contains($0) }) ?? true,
        entry.other.map({ isSeen($0) || isGone($0) }) ?? true
      else { return false }
      if let rule = entry.rule, seen.rules.contains(ScalarText(rule)) { return true }
      return isSeen(entry.file) ? isWhole || entry.rule == nil : isGone(entry.file)
    }
  }

  private func isSeen(_ file: String) -> Bool { seen.files.contains(ScalarText(file)) }

  private func isGone(_ file: String) -> Bool { !Files.exists(Folder.path(folder.text, file)) }

  /// What is wrong with the baseline itself, as an entry of the report; `nil` where nothing is.
  func own(isWhole: Bool) -> Report.Entry? {
    if isWriting { return nil }
    var entry = Report.Entry(path: path)
    let bare = entries.filter { $0.reason == nil }
    entry.findings = bare.prefix(Self.shownLimit).map { known in
      Report.Finding(diagnostic: .reasonMissing(known, in: source), cost: .findings)
    }
    entry.findings += stale(isWhole: isWhole).prefix(Self.shownLimit).map { place in
      Report.Finding(diagnostic: .staleSuppression(entries[place], in: source))
    }
    guard !entry.findings.isEmpty else { return nil }
    entry.isClean = bare.isEmpty
    entry.cases = entry.findings.map { finding in
      let message = finding.diagnostic.message
      return Report.Case(
        group: path, name: finding.diagnostic.code.name,
        outcome: finding.cost == .clean ? .skipped(message: message) : .failed(message: message, body: ""))
    }
    return entry
  }

  /// What is told at the end, and counted. Writes the baseline where that is asked for; throws where it cannot.
  ///
  /// `isWhole`: whether every rule of the files was looked at.
  func end(isWhole: Bool) throws(Diagnostic) -> (words: String, counts: [(name: String, count: Int)]) {
    let stale = stale(isWhole: isWhole)
    let bare = entries.count { $0.reason == nil }
    if isWriting {
      let gone = Set(stale)
      let kept = entries.indices.filter { !gone.contains($0) }.map { entries[$0] }
      try Files.write(try Baseline.text(of: kept + added), to: path)
      let parts =
        ["\(added.count) of them new and without a reason"] + (gone.isEmpty ? [] : ["\(gone.count) gone"])
      return (
        "\(counted(kept.count + added.count, "finding")) written to \(path.visible()): \(parts.joined(separator: ", "))",
        [("setAside", count), ("new", added.count), ("stale", stale.count)]
      )
    }
    let parts =
      ["\(counted(count, "finding")) set aside by \(path.visible())"]
      + (bare == 0 ? [] : ["\(counted(bare, "entry", "entries")) without a reason"])
      + (stale.isEmpty ? [] : ["\(counted(stale.count, "entry", "entries")) that nothing matches any more"])
    return (
      parts.joined(separator: ", "),
      [("setAside", count), ("withoutReason", bare), ("stale", stale.count)]
    )
  }
}

extension OptionKey where Value == String? {
  /// The file of the findings that are known.
  static var baseline: Self {
    .text(
      "baseline", OptionSpec.Value("FILE", .file),
      help: "findings that are known and set aside, each with a reason: only others fail")
  }
  /// The file that what fails now is written to.
  static var writeBaseline: Self {
    .text(
      "write-baseline", OptionSpec.Value("FILE", .file),
      help: "write what fails now to this baseline, for reasons to be filled in; those that are there stay")
  }
}
