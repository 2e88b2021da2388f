import ConcordDiagnostics

/// A token of a Python file. Line breaks inside brackets, comments and empty lines make none.
struct PythonToken: Sendable {
  /// What it is.
  let kind: Kind
  /// Where it stands.
  let span: Span

  /// What a token can be.
  enum Kind: Hashable, Sendable {
    /// A name or a keyword.
    case name(String)
    /// A number, as it is written without `_`.
    case number(String)
    /// A text whose prefix has no `f`, its escapes read.
    case string(String)
    /// Bytes, which nothing here reads.
    case bytes
    /// A text with fields, in order.
    case formatted([FormattedPiece])
    /// An operator or a bracket.
    case sign(String)
    /// A logical line ends.
    case newline
    /// A block begins.
    case indent
    /// A block ends.
    case dedent
    /// The file ends.
    case end
  }

  /// A part of an f-string.
  enum FormattedPiece: Hashable, Sendable {
    /// This text.
    case text(String)
    /// The value of an expression, whose text stands at the place. `isPlain`: without `!r` and a format.
    case field(String, Position, isPlain: Bool)
  }

  /// Whether it is that operator or bracket.
  func isSign(_ text: String) -> Bool { kind == .sign(text) }

  /// Whether it is that keyword.
  func isWord(_ word: String) -> Bool { kind == .name(word) }

  /// What it is, for messages.
  var words: String {
    switch kind {
    case .name(let text), .number(let text), .sign(let text): "`\(text)`"
    case .string, .formatted: "a text"
    case .bytes: "bytes"
    case .newline: "the end of the line"
    case .indent: "a deeper indentation"
    case .dedent: "the end of the block"
    case .end: "the end of the file"
    }
  }
}
