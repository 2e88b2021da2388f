import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordAthena

/// A line of `hive-json.jsonl`: a line of JSON, a table's columns, and the row that each of the real classes made.
private struct RecordedRow {
  let probe: String
  let object: Value.Object

  init?(_ line: Substring) throws {
    guard case .object(let object) = try JSON.parse(String(line)), let probe = object["probe"]?.comparedText
    else { return nil }
    self.probe = probe
    self.object = object
  }

  static func all() throws -> [RecordedRow] {
    guard let url = Shared.url("corpora/serde/hive-json.jsonl") else {
      Engine.note("skipped 384 recorded rows: no shared corpora")
      return []
    }
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap {
      try RecordedRow($0)
    }
  }

  /// The columns, by our reader of statements; `nil` where it refuses a type.
  var columns: [AthenaColumn]? {
    guard case .object(let columns)? = object["columns"] else { return nil }
    let texts = columns.members.map { "`\($0.key)` \($0.value.comparedText ?? "")" }
    let ddl = "CREATE EXTERNAL TABLE t (\(texts.joined(separator: ", ")))"
    return try? AthenaDDL.definition(Source(text: ddl)).columns
  }

  var properties: [String: String] {
    guard case .object(let properties)? = object["properties"] else { return [:] }
    return Dictionary(uniqueKeysWithValues: properties.members.map { ($0.key, $0.value.comparedText ?? "") })
  }

  /// The event of the line; `nil` where the line is none.
  var event: Value.Object? {
    guard case .string(let line)? = object["line"], case .object(let event)? = try? JSON.parse(line) else {
      return nil
    }
    return event
  }

  /// What the class made: a row, or `nil` where it threw.
  func row(of key: String) -> Value.Object? {
    guard case .object(let row)? = object[key], row["error"] == nil else { return nil }
    return row
  }
}

extension AthenaStoredValue {
  /// Whether a recorded cell is this value. Maps are in any order, moments may have zeros behind the fraction.
  fileprivate func isRecorded(_ recorded: Value, _ type: AthenaColumnType) -> Bool {
    switch (self, recorded, type) {
    case (.null, .null, _): true
    case (.text(let text), _, _): recorded.comparedText?.sameScalars(as: text) ?? false
    case (.boolean(let own), .bool(let value), _): own == value
    case (.integer(let own), .number(let number), _): String(own) == number.shortest
    case (.real(let own), .number(let number), _): own == number.double
    case (.real(let own), .object(let object), _):
      object["number"]?.comparedText == AthenaJavaNumber.text(of: own)
    case (.decimal(let own), .string(let text), _): Number(text) == own
    case (.moment(let own), .string(let text), _): own == AthenaStoredValue.withoutZeros(text)
    case (.array(let items), .array(let values), .array(let element)):
      items.count == values.count && zip(items, values).allSatisfy { $0.isRecorded($1, element) }
    case (.row(let items), .object(let object), .structure(let fields)):
      zip(items, fields).allSatisfy { item, field in
        object.member(field.name).map { item.isRecorded($0, field.type) } ?? false
      }
    case (.map(let members), .object(let object), .map(_, let element)):
      members.count == object.members.count
        && members.allSatisfy { own in object[own.key].map { own.value.isRecorded($0, element) } ?? false }
    default: false
    }
  }

  private static func withoutZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text[...]
    while text.last == "0" { text = text.dropLast() }
    return String(text.last == "." ? text.dropLast() : text)
  }
}

@Suite("Rows of the real classes") struct AthenaRecordedRowTests {
  private static let recorded = Result { try RecordedRow.all() }

  /// The recorded readers and, by reason, how many lines are compared with nothing.
  static let readers: [(reader: AthenaRowReader, key: String, lines: Int, aside: [String: Int])] = [
    (.hive, "hive", 345, aside(28)),
    // An older version, recorded where its answer is not word for word the same.
    (.hive, "hive_2_3_9", 31, ["a type that the statement's reader refuses": 1]),
    (.trino, "trino", 345, aside(28)),
    (.openX, "openx", 353, aside(30)),
    (.trinoOpenX, "trino_openx", 353, aside(30)),
  ]

  /// Lines with a column of type `binary`, and lines that are no JSON object, which no log's event comes from.
  private static func aside(_ lines: Int) -> [String: Int] {
    ["a type that the statement's reader refuses": 1, "no event": lines]
  }

  @Test("are ours", arguments: readers)
  func rows(_ row: (reader: AthenaRowReader, key: String, lines: Int, aside: [String: Int])) throws {
    let recorded = try Self.recorded.get()
    if recorded.isEmpty { return }
    var (lines, cells, failures) = (0, 0, 0)
    var aside: [String: Int] = [:]
    var wrong: [String] = []
    for line in recorded where line.object[row.key] != nil {
      guard let columns = line.columns else {
        aside["a type that the statement's reader refuses", default: 0] += 1
        continue
      }
      guard let event = line.event else {
        aside["no event", default: 0] += 1
        continue
      }
      let own = row.reader.row(of: event, columns, line.properties)
      lines += 1
      guard let theirs = line.row(of: row.key) else {
        failures += 1
        if own.failures.isEmpty {
          wrong.append("\(line.probe): theirs fails, ours \(own.values.map(\.shown))")
        }
        continue
      }
      guard own.failures.isEmpty else {
        wrong.append("\(line.probe): ours fails, \(own.failures[0])")
        continue
      }
      for (column, value) in zip(columns, own.values) {
        cells += 1
        let cell = theirs.member(column.name)
        if cell.map({ value.isRecorded($0, column.type) }) != true {
          wrong.append(
            "\(line.probe): `\(column.name)` \(value.shown), theirs \(cell?.compactJSON ?? "missing")")
        }
      }
    }
    print(
      "\(row.reader.shown) (`\(row.key)`): \(lines) lines compared (\(cells) cells, \(failures) failures), \(wrong.count) differ, "
        + "set aside: \(aside.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))"
    )
    for text in wrong { print("  \(text)") }
    #expect(wrong == [])
    #expect(lines == row.lines)
    #expect(aside == row.aside)
  }
}
