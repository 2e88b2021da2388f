import Concord
import Foundation
import TestSupport
import Testing

@Suite("names of ATT&CK")
struct AttackNamesTests {
  @Test(arguments: [
    ("T1078", "Valid Accounts"), ("t1078.004", "Valid Accounts: Cloud Accounts"),
    ("T1685.001", "Disable or Modify Tools: Disable or Modify Windows Event Log"), ("T9999", nil), ("", nil),
    ("T1078.999", nil),
  ])
  func techniques(id: String, name: String?) { #expect(AttackNames.technique(id) == name) }

  @Test(arguments: [
    ("TA0005", "Stealth"), ("ta0112", "Defense Impairment"), ("command-and-control", "Command and Control"),
    ("Initial_Access", "Initial Access"), ("defense-evasion", nil), ("", nil),
  ])
  func tactics(word: String, name: String?) { #expect(AttackNames.tactic(word) == name) }

  @Test func thePublicRulesHaveNames() throws {
    guard let root = Shared.url("corpora/sigma/rules") else {
      Engine.note("skipped the names of the public rules' tags: no corpus")
      return
    }
    let paths = (FileManager.default.enumerator(atPath: root.path)?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") }
    var (known, unknown) = (0, Set<String>())
    for path in paths {
      let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      for document in try Compiler().load(Source(name: path, text: text)) {
        for reference in document.rule.attack {
          let name =
            reference.technique.flatMap(AttackNames.technique) ?? reference.tactic.flatMap(AttackNames.tactic)
          if name == nil {
            unknown.insert("\(reference.technique ?? reference.tactic ?? "")")
          } else {
            known += 1
          }
        }
      }
    }
    print("ATT&CK: \(known) tags of public rules have a name, without one: \(unknown.sorted())")
    #expect(known > 8_800)
    #expect(unknown.isEmpty)
  }
}
