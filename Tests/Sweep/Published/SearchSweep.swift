import Concord
import PublicQueries

/// The public searches of the shared corpus, whole as they are published, with their macro files: how many are read, and
/// whether each that is read is the same when it is written back, and on logs. `sweep searches [EVERY] [--refused]
/// [--reading]`.
enum SearchSweep {
  /// Whether nothing differs. `EVERY`: of how many searches that are read one is run on logs.
  static func run(_ words: [String]) throws -> Bool {
    let every = max(1, words.first.flatMap { Int($0) } ?? 10)
    let reader = try FilterReader()
    var published = PublishedQueries(in: .splunk, tellsRefused: words.contains("--refused"))
    for query in try PublicQueries.searches() {
      let outcome = reader.readWhole(search: query)
      var groups = [query.corpus] + (query.isOfCloudTrail ? ["CloudTrail, all collections"] : [])
      if case .success(let read) = outcome, query.isOfCloudTrail, read.options.splunk.extractedFields {
        groups.append("CloudTrail, over the add-on's fields")
      }
      published.add(outcome, query.id, query.text, groups: groups)
    }
    published.report()
    return words.contains("--reading") || published.check(other: .athena, every: every)
  }
}

extension PublicQuery {
  /// Whether it is about CloudTrail.
  fileprivate var isOfCloudTrail: Bool {
    ["`cloudtrail`", "aws:cloudtrail"].contains(where: text.contains)
  }
}
