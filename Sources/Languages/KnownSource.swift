import ConcordDetection

/// A log of whose records more is known than rules say, under each of its names.
package struct KnownSource: Sendable {
  /// The log with all its names.
  package let source: LogSource
  /// What its platform's documentation calls it.
  package let name: String
  /// What holds of each of its records, and of no record of another log.
  package let mark: Condition

  /// AWS CloudTrail. Its records are known by what the record contents of the CloudTrail User Guide require of each.
  package static let cloudTrail = KnownSource(
    product: "aws", service: "cloudtrail", platformName: "AWS.CloudTrail", name: "AWS CloudTrail",
    mark: .all(
      [.test(FieldPath("eventSource"), .text(Pattern([.anyRun, .literal(".amazonaws.com")]), .exact))]
        + ["eventVersion", "eventTime", "eventName", "awsRegion"].map { .test(FieldPath($0), .present) }))

  /// Every log that is known so.
  package static let all = [cloudTrail]

  /// The log of these names.
  private init(product: String, service: String, platformName: String, name: String, mark: Condition) {
    source = LogSource(product: product, service: service, platformName: platformName)
    self.name = name
    self.mark = mark
  }

  /// Whether a rule's log source is this log, under whatever name the rule has for it.
  package func covers(_ other: LogSource) -> Bool {
    (other.product == source.product && other.service == source.service)
      || other.platformName == source.platformName
  }

  /// Whether a rule on this log source can be meant for the log, of which all names are known.
  package func isIn(_ other: LogSource) -> Bool {
    covers(other) || other.place.resolved(in: place) == .always(true)
  }

  private var place: Place {
    let facts: [(PlaceFact, String?)] = [
      (.product, source.product), (.service, source.service), (.logType, source.platformName),
    ]
    return Place(Dictionary(uniqueKeysWithValues: facts.map { ($0.0, $0.1.map { [$0] } ?? []) }))
  }
}

extension LogSource {
  /// Whether a rule on this log source can be meant for logs of that one, which the user names: no part that both name
  /// differs. A log of which more is known is no other than it is.
  package func canBe(_ stated: LogSource) -> Bool {
    for known in KnownSource.all where known.covers(stated) { return known.isIn(self) }
    if let name = stated.platformName { return platformName.map { $0 == name } ?? true }
    // A platform's name for a log that is known has parts too.
    let own = KnownSource.all.first { platformName == $0.source.platformName }?.source ?? self
    let parts = [
      (own.product, stated.product), (own.category, stated.category), (own.service, stated.service),
    ]
    return parts.allSatisfy { mine, theirs in mine == nil || theirs == nil || mine == theirs }
  }
}
