import ConcordDetection
import ConcordDiagnostics

/// Which of Sigma's log sources a platform's own name stands for.
enum SigmaLogSources {
  /// The log types of Panther whose events Sigma's public rules read under a log source of their own.
  static let byPlatformName: [String: SigmaLogSource] = [
    "AWS.CloudTrail": SigmaLogSource(product: "aws", service: "cloudtrail"),
    "Amazon.EKS.Audit": SigmaLogSource(product: "kubernetes", service: "audit"),
    "Azure.MonitorActivity": SigmaLogSource(product: "azure", service: "activitylogs"),
    "GCP.AuditLog": SigmaLogSource(product: "gcp", service: "gcp.audit"),
    "GitHub.Audit": SigmaLogSource(product: "github", service: "audit"),
    "Okta.SystemLog": SigmaLogSource(product: "okta", service: "okta"),
    "OneLogin.Events": SigmaLogSource(product: "onelogin", service: "onelogin.events"),
  ]

  /// Sigma's log source for a rule's, and whether Sigma's public rules know it. Another platform's name is taken
  /// apart at its first dot, in Sigma's spelling: `Databricks.Audit` is product `databricks`, service `audit`.
  static func sigma(_ source: LogSource) -> (source: SigmaLogSource, known: Bool) {
    if source.category != nil || source.product != nil || source.service != nil {
      return (
        SigmaLogSource(category: source.category, product: source.product, service: source.service), true
      )
    }
    let name = source.platformName ?? ""
    if let known = byPlatformName[name] { return (known, true) }
    let parts = name.split(separator: ".", maxSplits: 1).map { spelled(String($0)) }.filter { !$0.isEmpty }
    return (SigmaLogSource(product: parts.first ?? "unknown", service: parts.dropFirst().first), false)
  }

  /// Lower case, with `_` for everything that Sigma's names of log sources do not have.
  static func spelled(_ name: String) -> String {
    func isSpelled(_ byte: UInt8) -> Bool {
      byte.isWord && byte.lowercased == byte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
    if name.allBytes(isSpelled) { return name }
    return String(
      name.lowercased().unicodeScalars.map { scalar in
        scalar.isWord || scalar == "." || scalar == "-" ? Character(scalar) : "_"
      })
  }
}

extension SigmaLogSource {
  /// The log in the parts that every language shares.
  var shared: LogSource { LogSource(category: category, product: product, service: service) }
}
