import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof

/// How a rule's condition fares on its own fixtures.
public struct CheckReport: Sendable {
  /// What one fixture showed.
  public struct Outcome: Sendable {
    /// The event that was put to the condition, and the verdict that its author expects.
    public let fixture: Fixture
    /// What the condition says of its event, or whether its log raises an alert.
    public let verdict: Bool
    /// The questions that decided the verdict (`Condition.deciding`); none of a log.
    public let deciding: [Condition]

    /// Whether the verdict is the expected one.
    public var holds: Bool { verdict == fixture.expected }
  }

  /// The rule that was checked, as it was read.
  public let document: RuleDocument
  /// What each fixture showed, in order.
  public let outcomes: [Outcome]
  /// Where some fixture fails: the nearest other reading of the condition under which all hold.
  public let betterReading: RuleDocument.Alternative?

  /// How many fixtures hold.
  public var holding: Int { outcomes.filter(\.holds).count }
  /// Whether all do.
  public var isClean: Bool { holding == outcomes.count }

  init(_ document: RuleDocument) {
    var document = document
    if let difference = CheckReport.difference(document) { document.warnings.append(difference) }
    self.document = document
    let rule = document.rule
    outcomes = rule.fixtures.map { fixture in
      Outcome(
        fixture: fixture, verdict: rule.verdict(on: fixture),
        deciding: fixture.log.isEmpty ? rule.condition.deciding(fixture.event) : [])
    }
    betterReading =
      outcomes.allSatisfy(\.holds)
      ? nil
      : document.alternatives.first { alternative in
        rule.fixtures.allSatisfy { alternative.condition.holds(of: $0.event) == $0.expected }
      }
  }
}

extension CheckReport {
  /// Where a rule states its condition and has a program too: an event on which the two differ, or why that is not
  /// known.
  private static func difference(_ document: RuleDocument) -> Diagnostic? {
    guard let program = document.program else { return nil }
    let (stated, other): (Condition, Condition)
    do throws(Diagnostic) {
      (stated, other) = (document.rule.condition, try program())
    } catch {
      // A rule whose program is not there has but one condition.
      if error.code == .programNotFound { return nil }
      var note = error
      note.severity = .note
      note.help = ["so the stated condition is not compared with the program"]
      return note
    }
    let proof = Prover(arrays: .onlyWhereWritten).compare(stated, other)
    for (answer, which) in [(proof.onlyInFirst, "condition"), (proof.onlyInSecond, "program")] {
      guard case .event(let event) = answer else { continue }
      return Diagnostic(
        .conditionDiffers,
        "the rule's condition is not what its program amounts to: only the \(which) matches `\(Value.object(event.object).compactJSON)`",
        in: document.source, at: nil)
    }
    return nil
  }
}
