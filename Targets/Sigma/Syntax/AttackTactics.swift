import ConcordDiagnostics

/// The tactics of MITRE ATT&CK for enterprises, version 19: id and the name that Sigma's tags have for it.
///
/// Version 19 split Defense Evasion: TA0005 is Stealth now, TA0112 Defense Impairment. Sigma's public rules use
/// the new names.
enum AttackTactics {
  /// Id and name, in the order of the matrix.
  static let all: [(id: String, name: String)] = [
    ("TA0043", "reconnaissance"),
    ("TA0042", "resource-development"),
    ("TA0001", "initial-access"),
    ("TA0002", "execution"),
    ("TA0003", "persistence"),
    ("TA0004", "privilege-escalation"),
    ("TA0005", "stealth"),
    ("TA0112", "defense-impairment"),
    ("TA0006", "credential-access"),
    ("TA0007", "discovery"),
    ("TA0008", "lateral-movement"),
    ("TA0009", "collection"),
    ("TA0011", "command-and-control"),
    ("TA0010", "exfiltration"),
    ("TA0040", "impact"),
  ]

  /// Names of tactics that earlier versions had, for reading.
  static let former = ["defense-evasion"]

  /// Whether this is a tactic's name as it stands in a tag.
  static func isTagName(_ name: String) -> Bool { tagNames.contains(ScalarText(name)) }

  private static let tagNames = Set((all.map(\.name) + former).map(ScalarText.init))

  /// The name, as it stands in a tag, for an id (`TA0005`) or a name in any spelling (`Defense Impairment`,
  /// `defense_impairment`); `nil` where ATT&CK has no such tactic.
  static func tagName(_ tactic: String) -> String? {
    if isTagName(tactic) { return tactic }
    if let known = all.first(where: { $0.id.isSameWord(as: tactic) }) { return known.name }
    return (all.lazy.map(\.name) + former).first { name in
      name.utf8.count == tactic.utf8.count
        && zip(name.utf8, tactic.utf8).allSatisfy { byte, other in
          let isDash = other == UInt8(ascii: " ") || other == UInt8(ascii: "_")
          return byte == (isDash ? UInt8(ascii: "-") : other.lowercased)
        }
    }
  }
}
