import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension Matcher {
  /// Whether some value of the question's field answers yes.
  func ask(_ test: AtomTest, _ state: EventState) -> Bool {
    if test.kind == .sameAs { return haveSameText(test, state) }
    if test.kind == .whole { return holds(rules.quantified[Int(test.extra)]) }
    if test.kind == .some { return state.head(test.field) >= 0 && holds(rules.quantified[Int(test.extra)]) }
    var next = state.head(test.field)
    while next >= 0 {
      if accepts(test, next, state) { return true }
      next = state.captures.list[next].next
    }
    return false
  }

  private func accepts(_ test: AtomTest, _ index: Int32, _ state: EventState) -> Bool {
    if test.kind == .present { return true }
    if test.kind == .truthy { return isTruthy(index, state) }
    let text = test.isFolded ? state.folded(index) : state.text(index)
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
    case .present, .truthy, .sameAs, .some, .whole: return false
    }
  }

  private func matches(_ text: Bytes, _ expression: Int) -> Bool {
    automata[expression]?.matches(text) ?? rules.regexes[expression].matches(text.string)
  }

  @inline(__always)
  private func literal(_ test: AtomTest) -> Bytes {
    rules.pool.bytes(Int(test.literal.start), Int(test.literal.count))
  }

  private func isTruthy(_ index: Int32, _ state: EventState) -> Bool {
    let capture = state.captures.list[index]
    if capture.isElement || capture.kind == .object { return true }
    let text = state.text(index)
    switch text.count {
    case 0: return false
    case 1: return text[0] != UInt8(ascii: "0")
    case 5: return !text.string.sameScalars(as: "false")
    default: return true
    }
  }

  private func compares(_ text: Bytes, _ test: AtomTest) -> Bool {
    guard text.count > 0 else { return false }
    let first = text[0]
    guard first &- 0x30 < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: "+"),
      let number = Number(text.string)
    else { return false }
    return Comparison.allCases[Int(test.extra)].holds(number.double, test.bound)
  }

  private func isInNetwork(_ text: Bytes, _ network: CIDR) -> Bool {
    // The longest address has 45 characters, but leading zeros are the reader's business.
    guard text.count > 1, text[0].isHexDigit || text[0] == UInt8(ascii: ":") else {
      return false
    }
    return IPAddress(text.string).map(network.contains) ?? false
  }

  private func haveSameText(_ test: AtomTest, _ state: EventState) -> Bool {
    func compared(_ index: Int32) -> Bytes { test.isFolded ? state.folded(index) : state.text(index) }
    let (firstOwn, firstOther) = (state.head(test.field), state.head(test.extra))
    guard firstOwn >= 0, firstOther >= 0 else { return false }
    if state.captures.list[firstOwn].next < 0, state.captures.list[firstOther].next < 0 {
      _ = compared(firstOwn)
      let other = compared(firstOther)
      return compared(firstOwn).equals(other)
    }
    var others: Set<[UInt8]> = []
    var next = firstOther
    while next >= 0 {
      let text = compared(next)
      others.insert(Array(UnsafeBufferPointer(start: text.base, count: text.count)))
      next = state.captures.list[next].next
    }
    next = firstOwn
    while next >= 0 {
      let text = compared(next)
      if others.contains(Array(UnsafeBufferPointer(start: text.base, count: text.count))) { return true }
      next = state.captures.list[next].next
    }
    return false
  }
}
