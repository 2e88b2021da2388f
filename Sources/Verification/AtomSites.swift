import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// One question of a condition, at its place: the same question may stand in several.
package struct AtomSite: Hashable, Sendable {
  /// Its number among the questions of the condition, from 0, in source order.
  package let index: Int
  /// The question: a `test`, a `some` or an `anywhere`.
  package let question: Condition

  /// The path it asks about; `nil` for a keyword.
  package var path: FieldPath? {
    switch question.kind {
    case .test(let path, _), .some(let path, _): path
    case .always, .anywhere, .place, .not, .all, .any: nil
    }
  }
}

/// A condition with its questions numbered, so that each can be answered, and turned, on its own.
struct AtomSites: Sendable {
  indirect enum Node: Sendable {
    case always(Bool)
    case site(Int)
    case not(Node)
    case all([Node])
    case any([Node])
  }

  private(set) var sites: [AtomSite] = []
  private(set) var root: Node = .always(true)
  /// The texts of each long `oneOf` as they are compared: a list of 100,000 is asked again and again.
  private var sets: [Int: Set<ScalarText>] = [:]
  /// For each site, which of the paths it asks one by one; `nil` for one that asks more than the values at a path.
  private var pathNumbers: [Int?] = []
  private var numbers: [FieldPath: Int] = [:]
  /// How many paths are asked one by one.
  var pathCount: Int { numbers.count }

  init(_ condition: Condition) { root = number(condition) }

  private mutating func number(_ condition: Condition) -> Node {
    switch condition.kind {
    case .always(let value): return .always(value)
    case .not(let operand): return .not(number(operand))
    case .all(let operands): return .all(operands.map { number($0) })
    case .any(let operands): return .any(operands.map { number($0) })
    case .test(_, .oneOf(let texts, let letterCase)) where texts.count > 16:
      sets[sites.count] = Set(texts.map { ScalarText(letterCase.folded($0)) })
    case .test, .some, .anywhere, .place: break
    }
    sites.append(AtomSite(index: sites.count, question: condition))
    pathNumbers.append(pathNumber(condition))
    return .site(sites.count - 1)
  }

  private mutating func pathNumber(_ question: Condition) -> Int? {
    guard case .test(let path, let atom) = question.kind else { return nil }
    switch atom {
    // What the values at the path do not tell.
    case .sameAs, .array: return nil
    case .present, .truthy, .text, .oneOf, .regex, .number, .network: break
    }
    if let known = numbers[path] { return known }
    numbers[path] = numbers.count
    return numbers.count - 1
  }

  /// The path of a site among those that are asked one by one; `nil` where it asks more than the values at a path.
  func pathNumber(of site: Int) -> Int? { pathNumbers[site] }

  /// The answer to a question of the values at one path.
  func answer(_ site: Int, ofValues values: [Event.Found]) -> Bool {
    guard case .test(_, let atom) = sites[site].question.kind else { return false }
    guard let set = sets[site], case .oneOf(_, let letterCase) = atom else {
      return atom.holds(ofValues: values)
    }
    return values.contains { found in
      found.value.comparedText.map { set.contains(ScalarText(letterCase.folded($0))) } ?? false
    }
  }

  /// Whether an answer is to be expected where this is put at the site's path: a look at the value alone, which spares
  /// making the event; `true` where that does not tell.
  func mayAnswer(_ site: Int, _ wished: Bool, _ placement: Placement) -> Bool {
    guard pathNumbers[site] != nil, case .value(let value) = placement else { return true }
    switch value {
    case .null, .array, .object: return true
    case .bool, .number, .string, .malformedString: break
    }
    if case .test(_, .truthy) = sites[site].question.kind { return true }
    return answer(site, ofValues: [Event.Found(value: value, isArrayElement: false)]) == wished
  }

  /// The sites whose answers may change with what is at a path: those that ask about the same field of the event, since
  /// what holds the value may be made anew, and keywords.
  func dependents(of path: FieldPath) -> [Int] {
    sites.filter { site in
      switch site.question.kind {
      case .test(let own, .sameAs(let other, _)): own.isOfField(of: path) || other.isOfField(of: path)
      case .test(let own, _): own.isOfField(of: path)
      case .some: site.question.paths.contains { $0.isOfField(of: path) }
      case .place: false
      case .anywhere, .always, .not, .all, .any: true
      }
    }.map(\.index)
  }

  /// The node's value under these answers.
  func evaluate(_ node: Node, _ answer: (Int) -> Bool) -> Bool {
    switch node {
    case .always(let value): value
    case .site(let site): answer(site)
    case .not(let operand): !evaluate(operand, answer)
    case .all(let operands): operands.allSatisfy { evaluate($0, answer) }
    case .any(let operands): operands.contains { evaluate($0, answer) }
    }
  }

  /// What must hold elsewhere for the verdict to depend on a site alone: beside it in every `all` the others true,
  /// in every `any` the others false.
  func goals(for site: Int) -> [(node: Node, value: Bool)] {
    var goals: [(Node, Bool)] = []
    var node = root
    while true {
      switch node {
      case .always, .site: return goals
      case .not(let operand): node = operand
      case .all(let operands), .any(let operands):
        let isAll = if case .all = node { true } else { false }
        guard let next = operands.last(where: { first($0) <= site }) else { return goals }
        let place = first(next)
        goals += operands.filter { first($0) != place }.map { ($0, isAll) }
        node = next
      }
    }
  }

  /// The number of the node's first site.
  private func first(_ node: Node) -> Int {
    switch node {
    case .always: .max
    case .site(let site): site
    case .not(let operand): first(operand)
    case .all(let operands), .any(let operands): operands.first.map(first) ?? .max
    }
  }
}

extension FieldPath {
  /// Whether both paths begin at one field of the event.
  fileprivate func isOfField(of other: FieldPath) -> Bool { steps.first == other.steps.first }
}

/// An event and the answers to a condition's questions, each found when it is first asked for.
final class AnswerSheet {
  let sites: AtomSites
  let event: Event
  private var answers: [Bool?]
  /// The values at each path that is asked, once they were looked for.
  private var values: [[Event.Found]?]

  /// The sheet of an event, nothing answered.
  init(_ sites: AtomSites, _ event: Event) {
    self.sites = sites
    self.event = event
    answers = Array(repeating: nil, count: sites.sites.count)
    values = Array(repeating: nil, count: sites.pathCount)
  }

  /// The sheet of an event that differs from another's in what these sites ask.
  init(_ sheet: AnswerSheet, _ event: Event, changed: [Int]) {
    sites = sheet.sites
    self.event = event
    answers = sheet.answers
    values = sheet.values
    for site in changed {
      answers[site] = nil
      if let path = sites.pathNumber(of: site) { values[path] = nil }
    }
  }

  subscript(site: Int) -> Bool {
    if let known = answers[site] { return known }
    let answer = answer(to: site)
    answers[site] = answer
    return answer
  }

  private func answer(to site: Int) -> Bool {
    let asked = sites.sites[site]
    guard let number = sites.pathNumber(of: site), let path = asked.path else {
      return asked.question.holds(of: event)
    }
    let found = values[number] ?? event.values(at: path)
    values[number] = found
    return sites.answer(site, ofValues: found)
  }

  /// Whether the condition holds of the event.
  var holds: Bool { evaluate(sites.root) }

  /// The value of a part of the condition.
  func evaluate(_ node: AtomSites.Node) -> Bool { sites.evaluate(node) { self[$0] } }

  /// Whether the verdict would turn if this one question were answered the other way.
  func decides(_ site: Int) -> Bool {
    holds != sites.evaluate(sites.root) { self[$0] != ($0 == site) }
  }
}
