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
///
/// Its parts are numbered too, the operands of one side by side: events are asked about them again and again, and numbers
/// are followed at no cost.
final class AtomSites: Sendable {
  /// The number of a part of the condition.
  typealias Part = Int

  /// What a part is.
  enum Kind: Sendable {
    case always(Bool)
    case site(Int)
    case not(Part)
    case all(Range<Part>)
    case any(Range<Part>)
  }

  let sites: [AtomSite]
  /// The parts.
  let kinds: [Kind]
  /// The part that each site is.
  let parts: [Part]
  /// The whole condition.
  var root: Part { 0 }
  /// For each site what it asks of the values at a path; `nil` where it asks more than these tell.
  let questions: [PathQuestion?]
  /// How many paths are asked so.
  let pathCount: Int
  /// Of each part the one that it is an operand of.
  private let parents: [Part?]

  init(_ condition: Condition) {
    var numbering = Numbering()
    numbering.number(condition, as: 0)
    sites = numbering.sites
    kinds = numbering.kinds
    parts = numbering.parts
    questions = numbering.questions
    pathCount = numbering.paths.count
    parents = numbering.parents
  }

  /// The part that a part is an operand of.
  func parent(of part: Part) -> Part? { parents[part] }

  /// Whether an answer is to be expected where this is put at the site's path: a look at the value alone, which spares
  /// making the event; `true` where that does not tell.
  func mayAnswer(_ site: Int, _ wished: Bool, _ placement: Placement) -> Bool {
    guard let question = questions[site], case .value(let value) = placement else { return true }
    switch value {
    case .null, .array, .object: return true
    case .bool, .number, .string, .malformedString: break
    }
    if case .truthy = question.atom { return true }
    return question.holds(ofValues: [Event.Found(value: value, isArrayElement: false)]) == wished
  }

  /// What may change with what is at a path: those sites that ask about the same field of the event, since what holds the
  /// value may be made anew, keywords, and the parts that these stand in.
  func dependents(of path: FieldPath) -> Dependents {
    let sites = self.sites.filter { site in
      switch site.question.kind {
      case .test(let own, .sameAs(let other, _)): own.isOfField(of: path) || other.isOfField(of: path)
      case .test(let own, _): own.isOfField(of: path)
      case .some: site.question.paths.contains { $0.isOfField(of: path) }
      case .place: false
      case .anywhere, .always, .not, .all, .any: true
      }
    }
    var parts: Set<Part> = []
    for site in sites {
      var part: Part? = self.parts[site.index]
      while let own = part, parts.insert(own).inserted { part = parents[own] }
    }
    return Dependents(
      parts: parts.sorted(), paths: Set(sites.compactMap { questions[$0.index]?.pathNumber }).sorted())
  }

  /// What may change with what is at a path.
  struct Dependents: Sendable {
    /// The parts whose values may.
    let parts: [Part]
    /// The paths among those that are asked one by one at which the values may.
    let paths: [Int]
  }

  /// What must hold elsewhere for the verdict to depend on a site alone: beside it in every `all` the others true,
  /// in every `any` the others false.
  func goals(for site: Int) -> [(part: Part, value: Bool)] {
    var goals: [(Part, Bool)] = []
    var part = parts[site]
    while let parent = parents[part] {
      switch kinds[parent] {
      case .always, .site, .not: break
      case .all(let operands):
        goals.insert(contentsOf: operands.filter { $0 != part }.map { ($0, true) }, at: 0)
      case .any(let operands):
        goals.insert(contentsOf: operands.filter { $0 != part }.map { ($0, false) }, at: 0)
      }
      part = parent
    }
    return goals
  }
}

/// A question about the values at one path.
final class PathQuestion: Sendable {
  let path: FieldPath
  /// The number of the path among those that are asked so.
  let pathNumber: Int
  let atom: Atom
  /// The texts of a long `oneOf` as they are compared: a list of 100,000 is asked again and again.
  private let texts: (set: Set<ScalarText>, letterCase: LetterCase)?

  init(_ atom: Atom, at path: FieldPath, _ pathNumber: Int) {
    (self.path, self.pathNumber, self.atom) = (path, pathNumber, atom)
    if case .oneOf(let texts, let letterCase) = atom, texts.count > 16 {
      self.texts = (Set(texts.map { ScalarText(letterCase.folded($0)) }), letterCase)
    } else {
      texts = nil
    }
  }

  /// Whether some of the values answers yes.
  func holds(ofValues values: [Event.Found]) -> Bool {
    guard let (set, letterCase) = texts else { return atom.holds(ofValues: values) }
    return values.contains { found in
      found.value.comparedText.map { set.contains(ScalarText(letterCase.folded($0))) } ?? false
    }
  }
}

/// Numbers the parts of a condition, and the sites in source order.
private struct Numbering {
  var sites: [AtomSite] = []
  var kinds: [AtomSites.Kind] = [.always(true)]
  var parents: [AtomSites.Part?] = [nil]
  var parts: [AtomSites.Part] = []
  var questions: [PathQuestion?] = []
  var paths: [FieldPath: Int] = [:]

  mutating func number(_ condition: Condition, as part: AtomSites.Part) {
    switch condition.kind {
    case .always(let value): kinds[part] = .always(value)
    case .not(let operand): kinds[part] = .not(number([operand], of: part).lowerBound)
    case .all(let operands): kinds[part] = .all(number(operands, of: part))
    case .any(let operands): kinds[part] = .any(number(operands, of: part))
    case .test, .some, .anywhere, .place: add(condition, as: part)
    }
  }

  /// Numbers the operands of a part, which get numbers side by side.
  private mutating func number(_ operands: [Condition], of parent: AtomSites.Part) -> Range<AtomSites.Part> {
    let places = kinds.count..<(kinds.count + operands.count)
    kinds += Array(repeating: .always(true), count: operands.count)
    parents += Array(repeating: parent, count: operands.count)
    for (place, operand) in zip(places, operands) { number(operand, as: place) }
    return places
  }

  private mutating func add(_ question: Condition, as part: AtomSites.Part) {
    kinds[part] = .site(sites.count)
    parts.append(part)
    sites.append(AtomSite(index: sites.count, question: question))
    questions.append(pathQuestion(question))
  }

  private mutating func pathQuestion(_ question: Condition) -> PathQuestion? {
    guard case .test(let path, let atom) = question.kind else { return nil }
    switch atom {
    // What the values at the path do not tell.
    case .sameAs, .array: return nil
    case .present, .truthy, .text, .oneOf, .regex, .number, .network: break
    }
    let number = paths[path] ?? paths.count
    paths[path] = number
    return PathQuestion(atom, at: path, number)
  }
}

extension FieldPath {
  /// Whether both paths begin at one field of the event.
  fileprivate func isOfField(of other: FieldPath) -> Bool { steps.first == other.steps.first }
}

/// An event and the values of a condition's parts, each found when it is first asked for.
final class AnswerSheet {
  let sites: AtomSites
  let event: Event
  /// The values of the parts, once they were asked for.
  private var known: [Bool?]
  /// The values at each path that is asked, once they were looked for.
  private var values: [[Event.Found]?]

  /// The sheet of an event, nothing answered.
  init(_ sites: AtomSites, _ event: Event) {
    self.sites = sites
    self.event = event
    known = Array(repeating: nil, count: sites.kinds.count)
    values = Array(repeating: nil, count: sites.pathCount)
  }

  /// The sheet of an event that differs from another's in what these depend on.
  init(_ sheet: AnswerSheet, _ event: Event, changed: AtomSites.Dependents) {
    sites = sheet.sites
    self.event = event
    known = sheet.known
    values = sheet.values
    for part in changed.parts { known[part] = nil }
    for path in changed.paths { values[path] = nil }
  }

  /// The answer to the question of a site.
  subscript(site: Int) -> Bool { evaluate(sites.parts[site]) }

  private func answer(to site: Int) -> Bool {
    guard let question = sites.questions[site] else { return sites.sites[site].question.holds(of: event) }
    let found = values[question.pathNumber] ?? event.values(at: question.path)
    values[question.pathNumber] = found
    return question.holds(ofValues: found)
  }

  /// Whether the condition holds of the event.
  var holds: Bool { evaluate(sites.root) }

  /// The value of a part of the condition.
  func evaluate(_ part: AtomSites.Part) -> Bool {
    if let known = known[part] { return known }
    let value =
      switch sites.kinds[part] {
      case .always(let value): value
      case .site(let site): answer(to: site)
      case .not(let operand): !evaluate(operand)
      case .all(let operands): operands.allSatisfy { evaluate($0) }
      case .any(let operands): operands.contains { evaluate($0) }
      }
    known[part] = value
    return value
  }

  /// Whether the verdict would turn if this one question were answered the other way: in every `all` that it stands in the
  /// others hold, in every `any` none of them does.
  func decides(_ site: Int) -> Bool {
    var part = sites.parts[site]
    while let parent = sites.parent(of: part) {
      switch sites.kinds[parent] {
      case .always, .site, .not: break
      case .all(let operands): if !operands.allSatisfy({ $0 == part || evaluate($0) }) { return false }
      case .any(let operands): if operands.contains(where: { $0 != part && evaluate($0) }) { return false }
      }
      part = parent
    }
    return true
  }
}
