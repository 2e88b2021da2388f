import ConcordDetection

/// The portable regular expressions as PCRE (limits.conf and Search Reference, "match").
///
/// Characters that are syntax stand in classes, since a backslash is doubled in an SPL string; ignored letter case
/// is written out, so that nothing depends on how PCRE folds letters beyond ASCII.
enum SplunkRegexText {
  private static let dialect: RegexDialect = {
    var dialect = RegexDialect()
    dialect.quoting = .bracket
    return dialect
  }()

  /// The expression as PCRE reads it.
  static func text(_ regex: PortableRegex) -> String { dialect.print(regex) }
}
