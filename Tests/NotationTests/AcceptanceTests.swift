import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordNotation
import Foundation
import TestSupport
import Testing

/// A condition of the catalogue with its rule's fixtures.
private struct Accepted {
  let id: String
  let text: String
  let fixtures: [Fixture]

  init?(_ value: Value) {
    guard case .object(let object) = value, case .string(let id)? = object["id"],
      case .string(let text)? = object["condition"], case .array(let fixtures)? = object["fixtures"]
    else { return nil }
    self.id = id
    self.text = text
    self.fixtures = fixtures.compactMap { fixture in
      guard case .object(let object) = fixture, case .string(let name)? = object["name"],
        case .bool(let expected)? = object["expected"], let event = object["event"].flatMap(Event.init)
      else { return nil }
      return Fixture(name: name, expected: expected, event: event)
    }
  }

  func holding(_ reading: Reading) throws -> Int {
    guard let condition = try? Notation.parse(Source(text: text)).condition(reading: reading) else {
      return 0
    }
    return fixtures.filter { condition.holds(of: $0.event) == $0.expected }.count
  }
}

/// The readings under which rules that do not hold under Panther's own hold: what the catalogue lost there.
private let stated = [
  "OneLogin.PasswordAccess": "cross_field=differs",  // Python's `!=`
  "Snowflake.Stream.AccountAdminGranted": "case=ignored",  // Python's `.lower()`
]

@Test func conditionsOfTheCatalogueHold() throws {
  guard let url = Shared.url("acceptance/conditions.jsonl") else {
    print("skipped: 17 conditions of the catalogue are not on this machine")
    return
  }
  let source = Source(name: "conditions.jsonl", text: try String(contentsOf: url, encoding: .utf8))
  let rows = try JSON.lines(source).compactMap { Accepted($0.value) }
  #expect(rows.count == 17)
  #expect(rows.reduce(0) { $0 + $1.fixtures.count } == 65)
  for row in rows {
    let tree = try Notation.parse(Source(name: row.id, text: row.text))
    let found = try tree.readings(near: .panther).first { try row.holding($0) == row.fixtures.count }
    let words = found.map { $0.changes(from: .panther) }
    print("\(row.id): \(row.fixtures.count) fixtures, \(words.map { $0.isEmpty ? "panther" : $0 } ?? "none")")
    #expect(words == stated[row.id, default: ""], "\(row.id)")
  }
}

@Test func theNullTestDecidesOurFirstRule() throws {
  guard let url = Shared.url("acceptance/conditions.jsonl") else {
    print("skipped: 1 condition of the catalogue is not on this machine")
    return
  }
  let text = try String(contentsOf: url, encoding: .utf8)
  let first = try #require(try JSON.lines(Source(text: text)).first.flatMap { Accepted($0.value) })
  #expect(first.id == "AWS.Modify.Cloud.Compute.Infrastructure")
  #expect(try first.holding(.panther) == 5)
  #expect(try first.holding(Reading("is_null=absent")) == 3)
}
