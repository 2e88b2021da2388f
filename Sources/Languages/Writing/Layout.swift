import ConcordDiagnostics

/// A text that is spelled once, with marks where it may be broken, and then laid out in lines.
///
/// A printer walks its tree and appends: the text on one line comes together, and where a `line` was marked, a line
/// can end. A `group` stays on one line where it fits, and otherwise is broken at all of its own lines, its inner groups
/// each by its own measure.
///
///     layout.group {
///       $0.append("f")
///       $0.enclosed("(", ")") { $0.separated(["a", "b"]) { $0.append($1) } }
///     }
///
/// is `f(a, b)`, or where that is too wide
///
///     f(
///       a,
///       b
///     )
///
/// The room of a group is that of the group around it, less what the printer says (`narrowing`) and, where indentation
/// narrows, less the indentation. What follows a group on its last line is not measured.
///
/// Laying out takes time linear in the text, however deep groups are nested: how wide a group is on one line is known
/// when it ends, and every byte is copied once.
@usableFromInline package struct Layout: Sendable {
  /// By how much `nest` indents.
  private static let step = 2

  /// What the text is on one line.
  private var bytes: [UInt8] = []
  /// How many columns that has.
  private var columns = 0
  private var marks: [Mark] = []
  /// The marks of the groups that have begun and not ended.
  private var openGroups: [Int] = []
  /// Whether what is appended is never broken, so that marks are left out.
  private var isSolid = false
  private let narrows: Bool

  private struct Mark: Sendable {
    enum Kind: Sendable { case open, close, indent, outdent, line, item }
    var kind: Kind
    /// Before which byte it stands.
    var place: Int
    /// Of a group and an item, how many columns it has on one line.
    var columns = 0
    /// Of a group and of an indentation, how much less room it has than what is around it.
    var narrowing = 0
    /// Of a line and an item, how many spaces the end of a line stands for.
    var spaces = 0
    /// Of a group, the place of its end among the marks.
    var end = 0
    /// Whether a group is broken even where it fits.
    var isBroken = false
  }

  /// An empty text. `narrows`: whether the width is that of whole lines, so that what is indented has less room;
  /// otherwise each group is measured without its indentation.
  package init(narrows: Bool = true) { self.narrows = narrows }

  /// Appends a text without line breaks.
  @usableFromInline package mutating func append(_ text: String) {
    text.withBytes { piece in
      bytes.append(contentsOf: piece)
      // Every scalar has one byte that does not continue another.
      columns += piece.reduce(0) { $0 &+ ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
  }

  /// A space, or where the group is broken, the end of a line.
  @usableFromInline package mutating func line() {
    mark(.line, spaces: 1)
    append(" ")
  }

  /// Nothing, or where the group is broken, the end of a line.
  package mutating func softLine() { mark(.line) }

  /// What follows a line in `body` is indented by two columns more. `narrows`: whether that takes of its room.
  package mutating func nest(narrows: Bool = true, _ body: (inout Layout) -> Void) {
    mark(.indent, narrowing: narrows && self.narrows ? Layout.step : 0)
    body(&self)
    mark(.outdent)
  }

  /// What stands on one line where it fits into the room around it less `narrowing`, and otherwise is broken at
  /// each of its lines. `isBroken`: even where it fits, and so are the groups around it.
  @usableFromInline package mutating func group(
    narrowing: Int = 0, isBroken: Bool = false, _ body: (inout Layout) -> Void
  ) {
    if isSolid { return body(&self) }
    let index = marks.count
    let start = columns
    openGroups.append(index)
    marks.append(Mark(kind: .open, place: bytes.count, narrowing: narrowing, isBroken: isBroken))
    body(&self)
    openGroups.removeLast()
    if marks.count == index + 1 {
      // Nothing in it can be broken.
      marks.removeLast()
      return
    }
    if marks[index].isBroken, let outer = openGroups.last { marks[outer].isBroken = true }
    marks[index].columns = columns - start
    marks[index].end = marks.count
    marks.append(Mark(kind: .close, place: bytes.count))
  }

  /// What is never broken, whatever is marked in it.
  package mutating func solid(_ body: (inout Layout) -> Void) {
    let wasSolid = isSolid
    isSolid = true
    body(&self)
    isSolid = wasSolid
  }

  /// One of several items that share lines: it begins a new one where it does not fit on the last.
  @usableFromInline
  mutating func item(isFirst: Bool, _ body: (inout Layout) -> Void) {
    let index = marks.count
    mark(.item, spaces: isFirst ? 0 : 1)
    if !isFirst { append(" ") }
    let start = columns
    let isMarked = !isSolid
    solid(body)
    if isMarked { marks[index].columns = columns - start }
  }

  private mutating func mark(_ kind: Mark.Kind, narrowing: Int = 0, spaces: Int = 0) {
    if isSolid { return }
    marks.append(Mark(kind: kind, place: bytes.count, narrowing: narrowing, spaces: spaces))
  }
}

// What expressions are made of.
extension Layout {
  /// `open`, `body` and `close`; broken, `body` has lines of its own between them.
  package mutating func enclosed(_ open: String, _ close: String, _ body: (inout Layout) -> Void) {
    append(open)
    nest { layout in
      layout.softLine()
      body(&layout)
    }
    softLine()
    append(close)
  }

  /// An operand whose own operator binds with `strength`, below one that asks for `needed`: in parentheses where it
  /// binds looser.
  package mutating func operand(_ strength: Int, for needed: Int, _ body: (inout Layout) -> Void) {
    if strength < needed { enclosed("(", ")", body) } else { body(&self) }
  }

  /// The operands, joined by the word of an operator, with which a new line begins.
  @inlinable
  package mutating func joined<Operands: Sequence>(
    _ operands: Operands, by word: String, _ spell: (inout Layout, Operands.Element) -> Void
  ) {
    var isFirst = true
    for operand in operands {
      if !isFirst {
        line()
        append(word)
        append(" ")
      }
      isFirst = false
      spell(&self, operand)
    }
  }

  /// The items, with commas between them, behind which a line can end.
  @inlinable
  package mutating func separated<Items: Sequence>(
    _ items: Items, _ spell: (inout Layout, Items.Element) -> Void
  ) {
    var isFirst = true
    for item in items {
      if !isFirst {
        append(",")
        line()
      }
      isFirst = false
      spell(&self, item)
    }
  }

  /// The items, `separator` after each but the last, as many on a line as fit. No item is broken.
  @inlinable
  package mutating func filled<Items: Collection>(
    _ items: Items, by separator: String = ",", narrowing: Int = 0,
    _ spell: (inout Layout, Items.Element) -> Void
  ) {
    group(narrowing: narrowing) { layout in
      var left = items.count
      for item in items {
        layout.item(isFirst: left == items.count) { layout in
          spell(&layout, item)
          if left > 1 { layout.append(separator) }
        }
        left -= 1
      }
    }
  }
}

// The text itself.
extension Layout {
  /// The text on one line.
  package var flat: String { String(decoding: bytes, as: UTF8.self) }

  /// The text in lines of `width` columns, as far as its marks allow.
  package func text(width: Int) -> String {
    var pen = Pen(bytes: bytes, room: width)
    var index = 0
    while index < marks.count {
      let mark = marks[index]
      pen.copy(to: mark.place)
      switch mark.kind {
      case .open:
        // A group that fits is copied as it is: its marks are passed over.
        let room = pen.room - mark.narrowing
        if mark.columns <= room, !mark.isBroken { index = mark.end } else { pen.rooms.append(room) }
      case .indent:
        pen.indentation += Layout.step
        pen.rooms.append(pen.room - mark.narrowing)
      case .outdent:
        pen.indentation -= Layout.step
        pen.rooms.removeLast()
      case .close: pen.rooms.removeLast()
      case .line: pen.endLine(over: mark.spaces)
      case .item: pen.begin(itemOf: mark.columns, after: mark.spaces)
      }
      index += 1
    }
    pen.copy(to: bytes.count)
    return String(decoding: pen.written, as: UTF8.self)
  }

  /// Writes lines.
  private struct Pen {
    let bytes: [UInt8]
    var written: [UInt8] = []
    /// How many of the bytes are written, or stand for the end of a line.
    private var taken = 0
    var indentation = 0
    var rooms: [Int]
    /// How many columns the items on this line take.
    private var filled = 0

    var room: Int { rooms[rooms.count - 1] }

    init(bytes: [UInt8], room: Int) {
      self.bytes = bytes
      rooms = [room]
      written.reserveCapacity(bytes.count + bytes.count / 4)
    }

    mutating func copy(to end: Int) {
      guard taken < end else { return }
      written.append(contentsOf: bytes[taken..<end])
      taken = end
    }

    mutating func endLine(over spaces: Int) {
      written.append(UInt8(ascii: "\n"))
      for _ in 0..<indentation { written.append(UInt8(ascii: " ")) }
      taken += spaces
    }

    mutating func begin(itemOf columns: Int, after spaces: Int) {
      if spaces > 0, filled + spaces + columns <= room {
        filled += spaces + columns
      } else {
        if spaces > 0 { endLine(over: spaces) }
        filled = columns
      }
    }
  }
}
