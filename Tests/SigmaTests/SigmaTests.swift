import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSigma
import Testing

@Test func show() throws {
  var rule = Rule(
    id: "AWS.Modify.Cloud.Compute.Infrastructure", title: "AWS Modify Cloud Compute Infrastructure",
    condition: firstCondition)
  rule.logSources = [LogSource(platformName: "AWS.CloudTrail")]
  rule.attack = [AttackReference(tactic: "TA0005", technique: "T1578")]
  rule.severity = .medium
  print(try SigmaLanguage().write(rule, options: LanguageOptions()).text)
}

let firstCondition: Condition = .all([
  .test(FieldPath("eventSource"), .text(.equals("ec2.amazonaws.com"), .exact)),
  .not(.test(FieldPath("readOnly"), .truthy)),
  .not(
    .any([
      .test(FieldPath("sourceIPAddress"), .text(.suffix(".amazonaws.com"), .exact)),
      .test(FieldPath("userIdentity", "type"), .text(.equals("AWSService"), .exact)),
      .test(FieldPath("userIdentity", "invokedBy"), .text(.equals("AWS Internal"), .exact)),
      .test(FieldPath("userIdentity", "invokedBy"), .text(.suffix(".amazonaws.com"), .exact)),
    ])),
  .not(.test(FieldPath("errorCode"), .text(.equals("Client.DryRunOperation"), .exact))),
  .test(FieldPath("eventName"), .oneOf(["RunInstances", "TerminateInstances"], .exact)),
])
