import ConcordDiagnostics
import ConcordDocuments

/// Something that a log says of its events besides the events themselves: where a platform keeps them.
///
/// A fact is a name with a text, such as product `aws` or an index; it is never a field of the event. The parts of a
/// log source are facts that every language shares; all others belong to the platform that has them and are named by
/// it, such as `splunk.index`.
public struct PlaceFact: Hashable, Sendable, CustomStringConvertible {
  /// The fact's name, the platform's identifier before a dot where one platform alone has it.
  public let name: String
  /// Whether a place can have several texts of it, as it can have several tags.
  package let hasManyTexts: Bool
  /// Whether it says when events happened rather than where they are.
  package let isOfTime: Bool
  /// The field in which the platform shows the fact beside those of the event, if it does.
  package let field: FieldPath?

  /// The fact of that name, shared by all languages.
  private init(shared name: String, isOfTime: Bool = false) {
    self.name = name
    self.isOfTime = isOfTime
    hasManyTexts = false
    field = nil
  }

  /// A fact that the platform of that identifier has under `name`. `hasManyTexts`: whether a place can have several
  /// texts of it; `isOfTime`: whether it says when events happened; `isField`: whether the platform shows it as a field of that name.
  public init(
    _ name: String, of platform: String, hasManyTexts: Bool = false, isField: Bool = false,
    isOfTime: Bool = false
  ) {
    self.name = "\(platform).\(name)"
    self.isOfTime = isOfTime
    self.hasManyTexts = hasManyTexts
    field = isField ? FieldPath(name) : nil
  }

  /// A product, such as `aws` or `windows`.
  public static let product = PlaceFact(shared: "product")
  /// A kind of event over products, such as `process_creation`.
  public static let category = PlaceFact(shared: "category")
  /// A part of a product, such as `cloudtrail`.
  public static let service = PlaceFact(shared: "service")
  /// The name that a rule's own platform has for a log of which no part is known, such as Panther's `Okta.SystemLog`.
  public static let logType = PlaceFact(shared: "log type")
  /// The first moment of the events that are asked: an instant, or so long before the query runs.
  package static let since = PlaceFact(shared: "since", isOfTime: true)
  /// The first moment after them.
  package static let until = PlaceFact(shared: "until", isOfTime: true)

  /// The identifier of the platform that alone has it; `nil` for the facts of log sources.
  package var platform: String? {
    name.utf8.firstIndex(of: UInt8(ascii: ".")).map { String(name[..<$0]) }
  }

  /// The name that writes it down, such as `athena.table`.
  public var description: String { name }

  /// Names are compared scalar by scalar.
  public static func == (left: PlaceFact, right: PlaceFact) -> Bool { left.name.sameScalars(as: right.name) }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(ScalarText(name)) }
}

/// The facts of the place where an event stands, as far as they are known. A fact may have several texts, as a tag has.
public struct Place: Hashable, Sendable {
  private var texts: [PlaceFact: [String]] = [:]

  /// The place that has these facts; without any, a place that is not known at all.
  public init(_ facts: [PlaceFact: [String]] = [:]) {
    texts = facts.filter { !$0.value.isEmpty }
  }

  /// The texts of a fact; empty where the place does not have it.
  package subscript(fact: PlaceFact) -> [String] {
    get { texts[fact] ?? [] }
    set { texts[fact] = newValue.isEmpty ? nil : newValue }
  }

  /// Whether nothing is known of it.
  package var isUnknown: Bool { texts.isEmpty }

  /// The facts in the order of their names, each with its texts.
  package var facts: [(fact: PlaceFact, texts: [String])] {
    texts.sorted { $0.key.name < $1.key.name }.map { ($0.key, $0.value) }
  }
}

extension Place: CustomStringConvertible {
  /// The facts as `product=aws, service=cloudtrail`.
  public var description: String {
    facts.flatMap { fact, texts in texts.map { "\(fact)=\($0)" } }.joined(separator: ", ")
  }
}
