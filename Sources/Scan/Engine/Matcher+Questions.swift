import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension Matcher {
  /// Whether some value of the question's field answers yes.
  func ask(_ test: AtomTest) -> Bool {
    if test.kind == .sameAs { return haveSameText(test) }
    var next = captures.head(test.field, stamp)
    while next >= 0 {
      if accepts(test, next) { return true }
      next = captures.list[next].next
    }
    return false
  }

  private func accepts(_ test: AtomTest, _ index: Int32) -> Bool {
    if test.kind == .present { return true }
    if test.kind == .truthy { return isTruthy(index) }
    let text = test.isFolded ? folded(index) : text(index)
    switch test.kind {
    case .equals: return text.equals(literal(test))
    case .prefix: return text.starts(with: literal(test))
    case .suffix: return text.ends(with: literal(test))
    case .contains: return text.contains(literal(test), rare: Int(test.rare))
    case .wildcard: return rules.wildcards[Int(test.extra)].matches(text)
    case .oneOf: return rules.tables[Int(test.extra)].find(text) >= 0
    case .regex: return matches(text, Int(test.extra))
    case .number: return compares(text, test)
    case .network: return isInNetwork(text, rules.networks[Int(test.extra)])
    case .present, .truthy, .sameAs: return false
    }
  }

  private func matches(_ text: Bytes, _ expression: Int) -> Bool {
    automata[expression]?.matches(text) ?? rules.regexes[expression].matches(string(text))
  }

  @inline(__always)
  private func literal(_ test: AtomTest) -> Bytes {
    rules.pool.bytes(Int(test.literal.start), Int(test.literal.count))
  }

  private func string(_ text: Bytes) -> String {
    String(decoding: UnsafeBufferPointer(start: text.base, count: text.count), as: UTF8.self)
  }

  private func isTruthy(_ index: Int32) -> Bool {
    let capture = captures.list[index]
    if capture.isElement || capture.kind == .object { return true }
    let text = text(index)
    switch text.count {
    case 0: return false
    case 1: return text[0] != UInt8(ascii: "0")
    case 5: return !string(text).sameScalars(as: "false")
    default: return true
    }
  }

  private func compares(_ text: Bytes, _ test: AtomTest) -> Bool {
    guard text.count > 0 else { return false }
    let first = text[0]
    guard first &- 0x30 < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: "+"),
      let number = Number(string(text))
    else { return false }
    return Comparison.allCases[Int(test.extra)].holds(number.double, test.bound)
  }

  private func isInNetwork(_ text: Bytes, _ network: CIDR) -> Bool {
    // The longest address has 45 characters, but leading zeros are the reader's business.
    guard text.count > 1, JSONText.hexDigit(text[0]) != nil || text[0] == UInt8(ascii: ":") else {
      return false
    }
    return IPAddress(string(text)).map(network.contains) ?? false
  }

  private func haveSameText(_ test: AtomTest) -> Bool {
    func compared(_ index: Int32) -> Bytes { test.isFolded ? folded(index) : text(index) }
    let (firstOwn, firstOther) = (captures.head(test.field, stamp), captures.head(test.extra, stamp))
    guard firstOwn >= 0, firstOther >= 0 else { return false }
    if captures.list[firstOwn].next < 0, captures.list[firstOther].next < 0 {
      _ = compared(firstOwn)
      let other = compared(firstOther)
      return compared(firstOwn).equals(other)
    }
    var others: Set<[UInt8]> = []
    var next = firstOther
    while next >= 0 {
      let text = compared(next)
      others.insert(Array(UnsafeBufferPointer(start: text.base, count: text.count)))
      next = captures.list[next].next
    }
    next = firstOwn
    while next >= 0 {
      let text = compared(next)
      if others.contains(Array(UnsafeBufferPointer(start: text.base, count: text.count))) { return true }
      next = captures.list[next].next
    }
    return false
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
    if !captures.list[index].hasFolded {
      let count = text(index).count
      let start = captures.arena.count
      Lowercase.append(count, isASCII: isASCII(index), to: captures.arena) { text(index) }
      captures.list[index].folded = start
      captures.list[index].foldedCount = captures.arena.count - start
      captures.list[index].hasFolded = true
    }
    return captures.arena.bytes(captures.list[index].folded, captures.list[index].foldedCount)
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
      if !JSONText.isShortest(number), let shortest = Number(string(number))?.shortest {
        capture.textInEvent = false
        let spelled = Frozen(Array(shortest.utf8))
        arena.append(spelled.bytes(0, spelled.count))
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
