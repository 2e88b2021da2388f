import ConcordDetection
import ConcordDocuments
import TestSupport

// Short names for conditions in tests.

func field(_ text: String) -> FieldPath {
  var steps: [FieldPath.Step] = []
  for part in text.split(separator: ".") {
    let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
    let elements = pieces.dropFirst().map { piece -> FieldPath.Step? in
      piece == "]" ? .each : piece.hasSuffix("]") ? Int(piece.dropLast()).map { .index($0) } : nil
    }
    if elements.contains(nil) {
      steps.append(.name(String(part)))
    } else {
      steps += [.name(String(pieces[0]))] + elements.compactMap(\.self)
    }
  }
  return FieldPath(steps: steps) ?? FieldPath("unreadable")
}

func equals(_ path: String, _ text: String, _ letterCase: LetterCase = .exact) -> Condition {
  .test(field(path), .text(.equals(text), letterCase))
}

func matches(_ path: String, _ pattern: Pattern, _ letterCase: LetterCase = .exact) -> Condition {
  .test(field(path), .text(pattern, letterCase))
}

func number(_ path: String, _ comparison: Comparison, _ text: String) -> Condition {
  .test(field(path), .number(comparison, Number(text) ?? Number(0)))
}

func network(_ path: String, _ text: String) -> Condition {
  guard let network = CIDR(text) else { return .always(false) }
  return .test(field(path), .network(network))
}

func object(_ members: (String, Value)...) -> Value {
  .object(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
}

func event(_ members: (String, Value)...) -> Event {
  Event(Value.Object(members.map { Value.Object.Member($0.0, $0.1) }))
}

/// "AWS Modify Cloud Compute Infrastructure".
let modifyCompute: Rule = {
  let names = [
    "AssociateIamInstanceProfile", "AssociateInstanceEventWindow", "BundleInstance",
    "CancelSpotInstanceRequests", "ConfirmProductInstance", "CreateInstanceEventWindow",
    "CreateInstanceExportTask", "DeleteInstanceEventWindow",
    "DeregisterInstanceEventNotificationAttributes", "DisassociateIamInstanceProfile",
    "DisassociateInstanceEventWindow", "ImportInstance", "ModifyInstanceAttribute",
    "ModifyInstanceCapacityReservationAttributes", "ModifyInstanceCreditSpecification",
    "ModifyInstanceEventStartTime", "ModifyInstanceEventWindow", "ModifyInstanceMaintenanceOptions",
    "ModifyInstanceMetadataOptions", "ModifyInstancePlacement", "MonitorInstances",
    "RegisterInstanceEventNotificationAttributes", "ReportInstanceStatus", "RequestSpotInstances",
    "ResetInstanceAttribute", "RunInstances", "RunScheduledInstances", "StartInstances", "StopInstances",
    "TerminateInstances", "UnmonitorInstances",
  ]
  var rule = Rule(
    id: "AWS.Modify.Cloud.Compute.Infrastructure", title: "AWS Modify Cloud Compute Infrastructure",
    condition: .all([
      equals("eventSource", "ec2.amazonaws.com"),
      .not(.test(field("readOnly"), .truthy)),
      .not(
        .any([
          matches("sourceIPAddress", .suffix(".amazonaws.com")),
          equals("userIdentity.type", "AWSService"),
          equals("userIdentity.invokedBy", "AWS Internal"),
          matches("userIdentity.invokedBy", .suffix(".amazonaws.com")),
        ])),
      .not(equals("errorCode", "Client.DryRunOperation")),
      .test(field("eventName"), .oneOf(names, .exact)),
    ]))
  rule.logSources = [.cloudTrail]
  rule.outputFields = ["awsRegion", "eventName", "recipientAccountId"].map {
    OutputField(name: $0, path: field($0))
  }
  rule.outputFields.append(
    OutputField(name: "items", path: field("requestParameters.instancesSet.items")))
  return rule
}()
