import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation

/// The 2,900 recorded events of `corpora/cloudtrail`.
package enum CloudTrailCorpus {
  /// The log as it is stored; `nil` where this machine has no corpus.
  package static var file: URL? { Shared.url("corpora/cloudtrail/stratus-attack-simulation.ndjson.gz") }

  /// The lines of the log; `nil` (with a word on standard error) where this machine has no corpus.
  package static func lines() throws -> [[UInt8]]? {
    guard let file else {
      Engine.note("skipped 2,900 CloudTrail events: no shared corpora")
      return nil
    }
    let result = try Command.run("/usr/bin/env", ["gzip", "-dc", file.path])
    guard result.status == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return result.output.split(separator: 0x0A).map { Array($0) }
  }

  /// The events of the lines; `nil` (with a word on standard error) where this machine has no corpus.
  package static func events() throws -> [Event]? {
    try lines()?.compactMap { Event(try JSON.parse(String(decoding: $0, as: UTF8.self))) }
  }
}

/// A statement of `corpora/athena` that makes a table, as a page of documentation has it.
package struct PublicStatement: Sendable {
  /// The page that it is from.
  package let page: String
  /// The table's name, as the page has it.
  package let table: String
  /// The statement's text.
  package let source: Source
}

/// The statements of `corpora/athena` that make tables.
package enum PublicStatements {
  /// All of them, in order; none (with a word on standard error) where this machine has no corpus.
  package static func all() throws -> [PublicStatement] {
    guard let file = Shared.url("corpora/athena/ddl.json") else {
      Engine.note("skipped 99 public statements: no shared corpora")
      return []
    }
    guard case .object(let pages) = try JSON.parse(String(contentsOf: file, encoding: .utf8)) else {
      throw CocoaError(.coderInvalidValue)
    }
    return try pages.members.flatMap { page -> [PublicStatement] in
      guard case .array(let items) = page.value else { throw CocoaError(.coderInvalidValue) }
      return try items.map { item in
        guard case .object(let row) = item, let table = row["table"]?.comparedText,
          let ddl = row["ddl"]?.comparedText
        else { throw CocoaError(.coderInvalidValue) }
        return PublicStatement(
          page: page.key, table: table, source: Source(name: "\(page.key)#\(table).sql", text: ddl))
      }
    }
  }
}
