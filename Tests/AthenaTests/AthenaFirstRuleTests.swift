import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

@Suite("AWS Modify Cloud Compute Infrastructure") struct AthenaFirstRuleTests {
  static let condition = Condition.all([
    text(FieldPath("eventSource"), .equals("ec2.amazonaws.com")),
    .not(.test(readOnly, .truthy)),
    .not(
      .any([
        text(FieldPath("sourceIPAddress"), .suffix(".amazonaws.com")),
        text(userType, .equals("AWSService")),
        text(FieldPath("userIdentity", "invokedBy"), .equals("AWS Internal")),
        text(FieldPath("userIdentity", "invokedBy"), .suffix(".amazonaws.com")),
      ])),
    .not(text(FieldPath("errorCode"), .equals("Client.DryRunOperation"))),
    .test(eventName, .oneOf(names, .exact)),
  ])

  static let names = [
    "AssociateIamInstanceProfile", "AssociateInstanceEventWindow", "BundleInstance",
    "CancelSpotInstanceRequests", "ConfirmProductInstance", "CreateInstanceEventWindow",
    "CreateInstanceExportTask", "DeleteInstanceEventWindow",
    "DeregisterInstanceEventNotificationAttributes", "DisassociateIamInstanceProfile",
    "DisassociateInstanceEventWindow", "ImportInstance", "ModifyInstanceAttribute",
    "ModifyInstanceCapacityReservationAttributes", "ModifyInstanceCreditSpecification",
    "ModifyInstanceEventStartTime", "ModifyInstanceEventWindow", "ModifyInstanceMaintenanceOptions",
    "ModifyInstanceMetadataOptions", "ModifyInstancePlacement", "MonitorInstances",
    "RegisterInstanceEventNotificationAttributes", "ReportInstanceStatus", "RequestSpotInstances",
    "ResetInstanceAttribute", "RunInstances", "RunScheduledInstances", "StartInstances",
    "StopInstances", "TerminateInstances", "UnmonitorInstances",
  ]

  static var rule: Rule {
    var rule = Rule(
      id: "AWS.Modify.Cloud.Compute.Infrastructure", title: "AWS Modify Cloud Compute Infrastructure",
      condition: condition)
    rule.logSources = [.cloudTrail]
    rule.outputFields = [
      OutputField(name: "eventTime", path: FieldPath("eventTime")),
      OutputField(name: "actor", path: FieldPath("userIdentity", "arn")),
      OutputField(name: "type", path: FieldPath("requestParameters", "instanceType")),
      OutputField(name: "p_any_ip_addresses", path: FieldPath("p_any_ip_addresses")),
    ]
    return rule
  }

  @Test("the whole query") func golden() throws {
    let query = try Language.athena.write(AthenaFirstRuleTests.rule, options: LanguageOptions())
    #expect(
      query.text == #"""
        -- AWS.Modify.Cloud.Compute.Infrastructure: AWS Modify Cloud Compute Infrastructure
        -- Concord 0.1.0, exact
        SELECT
          "eventtime",
          "eventid",
          "useridentity"."arn" AS "actor",
          COALESCE(
            json_extract_scalar("requestparameters", '$.instanceType'),
            json_format(json_extract("requestparameters", '$.instanceType'))
          ) AS "type"
        FROM "cloudtrail_logs"
        WHERE "eventsource" = 'ec2.amazonaws.com'
          AND ("readonly" IS NULL OR "readonly" IN ('', 'false', '0'))
          AND NOT COALESCE(
            "sourceipaddress" LIKE '%.amazonaws.com' ESCAPE '\'
            OR "useridentity"."type" = 'AWSService'
            OR "useridentity"."invokedby" = 'AWS Internal'
            OR "useridentity"."invokedby" LIKE '%.amazonaws.com' ESCAPE '\',
            FALSE
          )
          AND ("errorcode" IS NULL OR "errorcode" <> 'Client.DryRunOperation')
          AND "eventname" IN (
            'AssociateIamInstanceProfile', 'AssociateInstanceEventWindow', 'BundleInstance',
            'CancelSpotInstanceRequests', 'ConfirmProductInstance', 'CreateInstanceEventWindow',
            'CreateInstanceExportTask', 'DeleteInstanceEventWindow',
            'DeregisterInstanceEventNotificationAttributes', 'DisassociateIamInstanceProfile',
            'DisassociateInstanceEventWindow', 'ImportInstance', 'ModifyInstanceAttribute',
            'ModifyInstanceCapacityReservationAttributes', 'ModifyInstanceCreditSpecification',
            'ModifyInstanceEventStartTime', 'ModifyInstanceEventWindow',
            'ModifyInstanceMaintenanceOptions', 'ModifyInstanceMetadataOptions',
            'ModifyInstancePlacement', 'MonitorInstances',
            'RegisterInstanceEventNotificationAttributes', 'ReportInstanceStatus',
            'RequestSpotInstances', 'ResetInstanceAttribute', 'RunInstances', 'RunScheduledInstances',
            'StartInstances', 'StopInstances', 'TerminateInstances', 'UnmonitorInstances'
          )

        """#)
    #expect(query.notes.map(\.code.rawValue) == ["W430"])
    let read = try Language.athena.read(Source(text: query.text), options: LanguageOptions())[0].rule
    #expect(read.condition == AthenaFirstRuleTests.condition)
    #expect(read.id == AthenaFirstRuleTests.rule.id)
    #expect(read.title == AthenaFirstRuleTests.rule.title)
  }

  @Test("2,900 real events") func corpus() throws {
    guard let events = try CloudTrailCorpus.events() else { return }
    let language = Language.athena
    let query = try language.write(AthenaFirstRuleTests.rule, options: LanguageOptions())
    let verdicts = try language.run(query.text, on: events, options: LanguageOptions())
    #expect(events.count == 2900)
    #expect(verdicts.filter { $0 }.count == 12)
    #expect(verdicts == events.map { AthenaFirstRuleTests.condition.holds(of: $0) })
    // The common hand-written form, without a thought of NULL, misses all of them.
    let common = """
      SELECT * FROM cloudtrail_logs WHERE eventsource = 'ec2.amazonaws.com' AND readonly = 'false'
        AND NOT (sourceipaddress LIKE '%.amazonaws.com' OR useridentity.type = 'AWSService'
          OR useridentity.invokedby = 'AWS Internal' OR useridentity.invokedby LIKE '%.amazonaws.com')
        AND errorcode <> 'Client.DryRunOperation'
        AND eventname IN (\(AthenaFirstRuleTests.names.map(AthenaLiteral.string).joined(separator: ", ")))
      """
    #expect(try language.run(common, on: events, options: LanguageOptions()).filter { $0 }.isEmpty)
  }
}
