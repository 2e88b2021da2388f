import ConcordDetection
import ConcordDiagnostics

/// A log that a project names: what rules call it, and where each platform keeps it.
package struct ProjectLog: Sendable {
  /// The project's own name for it.
  package let name: String
  /// What rules call it. Of product, category and service those that are not given may be any.
  package let source: LogSource
  /// Where the platforms keep it, by the identifiers of their languages.
  package var platforms: [String: PlatformLog] = [:]
  /// The severity of its rules that state none.
  package var severity: Rule.Severity?
  /// The processing pipelines of its rules, where the user's flags name none.
  package var pipelines: [Source] = []
  /// The window of its rules that state none.
  package var window = TimeWindow()

  /// A log of that name.
  package init(name: String, source: LogSource) {
    self.name = name
    self.source = source
  }

  /// Whether a rule's log source is this log or a part of it.
  package func covers(_ other: LogSource) -> Bool {
    if let name = source.platformName, name == other.platformName { return true }
    let parts = [
      (source.product, other.product), (source.category, other.category), (source.service, other.service),
    ]
    return parts.contains { $0.0 != nil } && parts.allSatisfy { $0.0 == nil || $0.0 == $0.1 }
  }

  /// How many parts of a log source it names: of two logs that cover a rule's the one that names more is meant.
  fileprivate var partCount: Int { [source.product, source.category, source.service].count { $0 != nil } }
}

/// What a project says of a log on one platform.
package struct PlatformLog: Sendable {
  /// Where its events are, in facts of the platform; `always(true)` where that is not said.
  package var place: Condition = .always(true)
  /// The part of the place from which a reader tells the log by itself, and that log: it leaves the part out.
  package var known: (part: Condition, log: LogSource)?
  /// The facts of the platform that are fields of the events too.
  package var fields: [PlaceFact: FieldPath] = [:]
  /// What it sets of the language's own options, where the user's flags do not.
  package var settings: [@Sendable (inout LanguageOptions) -> Void] = []

  /// A log of which nothing is said.
  package init() {}
}

/// How a language's part of a project's log is read.
package struct ProjectRole: Sendable {
  /// A key, and what it says, for the documentation.
  package struct Key: Sendable {
    package let name: String
    package let help: String

    /// A key of that name.
    package init(_ name: String, _ help: String) { (self.name, self.help) = (name, help) }
  }

  /// The keys of the part.
  package let keys: [Key]
  /// Whether the user's flags say where the platform keeps the events, so that the project's place does not count.
  package let isPlaceGiven: @Sendable (LanguageOptions) -> Bool
  /// The fact of the platform that a name stands for; `nil` for any other name.
  package let fact: @Sendable (String) -> PlaceFact?
  /// Reads the part. Throws what is wrong with it.
  package let read: @Sendable (ProjectSection) throws(Diagnostic) -> PlatformLog

  /// A role of these.
  package init(
    keys: [Key], isPlaceGiven: @escaping @Sendable (LanguageOptions) -> Bool,
    fact: @escaping @Sendable (String) -> PlaceFact?,
    read: @escaping @Sendable (ProjectSection) throws(Diagnostic) -> PlatformLog
  ) {
    (self.keys, self.isPlaceGiven, self.fact, self.read) = (keys, isPlaceGiven, fact, read)
  }
}

extension [ProjectLog] {
  /// The log that a rule's log source is: of those that cover it the one that names most of its parts, of these the
  /// first; `nil` where none does.
  package func log(for source: LogSource) -> ProjectLog? {
    let covering = filter { $0.covers(source) }
    guard let most = covering.map(\.partCount).max() else { return nil }
    return covering.first { $0.partCount == most }
  }
}
