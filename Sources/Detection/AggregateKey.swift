import ConcordDiagnostics
import ConcordDocuments

extension Aggregate {
  /// A field whose values tell groups apart: the same of all events, or another one of those of which a condition holds.
  package struct Key: Sendable {
    /// The events of which a condition holds, and where their values are.
    package struct Case: Hashable, Sendable {
      /// Which events.
      package var condition: Condition
      /// Their field.
      package var path: FieldPath

      /// Of the events of which the condition holds, the values at the path.
      package init(_ condition: Condition, _ path: FieldPath) {
        (self.condition, self.path) = (condition, path)
      }
    }

    /// What it is called: its path, where that is the same of all events. Outside equality.
    package let name: String
    /// The fields: of an event that of the first case whose condition holds of it, and none where none does.
    package let cases: [Case]
    /// Whether the events without a value there are a group of their own; otherwise they are in none.
    package let keepsAbsent: Bool

    /// Groups by the values at a path.
    package init(_ path: FieldPath, keepsAbsent: Bool = false) {
      (name, self.keepsAbsent) = (path.description, keepsAbsent)
      cases = [Case(.always(true), path)]
    }

    /// Groups by the values at the path of the first case that holds. Cases next to each other that have one path are
    /// one.
    package init(named name: String, _ cases: [Case], keepsAbsent: Bool = false) {
      var kept: [Case] = []
      for one in cases where one.condition != .always(false) && kept.last?.condition != .always(true) {
        if let last = kept.last, last.path == one.path {
          kept[kept.count - 1].condition = .any([last.condition, one.condition])
        } else {
          kept.append(one)
        }
      }
      let isPlain = kept.count == 1 && kept[0].condition == .always(true)
      self.name = isPlain ? kept[0].path.description : name
      (self.cases, self.keepsAbsent) = (kept, keepsAbsent)
    }
  }
}

extension Aggregate.Key: Hashable {
  /// Whether both tell the same groups apart, by the form of their conditions.
  package static func == (left: Aggregate.Key, right: Aggregate.Key) -> Bool {
    left.cases == right.cases && left.keepsAbsent == right.keepsAbsent
  }

  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(cases)
    hasher.combine(keepsAbsent)
  }
}

extension Aggregate.Key {
  /// The path, where it is the same of all events.
  package var path: FieldPath? {
    cases.count == 1 && cases[0].condition == .always(true) ? cases[0].path : nil
  }

  /// The paths of all its cases, each once.
  package var paths: [FieldPath] { cases.map(\.path).distinct }

  /// The conditions of its cases; none where the path is the same of all events.
  package var conditions: [Condition] { path == nil ? cases.map(\.condition) : [] }

  /// The path of an event's values; `nil` where no case holds of it.
  package func path(of event: Event) -> FieldPath? { cases.first { $0.condition.holds(of: event) }?.path }

  /// That an event has a value there.
  package var isThere: Condition {
    var earlier: [Condition] = []
    return .any(
      cases.map { one in
        defer { earlier.append(.not(one.condition)) }
        return .all(earlier + [one.condition, .test(one.path, .present)])
      })
  }

  /// The same of other paths and by other conditions.
  package func map(_ path: (FieldPath) -> FieldPath, _ condition: (Condition) -> Condition) -> Self {
    if let own = self.path { return Self(path(own), keepsAbsent: keepsAbsent) }
    let changed = cases.map { Case(condition($0.condition), path($0.path)) }
    return Self(named: name, changed, keepsAbsent: keepsAbsent)
  }

  /// The same key under a name that does not depend on how it was written.
  package var renamed: Self {
    Self(named: paths.map(\.description).joined(separator: " or "), cases, keepsAbsent: keepsAbsent)
  }

  /// The same key that has, or has not, a group of the events without a value.
  package func keepingAbsent(_ keepsAbsent: Bool) -> Self {
    Self(named: name, cases, keepsAbsent: keepsAbsent)
  }

  /// The texts of an event by which it tells groups apart, each once; `nil` for the group of what is absent.
  func texts(of event: Event) -> [ScalarText?] {
    var seen: Set<ScalarText> = []
    let texts = path(of: event).map { event.comparedTexts(at: $0) } ?? []
    let different = texts.filter { seen.insert($0).inserted }
    return different.isEmpty && keepsAbsent ? [nil] : different
  }
}

extension Aggregate.Key: CustomStringConvertible {
  /// The path, or the name with the paths that it may be; with a word where events without it are a group.
  package var description: String {
    let field = path?.description ?? "\(name) (\(paths.map(\.description).joined(separator: " or ")))"
    return field + (keepsAbsent ? " or absent" : "")
  }
}

extension Condition {
  /// Whether the condition is such that an event of which it holds has a value of the key, told by its form: `false`
  /// where that is not plain.
  package func needs(_ key: Aggregate.Key) -> Bool { key.path.map { needs($0) } ?? false }
}
