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

extension LogSource {
  /// What the log source asks of a place; `always(true)` where it names nothing.
  package var place: Condition {
    func asks(_ fact: PlaceFact, _ text: String?) -> Condition {
      text.map { .place(fact, .text(.equals($0), .exact)) } ?? .always(true)
    }
    let parts: [Condition] = [
      asks(.product, product), asks(.category, category), asks(.service, service),
    ]
    let known = Condition.all(parts)
    return known == .always(true) ? asks(.logType, platformName) : known
  }
}

extension Condition {
  /// The condition on an event alone, where the place is known: each question about the place is answered.
  package func resolved(in place: Place) -> Condition {
    switch kind {
    case .always, .test, .anywhere: return self
    case .place(let fact, let atom):
      return .always(atom.holds(of: fact, in: place), origin: origin)
    case .not(let operand): return .not(operand.resolved(in: place), origin: origin)
    case .all(let operands): return .all(operands.map { $0.resolved(in: place) }, origin: origin)
    case .any(let operands): return .any(operands.map { $0.resolved(in: place) }, origin: origin)
    }
  }

  /// The facts of the place that the condition asks about, in order of first mention, each once.
  package var facts: [PlaceFact] {
    switch kind {
    case .always, .test, .anywhere: []
    case .place(let fact, _): [fact]
    case .not(let operand): operand.facts
    case .all(let operands), .any(let operands):
      operands.reduce(into: []) { facts, operand in
        facts += operand.facts.filter { !facts.contains($0) }
      }
    }
  }

  /// Whether some question is about the event.
  package var asksOfEvent: Bool {
    switch kind {
    case .always, .place: false
    case .test, .anywhere: true
    case .not(let operand): operand.asksOfEvent
    case .all(let operands), .any(let operands): operands.contains(where: \.asksOfEvent)
    }
  }
}

extension Condition {
  /// The same, with every question answered that is about a fact of which the place has a text.
  package func answered(by place: Place) -> Condition {
    switch kind {
    case .always, .test, .anywhere: self
    case .place(let fact, _): place[fact].isEmpty ? self : resolved(in: place)
    case .not(let operand): .not(operand.answered(by: place), origin: origin)
    case .all(let operands): .all(operands.map { $0.answered(by: place) }, origin: origin)
    case .any(let operands): .any(operands.map { $0.answered(by: place) }, origin: origin)
    }
  }
}

extension Rule {
  /// The rule for events of which something of the place is known: what that answers is no question any more. Where its
  /// log source is another, it asks for no place at all (`always(false)`).
  package func answered(by given: Place) -> Rule {
    if given.isUnknown { return self }
    var copy = self
    copy.condition = condition.answered(by: given)
    let isOther = logs.conjuncts.contains { $0.answered(by: given) == .always(false) }
    copy.place = isOther ? .always(false) : place.answered(by: given)
    return copy
  }
}
