import Concord
import Foundation
import PublicQueries

/// Whole queries as they are published: how many are read, and why not, in groups; and whether each that is read is the
/// same when it is written back, and on logs.
struct PublishedQueries {
  /// The queries of one group.
  private struct Count {
    var queries = 0
    var read = 0
    var refusals: [String: (count: Int, example: String)] = [:]
  }

  /// The language that they are in.
  let language: Language
  /// Whether each that is refused is told.
  let tellsRefused: Bool
  private var counts: [String: Count] = [:]
  private var read: [(id: String, read: ReadFilter)] = []

  init(in language: Language, tellsRefused: Bool) {
    (self.language, self.tellsRefused) = (language, tellsRefused)
  }

  private static func tell(_ line: String) {
    print(line)
    fflush(nil)
  }

  /// Counts a query in its groups.
  mutating func add(_ outcome: Result<ReadFilter, Diagnostic>, _ id: String, _ text: String, groups: [String])
  {
    for group in groups {
      counts[group, default: Count()].queries += 1
      switch outcome {
      case .success: counts[group]?.read += 1
      case .failure(let error):
        counts[group]?.refusals[PublishedQueries.reason(error), default: (0, id)].count += 1
      }
    }
    switch outcome {
    case .success(let filter): read.append((id, filter))
    case .failure(let error):
      if tellsRefused {
        PublishedQueries.tell(
          "\(groups.joined(separator: ", ")) | \(id)\n  \(error.code.rawValue) \(error.message)\n  \(text)")
      }
    }
  }

  /// A refusal without the names in it.
  private static func reason(_ error: Diagnostic) -> String {
    if error.message.hasPrefix("the command ") || error.message.contains(" is not read with the option ") {
      return "\(error.code.rawValue) \(error.message)"
    }
    return error.reason
  }

  /// Tells how many were read, and the rest by the first reason.
  func report() {
    for (group, count) in counts.sorted(by: { $0.key < $1.key }) {
      PublishedQueries.tell(
        "\(group): \(count.read) of \(count.queries) read (\(100 * count.read / count.queries) %)")
      let refusals = count.refusals.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      for (reason, refused) in refusals {
        PublishedQueries.tell("  refused \(refused.count): \(reason) (\(refused.example))")
      }
    }
  }

  /// Whether nothing that was read differs once it is written, in its language or in `other`. `every`: of how many one is
  /// run on logs.
  func check(other: Language, every: Int) -> Bool {
    var (back, forth, logs) = (Tally(), Tally(), Tally())
    for (index, query) in read.enumerated() {
      // A limit on rows is set aside by name.
      let whole = query.read.withoutLimit
      back.add(whole.translation(to: language).outcome.words, query.id)
      forth.add(whole.translation(to: other).outcome.words, query.id)
      if index % every == 0 { logs.add(agreement(query.read), query.id) }
      if index % 100 == 99 { PublishedQueries.tell("\(index + 1) checked") }
    }
    PublishedQueries.tell(
      "written back to \(language.name):\n\(back)\nwritten to \(other.name):\n\(forth)\nrun on logs:\n\(logs)"
    )
    return ![back, forth, logs].contains { tally in
      tally.counts.keys.contains { $0.hasPrefix("DIFFERENT") }
    }
  }

  /// What running the query that is written on the logs that the rule's bounds make says.
  private func agreement(_ read: ReadFilter) -> String {
    let verification = RuleVerification(of: read.document.rule, in: [language], options: read.options)
    guard let judgement = verification.judgements.first else { return "nothing" }
    let verdict = judgement.verdict.rawValue
    if case .refused(let diagnostic)? = verification.agreement.columns.first?.outcome {
      return "refused: \(diagnostic.reason)"
    }
    if case .failed(_, let diagnostic, _)? = verification.agreement.columns.first?.outcome {
      return "failed: \(diagnostic.reason)"
    }
    return ["proved", "tested", "unknown"].contains(verdict) ? verdict : "DIFFERENT: \(verdict)"
  }

  /// How many there are of each outcome.
  private struct Tally: CustomStringConvertible {
    var counts: [String: (count: Int, example: String)] = [:]
    mutating func add(_ outcome: String, _ id: String) { counts[outcome, default: (0, id)].count += 1 }

    var description: String {
      counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        .map { "  \($0.value.count): \($0.key) (\($0.value.example))" }.joined(separator: "\n")
    }
  }
}

extension Translation.Outcome {
  /// The outcome without what belongs to one query alone.
  fileprivate var words: String {
    switch self {
    case .equal(let aside): aside.isEmpty ? "proved equal" : "proved equal, \(aside) aside"
    case .written: "written"
    case .refused(let reason): "refused: \(reason)"
    case .different(let text): "DIFFERENT: \(text.prefix(300))"
    case .unknown(let reason): "unknown: \(reason.prefix(120))"
    }
  }
}
