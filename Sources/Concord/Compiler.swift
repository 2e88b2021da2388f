import ConcordAnalysis
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordVerification

/// Reads rules, checks them against their fixtures and writes them in other languages.
///
/// A value without hidden state: the same input gives the same output.
///
/// ```swift
/// let compiler = Compiler()
/// let documents = try compiler.load(Source(name: "rule.yml", text: text))
/// let query = try compiler.write(documents[0].rule, in: .athena)
/// ```
public struct Compiler: Sendable {
  /// The compiler's version, as it stands in the leading comment of a query.
  public static let version = LanguageOptions.currentVersion

  /// What the user says about reading and writing.
  public var options: LanguageOptions

  /// The same compiler with what a project says of logs.
  public func with(_ project: Project) -> Compiler {
    var copy = self
    copy.options.logs = project.logs
    return copy
  }

  /// A compiler with these options.
  public init(options: LanguageOptions = LanguageOptions()) {
    self.options = options
  }

  /// The rules of a source, in `language` or the one recognised from name and text, with field names resolved against
  /// the fixtures. Throws the first thing that is wrong.
  public func load(_ source: Source, from language: Language? = nil) throws(Diagnostic) -> [RuleDocument] {
    let reader = try reader(of: source, language)
    return try reader.read(source, options: options).map {
      $0.resolvingFieldNames().completed(by: options.logs)
    }
  }

  /// Everything that a source holds, as `load` reads it: what is wrong with one of its documents does not hide the
  /// others. Throws where the language cannot be told.
  public func loadAll(_ source: Source, from language: Language? = nil) throws(Diagnostic) -> RuleCollection {
    var collection = try reader(of: source, language).readAll(source, options: options)
    collection.documents = collection.documents.map {
      $0.resolvingFieldNames().completed(by: options.logs)
    }
    return collection
  }

  /// The same compiler, for reading these sources as one collection of rules: documents of one that concern rules of
  /// another, such as a filter in a file of its own, are applied to them. Each source is to be loaded by itself then.
  package func collecting(_ sources: [Source], from language: Language? = nil) -> Compiler {
    guard sources.contains(where: { concernsOthers($0, from: language) }) else { return self }
    return reading(sources.compactMap { contribution(of: $0, from: language) })
  }

  /// Whether a source has a document that concerns rules of other sources.
  package func concernsOthers(_ source: Source, from language: Language? = nil) -> Bool {
    (try? reader(of: source, language))?.collections?.concernsOthers(source) ?? false
  }

  /// What other sources of a collection need to know of this one; `nil` where that is nothing.
  package func contribution(of source: Source, from language: Language? = nil) -> Contribution? {
    guard let reader = try? reader(of: source, language), let collections = reader.collections else {
      return nil
    }
    return Contribution(language: reader.identifier, content: collections.contribution(source))
  }

  /// What a source says that other sources of its collection need to know.
  package struct Contribution: Sendable {
    fileprivate let language: String
    fileprivate let content: any CollectionContribution
  }

  /// The same compiler, for reading the sources of the collection that these are the contributions of.
  package func reading(_ contributions: [Contribution]) -> Compiler {
    var copy = self
    for language in Registry.languages {
      guard let collections = language.collections else { continue }
      let own = contributions.filter { $0.language == language.identifier }.map(\.content)
      copy.options = collections.options(own, copy.options)
    }
    return copy
  }

  private func reader(of source: Source, _ given: Language?) throws(Diagnostic) -> Language {
    let language =
      if let given { given } else {
        try Recognition.language(of: source, hasCondition: options.condition != nil)
      }
    if Registry.languages.contains(where: {
      $0.identifier != language.identifier && $0.pipelines?.areAsked(options) ?? false
    }) {
      throw .pipelinesElsewhere(language)
    }
    return language
  }

  /// The same compiler with its options checked, and read once rather than for every source. Throws what is wrong with
  /// them.
  package func prepared() throws(Diagnostic) -> Compiler {
    var copy = self
    for language in Registry.languages { copy.options = try language.prepared(copy.options) }
    return copy
  }

  /// The language that a source is in, told by its name and text. Throws where they do not tell.
  package static func language(of source: Source) throws(Diagnostic) -> Language {
    try Recognition.language(of: source, hasCondition: false)
  }

  /// Whether a source is a rule or a query, told by its name and text, and not just some file beside them.
  package static func isRule(_ source: Source) -> Bool { Recognition.isRule(source) }

  /// What a source that holds no rule says of rules in other files, which is not read; `nil` for nothing.
  package static func changeOfRules(_ source: Source) -> Diagnostic? { Recognition.changeOfRules(source) }

  /// Whether a source is a program by its ending: what it defines may be a part of rules in other files.
  package static func isProgram(_ source: Source) -> Bool { Recognition.isProgram(source) }

  /// The query for a rule. Throws what the language cannot say.
  public func write(_ rule: Rule, in language: Language) throws(Diagnostic) -> Query {
    try language.write(rule, options: options)
  }

  /// One statement that puts the rule's fixtures to its query and needs no table and no index. Throws what the language
  /// cannot say, or does not fit into a statement.
  package func writeSelfTest(_ rule: Rule, in language: Language) throws(Diagnostic) -> Query {
    try language.selfTest(rule, options: options)
  }

  /// Whether a query that was written for a rule holds of the same events: its text is read back, and both conditions
  /// are compared.
  public func prove(_ query: Query, for rule: Rule, in language: Language) -> TranslationProof {
    TranslationProof(of: query, for: rule, in: language, options: options)
  }

  /// Verifies a rule's translations to these languages by executing and by proving them. `events` are put to them
  /// besides the rule's fixtures and the events that are derived from its condition.
  public func verify(_ rule: Rule, in targets: [Language], events: [Probe] = []) -> RuleVerification {
    RuleVerification(of: rule, in: targets, events: events, options: options)
  }

  /// The query for a rule, proved to hold of the same events, with a line in its comment that says so and names the
  /// rule's condition (`Condition.digest`).
  ///
  /// Throws what the language cannot say, `E505` where the query is not proved, and `E506` where it is not the rule.
  public func writeProved(_ rule: Rule, in language: Language) throws(Diagnostic) -> Query {
    let query = try write(rule, in: language)
    var copy = self
    copy.options.provenance =
      "Proved equal to the rule by reading it back"
      + (try proof(of: query, for: rule, in: language).assumption) + "; condition \(rule.digest)"
    let marked = try copy.write(rule, in: language)
    _ = try copy.proof(of: marked, for: rule, in: language)
    return marked
  }

  private func proof(
    of query: Query, for rule: Rule, in language: Language
  ) throws(Diagnostic) -> TranslationProof {
    let proof = prove(query, for: rule, in: language)
    switch proof.outcome {
    case .proved: return proof
    case .unread(let reason), .unknown(let reason):
      throw Diagnostic(
        .notProved, "the `\(language.identifier)` query is not proved equal to the rule: \(reason)")
    case .different(let missed, let extra):
      let part = proof.differingPart.map { "\($0): " } ?? ""
      let event = part + ((missed ?? extra).map { Value.object($0.object).compactJSON } ?? "")
      throw Diagnostic(
        .notEqual,
        "the `\(language.identifier)` query \(missed == nil ? "matches, and the rule does not" : "misses"): \(event)",
        help: ["this is a defect of Concord: please report it with the rule"])
    }
  }

  /// The statements that make the tables which the rules read; in the first language that has tables where none is
  /// given. Throws what cannot be one.
  public func schema(for rules: [Rule], in language: Language? = nil) throws(Diagnostic) -> Query {
    guard let language = language ?? Registry.languages.first(where: { $0.schemaWriter != nil }) else {
      throw Diagnostic(.noTables, "no language has tables")
    }
    return try language.schema(for: rules, options: options)
  }

  /// The rule of a published catalogue page. Throws what cannot be read, and refuses a page that says it is
  /// incomplete unless `allowPartial`.
  package func importPage(_ page: Source, allowPartial: Bool = false) throws(Diagnostic) -> RuleDocument {
    try pageLanguage().readPage(page, allowPartial: allowPartial, options: options).resolvingFieldNames()
  }

  /// The rule as a rule file that `load` reads back.
  package func ruleFile(_ document: RuleDocument) throws(Diagnostic) -> String {
    try pageLanguage().writeRuleFile(document)
  }

  /// The text of a rule file with more fixtures, all else as it was. Throws where they cannot be added.
  package func adding(_ fixtures: [Fixture], to file: Source) throws(Diagnostic) -> String {
    try pageLanguage().adding(fixtures, to: file)
  }

  /// The language of catalogue pages and of the rule files that they become.
  private func pageLanguage() throws(Diagnostic) -> Language {
    guard let language = Registry.languages.first(where: { $0.pages != nil }) else {
      throw Diagnostic(.unknownLanguage, "no language has catalogue pages")
    }
    return language
  }

  /// Evaluates the rule's fixtures and, where some fail, looks for a reading under which all hold.
  public func check(_ document: RuleDocument) -> CheckReport {
    CheckReport(document)
  }

  /// The text of a rule's file with the condition stated that its program amounts to; all else stays as it is. Throws
  /// where the rule's language has no such files, and where the condition cannot be added.
  package func stating(_ document: RuleDocument) throws(Diagnostic) -> String {
    guard let language = document.language else {
      throw Diagnostic(.unknownLanguage, "no file was read for the rule")
    }
    return try language.stating(document)
  }
}

extension Diagnostic {
  static func pipelinesElsewhere(_ language: Language) -> Diagnostic {
    let names = Registry.languages.filter { $0.pipelines != nil }.map(\.name)
    return Diagnostic(
      .pipelinesElsewhere,
      "processing pipelines apply to \(names.joined(separator: ", ")) rules, and this is \(language.name)",
      help: ["leave out `--pipeline` and `--strict-fields`, or compile such rules by themselves"])
  }

  static func unrecognisedSource(_ source: Source) -> Diagnostic {
    if source.isBlank {
      return Diagnostic(
        .languageNotRecognised, "the file is empty, or holds nothing but comments", in: source, labels: [])
    }
    return Diagnostic(
      .languageNotRecognised, "this is not a rule in a language that is known", in: source, labels: [],
      help: [
        "no line begins with a key that tells a rule's language",
        "if it is one, name its language: \(Registry.readers.map { "`--from \($0.identifier)`" }.joined(separator: ", "))",
      ])
  }
}
