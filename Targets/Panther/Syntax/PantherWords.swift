import ConcordDetection
import ConcordDiagnostics

/// The words that are values of a rule file's keys.
enum PantherWords {
  /// What `Status` can be, in lower case; Panther capitalises them.
  static let statuses = ["stable", "test", "experimental", "deprecated", "unsupported"]

  /// What `Severity` can be, in lower case.
  static let severities: [(word: String, severity: Rule.Severity)] = [
    ("info", .informational), ("informational", .informational), ("low", .low), ("medium", .medium),
    ("high", .high), ("critical", .critical),
  ]
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
