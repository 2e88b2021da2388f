import ConcordDetection

extension LogSource {
  /// AWS CloudTrail.
  package static let cloudTrail = LogSource(
    product: "aws", service: "cloudtrail", platformName: "AWS.CloudTrail")

  /// Whether it is CloudTrail, under whatever name.
  package var isCloudTrail: Bool {
    (product == "aws" && service == "cloudtrail") || platformName == "AWS.CloudTrail"
  }
}

extension Rule {
  /// A rule of CloudTrail's log with that condition.
  package static func ofCloudTrail(_ condition: Condition, id: String = "r", title: String = "t") -> Rule {
    var rule = Rule(id: id, title: title, condition: condition)
    rule.logSources = [.cloudTrail]
    return rule
  }
}
