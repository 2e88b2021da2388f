import ConcordDiagnostics

extension YAML {
  /// The text laid out anew: each level indented by `indent` columns, lists below their keys too; one space behind `:`
  /// and `-`; no blanks at the ends of lines; one line break at the end. All else stays as it is: comments, the order of
  /// keys, quotes, anchors, brackets, blank lines, and the texts of scalars.
  ///
  /// Throws what the text's reader throws, and `W919` where the new text would not be the same steps of reading, or
  /// would have more or less in it than white space: then nothing is known of the layout, and it has to stay.
  package static func formatted(
    _ source: Source, indent: Int = 2, limits: Limits = .default
  ) throws(Diagnostic) -> String {
    var parser = YAMLParser(source, limits: limits)
    try parser.parse()
    var layout = YAMLLayout(parser, width: indent)
    let text = layout.text()
    let result = Source(name: source.name, text: text)
    let isSame: Bool
    do throws(Diagnostic) {
      isSame = try steps(source, limits) == steps(result, limits) && ink(source.text) == ink(text)
    } catch {
      isSame = false
    }
    guard isSame else {
      throw Diagnostic(
        .notFormatted, "`\(source.name)` is left as it is: laid out anew it would not be read the same")
    }
    return text
  }

  /// What is read, without its places.
  private static func steps(_ source: Source, _ limits: Limits) throws(Diagnostic) -> [YAMLEvent] {
    let nowhere = Span(at: Position(line: 1, column: 1), length: 0)
    return try events(source, limits: limits).map {
      YAMLEvent(kind: $0.kind, anchor: $0.anchor, tag: $0.tag, span: nowhere)
    }
  }

  /// The text without its white space.
  private static func ink(_ text: String) -> [UInt8] { text.utf8.filter { $0 > 0x20 } }
}

/// Lays out a YAML text line by line. Every line keeps what stands in it; its indentation follows from the block
/// collection that it belongs to.
struct YAMLLayout {
  /// The text, with NULs behind its end.
  let bytes: [UInt8]
  let count: Int
  /// By how many columns a level is indented.
  let width: Int
  /// The block collections and keys that begin at an offset, and what goes over several lines.
  let marks: YAMLMarks

  /// The lines so far, without their breaks.
  private var lines: [[UInt8]] = []
  /// The block collections that are open, the innermost last.
  private var open: [Block] = []
  /// Comments on lines of their own whose column is not decided: that follows from the line below too.
  private var waiting: [Comment] = []
  /// The scalar or the collection in brackets that goes on in the next line.
  private var running: Running?

  /// A block collection with the column where its entries stand, and where they stand from now on.
  struct Block {
    let isSequence: Bool
    let old: Int
    let new: Int
  }

  /// A line of nothing but a comment.
  private struct Comment {
    /// Its number among the lines.
    let line: Int
    let column: Int
    /// What is open where it stands.
    let open: [Block]
  }

  /// What goes over several lines, with how its lines are shifted.
  private struct Running {
    let token: YAMLMarks.Token
    /// The columns to take away from each of its lines, and those to put before them.
    let old: Int
    let new: Int
  }

  init(_ parser: YAMLParser, width: Int) {
    (bytes, count, self.width) = (parser.bytes, parser.count, width)
    marks = YAMLMarks(parser)
  }

  /// The whole text, with each line's own break.
  mutating func text() -> String {
    var breaks: [ArraySlice<UInt8>] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let mark = bytes[..<start]
    while start < count {
      var end = start
      while end < count, !isBreak(bytes[end]) { end += 1 }
      var next = end
      if next < count { next += bytes[next] == 0x0D && bytes[next + 1] == 0x0A ? 2 : 1 }
      take(start, end)
      breaks.append(bytes[end..<next])
      start = next
    }
    settle(next: nil)
    if !marks.endsInKeptBreaks {
      while let last = lines.last, last.isEmpty {
        lines.removeLast()
        breaks.removeLast()
      }
    }
    var text = Array(mark)
    for (line, end) in zip(lines, breaks) { text += line + end }
    // A block scalar at the end has no break at its own end where the text has none.
    if let last = breaks.last, last.isEmpty, !marks.endsInBlockScalar {
      text += breaks.first.map { $0.isEmpty ? [0x0A] : Array($0) } ?? []
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Takes the line between two offsets.
  private mutating func take(_ start: Int, _ end: Int) {
    if let running, start < running.token.end { return goOn(running, start, end) }
    running = nil
    var first = start
    while bytes[first] == 0x20 { first += 1 }
    var content = first
    while isBlank(bytes[content]) { content += 1 }
    if content == end {
      lines.append([])
    } else if bytes[content] == UInt8(ascii: "#") {
      waiting.append(Comment(line: lines.count, column: first - start, open: open))
      lines.append(trimmed(content, end))
    } else if first == start, marks.isOutside(start, bytes) {
      settle(next: nil)
      open = []
      lines.append(trimmed(start, end))
      begin(from: start, to: end)
    } else {
      takeEntry(start, first, end)
    }
  }

  /// Takes a line that begins with an entry of a block collection, or with a value that stands below its key.
  private mutating func takeEntry(_ start: Int, _ first: Int, _ end: Int) {
    let old = first - start
    while let top = open.last {
      let isEnded = top.isSequence && top.old == old && !isDash(first)
      if top.old <= old, !isEnded { break }
      open.removeLast()
    }
    let parent = open.last
    let isEntry = marks.blocks[first] == nil && parent?.old == old
    var new = isEntry ? parent?.new ?? 0 : parent.map { $0.new + width } ?? 0
    settle(next: (old, new))
    var line = [UInt8](repeating: 0x20, count: new)
    var cursor = first
    while isDash(cursor), cursor < end {
      if marks.blocks[cursor] != nil { open.append(Block(isSequence: true, old: cursor - start, new: new)) }
      var next = cursor + 1
      while isBlank(bytes[next]) { next += 1 }
      line.append(UInt8(ascii: "-"))
      if next >= end || bytes[next] == UInt8(ascii: "#") {
        cursor += 1
        break
      }
      line.append(0x20)
      new += 2
      cursor = next
    }
    if marks.blocks[cursor] == false { open.append(Block(isSequence: false, old: cursor - start, new: new)) }
    lines.append(line + spaced(cursor, end))
    begin(from: start, to: end)
  }

  /// The rest of a line from `cursor` on, with one space behind the `:` of the key in it and none before.
  private func spaced(_ cursor: Int, _ end: Int) -> [UInt8] {
    guard let key = marks.key(from: cursor, to: end) else { return trimmed(cursor, end) }
    var colon = key
    while isBlank(bytes[colon]) { colon += 1 }
    guard bytes[colon] == UInt8(ascii: ":") else { return trimmed(cursor, end) }
    var value = colon + 1
    while isBlank(bytes[value]) { value += 1 }
    let name = bytes[cursor..<key] + [UInt8(ascii: ":")]
    if value >= end { return Array(name) }
    // A comment behind a key may stand in one column with others.
    return name + (bytes[value] == UInt8(ascii: "#") ? trimmed(colon + 1, end) : [0x20] + trimmed(value, end))
  }

  /// Looks whether something begins in this line that goes on below it.
  private mutating func begin(from start: Int, to end: Int) {
    guard let token = marks.token(from: start, to: end) else { return }
    let parent = open.last
    switch token.kind {
    case .brackets:
      running = Running(token: token, old: parent?.old ?? 0, new: parent?.new ?? 0)
    case .block(let digit?):
      running = Running(token: token, old: (parent?.old ?? 0) + digit, new: (parent?.new ?? 0) + digit)
    case .block(nil), .text:
      running = Running(token: token, old: token.indent, new: parent.map { $0.new + width } ?? token.indent)
    }
  }

  /// Takes a line of what began above.
  private mutating func goOn(_ running: Running, _ start: Int, _ end: Int) {
    var first = start
    while bytes[first] == 0x20 { first += 1 }
    let column = first - start
    switch running.token.kind {
    case .block:
      let isEmpty = first == end && column <= running.old
      let text =
        isEmpty
        ? [] : [UInt8](repeating: 0x20, count: running.new) + bytes[min(start + running.old, end)..<end]
      lines.append(text)
    case .text, .brackets:
      let indentation = [UInt8](repeating: 0x20, count: max(0, column + running.new - running.old))
      let text = trimmed(first, end)
      lines.append(text.isEmpty ? [] : indentation + text)
    }
  }

  /// Decides the columns of the comments that wait, before a line that stood at a column and stands at another now.
  private mutating func settle(next: (old: Int, new: Int)?) {
    for comment in waiting {
      let around = comment.open.last { $0.old <= comment.column }
      let column =
        if let next, next.old == comment.column {
          next.new
        } else if let exact = comment.open.first(where: { $0.old == comment.column }) {
          exact.new
        } else if let next, comment.column > around?.old ?? -1, next.old > around?.old ?? -1 {
          next.new
        } else {
          around?.new ?? next?.new ?? 0
        }
      lines[comment.line] = [UInt8](repeating: 0x20, count: column) + lines[comment.line]
    }
    waiting = []
  }

  /// What stands between two offsets, without blanks at its end; with them behind a `\`, which may escape the first.
  private func trimmed(_ start: Int, _ end: Int) -> [UInt8] {
    var last = end
    while last > start, isBlank(bytes[last - 1]) { last -= 1 }
    if last > start, bytes[last - 1] == UInt8(ascii: "\\") { last = end }
    return Array(bytes[start..<max(start, last)])
  }

  /// Whether the `-` of an item stands at an offset.
  private func isDash(_ offset: Int) -> Bool {
    bytes[offset] == UInt8(ascii: "-") && isSpaceOrEnd(bytes[offset + 1])
  }
}
