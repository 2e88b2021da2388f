import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What is asked of one path, or of the whole event.
enum Question: Hashable, Sendable {
  /// Is there a value?
  case present
  /// Is there a truthy value?
  case truthy
  /// Does some value's text pass?
  case text(TextTest)
  /// Is some value's text also that of a value at the other path?
  case sameAs(Int, LetterCase)
  /// Does the path lead to an array?
  case array
  /// Is there a value of which, where it stands alone, the condition holds?
  case some(Condition)

  var test: TextTest? { if case .text(let test) = self { test } else { nil } }
}

/// A question and where it is asked: what the formulas are made of.
struct Leaf: Hashable, Sendable {
  /// The path's number, or `Leaf.anywhere`.
  let path: Int
  /// What is asked.
  let question: Question

  /// Stands for the leaves of the whole event.
  static let anywhere = -1
}

/// What has the values that questions are about.
enum Subject: Hashable, Sendable {
  /// The event, at this path.
  case path(FieldPath)
  /// The place of the event.
  case fact(PlaceFact)
}

/// The paths of two conditions, and the facts of places, and how their values are related.
struct Paths: Sendable {
  /// A path whose values are always among those of another path, or below them.
  struct Relation: Hashable, Sendable {
    /// The other path.
    let other: Int
    /// Whether the values are elements of an array at the other path, and so truthy there.
    var asElements = false
    /// The name by which the path goes on below an object at the other path.
    var below: String?
  }

  /// The paths, without the `[]` that change no value, and the facts.
  private(set) var all: [Subject] = []
  private var numbers: [Subject: Int] = [:]
  /// The paths as they were written, for what they tell about arrays.
  private var written: Set<FieldPath> = []
  /// For each path, the paths that always have all its values.
  private(set) var covers: [[Relation]] = []
  /// For each path, the paths that have an object wherever it has a value.
  private(set) var ancestors: [[Relation]] = []
  /// For each path, whether it can have several values.
  private(set) var isMany: [Bool] = []

  /// The number of a path or fact.
  mutating func number(of subject: Subject) -> Int {
    let canonical: Subject
    switch subject {
    case .path(let path):
      written.insert(path)
      canonical = .path(Paths.canonical(path.steps))
    case .fact: canonical = subject
    }
    if let known = numbers[canonical] { return known }
    numbers[canonical] = all.count
    all.append(canonical)
    return all.count - 1
  }

  /// Works out the relations, once all paths are known.
  mutating func relate(_ arrays: Prover.Arrays) {
    covers = all.map { _ in [] }
    ancestors = covers
    for (index, subject) in all.enumerated() {
      // A fact of the place is apart from the event and from other facts.
      guard case .path(let path) = subject else { continue }
      for (cut, isLast) in Paths.cuts(path.steps) {
        if let other = numbers[.path(cut)], other != index {
          covers[index].append(Relation(other: other, asElements: isLast))
        }
      }
      for place in path.steps.indices.dropFirst() {
        guard case .name(let name) = path.steps[place] else { continue }
        for (cut, _) in Paths.cuts(Array(path.steps[..<place])) {
          if let other = numbers[.path(cut)] { ancestors[index].append(Relation(other: other, below: name)) }
        }
      }
    }
    isMany = all.map { subject in
      let path: FieldPath
      switch subject {
      case .fact(let fact): return fact.hasManyTexts
      case .path(let own): path = own
      }
      return switch arrays {
      case .anywhere: true
      case .nowhereAt(let single): !single.contains { Paths.canonical($0.steps) == path }
      case .onlyWhereWritten: written.contains { Paths.tellsArray($0, of: path) }
      }
    }
  }

  /// Whether the path leads to one scalar at most where it leads to no array: it passes none whose elements it fans
  /// out over.
  func leadsToOneScalar(_ number: Int) -> Bool {
    switch all[number] {
    case .path(let path):
      path.names.count == 1 && !path.steps.contains { if case .each = $0 { true } else { false } }
    case .fact(let fact): !fact.hasManyTexts
    }
  }

  /// Whether the number stands for a fact of the place, which is not part of the event.
  func isFact(_ number: Int) -> Bool {
    guard all.indices.contains(number), case .fact = all[number] else { return false }
    return true
  }

  /// Whether `path` has `[]` or an index that `other`, a path of some of its first names, passes too.
  private static func tellsArray(_ path: FieldPath, of other: FieldPath) -> Bool {
    let names = other.names
    var position = 0
    for step in path.steps {
      switch step {
      case .name(let name):
        guard position < names.count else { return false }
        guard name.sameScalars(as: names[position]) else { return false }
        position += 1
      case .each, .index: return true
      }
    }
    return false
  }

  /// The path of these steps without `[]`, but for those before an index: `a[][0]` is not `a[0]`.
  static func canonical(_ steps: [FieldPath.Step]) -> FieldPath {
    FieldPath(steps: steps)?.canonical ?? FieldPath("")
  }

  /// The path with some of its runs of indexes cut short, itself included: `a[0].b` gives `a.b`. Says whether
  /// the last run, at the end, was cut.
  private static func cuts(_ steps: [FieldPath.Step]) -> [(path: FieldPath, cutsEnd: Bool)] {
    var results: [([FieldPath.Step], Bool)] = [([], false)]
    var place = 0
    while place < steps.count {
      var run: [FieldPath.Step] = []
      let name = steps[place]
      place += 1
      while place < steps.count, steps[place].isIndexOrEach {
        run.append(steps[place])
        place += 1
      }
      let isLast = place == steps.count
      results = results.flatMap { before, _ in
        (0...run.count).map { (before + [name] + run[..<$0], isLast && $0 < run.count) }
      }
      if results.count > 64 { return [] }
    }
    return results.map { (canonical($0.0), $0.1) }
  }
}

extension FieldPath.Step {
  var isIndexOrEach: Bool { if case .name = self { false } else { true } }
}
