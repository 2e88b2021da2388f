import ConcordDetection
import ConcordDiagnostics

/// What the user may say about reading, writing and running: what concerns every language, and what each language has
/// for itself.
public struct LanguageOptions: Sendable {
  /// The version of the compiler that this library is.
  package static let currentVersion = "0.1.0"

  /// The user's own schema, as the platform states it; `nil` for the log source's own.
  public var schema: Source?
  /// The events that are asked, by when they happened.
  public var window = TimeWindow()
  /// The condition of a rule whose own file has none, in the catalogue's notation.
  public var condition: Source?
  /// How to read an ambiguous condition, in the words of the notation's `Reading`; `nil` for the platform's own.
  public var reading: String?
  /// The compiler's version, for leading comments.
  package var compilerVersion: String
  /// What is proved of the query, and of which rule, as one line of its leading comment; `nil` for no such line.
  package var provenance: String?
  /// Whether windows that end at any event are to be written as fixed spans, which is not exact.
  public var approximatesWindows = false
  /// The period that fixed spans stand for in the query that is written, in words; `nil` where they stand for none.
  package var approximated: String?
  /// What statements for several rules are to show of each row besides the labels; `nil` for what the rules show.
  package var evidence: EvidenceRequest?
  /// The identifiers of the languages that rules will be written in; empty where that is not known.
  package var targets: [String] = []
  private var own: [ObjectIdentifier: any OwnOptions] = [:]

  /// The names that other texts of one program declare already.
  package var takenNames: Set<String> = []
  /// What the user says of the place of all events.
  package var place = Place()
  /// The files that stand beside the user's; `nil` where none may be read.
  package var files: SourceFiles?
  /// The logs that the user's project names.
  package var logs: [ProjectLog] = []
  /// Whether what the project says of one rule's logs is among these options.
  package var isResolved = false
  /// Whether the place of the rule that is written is the project's, so that no other is to be added.
  package var isPlacedByProject = false
  /// Whether the user's own flags say where one platform keeps the events, where the project says other things of them.
  package var isPlaceGiven: Bool?

  /// Whether the user says where the events are, so that what a rule says of another platform's places need not be
  /// mapped.
  package var namesPlace: Bool {
    isPlaceGiven ?? (schema != nil || own.values.contains(where: \.namesPlace))
  }

  /// The options with everything left to its default.
  public init() {
    self.init(compilerVersion: LanguageOptions.currentVersion)
  }

  /// The same for another version of the compiler.
  package init(compilerVersion: String) {
    self.compilerVersion = compilerVersion
  }

  /// What one language is told for itself; its defaults where it is told nothing.
  package subscript<Own: OwnOptions>(type: Own.Type) -> Own {
    get { own[ObjectIdentifier(type)] as? Own ?? Own() }
    set { own[ObjectIdentifier(type)] = newValue }
  }

  /// The options for reading a query back that was written with these: what changes rules is done already.
  package var forReadingBack: LanguageOptions {
    var options = self
    options.condition = nil
    options.reading = nil
    options.own = own.mapValues { $0.forReadingBack }
    for index in options.logs.indices { options.logs[index].pipelines = [] }
    return options
  }
}

/// Options that one language has for itself.
package protocol OwnOptions: Sendable {
  /// The defaults.
  init()
  /// The same without what changes rules as they are read: for reading back a query that was written with them.
  var forReadingBack: Self { get }
  /// Whether they say where the events are.
  var namesPlace: Bool { get }
}

extension OwnOptions {
  /// The same options: they change no rule.
  package var forReadingBack: Self { self }
  /// They say nothing of it.
  package var namesPlace: Bool { false }
}

/// An option of the command line that a language has for itself.
package struct LanguageOption: Sendable {
  /// The long name, without the dashes.
  package let name: String
  /// The one-letter name.
  package let short: Character?
  /// One line for the help.
  package let help: String
  /// What it takes, and what becomes of it.
  package let kind: Kind

  /// What an option takes, and how it changes the options.
  package enum Kind: Sendable {
    /// Nothing.
    case flag(@Sendable (inout LanguageOptions) -> Void)
    /// A text, which the help calls by that name.
    case text(String, @Sendable (inout LanguageOptions, String) -> Void)
    /// A file, or one of these that come with the language, as often as it is given.
    case sources(String, among: [Source], @Sendable (inout LanguageOptions, Source) -> Void)
  }

  /// An option of that name.
  package init(_ name: String, short: Character? = nil, help: String, _ kind: Kind) {
    self.name = name
    self.short = short
    self.help = help
    self.kind = kind
  }
}
