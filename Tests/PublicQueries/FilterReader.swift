import Concord
import Foundation

/// The filter part of a published query, and what came of reading it.
public struct FilterReading: Sendable {
  /// The query.
  public let query: PublicQuery
  /// How it is made.
  public let shape: String
  /// Which of the groups that are counted apart it belongs to.
  public let group: String
  /// The filter part's text; `nil` where the query has none.
  public let text: String?
  /// What reading the query as it is published says: nothing, or why not.
  public let refusalAsPublished: Diagnostic?
  /// The filter part as it was read, or why it was not; `nil` where there is none.
  public let outcome: Result<ReadFilter, Diagnostic>?
}

/// A filter part that was read.
public struct ReadFilter: Sendable {
  /// The rule that it is.
  public let document: RuleDocument
  /// The options by which it was read.
  public let options: LanguageOptions
  /// Its own language.
  public let language: Language
  /// The parts of a statement that ask of the event alone, not of time and place, as a statement of its own; `nil` for a
  /// search.
  public let ownCondition: String?

  /// The same without its limit on rows.
  public var withoutLimit: ReadFilter {
    var document = document
    document.rule.rowLimit = nil
    return ReadFilter(document: document, options: options, language: language, ownCondition: ownCondition)
  }
}

/// Reads the filter parts of public queries.
public struct FilterReader: Sendable {
  private let macros: PublicMacros
  /// What all queries are read by: the tables that searches look values up in.
  private let common: LanguageOptions
  private let tables: PublicTables
  /// The group of statements whose table's own statement is at hand.
  public static let withTable = "with its DDL"

  /// The columns that say when an event happened, as a project names them where it is not `eventtime`.
  private static let timeColumns = [
    "alb_logs": "time", "nlb_tls_logs": "time", "r53_rlogs": "query_timestamp", "waf_logs": "timestamp",
    "cloudfront_logs": "date",
  ]

  /// A reader with the macros and the tables of the corpora.
  public init(lookups: [Source] = []) throws {
    (macros, tables) = (try PublicMacros(), try PublicTables())
    var options = LanguageOptions()
    options.splunk.lookups = lookups
    common = try Compiler(options: options).prepared().options
  }

  /// How a search is read.
  private func options(of query: PublicQuery) -> LanguageOptions {
    var options = common
    options.splunk.macros = macros.source(of: query.corpus)
    // Fields of JSON are read from the event's text, those of anything else are an add-on's.
    options.splunk.extractedFields = !["cloudtrail", "{}"].contains(where: query.text.contains)
    return (try? Compiler(options: options).prepared())?.options ?? options
  }

  /// A search as it is published, or why it is not read.
  public func readWhole(search query: PublicQuery) -> Result<ReadFilter, Diagnostic> {
    let options = options(of: query)
    let whole = readWhole(search: query, options)
    // What asks what an add-on computes is about Splunk's fields, not about the record's.
    guard case .failure(let error) = whole, error.message.contains("the add-on for AWS computes") else {
      return whole
    }
    var extracted = options
    extracted.splunk.extractedFields = true
    return readWhole(search: query, extracted)
  }

  private func readWhole(search query: PublicQuery, _ options: LanguageOptions) -> Result<
    ReadFilter, Diagnostic
  > {
    FilterReader.load(query.text, "search.spl", options).map {
      ReadFilter(document: $0, options: options, language: .splunk, ownCondition: nil)
    }
  }

  /// The filter part of a search.
  public func read(search query: PublicQuery) -> FilterReading {
    let options = options(of: query)
    let filter = SearchFilter(of: query.text) { macros.definition($0, of: query.corpus) }
    let published = FilterReader.load(query.text, "search.spl", options)
    let outcome = filter.text.map { text in
      FilterReader.load(text, "search.spl", options).map {
        ReadFilter(document: $0, options: options, language: .splunk, ownCondition: nil)
      }
    }
    return FilterReading(
      query: query, shape: filter.shape, group: query.corpus, text: filter.text,
      refusalAsPublished: published.error, outcome: outcome)
  }

  /// The filter parts of a text of statements.
  public func read(statement query: PublicQuery) -> [FilterReading] {
    let published = FilterReader.load(query.text, "statement.sql", LanguageOptions()).error
    return StatementFilter.all(in: query.text).map { filter in
      let own = filter.table.isEmpty ? [] : tables.tables(named: filter.table, for: query)
      let isLake = query.corpus.contains("lake")
      return FilterReading(
        query: query, shape: filter.shape,
        group: isLake ? "CloudTrail Lake, untyped" : own.isEmpty ? "no DDL, untyped" : Self.withTable,
        text: filter.text, refusalAsPublished: published,
        outcome: filter.text.map { _ in read(filter, isLake ? [] : own) })
    }
  }

  /// The statements of a text as they are published, one by one: the statement, whether its table's own statement is at
  /// hand, and what reading it says. CloudTrail Lake's are read without one, and under `untyped` all.
  public func readWhole(
    statement query: PublicQuery, untyped: Bool = false
  ) -> [(text: String, hasTable: Bool, outcome: Result<ReadFilter, Diagnostic>)] {
    StatementFilter.statements(in: query.text).map { text in
      let isLake = query.corpus.contains("lake")
      let text = isLake ? FilterReader.namingStore(text) : text
      let names = StatementFilter.tables(in: text)
      let own = untyped || isLake ? [] : names.flatMap { tables.tables(named: $0, for: query) }
      var first: Result<ReadFilter, Diagnostic>?
      for table in own.isEmpty ? [nil] : own.map(Optional.some) {
        let options = options(of: names.first ?? "", table)
        let result = FilterReader.load(text, "statement.sql", options).map {
          ReadFilter(document: $0, options: options, language: .athena, ownCondition: nil)
        }
        if first == nil { first = result }
        if case .success = result { return (text, !own.isEmpty, result) }
      }
      return (text, !own.isEmpty, first ?? .failure(Diagnostic(.usage, "no statement")))
    }
  }

  /// A statement of CloudTrail Lake with the id of an event data store where it has a word to be replaced by one.
  private static func namingStore(_ text: String) -> String {
    ["event_data_store_ID", "EDS_ID", "EDSID"].reduce(text) { text, name in
      text.replacingOccurrences(
        of: "\\b(FROM)\\s+\(name)\\b", with: "$1 \(storeID)", options: [.regularExpression, .caseInsensitive])
    }
  }

  private static let storeID = "5e2676f8-9fce-46ef-8142-3e36a94e6691"

  /// The options by which a statement over a table is read.
  private func options(of table: String, _ statement: Source?) -> LanguageOptions {
    var options = LanguageOptions()
    options.athena.untyped = statement == nil
    options.athena.timeColumn = FilterReader.timeColumns[table.lowercased().filter { $0 != "\"" }]
    if table.contains("security_lake") { options.athena.datePartitions = ["eventday": "yyyyMMdd"] }
    options.schema = statement
    return options
  }

  /// A statement under the first of several tables that it can be read under.
  private func read(_ filter: StatementFilter, _ tables: [Source]) -> Result<ReadFilter, Diagnostic> {
    var first: Result<ReadFilter, Diagnostic>?
    for table in tables.isEmpty ? [nil] : tables.map(Optional.some) {
      let result = read(filter, options(of: filter.table, table))
      if case .success = result { return result }
      first = first ?? result
    }
    return first ?? read(filter, options(of: filter.table, nil))
  }

  private func read(_ filter: StatementFilter, _ options: LanguageOptions) -> Result<ReadFilter, Diagnostic> {
    FilterReader.load(filter.text ?? "", "statement.sql", options).map { document in
      let kept = filter.conjuncts.filter { conjunct in
        guard case .success(let one) = FilterReader.load(filter.text(of: [conjunct]), "part.sql", options)
        else { return true }
        return one.rule.condition != .always(true)
      }
      return ReadFilter(
        document: document, options: options, language: .athena, ownCondition: filter.text(of: kept))
    }
  }

  private static func load(
    _ text: String, _ name: String, _ options: LanguageOptions
  ) -> Result<RuleDocument, Diagnostic> {
    do throws(Diagnostic) {
      guard let document = try Compiler(options: options).load(Source(name: name, text: text)).first else {
        return .failure(Diagnostic(.usage, "no rule"))
      }
      return .success(document)
    } catch {
      return .failure(error)
    }
  }
}

extension Result {
  fileprivate var error: Failure? { if case .failure(let error) = self { error } else { nil } }
}

extension Diagnostic {
  /// The code and the message without the names in it, so that equal reasons count together.
  public var reason: String {
    let parts = message.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    return "\(code.rawValue) "
      + parts.map { $0.offset % 2 == 0 ? String($0.element) : "…" }.joined(separator: "`")
  }
}
