import Concord
import Foundation

/// Consecutive versions of public rules: `sweep proof history REPOSITORY [COUNT]`, the repository a git directory. Of
/// the latest commits that change a rule, each changed rule file whose condition is another one, until there are enough.
struct History {
  let repository: String
  let count: Int

  func run() {
    let compiler = Compiler()
    var kinds = Counts()
    var (pairs, same, unreadable, proving, events) = (0, 0, 0, Duration.zero, 0)
    let progress = Progress<Counts>("proof history", of: count) { print($0.line) }
    let log = git(["log", "--format=%H", "--no-merges", "--diff-filter=M", "-n", "3000", "--", "rules"])
    for commit in log.split(separator: "\n").map(String.init) where pairs < count {
      let paths = git([
        "diff-tree", "-r", "--no-commit-id", "--name-only", "--diff-filter=M", commit, "--", "rules",
      ])
      // A few of each commit, so that one that touched all rules alike does not fill the list.
      for path in paths.split(separator: "\n").map(String.init).filter({ $0.hasSuffix(".yml") }).prefix(3) {
        guard pairs < count else { break }
        let versions = ["\(commit)^", commit].map { revision in
          try? compiler.load(Source(name: path, text: git(["show", "\(revision):\(path)"]))).first
        }
        guard let old = versions[0] ?? nil, let new = versions[1] ?? nil else {
          unreadable += 1
          continue
        }
        if old.rule.condition == new.rule.condition {
          same += 1
          continue
        }
        pairs += 1
        let start = ContinuousClock.now
        let change = RuleChange(from: old, to: new)
        proving += ContinuousClock.now - start
        kinds.add(change.kind.rawValue)
        progress.add(Counts(change.kind.rawValue))
        print("\(commit.prefix(9)) \((path as NSString).lastPathComponent): \(change.kind.rawValue)")
        for (name, effect, had, has) in [
          ("loses", change.loss, old, new), ("gains", change.gain, new, old),
        ] {
          switch effect {
          case .none: break
          case .unknown(let bound): print("  \(name): unknown: \(bound)")
          case .event(let event), .arrays(let event):
            events += 1
            let isConfirmed = had.rule.condition.holds(of: event) && !has.rule.condition.holds(of: event)
            print("  \(name) \(Value.object(event.object).compactJSON)\(isConfirmed ? "" : " NOT CONFIRMED")")
          }
        }
      }
    }
    progress.finish()
    print(
      "\(pairs) pairs: \(kinds.line); \(events) events; \(same) more with the same condition, \(unreadable) not read; "
        + "proof \(proving.milliseconds)")
  }

  private func git(_ arguments: [String]) -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "--git-dir", repository] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "" }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
