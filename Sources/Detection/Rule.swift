import ConcordDiagnostics
import ConcordDocuments

/// A detection rule: a condition, what it is about, and the fixtures that show it at work.
public struct Rule: Hashable, Sendable {
  /// The rule's stable name, such as `AWS.Modify.Cloud.Compute.Infrastructure` or a UUID.
  public var id: String
  /// One line for people.
  public var title: String
  /// What the rule finds and why it matters.
  public var description: String?
  /// How bad a match is.
  public var severity: Severity?
  /// Who wrote it.
  public var author: String?
  /// How mature it is: `stable`, `test`, `experimental`, `deprecated` or `unsupported`, as Sigma has it.
  public var status: String?
  /// When it was written and last changed, as `YYYY-MM-DD`.
  public var date: String?
  /// When it was last changed, as `YYYY-MM-DD`.
  public var modified: String?
  /// Addresses to read more at.
  public var references: [String] = []
  /// What it covers of MITRE ATT&CK.
  public var attack: [AttackReference] = []
  /// Other labels.
  public var tags: [String] = []
  /// What to do about a match.
  public var runbook: String?
  /// Known benign causes.
  public var falsePositives: [String] = []
  /// The logs that it reads: alternatives.
  public var logSources: [LogSource] = []
  /// What it asks of the place of an event besides its log source: questions about the place alone.
  public var place: Condition = .always(true)
  /// When its events happened, in the words of the rule's platform: questions about facts of that platform, by
  /// which two versions of a rule are compared. No translation carries it.
  public var window: Condition = .always(true)
  /// Whether it is switched on.
  public var enabled: Bool = true
  /// How many events at most the query showed that the rule was read from: `LIMIT 10`. No language is written with one.
  package var rowLimit: Int?
  /// How many matches within the dedup period make an alert.
  public var threshold: Int = 1
  /// For how long matches are counted as one alert, in minutes.
  public var dedupPeriodMinutes: Int?
  /// Whether a match makes an alert; where not, it is recorded alone.
  package var makesAlerts: Bool = true
  /// Whether matches are counted as one alert where a text is the same that is made of each; otherwise all are.
  package var groupsByText: Bool = false
  /// What makes that text, by a digest; `nil` where that is not known.
  package var groupingDigest: String?
  /// The functions of a program that make what its alerts show, by name, each with a digest of its text; `nil` where no
  /// program was read.
  package var alertFunctions: [String: String]?
  /// What must hold of an event.
  public var condition: Condition
  /// How many of the events that the condition holds of make an alert; `nil` where each is one.
  package var aggregate: Aggregate?
  /// Events with the expected verdict.
  public var fixtures: [Fixture] = []
  /// The fields that a match shows.
  public var outputFields: [OutputField] = []
  /// Keys of the rule's file that have no place above, in source order.
  public var unknown: Value.Object = Value.Object()

  /// A rule of that name and condition.
  public init(id: String, title: String, condition: Condition) {
    self.id = id
    self.title = title
    self.condition = condition
  }

  /// Whether the rule is meant to run: switched on, and not retired by its status.
  package var isInUse: Bool { enabled && status != "deprecated" && status != "unsupported" }

  /// How bad a match is.
  public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Worth recording.
    case informational
    case low
    case medium
    case high
    case critical

    /// Orders from informational to critical.
    public static func < (left: Severity, right: Severity) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }
}

/// A tactic, and maybe a technique, of MITRE ATT&CK.
public struct AttackReference: Hashable, Sendable {
  /// The tactic's id (`TA0005`) or its name (`defense-impairment`), as the rule has it.
  public var tactic: String?
  /// The technique's id, `T1578` or `T1059.001`.
  public var technique: String?

  package init(tactic: String?, technique: String?) {
    self.tactic = tactic
    self.technique = technique
  }
}

/// An event with the verdict that the rule's author expects.
public struct Fixture: Hashable, Sendable {
  /// What the event shows.
  public var name: String
  /// The expected verdict.
  public var expected: Bool
  /// What is put to the condition; the first event of a log.
  public var event: Event
  /// The log that is put to a rule that counts in the event's stead; empty where there is none.
  package var log: [LoggedEvent] = []
  /// Where it stands in the rule's file. Outside equality.
  public var origin: Span?

  /// An event with the expected verdict.
  public init(name: String, expected: Bool, event: Event, origin: Span? = nil) {
    self.name = name
    self.expected = expected
    self.event = event
    self.origin = origin
  }

  /// A log with the verdict that a rule that counts is expected to have: whether it raises an alert.
  package init(name: String, expected: Bool, log: [LoggedEvent], origin: Span? = nil) {
    self.init(
      name: name, expected: expected, event: log.first?.event ?? Event(Value.Object()), origin: origin)
    self.log = log
  }

  /// Whether name, verdict, event and log are the same.
  public static func == (left: Fixture, right: Fixture) -> Bool {
    left.name.sameScalars(as: right.name) && left.expected == right.expected && left.event == right.event
      && left.log == right.log
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ScalarText(name))
    hasher.combine(expected)
    hasher.combine(event)
    hasher.combine(log)
  }
}

extension Rule {
  /// What the rule says of a fixture: whether the condition holds of its event, or whether its log raises an alert.
  package func verdict(on fixture: Fixture) -> Bool {
    guard aggregate != nil, !fixture.log.isEmpty else { return condition.holds(of: fixture.event) }
    return !detectionAnywhere.alerts(in: fixture.log).isEmpty
  }
}

/// A log that a rule reads, in Sigma's three parts; any may be missing.
public struct LogSource: Hashable, Sendable {
  /// A kind of event over products, such as `process_creation`.
  public var category: String?
  /// A product, such as `aws` or `windows`.
  public var product: String?
  /// A part of a product, such as `cloudtrail`.
  public var service: String?
  /// The name that the rule's own platform has for it, such as Panther's `AWS.CloudTrail`.
  public var platformName: String?

  /// A log source of these parts.
  package init(
    category: String? = nil, product: String? = nil, service: String? = nil, platformName: String? = nil
  ) {
    self.category = category
    self.product = product
    self.service = service
    self.platformName = platformName
  }
}

/// A field that a match shows.
public struct OutputField: Hashable, Sendable {
  /// The name under which it is shown.
  public var name: String
  /// Where its value comes from.
  public var path: FieldPath

  /// Shows the value at `path` as `name`.
  package init(name: String, path: FieldPath) {
    self.name = name
    self.path = path
  }
}
