/// What is wrong, where, and what to do about it.
///
/// A diagnostic holds data; `DiagnosticRenderer` makes the text. Each module states its diagnostics as factories
/// in one file (`<Module>Diagnostics.swift`). Messages are lower case, without a full stop, and quote user text
/// in backticks.
public struct Diagnostic: Error, Hashable, Sendable {
  /// How bad it is.
  public enum Severity: String, Hashable, Sendable {
    /// The input is refused.
    case error
    /// The input is taken, and probably not what was meant.
    case warning
    /// Something the user should know.
    case note
  }

  /// A stretch of the source and what to say beside it.
  public struct Label: Hashable, Sendable {
    /// The stretch.
    public let span: Span
    /// What to say beside the carets; may be empty.
    public let text: String
    /// Says `text` beside `span`.
    package init(_ span: Span, _ text: String = "") {
      self.span = span
      self.text = text
    }
  }

  /// What it is about.
  public var code: Code
  /// How bad it is.
  public var severity: Severity
  /// One line: what is wrong.
  public var message: String
  /// The text that the labels point into.
  public var source: Source?
  /// The places; the first is the cause.
  public var labels: [Label]
  /// What to do about it, a line each.
  public var help: [String]

  /// A diagnostic with the given parts, as bad as its code says unless `severity` is given.
  package init(
    _ code: Code, severity: Severity? = nil, _ message: String, in source: Source? = nil,
    labels: [Label] = [], help: [String] = []
  ) {
    self.code = code
    self.severity = severity ?? code.severity
    self.message = message
    self.source = source
    self.labels = labels
    self.help = help
  }

  /// A diagnostic about one stretch of a source, where that is known.
  package init(
    _ code: Code, severity: Severity? = nil, _ message: String, in source: Source? = nil, at span: Span?,
    _ label: String = "", help: [String] = []
  ) {
    self.init(
      code, severity: severity, message, in: source, labels: span.map { [Label($0, label)] } ?? [], help: help
    )
  }

  /// The same diagnostic, pointing into `source` if it pointed into none, and at `span` if it had no place.
  @usableFromInline package func located(in source: Source?, at span: Span? = nil) -> Diagnostic {
    var copy = self
    if copy.source == nil { copy.source = source }
    if copy.labels.isEmpty, let span { copy.labels = [Label(span)] }
    return copy
  }
}
