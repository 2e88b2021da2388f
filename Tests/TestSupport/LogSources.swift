import ConcordDetection

extension LogSource {
  /// AWS CloudTrail.
  public static let cloudTrail = LogSource(
    product: "aws", service: "cloudtrail", platformName: "AWS.CloudTrail")

  /// Whether it is CloudTrail, under whatever name.
  public var isCloudTrail: Bool {
    (product == "aws" && service == "cloudtrail") || platformName == "AWS.CloudTrail"
  }
}
