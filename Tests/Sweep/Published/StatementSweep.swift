import Concord
import PublicQueries

/// The public statements of the shared corpus, each as it is published, with its own table's statement where the corpus
/// has one: how many are read, and whether each that is read is the same when it is written back, and on logs. `sweep
/// statements [EVERY] [--untyped] [--refused] [--reading]`; `--untyped` gives no statement its table's.
enum StatementSweep {
  /// Whether nothing differs. `EVERY`: of how many statements that are read one is run on logs.
  static func run(_ words: [String]) throws -> Bool {
    let every = max(1, words.first.flatMap { Int($0) } ?? 1)
    let reader = try FilterReader()
    var published = PublishedQueries(in: .athena, tellsRefused: words.contains("--refused"))
    for query in try PublicQueries.statements() {
      let statements = reader.readWhole(statement: query, untyped: words.contains("--untyped"))
      for (index, statement) in statements.enumerated() {
        published.add(
          statement.outcome, query.id + (index > 0 ? ", \(index + 1)" : ""), statement.text,
          groups: ["all", query.corpus] + (statement.hasTable ? ["with its table's statement"] : []))
      }
    }
    published.report()
    return words.contains("--reading") || published.check(other: .splunk, every: every)
  }
}
