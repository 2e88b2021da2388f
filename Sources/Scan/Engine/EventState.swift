import ConcordDocuments

/// What is known of the event that is asked about. A handle, as `Scratch` is: the matcher frees it.
struct EventState: BitwiseCopyable {
  /// The event's bytes.
  var bytes: Bytes
  /// The number of the event. What was noted under another number does not count.
  var stamp: UInt32 = 0
  let leaves: Int32
  let captures: Captures
  let indexes: Frozen<FieldIndex>
  /// For each question, the event for which an index found that it may be true; and its answer, doubled, plus one
  /// for true.
  let suspected: Scratch<UInt32>
  let answers: Scratch<UInt32>
  /// For each rule the event for which it was found to be a candidate, and the candidates.
  let fired: Scratch<UInt32>
  let candidates = Notes()
  /// The texts that an index found in one value.
  private let found = Notes()

  init(_ rules: CompiledRules, _ bytes: Bytes, maxDepth: Int) {
    self.bytes = bytes
    leaves = rules.leaves
    indexes = rules.indexes
    captures = Captures(nodes: rules.trie.tables.nodes.count, fields: rules.fieldCount, maxDepth: maxDepth)
    suspected = Scratch(repeating: 0, count: rules.tests.count)
    answers = Scratch(repeating: 0, count: rules.tests.count)
    fired = Scratch(repeating: 0, count: rules.conditions.count)
  }

  func free() {
    captures.free()
    for notes in [suspected, answers, fired] { notes.free() }
    candidates.free()
    found.free()
  }

  /// Goes on to another event.
  mutating func begin() {
    // Before the numbers run out, all that was noted under one is forgotten.
    if stamp >= UInt32.max / 2 - 1 {
      for notes in [suspected, answers, fired, captures.stamps] { notes.reset() }
      stamp = 0
    }
    stamp += 1
    candidates.clear()
  }

  /// The first value of a field, or -1.
  @inline(__always)
  func head(_ field: Int32) -> Int32 { captures.head(field, stamp) }

  // MARK: Indexes

  /// Looks for the texts of all rules: which questions may be true, and which rules are candidates.
  func askIndexes() {
    for place in 0..<captures.foundCount {
      let field = captures.found[place]
      let index = indexes.address(field)
      if index.pointee.isEmpty { continue }
      fire(index, index.pointee.present)
      if !index.pointee.hasTexts { continue }
      var next = head(field)
      while next >= 0 {
        let text = folded(next)
        found.clear()
        index.pointee.search(text, found)
        for place in 0..<found.count {
          let consequences = index.pointee.consequences[found[place]]
          for atom in consequences.atoms..<consequences.atomsEnd {
            suspected[index.pointee.atoms[atom]] = stamp
          }
          fire(index, consequences)
        }
        next = captures.list[next].next
      }
    }
  }

  @inline(__always)
  private func fire(_ index: UnsafePointer<FieldIndex>, _ consequences: FieldIndex.Consequences) {
    for place in consequences.rules..<consequences.rulesEnd {
      let rule = index.pointee.rules[place]
      if fired[rule] == stamp { continue }
      fired[rule] = stamp
      candidates.append(rule)
    }
  }

  // MARK: Texts

  /// The text by which a value is compared (`Value.comparedText`). Valid until another text is made.
  func text(_ index: Int32) -> Bytes {
    if !captures.list[index].hasText { makeText(index) }
    let capture = captures.list[index]
    return capture.textInEvent
      ? bytes.slice(capture.text, capture.text + capture.textCount)
      : captures.arena.bytes(capture.text, capture.textCount)
  }

  /// The same in lower case. Valid until another text is made.
  func folded(_ index: Int32) -> Bytes {
    if !captures.list[index].hasFolded, !shareFolded(index) {
      let count = text(index).count
      let start = captures.arena.count
      Lowercase.append(count, isASCII: isASCII(index), to: captures.arena) { text(index) }
      captures.list[index].folded = start
      captures.list[index].foldedCount = captures.arena.count - start
      captures.list[index].hasFolded = true
    }
    return captures.arena.bytes(captures.list[index].folded, captures.list[index].foldedCount)
  }

  /// A leaf that is also a named field's value has been noted twice, one after the other: its text is made once.
  @inline(__always)
  private func shareFolded(_ index: Int32) -> Bool {
    let capture = captures.list[index]
    guard capture.field == leaves, index > 0 else { return false }
    let twin = captures.list[index - 1]
    guard twin.start == capture.start, twin.kind == capture.kind, twin.hasFolded else { return false }
    captures.list[index].folded = twin.folded
    captures.list[index].foldedCount = twin.foldedCount
    captures.list[index].hasFolded = true
    return true
  }

  private func isASCII(_ index: Int32) -> Bool {
    let capture = captures.list[index]
    switch capture.kind {
    case .number, .word: return true
    case .string: return capture.isASCII && !capture.hasEscapes
    case .object, .whole: return false
    }
  }

  private func makeText(_ index: Int32) {
    var capture = captures.list[index]
    let arena = captures.arena
    let start = arena.count
    capture.hasText = true
    capture.textInEvent = true
    (capture.text, capture.textCount) = (capture.start, capture.end - capture.start)
    switch capture.kind {
    case .word, .whole: break
    case .number:
      let number = bytes.slice(capture.start, capture.end)
      if !JSONText.isShortest(number), let shortest = Number(number.string)?.shortest {
        capture.textInEvent = false
        arena.reserve(shortest.utf8.count)
        for byte in shortest.utf8 { arena.append(byte) }
      }
    case .string:
      (capture.text, capture.textCount) = (capture.start + 1, capture.end - capture.start - 2)
      if capture.hasEscapes {
        capture.textInEvent = false
        JSONText.decode(bytes, capture.start + 1, capture.end - 1, into: arena)
      }
    case .object:
      capture.textInEvent = false
      JSONText.appendCompact(bytes, capture.start, capture.end, to: arena)
    }
    if !capture.textInEvent { (capture.text, capture.textCount) = (start, arena.count - start) }
    captures.list[index] = capture
  }
}
