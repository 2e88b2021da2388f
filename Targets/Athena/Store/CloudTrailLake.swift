import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// An event data store of CloudTrail Lake: a table of AWS's own with types of its own, whose name is the store's id.
enum CloudTrailLake {
  /// The columns of CloudTrail's events in an event data store (CloudTrail user guide, "Supported event schemas for
  /// CloudTrail Lake"), which it keeps in ORC ("Working with AWS CloudTrail Lake").
  private static let ddl = String(decoding: PackageResources.cloudtrail_lake_sql, as: UTF8.self)

  /// The store as a table, read once.
  static let definition = Result { () throws(Diagnostic) in
    try AthenaDDL.definition(Source(name: "CloudTrail Lake", text: ddl))
  }

  /// The spelling of fields of the record that only a store has a column for.
  static let spellings = [
    "userIdentity.sessionContext.sourceIdentity", "userIdentity.sessionContext.ec2IssuedInVpc",
    "userIdentity.identityProvider", "userIdentity.inScopeOf", "userIdentity.inScopeOf.sourceArn",
    "userIdentity.inScopeOf.sourceAccount", "userIdentity.inScopeOf.issuerType",
    "userIdentity.inScopeOf.credentialsIssuedTo", "resources.ARNPrefix", "managementEvent", "insightDetails",
  ]

  /// Whether a table's name is the id of an event data store: a UUID. [CloudTrail user guide, "CloudTrail Lake SQL
  /// constraints"]
  static func isNamed(_ table: [String]) -> Bool { table.count == 1 && AthenaLiteral.isStoreID(table[0]) }
}
