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

  /// Leaves out the tests that replace functions of the program, of which the condition knows nothing.
  mutating func leaveOutMocked(_ extras: Value.Object, _ root: YAMLNode, of rule: inout Rule) {
    let mocked = extras.members.filter { member in
      guard case .object(let keys) = member.value, case .array(let mocks)? = keys["Mocks"] else {
        return false
      }
      return !mocks.isEmpty
    }
    guard !mocked.isEmpty, let tests = root.keyNode(of: "Tests") else { return }
    let names = Set(mocked.map { ScalarText($0.key) })
    rule.fixtures.removeAll { names.contains(ScalarText($0.name)) }
    warnings.removeAll { $0.code == .mocks }
    warnings.append(.mockedTests(mocked.count, tests.span, in: source))
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

  /// The value of a test's key. Throws where it is not there.
  func require(_ key: String, of test: YAMLNode) throws(Diagnostic) -> YAMLNode {
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
