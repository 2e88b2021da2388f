import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The table that AWS documents for CloudTrail logs.
package enum CloudTrailTable {
  /// AWS CloudTrail.
  static let log = KnownSource.cloudTrail

  /// The columns of AWS's documented statement (Athena user guide, "Query AWS CloudTrail logs"). Location, SerDe
  /// and partitions are the user's own and are left out: `--schema` takes the whole statement.
  package static let ddl = String(decoding: PackageResources.cloudtrail_logs_sql.dropLast(), as: UTF8.self)

  /// The statement as a table, read once, with the readers that AWS documents for it.
  package static let definition = Result { () throws(Diagnostic) in
    AthenaTableDefinition(try AthenaDDL.table(Source(name: "CloudTrail", text: ddl)), .cloudTrail)
  }

  /// The columns that hold an object of the record as JSON text.
  static let jsonColumns: Set<String> = [
    "requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails",
    "edgedevicedetails",
  ]

  /// Whether the name of a table says that CloudTrail's events are in it.
  static func isNamed(_ name: String) -> Bool { LetterCase.lower(name).contains("cloudtrail") }

  /// What CloudTrail's records have and the documented table has no column for, in lower case
  /// (CloudTrail user guide, "record contents" and "userIdentity element").
  static let withoutColumn: Set<String> = [
    "managementevent", "eventcontext", "insightdetails", "annotation", "useridentity.identityprovider",
    "useridentity.credentialid", "useridentity.inscopeof", "useridentity.invokedbydelegate",
    "useridentity.sessioncontext.sourceidentity", "useridentity.sessioncontext.assumedroot",
    "useridentity.sessioncontext.ec2issuedinvpc", "tlsdetails.keyexchange", "resources.arnprefix",
  ]

  /// The spelling of the record's fields, which the table has in lower case
  /// (CloudTrail user guide, "record contents").
  static let spellings: [String] = [
    "eventVersion", "userIdentity", "userIdentity.type", "userIdentity.principalId", "userIdentity.arn",
    "userIdentity.accountId", "userIdentity.invokedBy", "userIdentity.accessKeyId", "userIdentity.userName",
    "userIdentity.onBehalfOf", "userIdentity.onBehalfOf.userId", "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.sessionContext", "userIdentity.sessionContext.attributes",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.attributes.creationDate", "userIdentity.sessionContext.sessionIssuer",
    "userIdentity.sessionContext.sessionIssuer.type",
    "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.sessionContext.sessionIssuer.accountId",
    "userIdentity.sessionContext.sessionIssuer.userName", "userIdentity.sessionContext.ec2RoleDelivery",
    "userIdentity.sessionContext.webIdFederationData",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider",
    "userIdentity.sessionContext.webIdFederationData.attributes", "eventTime", "eventSource", "eventName",
    "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
    "responseElements", "additionalEventData", "requestID", "eventID", "readOnly", "resources",
    "resources.ARN", "resources.accountId", "resources.type", "eventType", "apiVersion",
    "recipientAccountId", "serviceEventDetails", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId",
    "eventCategory", "addendum", "addendum.reason", "addendum.updatedFields", "addendum.originalRequestID",
    "addendum.originalEventID", "sessionCredentialFromConsole", "edgeDeviceDetails", "tlsDetails",
    "tlsDetails.tlsVersion", "tlsDetails.cipherSuite", "tlsDetails.clientProvidedHostHeader",
  ]

  /// The record's spelling of a path that the table has in lower case; `nil` where the record has no such field.
  static func spelling(of lowerCase: String) -> String? { spellingOf[lowerCase] }

  private static let spellingOf = Dictionary(
    (spellings + CloudTrailLake.spellings).map { ($0.lowercased(), $0) },
    uniquingKeysWith: { first, _ in first })
}
