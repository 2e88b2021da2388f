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
