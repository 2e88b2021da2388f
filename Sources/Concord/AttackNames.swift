import ConcordDetection
import ConcordDiagnostics

/// What MITRE ATT&CK for enterprises, version 19, calls the tactics and techniques that rules refer to.
package enum AttackNames {
  /// The name of a technique by its identifier (`T1059.001`): with its parent's before a colon, where it is part of one,
  /// as MITRE writes it. `nil` where version 19 has no such technique.
  package static func technique(_ identifier: String) -> String? {
    let key = identifier.uppercased()
    guard let name = techniques[key] else { return nil }
    let parent = key.contains(".") ? techniques[String(key.prefix { $0 != "." })] : nil
    return parent.map { "\($0): \(name)" } ?? name
  }

  /// The name of a tactic by its identifier (`TA0005`), or by its name as it stands in tags (`initial-access`). `nil`
  /// where version 19 has no such tactic.
  package static func tactic(_ tactic: String) -> String? {
    let word = tactic.lowercased().replacing("-", with: " ").replacing("_", with: " ")
    return tactics.first { $0.id == tactic.uppercased() || $0.name.lowercased() == word }?.name
  }

  private static let techniques: [String: String] = techniqueTable.split(separator: "\n").reduce(into: [:]) {
    let parts = $1.split(separator: " ", maxSplits: 1)
    if parts.count == 2 { $0[String(parts[0])] = String(parts[1]) }
  }

  /// In the order of the matrix.
  private static let tactics: [(id: String, name: String)] = [
    ("TA0043", "Reconnaissance"), ("TA0042", "Resource Development"), ("TA0001", "Initial Access"),
    ("TA0002", "Execution"), ("TA0003", "Persistence"), ("TA0004", "Privilege Escalation"),
    ("TA0005", "Stealth"), ("TA0112", "Defense Impairment"), ("TA0006", "Credential Access"),
    ("TA0007", "Discovery"), ("TA0008", "Lateral Movement"), ("TA0009", "Collection"),
    ("TA0011", "Command and Control"), ("TA0010", "Exfiltration"), ("TA0040", "Impact"),
  ]
}

extension AttackReference {
  /// The reference for people: each identifier with its name, where that is known.
  package var described: String {
    let parts = [
      tactic.map { ($0, AttackNames.tactic($0)) }, technique.map { ($0, AttackNames.technique($0)) },
    ]
    return parts.compactMap { $0 }.map { id, name in name.map { "\(id) \($0)" } ?? id }.joined(
      separator: ", ")
  }
}
