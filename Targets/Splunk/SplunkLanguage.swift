import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Splunk SPL: searches over JSON events.
public struct SplunkLanguage: Language {
  /// `splunk`.
  public let identifier = "splunk"
  /// Splunk SPL.
  public let name = "Splunk SPL"
  /// `spl`.
  public let fileExtension = "spl"

  /// The language.
  public init() {}
}

extension SplunkLanguage: QueryWriter {
  /// The search for a rule: base search, fields read from the event's text, one exact `where`, the output
  /// fields. Throws `E41x` for what SPL cannot say exactly.
  public func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    try SplunkWriter.write(rule, options)
  }
}

extension SplunkLanguage: QueryRunner {
  /// Whether each event comes out of the search, by Splunk's rules. Throws `E101` to `E120` for a search that is
  /// not read or that Splunk refuses, and `E332` where its answer depends on what no manual tells.
  public func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let source = Source(name: "<query>", text: query)
    let tree = try SplunkParser.parse(source)
    do {
      return try SplunkRunner(query: tree, isExtracted: options.extractedFields).run(on: events)
    } catch {
      throw error.located(in: source)
    }
  }
}

extension SplunkLanguage: RuleReader {
  /// The rule of a search: what the writer makes, and searches that people write by hand, as the README lists
  /// them. Throws `E101` to `E331` with the place for all else.
  public func read(_ source: Source, options: LanguageOptions) throws(Diagnostic) -> [RuleDocument] {
    [try SplunkReader.read(source)]
  }
}

extension SplunkLanguage: SelfTestWriter {
  /// A search that makes its own events of the rule's fixtures (`makeresults format=json`, Splunk 9.1 and later)
  /// and shows `fixture`, `expected` and `actual`. Throws `E41x` for what SPL cannot say, and `E410` for a rule
  /// without fixtures or with one that is too long.
  public func selfTest(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    try SplunkSelfTest.write(rule, options)
  }
}

extension SplunkLanguage: EventStore {
  /// Whether each event is one that the search can meet: any JSON, or under `options.extractedFields` flat, since an
  /// add-on's fields are texts without arrays and objects.
  public func stores(_ events: [Event], options: LanguageOptions) throws(Diagnostic) -> [Bool] {
    events.map { event in !options.extractedFields || event.isFlat }
  }
}

extension Event {
  /// Whether no member is an array or an object.
  var isFlat: Bool {
    object.members.allSatisfy { member in
      switch member.value {
      case .null, .bool, .number, .string, .malformedString: true
      case .array, .object: false
      }
    }
  }
}
