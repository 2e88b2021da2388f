import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Which of two conditions hold of which events, by trying events.
///
/// One-sided where the events are not all that matter: that some event is in a set is certain, that none is holds
/// of the tried ones.
package struct BruteForce: Sendable {
  /// Whether values may be arrays.
  package let hasArrays: Bool
  private let fragment: ConditionPairs.Fragment
  private let texts: [String]
  private let events: [Event]

  /// An oracle for conditions of a fragment.
  package init(_ fragment: ConditionPairs.Fragment, hasArrays: Bool = true) {
    self.fragment = fragment
    self.hasArrays = hasArrays
    switch fragment {
    case .texts:
      texts =
        BruteForce.words(["a", "b", "A", "B", "x"], upTo: 4)
        + BruteForce.words(["k", "\u{212A}", "K", "a"], upTo: 3) + ["0", "false"]
    case .expressions:
      texts =
        BruteForce.words(["a", "b", "A", "\n", "-"], upTo: 4) + [
          "0", "false", "k", "K", "\u{212A}", "xk", "x",
        ]
    case .kinds: texts = BruteForce.kinds
    case .relations: texts = []
    }
    events = fragment == .relations ? BruteForce.relatedEvents(hasArrays: hasArrays) : []
  }

  /// Events by which of both conditions hold of them.
  package struct Found: Sendable {
    /// Of the first alone.
    package var onlyFirst: Event?
    /// Of the second alone.
    package var onlySecond: Event?
    /// Of both.
    package var both: Event?

    fileprivate mutating func note(_ first: Bool, _ second: Bool, _ event: () -> Event) {
      switch (first, second) {
      case (true, false): if onlyFirst == nil { onlyFirst = event() }
      case (false, true): if onlySecond == nil { onlySecond = event() }
      case (true, true): if both == nil { both = event() }
      case (false, false): break
      }
    }
  }

  /// Tries the events of the fragment.
  package func find(_ first: Condition, _ second: Condition) -> Found {
    var found = Found()
    if fragment == .relations {
      for event in events { found.note(first.holds(of: event), second.holds(of: event)) { event } }
      return found
    }
    let fields = (first.paths + second.paths).reduce(into: [FieldPath]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    var questions: [Condition] = []
    let one = Answers(first, &questions)
    let two = Answers(second, &questions)
    let choices = fields.map { values(of: $0, questions) }
    var combined: [(bits: UInt64, values: [Value])] = [(0, [])]
    for choice in choices {
      combined = combined.flatMap { before in
        choice.map { (before.bits | $0.key, before.values + [$0.value]) }
      }
    }
    for entry in combined {
      found.note(one.holds(entry.bits), two.holds(entry.bits)) {
        Event(Value.Object(zip(fields, entry.values).map { Value.Object.Member($0.names[0], $1) }))
      }
    }
    return found
  }

  /// For each combination of answers that the field can give, a value that gives it.
  private func values(of field: FieldPath, _ questions: [Condition]) -> [UInt64: Value] {
    let mine = questions.enumerated().filter { $0.element.paths == [field] }
    func bits(_ value: Value) -> UInt64 {
      let event = Event(Value.Object([Value.Object.Member(field.names[0], value)]))
      return mine.reduce(0) { $1.element.holds(of: event) ? $0 | 1 << UInt64($1.offset) : $0 }
    }
    var choices: [UInt64: Value] = [0: .null]
    var elements: [UInt64: String] = [:]
    for text in texts {
      let scalar = bits(.string(text))
      if choices[scalar] == nil { choices[scalar] = .string(text) }
      let element = hasArrays ? bits(.array([.string(text)])) : 0
      if hasArrays, elements[element] == nil { elements[element] = text }
    }
    // What an array answers is the union of what its elements do.
    var arrays: [UInt64: [Value]] = [:]
    var pending: [(UInt64, [Value])] = [(0, [])]
    while let (before, items) = pending.popLast() {
      for (element, text) in elements where before | element != before || items.isEmpty {
        let union = before | element
        if arrays[union] != nil { continue }
        arrays[union] = items + [.string(text)]
        pending.append((union, items + [.string(text)]))
      }
    }
    for (union, items) in arrays where choices[union] == nil { choices[union] = .array(items) }
    return choices
  }

  /// A condition over numbered answers.
  private indirect enum Answers {
    case constant(Bool)
    case question(Int)
    case not(Answers)
    case all([Answers])
    case any([Answers])

    init(_ condition: Condition, _ questions: inout [Condition]) {
      switch condition.kind {
      case .always(let value): self = .constant(value)
      case .test, .some, .anywhere, .place:
        if let index = questions.firstIndex(of: condition) {
          self = .question(index)
        } else {
          questions.append(condition)
          self = .question(questions.count - 1)
        }
      case .not(let operand): self = .not(Answers(operand, &questions))
      case .all(let operands): self = .all(operands.map { Answers($0, &questions) })
      case .any(let operands): self = .any(operands.map { Answers($0, &questions) })
      }
    }

    func holds(_ bits: UInt64) -> Bool {
      switch self {
      case .constant(let value): value
      case .question(let index): bits >> UInt64(index) & 1 == 1
      case .not(let operand): !operand.holds(bits)
      case .all(let operands): operands.allSatisfy { $0.holds(bits) }
      case .any(let operands): operands.contains { $0.holds(bits) }
      }
    }
  }
}

extension BruteForce {
  private static func words(_ alphabet: [String], upTo length: Int) -> [String] {
    var all = [""]
    var last = [""]
    for _ in 0..<length {
      last = last.flatMap { word in alphabet.map { word + $0 } }
      all += last
    }
    return all
  }

  private static let kinds: [String] = {
    let digits = ["", "0", "1", "5", "10", "11", "15", "50", "05", "51", "100", "105"]
    let signs = ["", "-", "+"]
    let tails = ["", ".0", ".5", ".1", ".50", ".55", "e0", "e1", "E-1", "e5"]
    var all = signs.flatMap { sign in digits.flatMap { digit in tails.map { sign + digit + $0 } } }
    let v4 = [
      "10.0.0.0", "10.1.2.3", "10.128.0.0", "10.255.255.255", "9.9.9.9", "10.5.5.5", "10.1.1.5", "5.5.5.5",
      "11.1.1.1", "10.200.2.1", "210.2.2.2",
    ]
    all +=
      v4 + v4.map { "::ffff:" + $0 } + [
        "::ffff:a01:203", "::ffff:a00:0", "::ffff:aff:ffff", "::FFFF:10.1.2.3",
      ]
    all += [
      "2001:db8::1", "2001:db8::2", "2001:db8::", "2001:0db8:0:0:0:0:0:1", "::1", "::", "1::", "8000::",
      "2001:DB8::1", "::5", "2001:db8::1.2.3.4",
    ]
    all +=
      words(["a", "5", ".", "1", "0", ":", "-", "e"], upTo: 3) + [
        "false", "xx", "10.a", "10.5a", "a10.", "10.1.2.3a", "2001:db8::1a",
      ]
    return all
  }()

  private static func relatedEvents(hasArrays: Bool) -> [Event] {
    let leaves: [Value] = [
      .string(""), .string("a"), .string("b"), .string("ab"), .string("A"), .string("x"), .bool(false),
      .number(Number(0)), .string("k"),
    ]
    var inner = leaves.map { Value.object(Value.Object([Value.Object.Member("b", $0)])) }
    inner.append(.object(Value.Object()))
    inner.append(.object(Value.Object([Value.Object.Member("x", .string("a"))])))
    inner.append(.object(Value.Object([Value.Object.Member("ab", .object(Value.Object()))])))
    if hasArrays {
      for one in leaves.prefix(5) {
        for two in leaves.prefix(5) {
          inner.append(.object(Value.Object([Value.Object.Member("b", .array([one, two]))])))
        }
      }
    }
    let values = leaves + inner
    var outer: [Value?] = [nil] + values
    if hasArrays {
      outer +=
        [.array([]), .array([.null])] + values.map { .array([$0]) } + values.map { .array([.null, $0]) }
      for one in leaves.prefix(6) + inner.prefix(6) {
        for two in leaves.prefix(6) + inner.prefix(6) { outer.append(.array([one, two])) }
      }
      outer += leaves.map { .array([.array([$0])]) }
    }
    var others: [Value?] = [nil] + leaves.map { $0 }
    if hasArrays { others += [.array([.string("a"), .string("b")]), .array([.string("")])] }
    return outer.flatMap { a in
      others.map { c in
        var object = Value.Object()
        object["a"] = a
        object["c"] = c
        return Event(object)
      }
    }
  }
}
