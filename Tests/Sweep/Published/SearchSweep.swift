import Concord
import Foundation
import PublicQueries

/// The public searches of the shared corpus, whole as they are published, with their macro files: how many are read, and
/// whether each that is read is the same when it is written back, and on logs. `sweep searches [EVERY] [--refused]
/// [--reading] [--lookups FOLDER]`; the folder holds the tables that the project's searches look values up in.
enum SearchSweep {
  /// Whether nothing differs. `EVERY`: of how many searches that are read one is run on logs.
  static func run(_ words: [String]) throws -> Bool {
    let every = max(1, words.first.flatMap { Int($0) } ?? 10)
    let reader = try FilterReader(lookups: try lookups(words))
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

  /// The tables and definitions of the folder that `--lookups` names.
  private static func lookups(_ words: [String]) throws -> [Source] {
    guard let place = words.firstIndex(of: "--lookups"), words.indices.contains(place + 1) else { return [] }
    let folder = URL(fileURLWithPath: words[place + 1])
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.filter { ["csv", "yml"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
      .map { Source(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
  }
}

extension PublicQuery {
  /// Whether it is about CloudTrail.
  fileprivate var isOfCloudTrail: Bool {
    ["`cloudtrail`", "aws:cloudtrail"].contains(where: text.contains)
  }
}
