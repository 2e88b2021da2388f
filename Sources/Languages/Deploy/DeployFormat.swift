import ConcordDetection
import ConcordDiagnostics

/// A form in which a platform takes the rules of a language as a whole: a configuration file, a template, a pack.
///
/// Law, checked for every format that is read back: what is read of the files that are written for queries are these
/// queries, each with its name and settings, or one of them is refused with a reason.
package struct DeployFormat: Sendable {
  /// The name on the command line: lower case, of no other format.
  package let name: String
  /// A line on what it is.
  package let summary: String
  /// What it takes besides rules.
  package let takes: Takes
  /// The query of a rule as the platform takes it. Throws what cannot stand there as it is, and where a setting is missing.
  package let query: @Sendable (DeployMember, DeployOptions) throws(Diagnostic) -> DeployedQuery
  /// What of a rule its settings do not say, and the user should know.
  package let notes: @Sendable (DeployMember, DeployOptions) -> [Diagnostic]
  /// The files for queries of which each has a name of its own. Throws what does not fit into them.
  package let files: @Sendable ([DeployedQuery], DeployOptions) throws(Diagnostic) -> [DeployFile]
  /// Reads its files; `nil` where they are rule files of the language as any other.
  package let reading: Reading?

  /// What a format takes besides rules.
  package struct Takes: OptionSet, Sendable {
    /// The bits of the set.
    package let rawValue: Int
    /// What these bits say.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// When the queries run (`--schedule`).
    package static let schedule = Takes(rawValue: 1 << 0)
    /// It does nothing without a schedule.
    package static let needsSchedule = Takes(rawValue: 1 << 1)
    /// The time window stands in its settings, and not in the queries.
    package static let window = Takes(rawValue: 1 << 2)
    /// Its files are several, and go into a folder.
    package static let folder = Takes(rawValue: 1 << 3)
  }

  /// How files of a format are read.
  package struct Reading: Sendable {
    /// What the names of its files end in, by which folders are searched for them.
    package let names: [String]
    /// Whether a source is such a file.
    package let isFile: @Sendable (Source) -> Bool
    /// The queries in it. Throws what is wrong with it, at its place, and what its settings do not say plainly.
    package let queries: @Sendable (Source) throws(Diagnostic) -> [DeployedQuery]
    /// Puts what the settings of a query say of its alerts into its rule, and returns what is set aside. Throws where they
    /// decide which events make an alert.
    package let settle: @Sendable (DeployedQuery, inout Rule) throws(Diagnostic) -> [Diagnostic]

    /// A reading of files with such names.
    package init(
      names: [String], isFile: @escaping @Sendable (Source) -> Bool,
      queries: @escaping @Sendable (Source) throws(Diagnostic) -> [DeployedQuery],
      settle: @escaping @Sendable (DeployedQuery, inout Rule) throws(Diagnostic) -> [Diagnostic] = { _, _ in
        []
      }
    ) {
      (self.names, self.isFile, self.queries, self.settle) = (names, isFile, queries, settle)
    }
  }

  /// A format of these parts.
  package init(
    name: String, summary: String, takes: Takes = [],
    query: @escaping @Sendable (DeployMember, DeployOptions) throws(Diagnostic) -> DeployedQuery,
    notes: @escaping @Sendable (DeployMember, DeployOptions) -> [Diagnostic] = { _, _ in [] },
    files: @escaping @Sendable ([DeployedQuery], DeployOptions) throws(Diagnostic) -> [DeployFile],
    reading: Reading? = nil
  ) {
    (self.name, self.summary, self.takes) = (name, summary, takes)
    (self.query, self.notes, self.files, self.reading) = (query, notes, files, reading)
  }
}

/// A rule that is to be deployed.
package struct DeployMember: Sendable {
  /// The rule.
  package let rule: Rule
  /// Its query.
  package let text: String

  /// A rule with that query.
  package init(rule: Rule, text: String) { (self.rule, self.text) = (rule, text) }
}

/// A query as a platform takes it: under a name, with settings beside it.
package struct DeployedQuery: Hashable, Sendable {
  /// The name of the format by which its settings are told.
  package let format: String
  /// What the platform calls it; each has a name of its own.
  package var name: String
  /// Its text.
  package var text: String
  /// What is set beside it, in order; each name once.
  package var settings: [DeploySetting]
  /// Whether the platform runs it at all.
  package var isEnabled: Bool
  /// More files that belong to it.
  package var beside: [DeployFile] = []

  /// A query of that name, in that format.
  package init(
    format: String, name: String, text: String, settings: [DeploySetting], isEnabled: Bool = true
  ) {
    (self.format, self.name, self.text) = (format, name, text)
    (self.settings, self.isEnabled) = (settings, isEnabled)
  }
}

/// A setting beside a query.
package struct DeploySetting: Hashable, Sendable {
  /// Its name, as the platform has it.
  package let name: String
  /// Its value.
  package var value: String

  /// The setting of that name.
  package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// A file of a format.
package struct DeployFile: Hashable, Sendable {
  /// Its path below the folder of the output.
  package let path: String
  /// Its text.
  package let text: String

  /// A file at that path.
  package init(_ path: String, _ text: String) { (self.path, self.text) = (path, text) }
}

/// What the user says of the deployment.
package struct DeployOptions: Sendable {
  /// When the queries run, in the platform's own words; `nil` where they have no schedule.
  package var schedule: String?
  /// The events that a run asks, for formats that set them beside the query.
  package var window = TimeWindow()
  /// What else is set beside each query; of several of one name the last counts.
  package var settings: [DeploySetting] = []
  /// What the whole is called: the name of the output's folder.
  package var name = "detections"

  /// No schedule and no settings.
  package init() {}

  /// The value of a setting; `nil` where it is not given.
  package func setting(_ name: String) -> String? { settings.last { $0.name == name }?.value }

  /// The value of a setting that a format needs. Throws `E918` where it is not given.
  package func needed(_ name: String, _ what: String) throws(Diagnostic) -> String {
    if let value = setting(name), !value.isEmpty { return value }
    throw Diagnostic(
      .deploySetting, "the format needs the setting `\(name)`: \(what)",
      help: ["give it with `--setting \(name)=…`"])
  }

  /// Throws `E918` where a setting is given that is none of these.
  package func allow(_ names: [String]) throws(Diagnostic) {
    guard let unknown = settings.first(where: { !names.contains($0.name) })?.name else { return }
    throw Diagnostic(
      .deploySetting, "the format has no setting `\(unknown)`",
      help: Suggestion.question(for: unknown, among: names) + ["it takes \(names.joined(separator: ", "))"])
  }
}

extension Diagnostic {
  /// A value that cannot stand in a format's file as it is.
  package static func deployValue(_ what: String, _ why: String, help: [String] = []) -> Diagnostic {
    Diagnostic(.deployValue, "\(what) \(why)", help: help)
  }
}
