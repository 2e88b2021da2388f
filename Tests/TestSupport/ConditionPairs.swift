import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Makes random pairs of small conditions that are often nearly the same, for proofs about them.
package struct ConditionPairs: Sendable {
  /// What the conditions ask about, and so which events tell of them.
  package enum Fragment: String, Hashable, Sendable, CaseIterable {
    /// Texts of two fields: equality, prefix, suffix, contains, wildcards, lists, presence and truth.
    case texts
    /// Regular expressions and texts of one field.
    case expressions
    /// Numbers, networks and texts of one field.
    case kinds
    /// Fields within fields, elements of arrays, fields compared with fields, keywords.
    case relations
  }

  /// What the conditions ask about.
  package let fragment: Fragment
  private var random: SeededGenerator

  /// The generator of that seed.
  package init(_ fragment: Fragment, seed: UInt64) {
    self.fragment = fragment
    random = SeededGenerator(seed: seed)
  }

  /// The next pair.
  package mutating func next() -> (first: Condition, second: Condition) {
    let first = condition(depth: random.number(0...2))
    if random.chance(25) { return (first, condition(depth: random.number(0...2))) }
    var second = first
    for _ in 0..<random.number(1...3) { second = changed(second) }
    return random.chance(50) ? (first, second) : (second, first)
  }

  private mutating func condition(depth: Int) -> Condition {
    guard depth > 0 else { return random.chance(25) ? .not(question()) : question() }
    let operands = (0..<random.number(2...3)).map { _ in condition(depth: depth - 1) }
    let joined = random.chance(50) ? Condition.all(operands) : .any(operands)
    return random.chance(15) ? .not(joined) : joined
  }

  /// The condition with some part of it changed, or said otherwise.
  private mutating func changed(_ condition: Condition) -> Condition {
    switch condition.kind {
    case .always: return question()
    case .test, .some, .anywhere, .place: return changedQuestion(condition)
    case .not(let operand):
      if random.chance(10) { return operand }
      return .not(changed(operand))
    case .all(let operands): return changed(operands, isAll: true)
    case .any(let operands): return changed(operands, isAll: false)
    }
  }

  private mutating func changedQuestion(_ condition: Condition) -> Condition {
    switch random.number(0...6) {
    case 0: return question()
    case 1: return .all([condition, question()])
    case 2: return .any([condition, question()])
    case 3:
      // Absorption: nothing changes.
      return .any([condition, .all([condition, question()])])
    case 4:
      let other = question()
      return .any([.all([condition, other]), .all([condition, .not(other)])])
    case 5:
      guard case .test(let path, _) = condition.kind else { return condition }
      return .all([.test(path, .present), condition])
    default:
      guard case .test(let path, .text(let pattern, let letterCase)) = condition.kind else {
        return condition
      }
      return .test(path, .text(pattern, letterCase == .exact ? .ignored : .exact))
    }
  }

  private mutating func changed(_ operands: [Condition], isAll: Bool) -> Condition {
    var operands = operands
    let index = random.number(0...(operands.count - 1))
    let join = isAll ? { Condition.all($0) } : { (operands: [Condition]) in Condition.any(operands) }
    switch random.number(0...5) {
    case 0:
      operands.remove(at: index)
      return join(operands)
    case 1: return isAll ? .any(operands) : .all(operands)
    case 2: return .not(isAll ? .any(operands.map { .not($0) }) : .all(operands.map { .not($0) }))
    case 3:
      let other = question()
      let part = operands[index]
      operands[index] =
        isAll ? .any([part, .all([part, other])]) : .all([part, .any([part, other])])
      return join(operands)
    default:
      operands[index] = changed(operands[index])
      return join(operands)
    }
  }
}

extension ConditionPairs {
  private mutating func letterCase() -> LetterCase { random.chance(65) ? .exact : .ignored }

  private mutating func text() -> String {
    random.pick("a", "b", "ab", "ba", "A", "aB", "aa", "B", "x", "", "k", "\u{212A}")
  }

  private mutating func pattern() -> Pattern {
    switch random.number(0...7) {
    case 0: return .equals(text())
    case 1...2: return .prefix(text())
    case 3...4: return .suffix(text())
    case 5...6: return .contains(text())
    default:
      return Pattern([
        random.pick(.literal(text()), .anyRun, .anyOne), random.pick(.anyRun, .anyOne), .literal(text()),
        random.pick(.anyRun, .anyOne, .literal("")),
      ])
    }
  }

  private mutating func plainQuestion(_ path: FieldPath) -> Condition {
    switch random.number(0...9) {
    case 0: .test(path, .present)
    case 1: .test(path, .truthy)
    case 2: .test(path, .oneOf((0..<random.number(1...3)).map { _ in text() }, letterCase()))
    default: .test(path, .text(pattern(), letterCase()))
    }
  }

  private mutating func question() -> Condition {
    switch fragment {
    case .texts: return plainQuestion(random.pick(FieldPath("a"), FieldPath("a"), FieldPath("b")))
    case .expressions:
      if random.chance(45) { return plainQuestion(FieldPath("a")) }
      let expression = random.pick(
        "a|b", "^a", "a$", "^(a|b)+$", "a.b", "[ab]{2}", "\\Aa?b*\\z", "\\bab\\b", "^a.*b$", "(?i)ab",
        "(?m)^b",
        "(?m)a$", "(?s)a.b", "[^a]", "\\Ba", "a\\n?$", "^$", "\\w\\W", "^[^b]*$", "(ab|ba)", "a+", "\\n")
      return (try? PortableRegex(expression)).map { .test(FieldPath("a"), .regex($0)) } ?? .always(true)
    case .kinds: return kindQuestion()
    case .relations: return relationQuestion()
    }
  }

  private mutating func kindQuestion() -> Condition {
    let path = FieldPath("a")
    switch random.number(0...9) {
    case 0...3:
      let bound = Number(random.pick("0", "1", "5", "-1", "5.5", "10")) ?? Number(0)
      return .test(path, .number(random.element(of: Comparison.allCases) ?? .less, bound))
    case 4...6:
      let network = random.pick(
        "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1",
        "::/1")
      return CIDR(network).map { .test(path, .network($0)) } ?? .always(true)
    case 7: return .test(path, random.pick(.present, .truthy))
    default:
      let text = random.pick("1", "5", "10.", ".", "5.5", ":", "-", "0", "e", "2001:db8::1", "10.1.2.3", "a")
      return .test(
        path, .text(random.pick(.equals(text), .prefix(text), .suffix(text), .contains(text)), .exact))
    }
  }

  private mutating func relationQuestion() -> Condition {
    let each = FieldPath(steps: [.name("a"), .each]) ?? FieldPath("a")
    let first = FieldPath(steps: [.name("a"), .index(0)]) ?? FieldPath("a")
    let nested = FieldPath(steps: [.name("a"), .index(0), .name("b")]) ?? FieldPath("a")
    let path = random.pick(
      FieldPath("a"), FieldPath("a", "b"), FieldPath("a", "b"), FieldPath("c"), each, first, nested)
    switch random.number(0...11) {
    case 0...1:
      let other = random.pick(FieldPath("c"), FieldPath("a", "b"), FieldPath("a"))
      return .test(path, .sameAs(other, letterCase()))
    case 2: return .anywhere(pattern(), letterCase())
    case 3: return .test(path, .present)
    case 4: return .test(path, .truthy)
    default: return .test(path, .text(random.pick(.equals(text()), pattern()), letterCase()))
    }
  }
}
