import ConcordDetection
import ConcordDiagnostics

/// What the notation leaves open, decided: how a condition is to be read.
///
/// The catalogue's conditions come from platforms with different notions of null, letter case and emptiness,
/// and do not say which. The source platform gives the default, the rule's fixtures check it.
package struct Reading: Hashable, Sendable {
  /// What `is_null` asks.
  package enum NullTest: String, Hashable, Sendable, CaseIterable {
    /// Python's `not x`: absent, empty, `false` or `0`.
    case falsy
    /// SQL's `IS NULL`: absent.
    case absent
  }

  /// What `""` stands for in `eq`, `ne` and `in`.
  package enum EmptyText: String, Hashable, Sendable, CaseIterable {
    /// An absent field as well, as in Python's `event.get("x", "")`.
    case alsoAbsent = "absent"
    /// The empty text only.
    case onlyItself = "itself"
  }

  /// Which way `cross_field_compare` compares.
  package enum CrossField: String, Hashable, Sendable, CaseIterable {
    /// Not known: the condition is refused.
    case refused
    /// The fields must be the same.
    case same
    /// The fields must differ.
    case differs
  }

  /// What `"True"` and `"False"` stand for in `eq`, `ne` and `in`.
  package enum BooleanText: String, Hashable, Sendable, CaseIterable {
    /// The booleans as well, since the catalogue prints Python's.
    case alsoBoolean = "boolean"
    /// These texts only.
    case onlyItself = "itself"
  }

  /// What `is_null` and `is_not_null` ask.
  package var isNull: NullTest
  /// Whether letter case matters where neither `cased` nor `nocase` is written.
  package var letterCase: LetterCase
  /// What `""` stands for.
  package var emptyText: EmptyText
  /// Which way `cross_field_compare` compares.
  package var crossFieldCompare: CrossField
  /// What `"True"` and `"False"` stand for.
  package var booleanText: BooleanText

  /// A reading of these decisions.
  package init(
    isNull: NullTest, letterCase: LetterCase, emptyText: EmptyText, crossFieldCompare: CrossField = .refused,
    booleanText: BooleanText = .alsoBoolean
  ) {
    self.isNull = isNull
    self.letterCase = letterCase
    self.emptyText = emptyText
    self.crossFieldCompare = crossFieldCompare
    self.booleanText = booleanText
  }

  /// Conditions made from Panther's Python rules.
  package static let panther = Reading(isNull: .falsy, letterCase: .exact, emptyText: .alsoAbsent)
  /// Conditions made from SQL queries.
  package static let sql = Reading(isNull: .absent, letterCase: .exact, emptyText: .onlyItself)
  /// Conditions made from Kusto queries: `=~` and `has` are unmarked, `==` is marked `cased`.
  package static let kusto = Reading(isNull: .absent, letterCase: .ignored, emptyText: .onlyItself)
  /// Every word as it stands: nothing is folded.
  package static let literal = Reading(
    isNull: .absent, letterCase: .exact, emptyText: .onlyItself, booleanText: .onlyItself)
}

extension Reading {
  /// A decision that a reading makes.
  enum Axis: CaseIterable {
    case isNull
    case letterCase
    case emptyText
    case crossField
    case booleanText
  }

  /// How many decisions differ.
  func distance(to other: Reading) -> Int {
    (isNull == other.isNull ? 0 : 1) + (letterCase == other.letterCase ? 0 : 1)
      + (emptyText == other.emptyText ? 0 : 1) + (crossFieldCompare == other.crossFieldCompare ? 0 : 1)
      + (booleanText == other.booleanText ? 0 : 1)
  }

  /// Every reading, itself first, then those with one decision changed, and so on; in a fixed order.
  package var all: [Reading] { all(varying: Set(Axis.allCases)) }

  /// The readings that differ in these decisions at most, nearest first.
  func all(varying axes: Set<Axis>) -> [Reading] {
    var result = [self]
    func vary<Choice: CaseIterable & Equatable>(_ axis: Axis, _ path: WritableKeyPath<Reading, Choice>) {
      guard axes.contains(axis) else { return }
      result += Choice.allCases.filter { $0 != self[keyPath: path] }.flatMap { choice in
        result.map { reading in
          var copy = reading
          copy[keyPath: path] = choice
          return copy
        }
      }
    }
    vary(.isNull, \.isNull)
    vary(.letterCase, \.letterCase)
    vary(.emptyText, \.emptyText)
    vary(.crossField, \.crossFieldCompare)
    vary(.booleanText, \.booleanText)
    let ranked = result.enumerated().sorted {
      (distance(to: $0.element), $0.offset) < (distance(to: $1.element), $1.offset)
    }
    return ranked.map(\.element)
  }
}

extension NotationTree {
  /// The readings under which the text may mean something else than under `reading`, nearest first: those that
  /// differ only in decisions that the text leaves open. `reading` itself is the first.
  package func readings(near reading: Reading) -> [Reading] {
    reading.all(varying: lines.reduce(into: []) { $0.formUnion($1.openDecisions) })
  }
}

extension NotationSyntax {
  /// The decisions on which the meaning depends.
  fileprivate var openDecisions: Set<Reading.Axis> {
    switch kind {
    case .constant: []
    case .test(let test): test.openDecisions
    case .some(_, let operand), .not(let operand): operand.openDecisions
    case .all(let operands), .any(let operands):
      operands.reduce(into: []) { $0.formUnion($1.openDecisions) }
    }
  }
}

extension NotationTest {
  fileprivate var openDecisions: Set<Reading.Axis> {
    var axes: Set<Reading.Axis> = []
    if self.operator.looksAtLetters, letterCase == nil { axes.insert(.letterCase) }
    switch self.operator {
    case .isNull, .isNotNull: axes.insert(.isNull)
    case .crossFieldCompare: axes.insert(.crossField)
    case .eq, .ne, .in:
      guard case .field = subject, case .values(let values) = operand else { break }
      if values.contains(where: { $0.text.isEmpty }) { axes.insert(.emptyText) }
      if values.contains(where: \.isSpelledBoolean) { axes.insert(.booleanText) }
    case .exists, .isTruthy, .isFalsy, .isArray, .startsWith, .endsWith, .contains, .wildcard, .match,
      .regexMatch,
      .gt, .ge, .lt, .le, .cidrMatch, .eqField, .neField:
      break
    }
    return axes
  }
}

extension NotationValue {
  /// Whether it is a boolean as Python prints it, in quotes.
  var isSpelledBoolean: Bool {
    guard case .quoted = form else { return false }
    return text.sameScalars(as: "True") || text.sameScalars(as: "False")
  }
}
