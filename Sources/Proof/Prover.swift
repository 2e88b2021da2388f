import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Decides whether two conditions hold of the same events.
///
/// Every answer is proved: that no event tells two conditions apart by a decision diagram and a theory of the
/// values of a field, that they differ by an event that `Condition.holds(of:)` confirms. Where a bound is met, the
/// answer is that bound.
public struct Prover: Sendable {
  /// Where values may be arrays. It decides whether one field may have two values at once.
  package enum Arrays: Sendable {
    /// At any path: what is proved holds of all events.
    case anywhere
    /// Only where a path says so by `[]` or an index: what is proved holds of events that keep to that.
    case onlyWhereWritten
    /// At any path but these: what is proved holds of events that keep to that.
    case nowhereAt(Set<FieldPath>)
  }

  /// What a question may cost.
  package struct Limits: Sendable {
    /// How many nodes a decision diagram may have. A node takes some 50 bytes with its tables.
    package var nodes = 1_000_000
    /// How many cases may be tried for one direction.
    package var cases = 20_000
    /// How many states the product of some texts' automata may have.
    package var states = 50_000
    /// How many cases that could be neither met nor refuted are passed over in the search for a witness.
    package var undecided = 40
    /// How many smaller events are tried in place of one that was found.
    package var shrinks = 400

    /// The limits with everything left to its default.
    package init() {}
  }

  /// Where values may be arrays.
  package var arrays: Arrays
  /// What a question may cost.
  package var limits: Limits

  /// A prover whose proofs hold of all events, arrays anywhere.
  public init() { self.init(arrays: .anywhere) }

  /// A prover with these assumptions.
  package init(arrays: Arrays = .anywhere, limits: Limits = Limits()) {
    self.arrays = arrays
    self.limits = limits
  }

  /// Compares two conditions: which events only the one holds of, and which only the other.
  public func compare(_ first: Condition, _ second: Condition) -> Proof {
    if first == second { return Proof(onlyInFirst: .never, onlyInSecond: .never) }
    do {
      var session = try ProofSession(first, second, self)
      var proof = Proof(onlyInFirst: .never, onlyInSecond: .never)
      if !session.isSame {
        proof.onlyInFirst = session.answer(session.first, but: session.second)
        proof.onlyInSecond = session.answer(session.second, but: session.first)
        if case .event = proof.onlyInFirst, case .event = proof.onlyInSecond {
          proof.together = session.answer(session.first, and: session.second)
        }
      }
      proof.statistics = session.statistics
      return proof
    } catch {
      return Proof(onlyInFirst: .unknown(error), onlyInSecond: .unknown(error))
    }
  }

  /// An event that one condition holds of and the other does not; `never` if the one implies the other.
  public func event(where condition: Condition, butNot other: Condition) -> Answer {
    do {
      var session = try ProofSession(condition, other, self)
      return session.isSame ? .never : session.answer(session.first, but: session.second)
    } catch { return .unknown(error) }
  }

  /// An event that the condition holds of; `never` if it holds of none.
  public func event(where condition: Condition) -> Answer {
    event(where: condition, butNot: .always(false))
  }

  /// An event that the condition does not hold of; `never` if it holds of all.
  package func counterexample(to condition: Condition) -> Answer {
    event(where: .always(true), butNot: condition)
  }

  /// An event that both conditions hold of; `never` if they are apart.
  package func event(where condition: Condition, and other: Condition) -> Answer {
    event(where: condition, butNot: .not(other))
  }
}

/// The answer to a question for an event.
public enum Answer: Sendable {
  /// No event does, which is proved.
  case never
  /// There is this one; `Condition.holds(of:)` confirmed it.
  case event(Event)
  /// A bound was met.
  case unknown(Bound)

  /// The event, if there is one.
  public var event: Event? { if case .event(let event) = self { event } else { nil } }
  /// Whether no event does, which is proved.
  package var isNever: Bool { if case .never = self { true } else { false } }
}

/// What is proved of two conditions.
public enum Relation: Hashable, Sendable {
  /// They hold of the same events.
  case equal
  /// The second holds of all events that the first holds of, and of more.
  case wider
  /// The second holds of fewer events, and of none else.
  case narrower
  /// Each holds of events that the other does not hold of.
  case different
  /// As `different`, and never of the same event.
  case disjoint
  /// A bound was met before all was known; the answers of the proof say what is.
  case unknown(Bound)

  /// The verdict's name.
  package var name: String {
    switch self {
    case .equal: "equal"
    case .wider: "wider"
    case .narrower: "narrower"
    case .different: "different"
    case .disjoint: "disjoint"
    case .unknown: "unknown"
    }
  }
}

/// What came of a comparison of two conditions.
public struct Proof: Sendable {
  /// An event that only the first condition holds of.
  public var onlyInFirst: Answer
  /// An event that only the second condition holds of.
  public var onlyInSecond: Answer
  /// An event that both hold of; asked only where each has events of its own.
  package var together: Answer?
  /// What it took.
  package var statistics = Statistics()

  /// What a comparison took.
  package struct Statistics: Hashable, Sendable {
    /// Different questions of both conditions.
    package var atoms = 0
    /// Nodes of the decision diagram.
    package var nodes = 0
    /// Cases that the theory looked at.
    package var cases = 0
    /// Conflicts that it found.
    package var conflicts = 0
  }

  /// How the second condition relates to the first, from both answers.
  public var verdict: Relation {
    switch (onlyInFirst, onlyInSecond) {
    case (.never, .never): .equal
    case (.never, .event): .wider
    case (.event, .never): .narrower
    case (.event, .event): together?.isNever ?? false ? .disjoint : .different
    case (.unknown(let bound), _), (_, .unknown(let bound)): .unknown(bound)
    }
  }
}
