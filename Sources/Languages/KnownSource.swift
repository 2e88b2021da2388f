import ConcordDetection

/// A log of whose records a language knows more than rules say, under each of its names.
package struct KnownSource: Sendable {
  /// The log with all its names.
  package let source: LogSource

  /// The log of these names.
  package init(product: String, service: String, platformName: String) {
    source = LogSource(product: product, service: service, platformName: platformName)
  }

  /// Whether a rule's log source is this log, under whatever name the rule has for it.
  package func covers(_ other: LogSource) -> Bool {
    (other.product == source.product && other.service == source.service)
      || other.platformName == source.platformName
  }
}
