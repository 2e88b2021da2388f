import Concord
import Foundation
import TestSupport

/// A search or a statement that somebody published: a row of `corpora/splunk` or `corpora/athena`.
public struct PublicQuery: Sendable {
  /// The project that it is from.
  public let corpus: String
  /// Its place there.
  public let id: String
  /// Its text, as published.
  public let text: String
}

/// What the shared corpora hold of public queries; nothing (with a word on standard error) where they are missing.
public enum PublicQueries {
  /// The searches of `corpora/splunk`.
  public static func searches() throws -> [PublicQuery] {
    try rows("corpora/splunk/searches.jsonl.gz", text: "search")
  }

  /// The statements of `corpora/athena`.
  public static func statements() throws -> [PublicQuery] {
    try rows("corpora/athena/queries.jsonl.gz", text: "query")
  }

  private static func rows(_ path: String, text key: String) throws -> [PublicQuery] {
    guard let file = Shared.url(path) else {
      Engine.note("skipped the public queries of \(path): no corpus")
      return []
    }
    let result = try Command.run("/usr/bin/env", ["gzip", "-dc", file.path])
    guard result.status == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return try String(decoding: result.output, as: UTF8.self).split(separator: "\n").map { line in
      guard case .object(let row) = try JSON.parse(String(line)), case .string(let corpus)? = row["corpus"],
        case .string(let id)? = row["id"], case .string(let text)? = row[key]
      else { throw CocoaError(.coderInvalidValue) }
      return PublicQuery(corpus: corpus, id: id, text: text)
    }
  }
}

/// The macros that public searches use.
public struct PublicMacros: Sendable {
  /// The definitions of each project, by name.
  private let definitions: [String: [String: String]]
  private let sources: [String: Source]

  /// The macros of `corpora/splunk`; none where it is missing.
  public init() throws {
    var (definitions, sources) = ([String: [String: String]](), [String: Source]())
    if let file = Shared.url("corpora/splunk/macros.json"),
      case .object(let projects) = try JSON.parse(String(contentsOf: file, encoding: .utf8))
    {
      for project in projects.members {
        guard case .object(var macros) = project.value else { continue }
        if project.key == "security_content" { PublicMacros.addGenerated(to: &macros) }
        var items: [Value] = []
        for macro in macros.members {
          guard case .object(var item) = macro.value else { continue }
          item["name"] = .string(macro.key)
          items.append(.object(item))
          var key = macro.key
          if case .array(let arguments)? = item["arguments"], !arguments.isEmpty {
            key += "(\(arguments.count))"
          }
          definitions[project.key, default: [:]][key] = item["definition"]?.comparedText ?? ""
        }
        // JSON is YAML.
        sources[project.key] = Source(
          name: "\(project.key).macros.yml", text: Value.array(items).compactJSON)
      }
    }
    (self.definitions, self.sources) = (definitions, sources)
  }

  /// Adds the macros that stand in no file of the project: those that its build makes, one a detection for the user to
  /// fill, and one of Splunk's Common Information Model.
  private static func addGenerated(to macros: inout Value.Object) {
    func add(_ name: String, _ arguments: [String], _ definition: String) {
      if macros[name] != nil { return }
      var item = Value.Object()
      item["arguments"] = .array(arguments.map(Value.string))
      item["definition"] = .string(definition)
      macros[name] = .object(item)
    }
    add("drop_dm_object_name", ["name"], "rename \"$name$.*\" AS *")
    for query in (try? PublicQueries.searches()) ?? [] where query.corpus.hasPrefix("security_content") {
      for part in query.text.split(separator: "`")
      where part.hasSuffix("_filter") && part.allSatisfy(\.isWordly) {
        add(String(part), [], "search *")
      }
    }
  }

  /// The project whose macros the searches of a corpus use.
  private func project(_ corpus: String) -> String {
    sources[corpus] == nil ? "security_content" : corpus
  }

  /// The file of the macros that searches of a corpus use.
  public func source(of corpus: String) -> [Source] { sources[project(corpus)].map { [$0] } ?? [] }

  /// The text of a macro, as it is defined; `nil` where it is not.
  public func definition(_ name: String, of corpus: String) -> String? { definitions[project(corpus)]?[name] }
}

/// The tables that public statements read.
public struct PublicTables: Sendable {
  private struct Table {
    let page: String
    let name: String
    let ddl: Source
  }

  private let tables: [Table]

  /// The tables of `corpora/athena`; none where it is missing.
  public init() throws {
    tables = try PublicStatements.all().map {
      Table(page: $0.page, name: PublicTables.plain($0.table), ddl: $0.source)
    }
  }

  /// All statements, in order.
  public var all: [Source] { tables.map(\.ddl) }

  /// The statements that may have made the table of that name: those of the query's own page, otherwise of any. A table
  /// of CloudTrail without one of its own has AWS's.
  public func tables(named name: String, for query: PublicQuery) -> [Source] {
    let file = query.id.split(separator: "#").first ?? ""
    let page = file.split(separator: "/").last.map(String.init) ?? ""
    let name = PublicTables.plain(name)
    let named = tables.filter { $0.name == name }
    let own = named.filter { $0.page == page }
    if !own.isEmpty { return own.map(\.ddl) }
    if !named.isEmpty { return named.map(\.ddl) }
    guard name.contains("cloudtrail"), !name.contains("security_lake") else { return [] }
    return tables.filter { $0.page == "cloudtrail-logs.md" }.map(\.ddl)
  }

  /// The last part of a table's name, in lower case and without quotes.
  private static func plain(_ name: String) -> String {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    return last.lowercased().filter { !"\"`".contains($0) }
  }
}

extension Character {
  /// Whether it is a letter, a digit or `_`.
  fileprivate var isWordly: Bool { isLetter || isNumber || self == "_" }
}
