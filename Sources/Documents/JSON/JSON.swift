import ConcordDiagnostics

/// Reads and writes JSON, strictly by RFC 8259.
///
/// Nothing is lost: numbers keep their text, objects their order and their duplicate keys, and texts with
/// surrogates that have no partner their code units. Where several members have one key, the last one counts.
public enum JSON {
  /// How deep objects and arrays may nest, where a caller does not say otherwise.
  public static let depthLimit = 512

  /// The value that the source holds: one document and nothing else but white space.
  ///
  /// Throws `E101` to `E111`.
  public static func parse(_ source: Source, depthLimit: Int = depthLimit) throws(Diagnostic) -> Value {
    var reader = JSONReader(source, ValueBuilder(), depthLimit: depthLimit)
    return try reader.onlyDocument()
  }

  /// The value that the text holds.
  ///
  /// Throws `E101` to `E111`.
  public static func parse(_ text: String) throws(Diagnostic) -> Value {
    try parse(Source(text: text))
  }

  /// The same as `parse`, with the place of every value and every key.
  ///
  /// Throws `E101` to `E111`.
  package static func node(_ source: Source, depthLimit: Int = depthLimit) throws(Diagnostic) -> JSONNode {
    var reader = JSONReader(source, NodeBuilder(source), depthLimit: depthLimit)
    return try reader.onlyDocument()
  }

  /// A document among several.
  public struct Document: Hashable, Sendable {
    /// The line on which it begins, from 1.
    public let line: Int
    /// What it holds.
    public let value: Value
  }

  /// The documents of newline-delimited JSON: one a line, empty lines left out.
  ///
  /// Throws `E101` to `E111` for the first line that does not hold exactly one document.
  public static func lines(
    _ source: Source, depthLimit: Int = depthLimit
  ) throws(Diagnostic) -> [Document] {
    var reader = JSONReader(source, ValueBuilder(), depthLimit: depthLimit)
    return try reader.lines()
  }
}
