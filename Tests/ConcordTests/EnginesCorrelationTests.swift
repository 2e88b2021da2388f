import Concord
import Foundation
import TestSupport
import Testing

/// The correlations that are written, in pySigma and, through its back end, on SQLite: another's reading of the
/// specification. `Tests/Engines/sigma_correlations.py`.
@Suite("Engines: correlations in pySigma and SQLite", .waitsForPrograms)
struct EnginesCorrelationTests {
  private struct Request: Encodable {
    struct Logged: Encodable {
      let second: Int
      let text: String
      func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(second)
        try list.encode(text)
      }
    }
    let document: String
    let logs: [[Logged]]
  }

  private struct Answer: Decodable {
    struct Found: Decodable {
      let group: [String: String]
      let start: Int
      let end: Int
    }
    let alerts: [[Found]]
    let error: String?
  }

  /// How many logs of a correlation are put to SQLite.
  private static let logCount = 40

  /// SQLite compares the texts of groups and values without ASCII case there, folds no other letters, and has no empty
  /// group; events of one second are in no order for it, where a detection takes them as in order. Logs made for these are
  /// left out. Of a range pySigma takes no two bounds.
  private static func isComparable(_ log: [LoggedEvent], isOrdered: Bool) -> Bool {
    if isOrdered, Set(log.map(\.second)).count < log.count { return false }
    var folded: [String: Set<String>] = [:]
    for logged in log {
      for (_, value) in logged.event.flatTexts {
        if value.isEmpty || !value.utf8.allSatisfy({ $0 < 0x80 }) { return false }
        // Of any field: an alias compares the texts of several.
        folded[value.lowercased(), default: []].insert(value)
      }
    }
    return folded.values.allSatisfy { $0.count == 1 }
  }

  @Test("a window is the same, and so are the alerts of boundary logs")
  func alerts() throws {
    var requests: [Request] = []
    var meant: [[[Alert]]] = []
    var aggregates: [Aggregate] = []
    for body in WindowTests.bodies where !body.contains(", lt:") {
      let rule = try WindowTests.rule(body)
      let document = try Language.sigma.write(rule, options: LanguageOptions()).text
      let boundary = BoundaryEvents(for: rule.condition, fixtures: rule.fixtures)
      let probes =
        BoundaryLogs(for: rule, boundary: boundary, keptBy: [], options: LanguageOptions())?.probes ?? []
      let isOrdered = body.contains("ordered")
      let comparable = probes.map(\.log).filter { !$0.isEmpty && Self.isComparable($0, isOrdered: isOrdered) }
      let logs = comparable.prefix(Self.logCount)
      requests.append(
        Request(
          document: document,
          logs: logs.map { log in
            log.map { logged in
              .init(second: logged.second ?? 0, text: Value.object(logged.event.object).compactJSON)
            }
          }))
      meant.append(logs.map { rule.detectionAnywhere.alerts(in: $0) })
      aggregates.append(try #require(rule.aggregate))
    }
    let what = "\(requests.reduce(0) { $0 + $1.logs.count }) logs of \(requests.count) correlations on SQLite"
    guard let answers = try Engine.run("sigma_correlations.py", requests, as: Answer.self, skipping: what)
    else {
      return
    }
    var (compared, raised) = (0, 0)
    for (place, answer) in zip(requests.indices, answers) {
      if let error = answer.error { Issue.record("\(error)\n\(requests[place].document)") }
      for (number, found) in answer.alerts.enumerated() {
        let expected = Set(meant[place][number].map { Self.line($0, aggregates[place]) })
        let said = Set(
          found.map { alert in
            let group = alert.group.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.lowercased())" }
            return group.joined(separator: ",") + "@\(alert.start)"
          })
        compared += 1
        raised += expected.count
        if said != expected {
          let log = requests[place].logs[number].map { "\($0.second) \($0.text)" }.joined(separator: "\n")
          Issue.record("means \(expected), says \(said)\n\(log)\n\(requests[place].document)")
        }
      }
    }
    #expect(compared > 200 && raised > 100, "\(compared) logs, \(raised) alerts")
    Engine.note("pySigma on SQLite: \(compared) logs of \(requests.count) correlations, \(raised) alerts")
  }

  private static func line(_ alert: Alert, _ aggregate: Aggregate) -> String {
    let group = zip(aggregate.group, alert.group).map { key, text in
      (key.name, (text?.string ?? "").lowercased())
    }
    return group.sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }.joined(separator: ",") + "@\(alert.start ?? 0)"
  }
}

extension Event {
  /// The texts of all values, by their paths.
  fileprivate var flatTexts: [(String, String)] {
    var found: [(String, String)] = []
    func collect(_ value: Value, _ path: String) {
      switch value {
      case .object(let object):
        for member in object.members { collect(member.value, path + "." + member.key) }
      case .array(let items): for item in items { collect(item, path) }
      case .null, .bool, .number, .string, .malformedString:
        if let text = value.comparedText { found.append((path, text)) }
      }
    }
    collect(.object(object), "")
    return found
  }
}
