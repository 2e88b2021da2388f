import Concord
import Foundation
import PublicQueries

/// The public searches of the shared corpus, whole as they are published, with their macro files: how many are read, and
/// whether each that is read is the same when it is written back, and on logs. `sweep searches [EVERY] [--refused]
/// [--reading]`.
enum SearchSweep {
  /// The searches of one collection.
  private struct Count {
    var searches = 0
    var read = 0
    var refusals: [String: (count: Int, example: String)] = [:]
  }

  private static func tell(_ line: String) {
    print(line)
    fflush(nil)
  }

  /// Whether nothing differs. `EVERY`: of how many searches that are read one is run on logs.
  static func run(_ words: [String]) throws -> Bool {
    let every = max(1, words.first.flatMap { Int($0) } ?? 10)
    let reader = try FilterReader()
    var counts: [String: Count] = [:]
    var searches: [(query: PublicQuery, read: ReadFilter)] = []
    for query in try PublicQueries.searches() {
      let outcome = reader.readWhole(search: query)
      let groups = [query.corpus] + (query.isOfCloudTrail ? ["CloudTrail, all collections"] : [])
      for group in groups {
        counts[group, default: Count()].searches += 1
        switch outcome {
        case .success: counts[group]?.read += 1
        case .failure(let error):
          counts[group]?.refusals[reason(error), default: (0, query.id)].count += 1
        }
      }
      switch outcome {
      case .success(let read): searches.append((query, read))
      case .failure(let error):
        if words.contains("--refused") {
          tell("\(query.corpus) | \(query.id)\n  \(error.code.rawValue) \(error.message)\n  \(query.text)")
        }
      }
    }
    for (group, count) in counts.sorted(by: { $0.key < $1.key }) {
      tell("\(group): \(count.read) of \(count.searches) read (\(100 * count.read / count.searches) %)")
      let refusals = count.refusals.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      for (reason, refused) in refusals { tell("  refused \(refused.count): \(reason) (\(refused.example))") }
    }
    return words.contains("--reading") ? true : check(searches, every)
  }

  /// A refusal without the names in it.
  private static func reason(_ error: Diagnostic) -> String {
    if error.message.hasPrefix("the command ") || error.message.contains(" is not read with the option ") {
      return "\(error.code.rawValue) \(error.message)"
    }
    return error.reason
  }

  private static func check(_ searches: [(query: PublicQuery, read: ReadFilter)], _ every: Int) -> Bool {
    var (back, athena, logs) = (Tally(), Tally(), Tally())
    for (index, search) in searches.enumerated() {
      back.add(search.read.writtenBack(), search.query.id)
      athena.add(search.read.translation(to: .athena).outcome.words, search.query.id)
      if index % every == 0 { logs.add(agreement(search.read), search.query.id) }
      if index % 100 == 99 { tell("\(index + 1) checked") }
    }
    tell("written back to Splunk:\n\(back)\nwritten to Athena:\n\(athena)\nrun on logs:\n\(logs)")
    return ![back, athena, logs].contains { tally in tally.counts.keys.contains { $0.hasPrefix("DIFFERENT") }
    }
  }

  /// What running the search that is written on the logs that the rule's bounds make says.
  private static func agreement(_ read: ReadFilter) -> String {
    let verification = RuleVerification(of: read.document.rule, in: [.splunk], options: read.options)
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

extension PublicQuery {
  /// Whether it is about CloudTrail.
  fileprivate var isOfCloudTrail: Bool {
    ["`cloudtrail`", "aws:cloudtrail"].contains(where: text.contains)
  }
}

extension ReadFilter {
  /// How the search compares with itself once it is written and read back.
  fileprivate func writtenBack() -> String { translation(to: .splunk).outcome.words }
}

extension Translation.Outcome {
  /// The outcome without what belongs to one search alone.
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
