import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What the columns of a table hold.
enum AthenaStore {
  /// Whether each event goes into the columns of `options.schema`, by default CloudTrail's, without loss. What has
  /// no column is not looked at: a rule cannot ask about it. The text columns of an untyped table hold everything but
  /// what `FieldType.text` does not.
  static func stores(_ events: [Event], options: LanguageOptions) throws(Diagnostic) -> [Bool] {
    if options.athena.untyped, options.schema == nil {
      return events.map { $0.object.members.allSatisfy { FieldType.text.stores($0.value) } }
    }
    let table = try AthenaTable(known: options)
    let columns = table.schema.fields.map { (name: AthenaMembers.Name($0.name), type: $0.type) }
    return events.map { event in
      var members = AthenaMembers(event)
      return columns.allSatisfy { $0.type.stores(members[$0.name]) }
    }
  }
}

extension FieldType {
  /// Whether a column of this type holds the value. Text columns hold everything, objects as JSON text; but of the
  /// elements of arrays in it a query gets numbers only as `json_extract` spells them.
  fileprivate func stores(_ value: Value?) -> Bool {
    guard let value else { return true }
    return switch (self, value) {
    case (_, .null), (.boolean, .bool): true
    case (.text, _): value.keepsNumbers(inArray: false)
    case (.integer, .number(let number)): Int64(number.shortest) != nil
    case (.real, .number(let number)): number.double.isFinite
    case (.structure(let fields), .object(let object)):
      fields.allSatisfy { $0.type.stores(object.member($0.name)) }
    case (.array(let element), .array(let items)): items.allSatisfy(element.stores)
    case (.map(let type), .object(let object)): object.members.allSatisfy { type.stores($0.value) }
    case (.boolean, _), (.integer, _), (.real, _), (.timestamp, _), (.structure, _), (.array, _), (.map, _):
      false
    }
  }
}

/// The members of an event as a table's columns find them, for many columns: each is found in a time that does not grow
/// with the event.
struct AthenaMembers {
  /// A name to look for.
  struct Name {
    /// As it is spelled.
    let text: String
    /// In lower case.
    let lower: ScalarText

    init(_ text: String) { (self.text, lower) = (text, ScalarText(LetterCase.lower(text))) }
  }

  let event: Event
  /// The place of the last member of each name in lower case; made when a name is first missed in its own spelling.
  private var places: [ScalarText: Int]?

  init(_ event: Event) { self.event = event }

  /// The value of a key, in that spelling or, failing that, in another letter case.
  subscript(name: Name) -> Value? {
    mutating get {
      if let exact = event.value(of: name.text) { return exact }
      let members = event.object.members
      let known =
        places
        ?? Dictionary(
          members.enumerated().map { (ScalarText(LetterCase.lower($1.key)), $0) },
          uniquingKeysWith: { _, last in last })
      places = known
      return known[name.lower].map { members[$0].value }
    }
  }
}

extension Value.Object {
  /// The value of a key, in that spelling or, failing that, in another letter case.
  func member(_ name: String) -> Value? {
    if let exact = self[name] { return exact }
    let wanted = LetterCase.lower(name)
    return members.last { LetterCase.lower($0.key).sameScalars(as: wanted) }?.value
  }
}

extension Value {
  /// The value with each number in its shortest spelling and each key once.
  var normalized: Value {
    switch self {
    case .null, .bool, .string, .malformedString: return self
    case .number(let number): return Number(number.shortest).map(Value.number) ?? self
    case .array(let items): return .array(items.map(\.normalized))
    case .object(let object):
      var result = Object()
      for member in object.members { result[member.key] = member.value.normalized }
      return .object(result)
    }
  }
}

extension Value {
  /// Whether its numbers are in a query what they are in the text: those of elements are spelled anew, and those that
  /// are no double have no value.
  fileprivate func keepsNumbers(inArray: Bool) -> Bool {
    switch self {
    case .null, .bool, .string, .malformedString: true
    case .number(let number):
      number.double.isFinite && (!inArray || number.isSpelledAlike)
    case .array(let items): items.allSatisfy { $0.keepsNumbers(inArray: true) }
    case .object(let object): object.members.allSatisfy { $0.value.keepsNumbers(inArray: inArray) }
    }
  }
}

extension Number {
  /// Whether Java spells it as its shortest decimal: a whole number, or a double of a size that it writes without an
  /// exponent (from 0.001 to 10,000,000) and of so few digits that every version of Java writes them alike.
  fileprivate var isSpelledAlike: Bool {
    if shortest.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }) { return true }
    return (1e-3..<1e7).contains(double.magnitude) && shortest.utf8.count(where: \.isDigit) <= 15
  }
}
