import ConcordDiagnostics

// A stub to be replaced by the real reader and writer.
extension Value {
  /// The value as compact JSON.
  public var compactJSON: String { "" }
}
