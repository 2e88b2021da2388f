import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// A rule's `Tests`.
extension PantherRuleReader {
  /// The fixtures of a rule, and what else stands in its tests: for each test's name the other keys.
  mutating func fixtures(
    _ root: YAMLNode
  ) throws(Diagnostic) -> (fixtures: [Fixture], extras: Value.Object) {
    var fixtures: [Fixture] = []
    var extras = Value.Object()
    guard let node = root["Tests"], !node.isNull else { return ([], extras) }
    guard let items = node.sequence else { throw .wrongKind("Tests", "a list", node, in: source) }
    var names: Set<ScalarText> = []
    for item in items {
      guard let entries = item.mapping else { throw .notAMapping(item, "a test", in: source) }
      let fixture = try fixture(item)
      if !names.insert(ScalarText(fixture.name)).inserted {
        warnings.append(.repeatedTest(fixture.name, item["Name"]?.span ?? item.span, in: source))
      }
      fixtures.append(fixture)
      let others = others(entries)
      if !others.members.isEmpty { extras.members.append(.init(fixture.name, .object(others))) }
    }
    return (fixtures, extras)
  }

  private mutating func others(_ entries: [YAMLNode.Entry]) -> Value.Object {
    var others = Value.Object()
    for entry in entries {
      let key = entry.key.scalar ?? ""
      switch key {
      case "Name", "ExpectedResult", "Log": continue
      case "Mocks" where entry.value.sequence?.isEmpty == false:
        warnings.append(.mocks(entry.key.span, in: source))
      case _ where PantherKeys.test.contains(key): break
      default:
        if let near = Suggestion.nearest(to: key, among: PantherKeys.test) {
          warnings.append(.mistypedKey(key, near, entry.key.span, in: source))
        }
      }
      others.members.append(.init(key, entry.value.value))
    }
    return others
  }

  private func fixture(_ test: YAMLNode) throws(Diagnostic) -> Fixture {
    let name = try text(try require("Name", of: test), "Name")
    let expected = try boolean(try require("ExpectedResult", of: test), "ExpectedResult")
    let log = try require("Log", of: test)
    return Fixture(name: name, expected: expected, event: try event(log), origin: test.span)
  }

  private func require(_ key: String, of test: YAMLNode) throws(Diagnostic) -> YAMLNode {
    if let node = test[key] { return node }
    let others = (test.mapping ?? []).map(\.key).filter { !PantherKeys.test.contains($0.scalar ?? "") }
    let near = Suggestion.nearest(to: key, among: others.compactMap(\.scalar))
    throw .missingKey(
      key, ofTest: test, named: test["Name"]?.scalar,
      near: near.flatMap { near in others.first { $0.scalar == near } },
      in: source)
  }

  /// A test's event: a mapping, or the JSON text of an object.
  private func event(_ node: YAMLNode) throws(Diagnostic) -> Event {
    var value = node.value
    if case .string(let text) = value {
      do throws(Diagnostic) {
        value = try JSON.parse(text)
      } catch {
        throw .badJSONLog(error, node, in: source)
      }
    }
    guard let event = Event(value) else { throw .wrongKind("Log", "a mapping", node, in: source) }
    return event
  }
}

extension LogSource {
  /// The logs whose product and service Panther's name tells too.
  private static let pantherLogs = [
    LogSource(product: "aws", service: "cloudtrail", platformName: "AWS.CloudTrail")
  ]

  /// The log source that Panther calls so.
  init(pantherLogType name: String) {
    self = LogSource.pantherLogs.first { $0.platformName == name } ?? LogSource(platformName: name)
  }

  /// What Panther calls it, if that says all about it.
  var pantherLogType: String? {
    guard let platformName, self == LogSource(pantherLogType: platformName) else { return nil }
    return platformName
  }
}

extension AttackReference {
  /// The reference that Panther writes `TA0005:T1578`; either part may be missing.
  init(panther text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      self.init(tactic: parts[0].isEmpty ? nil : parts[0], technique: parts[1].isEmpty ? nil : parts[1])
    } else if AttackReference.isTechnique(text) {
      self.init(tactic: nil, technique: text)
    } else {
      self.init(tactic: text, technique: nil)
    }
  }

  /// As Panther writes it.
  var panther: String {
    guard let technique else { return tactic ?? "" }
    if tactic == nil, AttackReference.isTechnique(technique) { return technique }
    return "\(tactic ?? ""):\(technique)"
  }

  /// Whether the parts look like ATT&CK's identifiers, or a tactic's name.
  var isWellFormed: Bool {
    guard let technique else { return tactic?.hasPrefix("TA") ?? false }
    return AttackReference.isTechnique(technique)
  }

  /// `T1578` or `T1059.001`.
  static func isTechnique(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 5 || bytes.count == 9, bytes[0] == UInt8(ascii: "T") else { return false }
    return bytes[1..<5].allSatisfy(\.isDigit)
      && (bytes.count == 5 || bytes[5] == UInt8(ascii: ".") && bytes[6...].allSatisfy(\.isDigit))
  }
}
