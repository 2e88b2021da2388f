import Concord

/// A file of findings that are known, each with the reason why it is set aside.
///
/// ```yaml
/// findings:
///   - file: rules/root-console-login.yml
///     rule: Example.Root.ConsoleLogin
///     code: E501
///     about: "fixture `Root signs in` expects true, the condition says false"
///     command: check
///     reason: The fixture is of the old log format; it is replaced with the next release.
/// ```
///
/// An entry is bound to a rule, by its id, or by its file and title where it has none; to a code; and to what the
/// finding is about. It sets one finding aside, and never one that is about something else. Lines make no difference.
struct Baseline: Sendable {
  /// A finding that is known.
  struct Entry: Sendable {
    /// The rule's file, as seen from the baseline's folder.
    let file: String
    /// The rule's id; `nil` for what is wrong with a file that is no rule.
    let rule: String?
    /// What the finding is.
    let code: Diagnostic.Code
    /// What it is about (`Report.Finding.about`).
    let about: String
    /// The command that found it, which alone can say that it is gone.
    let command: String
    /// What of the run found it: a target, an engine, a question of `lint`; `nil` where every run of the command asks.
    let topic: String?
    /// The file of the other rule that it is about, as seen from the baseline's folder, where it is about two.
    let other: String?
    /// Why it is set aside; `nil` where nobody said that yet.
    var reason: String?
    /// Where the entry stands in the baseline; `nil` where it is new.
    var span: Span?
  }

  /// The file.
  let source: Source
  /// The entries, in order.
  let entries: [Entry]

  private static let keys = ["file", "rule", "code", "about", "command", "part", "other", "reason"]

  /// The baseline of a file, in which only these commands can have found something. Throws what is wrong with it, at
  /// its place.
  init(_ source: Source, commands: [String]) throws(Diagnostic) {
    self.source = source
    do throws(Diagnostic) {
      entries = try Baseline.entries(source, commands)
    } catch {
      throw error.located(in: source)
    }
  }

  private static func entries(_ source: Source, _ commands: [String]) throws(Diagnostic) -> [Entry] {
    let documents = try YAML.documents(source)
    guard let root = documents.first, !root.isNull else { return [] }
    if documents.count > 1 {
      throw .projectExpected("one document", of: "a baseline", at: documents[1].span)
    }
    let noFiles = { @Sendable (name: String) throws(Diagnostic) -> Source in try Files.source(name) }
    let section = try ProjectSection(root, "the baseline", keys: ["findings"], files: noFiles)
    guard let list = section.value("findings") else { return [] }
    guard let items = list.sequence else {
      throw .projectExpected("a list", of: "`findings`", at: list.span)
    }
    var entries: [Entry] = []
    for item in items {
      entries.append(try entry(try section.section(item, "a finding", keys: keys), commands))
    }
    return entries
  }

  private static func entry(_ item: ProjectSection, _ commands: [String]) throws(Diagnostic) -> Entry {
    func required(_ key: String) throws(Diagnostic) -> String {
      guard let text = try item.text(key) else { throw .baselineKeyMissing(key, at: item.node.span) }
      return text
    }
    let (name, command) = (try required("code"), try required("command"))
    guard let code = Diagnostic.Code(named: name) else {
      throw Diagnostic(
        .unknownWord, "there is no code `\(name)`", at: item.value("code")?.span,
        help: Suggestion.question(for: name, among: Diagnostic.Code.allCases.map(\.rawValue)))
    }
    guard commands.contains(command) else {
      throw Diagnostic(
        .unknownWord, "`concord \(command)` takes no baseline", at: item.value("command")?.span,
        help: Suggestion.question(for: command, among: commands)
          + ["known: \(commands.joined(separator: ", "))"])
    }
    return Entry(
      file: try required("file"), rule: try item.text("rule"), code: code, about: try required("about"),
      command: command, topic: try item.text("part"), other: try item.text("other"), reason: try reason(item),
      span: item.node.span)
  }

  /// Why an entry is there; `nil` for no text or an empty one, with which an entry is written.
  private static func reason(_ item: ProjectSection) throws(Diagnostic) -> String? {
    guard let value = item.value("reason") else { return nil }
    guard let text = value.scalar else {
      throw .projectExpected("a text", of: "`reason`", at: value.span)
    }
    return text.contains { !$0.isWhitespace } ? text : nil
  }

  /// The text of a baseline with these entries, by file, rule, code and matter, so that a change of one is a change of
  /// its lines alone. Throws for a text that YAML cannot spell.
  static func text(of entries: [Entry]) throws(Diagnostic) -> String {
    let sorted = entries.enumerated().sorted { left, right in
      let (first, second) = (left.element, right.element)
      return (first.file, first.rule ?? "", first.code.rawValue, first.about, left.offset)
        < (second.file, second.rule ?? "", second.code.rawValue, second.about, right.offset)
    }
    let items = sorted.map { _, entry in
      Value.members(
        [("file", .string(entry.file))] + (entry.rule.map { [("rule", .string($0))] } ?? [])
          + [
            ("code", .string(entry.code.rawValue)), ("about", .string(entry.about)),
            ("command", .string(entry.command)),
          ]
          + (entry.topic.map { [("part", .string($0))] } ?? [])
          + (entry.other.map { [("other", .string($0))] } ?? [])
          + [("reason", .string(entry.reason ?? ""))])
    }
    return """
      # Findings that are known and set aside: `concord COMMAND --baseline FILE`. Each needs a reason.
      # `--write-baseline FILE` writes this file anew: reasons stay, comments do not.

      """ + (try YAML.write(.members([("findings", .array(items))])))
  }
}

extension Diagnostic {
  fileprivate static func baselineKeyMissing(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .missingKey, "a finding of a baseline needs `\(key)`", in: nil, at: span,
      help: ["`--write-baseline FILE` writes entries; `reason` alone is yours"])
  }

  /// An entry that says no reason.
  static func reasonMissing(_ entry: Baseline.Entry, in source: Source?) -> Diagnostic {
    Diagnostic(
      .reasonMissing, "\(entry.words) is set aside without a reason", in: source, at: entry.span,
      help: ["write why into its `reason`"])
  }

  /// An entry that nothing matches any more.
  static func staleSuppression(_ entry: Baseline.Entry, in source: Source?) -> Diagnostic {
    Diagnostic(
      .staleSuppression, "nothing matches \(entry.words) any more", in: source, at: entry.span,
      help: ["remove the entry; `--write-baseline` does so"])
  }
}

extension Baseline.Entry {
  /// The entry for people: its code and its rule.
  fileprivate var words: String { "\(code.rawValue) of `\(rule ?? file)`" }
}
