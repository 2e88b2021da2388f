import ConcordDiagnostics

// A stub to be replaced: parser, tree and linear-time matcher.

/// A regular expression of the portable subset: no look-around, no back-references.
public struct PortableRegex: Hashable, Sendable {
  /// The expression as it was written.
  public let pattern: String
  /// How it is to be read.
  public let flags: Flags

  /// The flags `i`, `m` and `s`.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: Int
    /// The flags of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// `i`: letter case is ignored.
    public static let ignoreCase = Flags(rawValue: 1)
    /// `m`: `^` and `$` match at line breaks.
    public static let multiline = Flags(rawValue: 2)
    /// `s`: `.` matches line feeds too.
    public static let dotAll = Flags(rawValue: 4)
  }

  /// Parses `pattern`.
  public init(_ pattern: String, flags: Flags = [], origin: Origin? = nil) throws(Diagnostic) {
    self.pattern = pattern
    self.flags = flags
  }

  /// Whether the expression matches somewhere in `text`.
  public func matches(_ text: String) -> Bool { false }
}
