/// A text and the name that messages call it by: a file's path as the user wrote it, `<stdin>`, or `<text>`.
public struct Source: Hashable, Sendable {
  /// What messages call the text.
  public let name: String
  /// The text itself.
  public let text: String

  /// Makes a source of `text`; `name` is what messages call it.
  public init(name: String = "<text>", text: String) {
    self.name = name
    self.text = text
  }

  /// The name without folders and ending: what a query that names no rule is called.
  package var stem: String {
    let file = name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? name
    guard let dot = file.utf8.lastIndex(of: UInt8(ascii: ".")), dot != file.startIndex else { return file }
    return String(file[..<dot])
  }

  /// The line with the given 1-based number, without its line break; `nil` where there is none.
  ///
  /// Lines end at LF, CRLF or CR.
  package func line(_ number: Int) -> String? {
    guard number >= 1 else { return nil }
    var cursor = TextCursor(text)
    for _ in 1..<number {
      cursor.skip { !$0.isLineBreak }
      guard cursor.takeLineBreak() else { return nil }
    }
    return cursor.run { !$0.isLineBreak }
  }
}

/// A place in a source: line and column, both counted from 1, the column in Unicode scalars.
public struct Position: Hashable, Comparable, Sendable {
  /// The line, from 1.
  public var line: Int
  /// The column, from 1, in Unicode scalars.
  public var column: Int

  /// The place at `line` and `column`.
  @usableFromInline package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The first place of any source.
  package static let start = Position(line: 1, column: 1)

  /// Orders places as they stand in the text.
  public static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A stretch of a source, from `start` up to but not including `end`.
public struct Span: Hashable, Sendable {
  /// The first place.
  public var start: Position
  /// The place after the last.
  public var end: Position

  /// The stretch from `start` up to `end`.
  package init(_ start: Position, _ end: Position) {
    self.start = start
    self.end = end
  }

  /// The stretch of `length` scalars at `position`, on one line.
  package init(at position: Position, length: Int = 1) {
    self.init(position, Position(line: position.line, column: position.column + length))
  }

  /// The smallest stretch that covers both.
  package func union(_ other: Span) -> Span {
    Span(min(start, other.start), max(end, other.end))
  }
}

/// Where a text stands inside a larger one, so that a condition within a YAML file is reported at its place in
/// that file.
package struct Origin: Hashable, Sendable {
  /// The larger text.
  package let source: Source
  /// Where the inner text's first scalar stands.
  package let start: Position
  /// By how many columns the inner text's later lines are shifted.
  package let indent: Int

  /// The inner text begins at `start`; its later lines are shifted by `indent` columns.
  package init(_ source: Source, start: Position = .start, indent: Int = 0) {
    self.source = source
    self.start = start
    self.indent = indent
  }

  /// Where a place of the inner text is in the source.
  package func position(_ inner: Position) -> Position {
    inner.line == 1
      ? Position(line: start.line, column: start.column + inner.column - 1)
      : Position(line: start.line + inner.line - 1, column: inner.column + indent)
  }

  /// Where a stretch of the inner text is in the source.
  package func span(_ inner: Span) -> Span {
    Span(position(inner.start), position(inner.end))
  }
}
