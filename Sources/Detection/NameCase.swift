import ConcordDiagnostics

extension Condition {
  /// The condition with names spelled as `other` spells them, where they differ in letter case alone. For languages
  /// whose names ignore it.
  package func spelled(as other: Condition) -> Condition {
    let known = Set(other.paths)
    var spellings: [ScalarText: Set<FieldPath>] = [:]
    for path in known { spellings[NameCase.key(path), default: []].insert(path.withoutEach) }
    return mapPaths { path in
      guard !known.contains(path), let same = spellings[NameCase.key(path)] else { return path }
      // Two spellings in the other condition are two fields, and either may be meant.
      guard same.count == 1, let names = same.first?.names else { return path }
      var rest = names[...]
      let steps = path.steps.map { step in
        if case .name = step, let name = rest.popFirst() { FieldPath.Step.name(name) } else { step }
      }
      return FieldPath(steps: steps) ?? path
    }
  }
}

extension Rule {
  /// Spells the names of what it asks and counts as another rule spells them, where they differ in letter case alone.
  package mutating func spell(as other: Rule) {
    let known = Condition.all([other.condition] + other.countedPaths.map { .test($0, .present) })
    condition = condition.spelled(as: known)
    aggregate = aggregate?.mapPaths { path in
      Condition.test(path, .present).spelled(as: known).paths.first ?? path
    }
  }
}

private enum NameCase {
  /// What paths share whose values are the same but for letter case in names.
  static func key(_ path: FieldPath) -> ScalarText {
    ScalarText(LetterCase.lower(path.withoutEach.description))
  }
}
