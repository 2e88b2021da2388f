import ConcordDetection
import ConcordDiagnostics

/// What the Splunk Add-on for AWS makes of CloudTrail's records at search time (props.conf of the add-on, stanza
/// `[aws:cloudtrail]`, versions 7.11 and 8.1).
enum SplunkCloudTrailAddOn {
  /// Its names for fields of the record.
  static let aliases: [String: FieldPath] = [
    "src": FieldPath("sourceIPAddress"), "src_ip": FieldPath("sourceIPAddress"),
    "signature": FieldPath("eventName"), "command": FieldPath("eventName"),
    "dvc": FieldPath("eventSource"), "app": FieldPath("eventType"),
    "region": FieldPath("awsRegion"), "vendor_region": FieldPath("awsRegion"),
    "reason": FieldPath("errorMessage"),
    "user_group_id": FieldPath("userIdentity", "accountId"),
    "user_access_key": FieldPath("userIdentity", "accessKeyId"),
  ]

  /// The fields that it computes by cases and look-ups: no field of the record has their value. `user_type` was an alias
  /// of `userIdentity.type` in older versions.
  static let computed: Set<String> = [
    "action", "aws_account_id", "change_type", "dest", "object", "object_category", "object_id", "result",
    "result_id", "status", "user", "userName", "user_arn", "user_id", "user_name", "user_type",
    "vendor_account",
  ]

  /// The field that it never leaves absent.
  static let errorCode = FieldPath("errorCode")
  private static let consoleLogin = FieldPath("responseElements", "ConsoleLogin")

  /// The account that made a call: of a service or another account the one that received it. It is read in `search`
  /// alone.
  static let accountID = "aws_account_id"
  /// The field that it is for callers of some types, and for all others.
  static let (accountOfService, accountOfUser) = ("recipientAccountId", "userIdentity.accountId")
  private static let serviceTypes = ["AWSAccount", "AWSService"]

  /// What is asked of the account, given what is asked of either field.
  static func account(ofService: Condition, ofUser: Condition, at span: Span?) -> Condition {
    let isService = Condition.test(
      FieldPath("userIdentity", "type"), .oneOf(serviceTypes, .exact), origin: span)
    return .any([.all([isService, ofService]), .all([.not(isService), ofUser])], origin: span)
  }

  /// A question about its `errorCode`, which is the record's, else `failure` of a failed login, else `success`.
  static func errorCode(_ atom: Atom, at span: Span?) -> Condition {
    let absent = Condition.not(.test(errorCode, .present, origin: span))
    let failed = Condition.test(consoleLogin, .text(.equals("Failure"), .exact), origin: span)
    var parts = [Condition.test(errorCode, atom, origin: span)]
    if atom.holds(ofText: "failure") { parts.append(.all([absent, failed])) }
    if atom.holds(ofText: "success") { parts.append(.all([absent, .not(failed)])) }
    return .any(parts, origin: span)
  }
}
