import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The rules of one side of a comparison, each with the place of its file.
package struct RuleVersion: Sendable {
  /// The file's place, the same on both sides for a file that was not moved.
  package let file: String
  package let document: RuleDocument

  /// A rule of the file at that place.
  package init(file: String, document: RuleDocument) {
    self.file = file
    self.document = document
  }
}

/// Finds each rule's other version.
package enum RuleMatching {
  /// A rule in both versions, or in the one that has it.
  package struct Pair: Sendable {
    /// The version before.
    package let old: RuleVersion?
    /// The version after.
    package let new: RuleVersion?
  }

  /// Pairs the rules: those of files that hold one rule each on both sides, whatever these are called; others by
  /// their ids, within a file first. The order is that of `new`, then what is gone.
  package static func pairs(from old: [RuleVersion], to new: [RuleVersion]) -> [Pair] {
    var partner: [Int?] = Array(repeating: nil, count: new.count)
    var isTaken = Array(repeating: false, count: old.count)
    func match(_ key: (RuleVersion) -> String?) {
      var places: [ScalarText: [Int]] = [:]
      for (index, version) in old.enumerated() where !isTaken[index] {
        if let key = key(version) { places[ScalarText(key), default: []].append(index) }
      }
      for (index, version) in new.enumerated() where partner[index] == nil {
        guard let key = key(version).map(ScalarText.init), let place = places[key]?.first else { continue }
        places[key]?.removeFirst()
        partner[index] = place
        isTaken[place] = true
      }
    }
    let (oldCounts, newCounts) = (counts(old), counts(new))
    match { version in
      let file = ScalarText(version.file)
      return oldCounts[file] == 1 && newCounts[file] == 1 ? version.file : nil
    }
    match { "\($0.file)\u{0}\($0.document.rule.id)" }
    match { $0.document.rule.id }
    let kept = new.enumerated().map { index, version in
      Pair(old: partner[index].map { old[$0] }, new: version)
    }
    return kept + old.indices.filter { !isTaken[$0] }.map { Pair(old: old[$0], new: nil) }
  }

  private static func counts(_ versions: [RuleVersion]) -> [ScalarText: Int] {
    versions.reduce(into: [:]) { $0[ScalarText($1.file), default: 0] += 1 }
  }
}
