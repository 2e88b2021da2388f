import ConcordDiagnostics
import ConcordDocuments

/// What must hold of one event for a rule to fire.
///
/// A condition is two-valued: a test on an absent field is false, so its negation is true. Conditions are made
/// by the functions below, which keep this normal form:
/// - `not` is never of `always` or `not`;
/// - `all` and `any` have two operands or more, none of their own kind, none `always`;
/// - `text(anything)` is `present`; `oneOf` has two texts or more, without duplicates;
/// - `some` is of what one value alone must answer: several questions of it, or one that is denied.
public struct Condition: Sendable {
  /// The cases of a condition.
  @usableFromInline package indirect enum Kind: Hashable, Sendable {
    /// True or false of every event.
    case always(Bool)
    /// A question about one field.
    case test(FieldPath, Atom)
    /// Is there a value at the path, one that is no array, such that the operand holds where this value alone stands
    /// there? Paths of the operand that begin with the path lead on from that value; all others from the event.
    case some(FieldPath, Condition)
    /// Does the text of some leaf of the event match (Sigma's keywords)?
    case anywhere(Pattern, LetterCase)
    /// A question about where the event stands; never `sameAs`.
    case place(PlaceFact, Atom)
    /// The operand is false.
    case not(Condition)
    /// Every operand is true.
    case all([Condition])
    /// Some operand is true.
    case any([Condition])
  }

  /// What is asked.
  @usableFromInline package let kind: Kind
  /// Where it was written, if it was. Outside equality.
  @usableFromInline package let origin: Span?

  private init(_ kind: Kind, _ origin: Span?) {
    self.kind = kind
    self.origin = origin
  }

  /// A condition of that form, which the caller knows to be a normal one.
  init(kind: Kind, origin: Span?) { self.init(kind, origin) }

  /// True or false of every event.
  package static func always(_ value: Bool, origin: Span? = nil) -> Condition {
    Condition(.always(value), origin)
  }

  /// A question about one field.
  package static func test(_ path: FieldPath, _ atom: Atom, origin: Span? = nil) -> Condition {
    switch atom {
    case .text(let pattern, _) where pattern.isAnything:
      return Condition(.test(path, .present), origin)
    case .oneOf(let texts, let letterCase):
      let distinct = Condition.distinct(texts, letterCase)
      if distinct.isEmpty { return .always(false, origin: origin) }
      if distinct.count == 1 {
        return Condition(.test(path, .text(.equals(distinct[0]), letterCase)), origin)
      }
      return Condition(.test(path, .oneOf(distinct, letterCase)), origin)
    case .present, .truthy, .text, .regex, .number, .network, .sameAs, .array:
      return Condition(.test(path, atom), origin)
    }
  }

  /// Does the text of some leaf of the event match?
  package static func anywhere(
    _ pattern: Pattern, _ letterCase: LetterCase, origin: Span? = nil
  ) -> Condition {
    Condition(.anywhere(pattern, letterCase), origin)
  }

  /// A question about where the event stands. A comparison of two fields asks nothing of a place and is false, and so is
  /// whether a fact is an array.
  package static func place(_ fact: PlaceFact, _ atom: Atom, origin: Span? = nil) -> Condition {
    let asked = Condition.test(FieldPath(fact.name), atom, origin: origin)
    switch asked.kind {
    case .test(_, .sameAs), .test(_, .array): return .always(false, origin: origin)
    case .test(_, let atom): return Condition(.place(fact, atom), origin)
    case .always, .some, .anywhere, .place, .not, .all, .any: return asked
    }
  }

  /// The condition is false.
  package static func not(_ operand: Condition, origin: Span? = nil) -> Condition {
    switch operand.kind {
    case .always(let value): .always(!value, origin: origin)
    case .not(let inner): inner
    case .test, .some, .anywhere, .place, .all, .any: Condition(.not(operand), origin)
    }
  }

  /// Every one of these is true; of none at all, `always(true)`.
  package static func all(_ operands: [Condition], origin: Span? = nil) -> Condition {
    // Most come in normal form, and are not copied.
    let isFlat = operands.allSatisfy { operand in
      switch operand.kind {
      case .always, .all: false
      case .test, .some, .anywhere, .place, .not, .any: true
      }
    }
    if isFlat, operands.count > 1 { return Condition(.all(operands), origin) }
    var flat: [Condition] = []
    for operand in operands {
      switch operand.kind {
      case .always(false): return .always(false, origin: origin)
      case .always(true): continue
      case .all(let inner): flat += inner
      case .test, .some, .anywhere, .place, .not, .any: flat.append(operand)
      }
    }
    if flat.count == 1 { return flat[0] }
    return Condition(flat.isEmpty ? .always(true) : .all(flat), origin)
  }

  /// One of these is true; of none at all, `always(false)`.
  package static func any(_ operands: [Condition], origin: Span? = nil) -> Condition {
    // Most come in normal form, and are not copied.
    let isFlat = operands.allSatisfy { operand in
      switch operand.kind {
      case .always, .any: false
      case .test, .some, .anywhere, .place, .not, .all: true
      }
    }
    if isFlat, operands.count > 1 { return Condition(.any(operands), origin) }
    var flat: [Condition] = []
    for operand in operands {
      switch operand.kind {
      case .always(true): return .always(true, origin: origin)
      case .always(false): continue
      case .any(let inner): flat += inner
      case .test, .some, .anywhere, .place, .not, .all: flat.append(operand)
      }
    }
    if flat.count == 1 { return flat[0] }
    return Condition(flat.isEmpty ? .always(false) : .any(flat), origin)
  }

  private static func distinct(_ texts: [String], _ letterCase: LetterCase) -> [String] {
    if texts.count == 1 { return texts }
    var seen = SeenTexts()
    return texts.filter { seen.insert(letterCase.folded($0)) }
  }
}

extension Condition: Hashable {
  /// Whether both ask the same, wherever they were written.
  public static func == (left: Condition, right: Condition) -> Bool { left.kind == right.kind }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

extension Condition {
  /// The operands of a top-level `all`, or the condition itself.
  package var conjuncts: [Condition] {
    if case .all(let operands) = kind { operands } else { [self] }
  }

  /// The paths that the condition asks about, in order of first mention, each once.
  package var paths: [FieldPath] {
    var seen: Set<FieldPath> = []
    var result: [FieldPath] = []
    // Most questions are about the field of the one before.
    visitPaths { if $0 != result.last, seen.insert($0).inserted { result.append($0) } }
    return result
  }

  /// Where the path is first asked about; `nil` where it is not, or where that is not known.
  package func origin(of path: FieldPath) -> Span? {
    switch kind {
    case .always, .anywhere, .place: nil
    case .test(let own, .sameAs(let other, _)): own == path || other == path ? origin : nil
    case .test(let own, _): own == path ? origin : nil
    case .some(let own, let operand): operand.origin(of: path) ?? (own == path ? origin : nil)
    case .not(let operand): operand.origin(of: path)
    case .all(let operands), .any(let operands): operands.lazy.compactMap { $0.origin(of: path) }.first
    }
  }

  private func visitPaths(_ visit: (FieldPath) -> Void) {
    switch kind {
    case .always, .anywhere, .place: break
    case .test(let path, let atom):
      visit(path)
      if case .sameAs(let other, _) = atom { visit(other) }
    case .some(let path, let operand):
      visit(path)
      operand.visitPaths(visit)
    case .not(let operand): operand.visitPaths(visit)
    case .all(let operands), .any(let operands):
      for operand in operands { operand.visitPaths(visit) }
    }
  }

  /// The same condition with every path replaced, say by its spelling in a schema.
  package func mapPaths<E: Error>(_ transform: (FieldPath) throws(E) -> FieldPath) throws(E) -> Condition {
    switch kind {
    case .always, .anywhere, .place: return self
    case .test(let path, .sameAs(let other, let letterCase)):
      return .test(try transform(path), .sameAs(try transform(other), letterCase), origin: origin)
    case .test(let path, let atom): return .test(try transform(path), atom, origin: origin)
    case .some(let path, let operand):
      let own = try transform(path)
      let mapped = try operand.mapPaths { (inner) throws(E) in
        let other = try transform(inner)
        // What leads on from the value does so under its other name too.
        guard let rest = inner.steps(beyond: path), other.steps(beyond: own) == nil else { return other }
        return FieldPath(steps: own.steps + rest) ?? other
      }
      return .some(own, mapped, origin: origin)
    case .not(let operand): return .not(try operand.mapPaths(transform), origin: origin)
    case .all(let operands):
      var mapped: [Condition] = []
      for operand in operands { mapped.append(try operand.mapPaths(transform)) }
      return .all(mapped, origin: origin)
    case .any(let operands):
      var mapped: [Condition] = []
      for operand in operands { mapped.append(try operand.mapPaths(transform)) }
      return .any(mapped, origin: origin)
    }
  }
}
