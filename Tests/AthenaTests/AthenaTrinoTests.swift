import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordAthena

/// What a real Trino 414 answered, beside what we say.
private struct Tally {
  /// Values and rows, and refusals of both sides.
  var agreed = 0
  /// Where we refuse and Trino answers, by reason.
  var refused: [String: Int] = [:]
  /// Where both answer, and not the same.
  var wrong: [String] = []
  /// Where Trino refuses or fails, and we answer.
  var accepted: [String] = []
  /// What is compared with nothing, by reason.
  var skipped: [String: Int] = [:]

  mutating func refuse(_ error: Diagnostic) {
    // What stands in backticks is the text's own.
    let parts = error.message.split(separator: "`", omittingEmptySubsequences: false)
    let reason = parts.enumerated().map { $0.offset % 2 == 0 ? String($0.element) : "…" }.joined()
    refused["\(error.code.rawValue) \(reason)", default: 0] += 1
  }

  /// Every row of a text that is refused: where Trino has a verdict on none either, both agree.
  mutating func refuse(_ error: Diagnostic, allOf recorded: RecordedCondition) {
    if recorded.verdicts.allSatisfy({ shown($0) == nil }) {
      agreed += recorded.rows.count
    } else {
      for _ in recorded.rows { refuse(error) }
    }
  }

  func report(_ what: String) {
    let count = refused.values.reduce(0, +)
    print(
      "\(what): \(agreed) agree, \(wrong.count) differ, \(accepted.count) accepted that Trino refuses, "
        + "\(count) refused, \(skipped.values.reduce(0, +)) skipped")
    for (reason, count) in (refused.merging(skipped) { $0 + $1 }).sorted(by: {
      ($1.value, $0.key) < ($0.value, $1.key)
    }) {
      print("  \(count)  \(reason)")
    }
    for text in wrong + accepted { print("  \(text)") }
  }
}

/// A line of `where.jsonl`: a condition, and Trino's verdict on each row.
private struct RecordedCondition {
  let text: String
  let columns: [(name: String, type: String)]
  let rows: [Value.Object]
  let verdicts: [Value]

  init?(_ line: Substring) throws {
    guard case .object(let object) = try JSON.parse(String(line)), case .string(let text)? = object["where"],
      case .object(let columns)? = object["columns"], case .array(let rows)? = object["rows"],
      case .array(let verdicts)? = object["verdicts"]
    else { return nil }
    self.text = text
    self.columns = columns.members.compactMap { member in
      if case .string(let type) = member.value { (member.key, type) } else { nil }
    }
    self.rows = rows.compactMap { if case .object(let row) = $0 { row } else { nil } }
    self.verdicts = verdicts
  }

  static func all() throws -> [RecordedCondition] {
    guard let url = Shared.url("corpora/trino/where.jsonl") else {
      Engine.note("skipped 2,115 recorded conditions: no shared corpora")
      return []
    }
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap {
      try RecordedCondition($0)
    }
  }

  /// The columns as those of a table's statement.
  var ddl: String {
    columns.map { "`\($0.name)` \(RecordedCondition.hive($0.type))" }.joined(separator: ", ")
  }

  private static func hive(_ type: String) -> String {
    var result = type.replacingOccurrences(of: "varchar", with: "string")
    for (own, hive) in [("row(", "struct<"), ("array(", "array<"), ("map(", "map<"), (")", ">")] {
      result = result.replacingOccurrences(of: own, with: hive)
    }
    for name in ["x", "y", "n"] {
      for type in ["string", "bigint"] {
        result = result.replacingOccurrences(of: "\(name) \(type)", with: "\(name):\(type)")
      }
    }
    return result
  }

  /// An event that fills the row, its keys spelled as the condition spells them; `nil` where none does. A text column
  /// that the condition asks for parts of holds an object's JSON.
  func event(_ row: Value.Object, for condition: Condition) -> Event? {
    var object = Value.Object()
    let paths = condition.paths
    for column in columns {
      guard var value = row[column.name] else { continue }
      let asked = paths.filter { $0.names.first?.lowercased() == column.name.lowercased() }
      if case .string(let text) = value, column.type == "varchar",
        asked.contains(where: { $0.steps.count > 1 })
      {
        guard let parsed = try? JSON.parse(text), parsed.normalized.compactJSON == text else { return nil }
        value = parsed
        guard asked.allSatisfy({ RecordedCondition.isOneValue(parsed, $0.steps.dropFirst()) }) else {
          return nil
        }
      } else if column.type.contains("row(") {
        value = RecordedCondition.spelled(value, asked.map { $0.names.dropFirst() })
      }
      object[asked.first?.names.first ?? column.name] = value
    }
    return Event(object)
  }

  /// Whether the steps lead to texts, numbers or booleans, through arrays where they say so alone: what paths in JSON are
  /// taken to do.
  private static func isOneValue(_ value: Value, _ steps: ArraySlice<FieldPath.Step>) -> Bool {
    switch (value, steps.first) {
    case (.object, nil), (.array, nil): false
    case (_, nil): true
    case (.object(let object), .name(let name)?):
      object[name].map { isOneValue($0, steps.dropFirst()) } ?? true
    case (.array(let items), .index(let index)?):
      items.indices.contains(index) ? isOneValue(items[index], steps.dropFirst()) : true
    case (.array(let items), .each?): items.allSatisfy { isOneValue($0, steps.dropFirst()) }
    case (.array, .name?), (_, .each?): false
    case (_, .name?), (_, .index?): true
    }
  }

  /// The value with the keys of its records spelled as in these paths.
  private static func spelled(_ value: Value, _ paths: [ArraySlice<String>]) -> Value {
    switch value {
    case .array(let items): return .array(items.map { spelled($0, paths) })
    case .object(let object):
      var result = Value.Object()
      for member in object.members {
        let below = paths.filter { $0.first?.lowercased() == member.key.lowercased() }
        result[below.first?.first ?? member.key] = spelled(member.value, below.map { $0.dropFirst() })
      }
      return .object(result)
    case .null, .bool, .number, .string, .malformedString: return value
    }
  }

  /// Why Trino 414's answer is not what is read on purpose; `nil` where it is.
  var ownFault: String? {
    let scalars = text.unicodeScalars
    if text.contains("any_match"), text.contains("LIKE"), scalars.contains(where: { $0.value > 0xFFFF }) {
      return "414's own fault: LIKE for letters beyond U+FFFF in a lambda"
    }
    if scalars.contains(where: { (0xA7C0...0xA7DC).contains($0.value) || $0.value == 0x2C2F }) {
      return "letters that are newer than 414's Java"
    }
    if text.contains("contains('"), !text.lowercased().contains("try(contains") {
      return "`contains` without `TRY`, which fails on rows of the other family before 427"
    }
    return nil
  }

  /// The columns with their types.
  func kinds() throws -> [AthenaKind.Field] {
    try columns.map { column in
      let tree = try AthenaParser.expression(Source(text: "CAST(NULL AS \(column.type))"))
      guard case .cast(_, let type, _) = tree.kind, let kind = AthenaKind(type) else {
        throw CocoaError(.coderInvalidValue)
      }
      return AthenaKind.Field(name: column.name, kind: kind)
    }
  }
}

/// A recorded JSON value as one of that type.
private func value(_ json: Value?, _ kind: AthenaKind) -> AthenaValue? {
  switch (json, kind) {
  case (nil, _), (.null, _): .null
  case (.string(let text), .varchar): .varchar(text)
  case (.bool(let value), .boolean): .boolean(value)
  case (.number(let number), .bigint): Int64(number.written).map { .bigint($0) }
  case (.number(let number), .double): .double(Double(number.written) ?? .nan)
  case (.array(let items), .array(let element)):
    .array(items.compactMap { value($0, element) })
  case (.object(let object), .row(let fields)):
    .row(fields.compactMap { value(object[$0.name], $0.kind) })
  case (.object(let object), .map(let element)):
    .map(object.members.compactMap { member in value(member.value, element).map { (member.key, $0) } })
  default: nil
  }
}

/// Trino's answer as we would show it; `nil` of one that fails.
private func shown(_ recorded: Value) -> String? {
  if case .object(let object) = recorded, object["error"] != nil { return nil }
  return recorded.compactJSON
}

/// One of our values as a recorded one is shown.
func shown(_ value: AthenaValue) -> String {
  switch value {
  case .null: "null"
  case .boolean(let value): "\(value)"
  case .bigint(let value): "\(value)"
  case .varchar(let text): Value.string(text).compactJSON
  case .json(let text): Value.string(text).compactJSON
  case .double(let value): "\(value)"
  case .decimal(let value): Value.string(value.text).compactJSON
  case .array(let items): "[" + items.map(shown).joined(separator: ",") + "]"
  default: "\(value)"
  }
}

@Suite("Answers of a real Trino") struct AthenaTrinoTests {
  @Test("our runner gives each row's verdict") func rows() throws {
    var tally = Tally()
    for recorded in try RecordedCondition.all() {
      let source = Source(text: recorded.text)
      let kinds = try recorded.kinds()
      let compiled: AthenaCompiled
      do throws(Diagnostic) {
        let tree = try AthenaParser.expression(source)
        var evaluator = AthenaEvaluator(source, .columns(kinds))
        evaluator.qualifiers = ["t"]
        evaluator.release = .trino414
        compiled = try evaluator.compile(tree)
      } catch {
        tally.refuse(error, allOf: recorded)
        continue
      }
      for (row, verdict) in zip(recorded.rows, recorded.verdicts) {
        let frame = AthenaFrame(row: kinds.map { value(row[$0.name], $0.kind) ?? .null })
        let place = "\(recorded.text) of \(Value.object(row).compactJSON): Trino \(verdict.compactJSON)"
        do throws(Diagnostic) {
          let ours = shown(try compiled.run(frame))
          if let theirs = shown(verdict) {
            if ours == theirs { tally.agreed += 1 } else { tally.wrong.append("\(place), ours \(ours)") }
          } else {
            tally.accepted.append("\(place), ours \(ours)")
          }
        } catch {
          if shown(verdict) == nil { tally.agreed += 1 } else { tally.refuse(error) }
        }
      }
    }
    tally.report("where.jsonl, rows, our runner")
    #expect(tally.wrong.isEmpty)
    #expect(tally.accepted.isEmpty)
  }

  @Test("our runner gives each fact") func facts() throws {
    guard let url = Shared.url("corpora/trino/facts.jsonl") else {
      return Engine.note("skipped 1,268 recorded statements: no shared corpora")
    }
    var tally = Tally()
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      guard case .object(let object) = try JSON.parse(String(line)),
        case .string(let statement)? = object["statement"], let recorded = object["trino_414"]
      else { continue }
      guard statement.hasPrefix("SELECT ") else {
        tally.skipped["another statement", default: 0] += 1
        continue
      }
      let source = Source(text: String(statement.dropFirst(7)))
      let answer: Value? =
        if case .array(let rows) = recorded, rows.count == 1, case .array(let row) = rows[0], row.count == 1 {
          row[0]
        } else { nil }
      do throws(Diagnostic) {
        var evaluator = AthenaEvaluator(source, .nothing)
        evaluator.release = .trino414
        let ours = try evaluator.compile(try AthenaParser.expression(source)).run(AthenaFrame(row: []))
        let place = "\(statement): Trino \(recorded.compactJSON), ours \(shown(ours))"
        if let answer {
          if case .double(let number) = ours {
            if case .number(let theirs) = answer, theirs.double == number {
              tally.agreed += 1
            } else if case .string(let text) = answer,
              text == "\(number)" || (number.isNaN && text == "NaN")
                || (number.isInfinite && text == (number < 0 ? "-Infinity" : "Infinity"))
            {
              tally.agreed += 1
            } else {
              tally.wrong.append(place)
            }
          } else if shown(ours) == answer.compactJSON {
            tally.agreed += 1
          } else {
            tally.wrong.append(place)
          }
        } else if shown(recorded) == nil {
          tally.accepted.append(place)
        } else {
          tally.skipped["several rows or columns", default: 0] += 1
        }
      } catch {
        if shown(recorded) == nil { tally.agreed += 1 } else { tally.refuse(error) }
      }
    }
    tally.report("facts.jsonl, our runner")
    #expect(tally.wrong.isEmpty)
    #expect(tally.accepted.isEmpty)
  }

  /// What Trino 414 and 482 answer differently, by a part of the statement, and why no text that is written shows it.
  private static let versions: [(part: String, reason: String)] = [
    ("ARRAY[1,1,1,1,1,1,1,1", "more than 254 elements are refused"),
    ("IS TRUE", "not written"), ("IS NOT FALSE", "not written"), ("1_000", "not written"),
    ("0x1F", "not written"),
    ("ends_with", "not written"), ("char(3)", "not written"), ("like_regex", "not written"),
    ("AS bigint)", "no text is cast to a whole number"),
    ("TRY(contains(", "NULL and false: neither is true, and `NOT` stands over `COALESCE`"),
    ("contains('", "not written without `TRY`, nor networks of mapped addresses without the second question"),
    ("json_parse", "not written in conditions"),
    ("LIKE '%", "a constant or a lambda's value: asked by `strpos` there"),
    ("lower(U&'", "letters that Unicode gained after version 13"),
  ]

  @Test("Trino 414 and 482 differ in nothing that is written but new letters") func otherVersion() throws {
    guard let url = Shared.url("corpora/trino/facts.jsonl") else {
      return Engine.note("skipped 1,268 recorded statements of two versions: no shared corpora")
    }
    var (same, different) = (0, [String: Int]())
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      guard case .object(let object) = try JSON.parse(String(line)),
        case .string(let statement)? = object["statement"], let older = object["trino_414"],
        let newer = object["trino_482"]
      else { continue }
      if older == newer {
        same += 1
        continue
      }
      let known = Self.versions.first { statement.contains($0.part) }
      #expect(known != nil, "\(statement): \(older.compactJSON), \(newer.compactJSON)")
      different[known?.reason ?? "", default: 0] += 1
    }
    print("facts.jsonl: 414 and 482 answer \(same) alike; \(different.sorted { $0.key < $1.key })")
    #expect(same > 1_000)
  }

  @Test("the condition that the reader reads holds where Trino's verdict is true") func read() throws {
    var tally = Tally()
    for recorded in try RecordedCondition.all() {
      var options = LanguageOptions()
      options.schema = Source(text: "CREATE EXTERNAL TABLE t (\(recorded.ddl))")
      for (sql, wanted) in [(recorded.text, true), ("NOT (\(recorded.text))", false)] {
        let rule: Rule
        do throws(Diagnostic) {
          rule = try Language.athena.read(Source(text: "SELECT * FROM t WHERE \(sql)"), options: options)[0]
            .rule
        } catch {
          tally.refuse(error, allOf: recorded)
          continue
        }
        for (row, verdict) in zip(recorded.rows, recorded.verdicts) {
          guard let event = recorded.event(row, for: rule.condition),
            try !Language.athena.kept([event], options: options).isEmpty,
            !Value.object(row).compactJSON.contains(#"\\ud83d"#)
          else {
            tally.skipped[
              "no event that the table keeps fills this row as a condition takes it", default: 0] += 1
            continue
          }
          if let fault = recorded.ownFault {
            tally.skipped[fault, default: 0] += 1
            continue
          }
          let ours = rule.condition.holds(of: event)
          let place = "\(sql) of \(Value.object(row).compactJSON): Trino \(verdict.compactJSON), ours \(ours)"
          switch verdict {
          case .bool(let value):
            if (value == wanted) == ours { tally.agreed += 1 } else { tally.wrong.append(place) }
          case .null: if ours { tally.wrong.append(place) } else { tally.agreed += 1 }
          default: if shown(verdict) == nil { tally.accepted.append(place) }
          }
        }
      }
    }
    tally.report("where.jsonl, rows, the reader")
    #expect(tally.wrong.isEmpty)
    #expect(tally.accepted.isEmpty)
  }
}
