import Concord

/// What the verification of one rule showed.
struct VerifyResult: Sendable {
  let document: RuleDocument
  let verification: RuleVerification
  /// Whether deployed queries are verified, and none is the rule's.
  var isMissing = false
  /// The names of the rule's deployed queries that are switched off though the rule is not.
  var switchedOff: [String] = []
  /// What real systems say.
  var engines: [EngineRun] = []

  var agreement: Agreement { verification.agreement }

  /// The fixtures and events of the user's on which a target's query says something else than the condition, since its
  /// table does not keep them.
  func lostEvents(in column: Agreement.Column) -> [Int] {
    agreement.lost(in: column).filter { !agreement.probes[$0].isDerived }
  }
}

extension VerifyResult {
  /// What becomes of an event that the table does not keep, in a clause for people.
  func loss(of index: Int, in column: Agreement.Column) -> String {
    guard let unkept = column.unkept[index] else { return "" }
    let changes = unkept.event.changes.map(\.text).joined(separator: "; ")
    return switch unkept.difference(from: agreement.meaning[index]) {
    case .verdict(true): "no match, and found in the table: \(changes)"
    case .verdict(false): "a match that the table misses: \(changes)"
    case .fails(let reason): "an event on which the query fails: \(reason)"
    case nil: "not kept by the table, with the same verdict: \(changes)"
    }
  }
}
