import ConcordDiagnostics

/// A search with its macros written out, and where each part of it stands in the user's text.
struct SplunkExpansion: Sendable {
  /// The text that is parsed.
  private(set) var text = ""
  /// The stretches of `text` in order: where each begins, and what it is.
  private var pieces: [(start: Int, origin: Origin)] = []

  /// The user's text, and where its lines begin.
  private let own: [UInt8]
  private let lines: [Int]

  private enum Origin: Sendable {
    /// The user's own text, from this byte on.
    case own(Int)
    /// What took the place of a macro, which stands there.
    case macro(Span)
  }

  /// The search of a source. Throws where a macro's use and its definition do not go together, where macros go round in
  /// a circle, and where the search becomes too large. A macro without a definition stays.
  init(_ source: Source, _ macros: SplunkMacros) throws(Diagnostic) {
    own = Array(source.text.utf8)
    var lines = [0]
    var places = TextCursor(bytes: own)
    while !places.isAtEnd {
      if places.takeLineBreak() { lines.append(places.offset) } else { places.advance() }
    }
    self.lines = lines
    var cursor = SplunkCursor(source)
    var copied = 0
    while let (use, start) = try SplunkMacroUse.next(&cursor) {
      let span = cursor.span(from: start)
      guard let expanded = try SplunkExpansion.text(of: use, macros, within: [], source, span) else {
        continue
      }
      copy(source, from: copied, to: start.offset)
      pieces.append((text.utf8.count, .macro(span)))
      text += expanded
      copied = cursor.place.offset
      if text.utf8.count > SplunkMacros.sizeLimit { throw .splunkMacroSize(source, span) }
    }
    copy(source, from: copied, to: source.text.utf8.count)
  }

  private mutating func copy(_ source: Source, from start: Int, to end: Int) {
    pieces.append((text.utf8.count, .own(start)))
    text += source.part(start, end)
  }

  /// The text that takes the place of a use; `nil` where it has no definition. `outer`: the macros that it stands in.
  /// `source` and `span` are where the user wrote the outermost.
  private static func text(
    of use: SplunkMacroUse, _ macros: SplunkMacros, within outer: [String], _ source: Source, _ span: Span
  ) throws(Diagnostic) -> String? {
    guard let definition = macros.definition(use.name, arguments: use.arguments.count) else {
      if macros.names.contains(use.name) { throw .splunkMacroArguments(use, source, span) }
      return nil
    }
    if outer.contains(use.name) || outer.count >= SplunkMacros.depthLimit {
      throw .splunkMacroCircle(use.name, source, span)
    }
    guard definition.arguments.count == use.arguments.count else {
      throw .splunkMacroArguments(use, source, span)
    }
    guard let values = use.values else { throw .splunkMacroQuotes(use, source, span) }
    var text = definition.text
    for (name, value) in zip(definition.arguments, values) {
      text = text.replacing("$\(name)$", with: value)
    }
    if definition.isComputed {
      guard let computed = SplunkMacros.computed(text) else {
        throw .splunkMacroComputed(use.name, source, span)
      }
      text = computed
    }
    if text.utf8.count > SplunkMacros.sizeLimit { throw .splunkMacroSize(source, span) }
    let inner = Source(name: use.name, text: text)
    var cursor = SplunkCursor(inner)
    var result = ""
    var copied = 0
    while let (nested, start) = try found(&cursor, source, span) {
      guard let more = try self.text(of: nested, macros, within: outer + [use.name], source, span) else {
        continue
      }
      result += inner.part(copied, start.offset) + more
      copied = cursor.place.offset
      if result.utf8.count > SplunkMacros.sizeLimit { throw .splunkMacroSize(source, span) }
    }
    return result + inner.part(copied, text.utf8.count)
  }

  /// The next use in a definition. What is wrong there is shown where the user wrote the macro.
  private static func found(
    _ cursor: inout SplunkCursor, _ source: Source, _ span: Span
  ) throws(Diagnostic) -> (use: SplunkMacroUse, start: TextCursor.Place)? {
    do throws(Diagnostic) {
      return try SplunkMacroUse.next(&cursor)
    } catch {
      throw Diagnostic(error.code, error.message, in: source, at: span, "in this macro", help: error.help)
    }
  }

  /// The stretch of the user's text that a stretch of the expanded text is.
  func span(_ start: Int, _ end: Int) -> Span {
    let (first, last) = (piece(at: start), piece(at: max(start, end - 1)))
    let from: Position
    switch first.origin {
    case .own(let begin): from = position(at: begin + start - first.start)
    case .macro(let span): from = span.start
    }
    let to: Position
    switch last.origin {
    case .own(let begin): to = position(at: begin + max(start, end) - last.start)
    case .macro(let span): to = span.end
    }
    return from == to ? Span(at: from) : Span(from, to)
  }

  private func piece(at offset: Int) -> (start: Int, origin: Origin) {
    pieces.last { $0.start <= offset } ?? (0, .own(0))
  }

  /// The line and column of a byte of the user's text.
  private func position(at offset: Int) -> Position {
    let line = lines.lastIndex { $0 <= offset } ?? 0
    let end = min(offset, own.count)
    let column = own[min(lines[line], end)..<end].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    return Position(line: line + 1, column: column)
  }
}

extension Source {
  /// The text between two bytes.
  fileprivate func part(_ start: Int, _ end: Int) -> String {
    String(decoding: text.utf8.dropFirst(start).prefix(end - start), as: UTF8.self)
  }
}
