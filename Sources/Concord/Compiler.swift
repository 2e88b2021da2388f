import ConcordAnalysis
import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Reads rules, checks them against their fixtures and writes them in other languages.
///
/// A value without hidden state: the same input gives the same output.
///
/// ```swift
/// let compiler = Compiler()
/// let documents = try compiler.load(Source(name: "rule.yml", text: text))
/// let query = try compiler.write(documents[0].rule, in: "athena")
/// ```
public struct Compiler: Sendable {
  /// The compiler's version, as it stands in the leading comment of a query.
  public static let version = "0.1.0"

  /// What the user says about reading and writing.
  public var options: LanguageOptions

  /// A compiler with these options.
  public init(options: LanguageOptions = LanguageOptions(compilerVersion: Compiler.version)) {
    self.options = options
  }

  /// The rules of a source, in the language named by `language` or recognised from name and text, with field
  /// names resolved against the fixtures. Throws the first thing that is wrong.
  public func load(_ source: Source, from language: String? = nil) throws(Diagnostic) -> [RuleDocument] {
    let reader = try reader(of: source, language)
    return try reader.read(source, options: options).map { $0.resolvingFieldNames() }
  }

  /// Everything that a source holds, as `load` reads it: what is wrong with one of its documents does not hide the
  /// others. Throws where nothing tells the language.
  public func loadAll(_ source: Source, from language: String? = nil) throws(Diagnostic) -> RuleCollection {
    let reader = try reader(of: source, language)
    var collection: RuleCollection
    if let reader = reader as? any CollectionReader {
      collection = reader.readAll(source, options: options)
    } else {
      do throws(Diagnostic) {
        collection = RuleCollection(documents: try reader.read(source, options: options))
      } catch {
        collection = RuleCollection(documents: [], refused: [RefusedDocument(errors: [error])])
      }
    }
    collection.documents = collection.documents.map { $0.resolvingFieldNames() }
    return collection
  }

  private func reader(of source: Source, _ language: String?) throws(Diagnostic) -> any RuleReader {
    let identifier: String
    if let language {
      identifier = language
    } else {
      identifier = try SourceLanguage.recognise(source, hasCondition: options.condition != nil)
    }
    guard let reader = Registry.readers.first(where: { $0.identifier == identifier }) else {
      throw .unknownLanguage(identifier, among: Registry.readers.map(\.identifier), verb: "read")
    }
    if !options.pipelines.isEmpty || options.strictFields, !(reader is any PipelineReader) {
      throw .pipelinesElsewhere(reader.name)
    }
    return reader
  }

  /// The same compiler with its pipelines read once, rather than for every source. Throws what is wrong with them.
  public func preparingPipelines() throws(Diagnostic) -> Compiler {
    var copy = self
    for case let reader as any PipelineReader in Registry.readers {
      copy.options = try reader.prepared(copy.options)
    }
    return copy
  }

  /// The identifier of the language that a source is in, told by its name and text. Throws where nothing tells.
  public static func language(of source: Source) throws(Diagnostic) -> String {
    try SourceLanguage.recognise(source, hasCondition: false)
  }

  /// Whether a source is a rule or a query, told by its name and text, and not just some file beside them.
  public static func isRule(_ source: Source) -> Bool { SourceLanguage.isRule(source) }

  /// The query for a rule in the language of that identifier. Throws what the language cannot say.
  public func write(_ rule: Rule, in language: String) throws(Diagnostic) -> Query {
    guard let writer = Registry.writers.first(where: { $0.identifier == language }) else {
      throw .unknownLanguage(language, among: Registry.writers.map(\.identifier), verb: "write")
    }
    return try writer.write(rule, options: options)
  }

  /// Whether a query that was written for a rule in the language of that identifier holds of the same events: its
  /// text is read back, and both conditions are compared.
  public func prove(_ query: Query, for rule: Rule) -> TranslationProof? {
    guard let language = Registry.languages.first(where: { $0.identifier == query.language }) else {
      return nil
    }
    return TranslationProof(of: query, for: rule, in: language, options: options)
  }

  /// The query for a rule in the language of that identifier, proved to hold of the same events, with a line in its
  /// comment that says so and names the rule's condition (`Condition.digest`).
  ///
  /// Throws what the language cannot say, `E505` where the query is not proved, and `E506` where it is not the rule.
  public func writeProved(_ rule: Rule, in language: String) throws(Diagnostic) -> Query {
    let query = try write(rule, in: language)
    var copy = self
    copy.options.provenance =
      "Proved equal to the rule by reading it back" + (try proof(of: query, for: rule).assumption)
      + "; condition \(rule.condition.digest)"
    let marked = try copy.write(rule, in: language)
    _ = try copy.proof(of: marked, for: rule)
    return marked
  }

  private func proof(of query: Query, for rule: Rule) throws(Diagnostic) -> TranslationProof {
    guard let proof = prove(query, for: rule) else {
      throw .unknownLanguage(query.language, among: Registry.languages.map(\.identifier), verb: "read")
    }
    switch proof.outcome {
    case .proved: return proof
    case .unread(let reason), .unknown(let reason):
      throw Diagnostic(.notProved, "the `\(query.language)` query is not proved equal to the rule: \(reason)")
    case .different(let missed, let extra):
      let event = (missed ?? extra).map { Value.object($0.object).compactJSON } ?? ""
      throw Diagnostic(
        .notEqual,
        "the `\(query.language)` query \(missed == nil ? "matches, and the rule does not" : "misses"): \(event)",
        help: ["this is a defect of Concord: please report it with the rule"])
    }
  }

  /// The statements that make the tables which the rules read, in the language of that identifier. Throws where the
  /// language has no tables, and what cannot be one.
  public func schema(for rules: [Rule], in language: String) throws(Diagnostic) -> Query {
    let known = Registry.languages.compactMap { $0 as? any SchemaWriter }
    guard let writer = known.first(where: { $0.identifier == language }) else {
      throw Diagnostic(
        .noTables, "`\(language)` is not a language with tables",
        help: ["known: \(known.map(\.identifier).joined(separator: ", "))"])
    }
    return try writer.schema(for: rules, options: options)
  }

  /// The rule of a published catalogue page. Throws what cannot be read, and refuses a page that says it is
  /// incomplete unless `allowPartial`.
  public func importPage(_ page: Source, allowPartial: Bool = false) throws(Diagnostic) -> RuleDocument {
    return try pages("read").readPage(page, allowPartial: allowPartial, options: options)
      .resolvingFieldNames()
  }

  /// The rule as a rule file that `load` reads back.
  public func ruleFile(_ document: RuleDocument) throws(Diagnostic) -> String {
    return try pages("write").writeRuleFile(document)
  }

  /// The text of a rule file with more fixtures, all else as it was. Throws where they cannot be added.
  public func adding(_ fixtures: [Fixture], to file: Source) throws(Diagnostic) -> String {
    return try pages("write").adding(fixtures, to: file)
  }

  /// The language of catalogue pages and of the rule files that they become.
  private func pages(_ verb: String) throws(Diagnostic) -> any PageReader {
    guard let language = Registry.languages.lazy.compactMap({ $0 as? any PageReader }).first else {
      throw .unknownLanguage("page", among: [], verb: verb)
    }
    return language
  }

  /// Evaluates the rule's fixtures and, where some fail, looks for a reading under which all hold.
  public func check(_ document: RuleDocument) -> CheckReport {
    CheckReport(document)
  }
}

extension Diagnostic {
  static func unknownLanguage(_ name: String, among known: [String], verb: String) -> Diagnostic {
    let near = Suggestion.nearest(to: name, among: known)
    return Diagnostic(
      .unknownLanguage, "`\(name)` is not a language that can be \(verb == "read" ? "read" : "written")",
      help: (near.map { ["did you mean `\($0)`?"] } ?? []) + ["known: \(known.joined(separator: ", "))"])
  }

  static func pipelinesElsewhere(_ name: String) -> Diagnostic {
    let names = Registry.readers.filter { $0 is any PipelineReader }.map(\.name)
    return Diagnostic(
      .pipelinesElsewhere,
      "processing pipelines apply to \(names.joined(separator: ", ")) rules, and this is \(name)",
      help: ["leave out `--pipeline` and `--strict-fields`, or compile such rules by themselves"])
  }

  static func unrecognisedSource(_ source: Source) -> Diagnostic {
    Diagnostic(
      .languageNotRecognised, "this is no rule of a language that is known", in: source, labels: [],
      help: [
        "none of the keys that tell a rule's language stands at the beginning of a line",
        "if it is one, name its language: \(Registry.readers.map { "`--from \($0.identifier)`" }.joined(separator: ", "))",
      ])
  }
}
