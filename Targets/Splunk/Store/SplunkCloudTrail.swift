import ConcordDetection
import ConcordLanguages

/// What the records of AWS CloudTrail look like (CloudTrail User Guide, "CloudTrail record contents" and
/// "userIdentity element").
enum SplunkCloudTrail {
  /// AWS CloudTrail.
  static let log = KnownSource.cloudTrail

  /// Whether the path is one whose value is never an array in a CloudTrail record, in a rule on CloudTrail.
  static func isSingle(_ path: FieldPath, in rule: Rule) -> Bool {
    rule.logSources.contains(where: log.covers) && singles.contains(path.description)
  }

  private static let singles: Set<String> = [
    "additionalEventData.LoginTo", "additionalEventData.MFAUsed", "additionalEventData.MobileVersion",
    "apiVersion", "awsRegion", "errorCode", "errorMessage", "eventCategory", "eventID", "eventName",
    "eventSource", "eventTime", "eventType", "eventVersion", "managementEvent", "readOnly",
    "recipientAccountId", "requestID", "responseElements.ConsoleLogin", "sessionCredentialFromConsole",
    "sharedEventID", "sourceIPAddress", "tlsDetails.cipherSuite", "tlsDetails.clientProvidedHostHeader",
    "tlsDetails.tlsVersion", "userAgent", "userIdentity.accessKeyId", "userIdentity.accountId",
    "userIdentity.arn", "userIdentity.credentialId", "userIdentity.identityProvider",
    "userIdentity.identityStoreArn", "userIdentity.invokedBy", "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.onBehalfOf.userId", "userIdentity.principalId",
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.ec2RoleDelivery", "userIdentity.sessionContext.sessionIssuer.accountId",
    "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.type", "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.sourceIdentity", "userIdentity.sessionContext.assumedRoot",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider", "userIdentity.type",
    "userIdentity.userName", "vpcEndpointId", "vpcEndpointAccountId",
  ]
}
