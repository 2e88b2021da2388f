import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSigma

@Suite("A rule as a Sigma document")
struct DocumentTests {
  static let rule: Rule = {
    func test(_ path: FieldPath, _ pattern: Pattern) -> Condition { .test(path, .text(pattern, .exact)) }
    let invokedBy = FieldPath("userIdentity", "invokedBy")
    var rule = Rule(
      id: "AWS.Modify.Cloud.Compute.Infrastructure", title: "AWS Modify Cloud Compute Infrastructure",
      condition: .all([
        test(FieldPath("eventSource"), .equals("ec2.amazonaws.com")),
        .not(.test(FieldPath("readOnly"), .truthy)),
        .not(
          .any([
            test(FieldPath("sourceIPAddress"), .suffix(".amazonaws.com")),
            test(FieldPath("userIdentity", "type"), .equals("AWSService")),
            test(invokedBy, .equals("AWS Internal")), test(invokedBy, .suffix(".amazonaws.com")),
          ])),
        .not(test(FieldPath("errorCode"), .equals("Client.DryRunOperation"))),
        .test(FieldPath("eventName"), .oneOf(["RunInstances", "TerminateInstances"], .exact)),
      ]))
    rule.description = "EC2 infrastructure is modified outside of the expected automation."
    rule.logSources = [LogSource(platformName: "AWS.CloudTrail")]
    rule.attack = [AttackReference(tactic: "TA0005", technique: "T1578")]
    rule.tags = ["Configuration Required"]
    rule.severity = .medium
    rule.references = ["https://attack.mitre.org/techniques/T1578/"]
    rule.outputFields = [
      OutputField(name: "who", path: FieldPath("userIdentity", "arn")),
      OutputField(name: "region", path: FieldPath("awsRegion")),
    ]
    return rule
  }()

  @Test("our first rule")
  func golden() throws {
    let query = try Language.sigma.write(
      DocumentTests.rule, options: LanguageOptions(compilerVersion: "0.1.0"))
    #expect(
      query.text == """
        # AWS.Modify.Cloud.Compute.Infrastructure: AWS Modify Cloud Compute Infrastructure
        # Concord 0.1.0, exact
        title: AWS Modify Cloud Compute Infrastructure
        id: 376c3e72-f38a-5e26-990e-d8d9c06182c3
        name: AWS.Modify.Cloud.Compute.Infrastructure
        status: experimental
        description: EC2 infrastructure is modified outside of the expected automation.
        references:
            - https://attack.mitre.org/techniques/T1578/
        tags:
            - attack.stealth
            - attack.t1578
        logsource:
            product: aws
            service: cloudtrail
        detection:
            selection_main:
                eventSource|cased: ec2.amazonaws.com
                eventName|cased:
                    - RunInstances
                    - TerminateInstances
            selection_read_only:
                - readOnly: null
                - readOnly|cased:
                      - ''
                      - 'false'
                      - '0'
            filter_main_source_ip_address:
                sourceIPAddress|endswith|cased: .amazonaws.com
            filter_main_user_identity_type:
                userIdentity.type|cased: AWSService
            filter_main_user_identity_invoked_by:
                - userIdentity.invokedBy|cased: AWS Internal
                - userIdentity.invokedBy|endswith|cased: .amazonaws.com
            filter_main_error_code:
                errorCode|cased: Client.DryRunOperation
            condition: all of selection_* and not 1 of filter_main_*
        fields:
            - userIdentity.arn
            - awsRegion
        level: medium

        """)
    #expect(
      query.notes.map(\.message) == [
        "`readOnly` is taken to hold one value, not an array",
        "tag `Configuration Required` is not in the Sigma rule: a Sigma tag is `namespace.name` in lower case",
      ])
  }

  @Test("the UUID of a name is version 5 of RFC 9562")
  func identifiers() throws {
    #expect(SigmaIdentifier.isUUID("376c3e72-f38a-5e26-990e-d8d9c06182c3"))
    #expect(!SigmaIdentifier.isUUID("376c3e72f38a5e26990ed8d9c06182c3"))
    #expect(!SigmaIdentifier.isUUID("AWS.Rule"))
    // From `uuid.uuid5(uuid.UUID("9b1f3c52-6e0d-4a7b-8f24-5da1c7903e68"), …)` of Python.
    #expect(SigmaIdentifier.uuid(named: "") == "976859f2-2811-5fbf-862f-edd6b0cda107")
    #expect(SigmaIdentifier.uuid(named: "é") == "8949f0a0-a4d2-59a4-9e2d-89981c10448e")
    #expect(
      SigmaIdentifier.uuid(named: String(repeating: "a", count: 200))
        == "e22af9ff-c6a0-5283-95e7-1e3fd9ca0cb8")
    let read = try Language.sigma.read(
      Source(text: try Language.sigma.write(DocumentTests.rule, options: LanguageOptions()).text),
      options: LanguageOptions())
    #expect(read.map(\.rule.id) == [DocumentTests.rule.id])
  }

  @Test(
    "tactics",
    arguments: [
      ("TA0005", "stealth"), ("ta0112", "defense-impairment"), ("Initial Access", "initial-access"),
      ("credential_access", "credential-access"), ("defense-evasion", "defense-evasion"), ("TA9999", nil),
      ("", nil),
    ])
  func tactics(_ tactic: String, _ name: String?) {
    #expect(AttackTactics.tagName(tactic) == name)
  }

  @Test(
    "log sources",
    arguments: [
      (LogSource(platformName: "AWS.CloudTrail"), nil, "aws", "cloudtrail", true),
      (LogSource(platformName: "Databricks.Audit"), nil, "databricks", "audit", false),
      (LogSource(platformName: "My Logs"), nil, "my_logs", nil, false),
      (LogSource(category: "process_creation", product: "windows"), "process_creation", "windows", nil, true),
      (LogSource(), nil, "unknown", nil, false),
    ] as [(LogSource, String?, String?, String?, Bool)])
  func logSources(
    _ source: LogSource, _ category: String?, _ product: String?, _ service: String?, _ known: Bool
  ) {
    let sigma = SigmaLogSources.sigma(source)
    #expect(sigma.source == SigmaLogSource(category: category, product: product, service: service))
    #expect(sigma.known == known)
  }

  @Test(
    "tags",
    arguments: [
      ("attack.t1059.001", true), ("cve.2021-44228", true), ("a", false), ("A.b", false), ("a.", false),
    ])
  func tags(_ tag: String, _ valid: Bool) {
    #expect(SigmaMetadataRules.isTag(tag) == valid)
  }

  @Test("a title beyond 256 characters is cut, unknown keys in capitals and thresholds are noted")
  func limits() throws {
    var rule = DocumentTests.rule
    rule.title = String(repeating: "x", count: 300)
    rule.threshold = 5
    rule.unknown = Value.Object([.init("DedupPeriod", .bool(true)), .init("simulation", .bool(true))])
    let written = try SigmaWriter.documents(for: rule)
    #expect(written.documents[0].title.unicodeScalars.count == 256)
    #expect(written.documents[0].other.members.map(\.key) == ["simulation"])
    #expect(written.notes.map(\.code.rawValue) == ["N441", "N440", "N440"])
  }
}
