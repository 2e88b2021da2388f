import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A value of a search's field, or of an expression.
enum SplunkValue: Sendable {
  /// No value: a missing field, or an expression without one.
  case null
  case text(String)
  case number(Double)
  /// A Boolean of an expression.
  case bool(Bool)
  /// The values of a multivalue field, one or more.
  case list([String])

  /// The values as a field's: none is NULL, one is a text.
  init(values: [String]) {
    switch values.count {
    case 0: self = .null
    case 1: self = .text(values[0])
    default: self = .list(values)
    }
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  /// Whether both are the same in every way.
  func isSame(as other: SplunkValue) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.text(let a), .text(let b)): a.sameScalars(as: b)
    case (.number(let a), .number(let b)): a.bitPattern == b.bitPattern
    case (.bool(let a), .bool(let b)): a == b
    case (.list(let a), .list(let b)): a.map(ScalarText.init) == b.map(ScalarText.init)
    case (.null, _), (.text, _), (.number, _), (.bool, _), (.list, _): false
    }
  }

  /// The text of a text or number; `nil` for all else.
  var text: String? {
    switch self {
    case .text(let text): text
    case .number(let number): SplunkValue.text(of: number)
    case .null, .bool, .list: nil
    }
  }

  /// The number of a number, or of a text that spells one.
  var number: Double? {
    switch self {
    case .number(let number): number
    case .text(let text): Number(text)?.double
    case .null, .bool, .list: nil
    }
  }

  /// A number as text: a whole one without a fraction.
  static func text(of number: Double) -> String { Number("\(number)")?.shortest ?? "\(number)" }
}

/// Where Splunk's manuals leave a question open, or measurements differ: one of the possible answers each.
///
/// A search is run under readings that differ in every point. Where the verdict depends on one, the search is
/// refused: Splunk's answer is not known.
final class SplunkInterpretation {
  private let answer: Bool
  /// Whether any of the questions was put: where none is, every reading says the same.
  var wasAsked = false

  /// The reading that answers each question so.
  private init(_ answer: Bool) { self.answer = answer }

  /// Whether `NOT NULL` is NULL; otherwise it is true (facts in README, "NULL").
  var notOfNullIsNull: Bool { asked() }
  /// Whether a field keeps a JSON boolean; otherwise it gets the text `true` or `false`.
  var keepsBooleans: Bool { asked() }
  /// Whether a number and a text in quotes are compared as text; otherwise the comparison is NULL.
  var comparesNumbersAsText: Bool { asked() }
  /// Whether `field=*` in `search` holds of the empty text.
  var starTakesEmpty: Bool { asked() }

  private func asked() -> Bool {
    wasAsked = true
    return answer
  }

  /// Readings that differ in every point.
  static var all: [SplunkInterpretation] { [SplunkInterpretation(true), SplunkInterpretation(false)] }
}

/// One event on its way through a search: its text and its fields.
final class SplunkRow {
  /// How many bytes of an event automatic extraction reads (limits.conf, `[spath] extraction_cutoff`).
  static let extractionCutoff = 5_000

  /// Where the row's event is.
  let place: Place
  /// The event, while `_raw` is its text.
  private(set) var event: Event?
  private var own: [ScalarText: SplunkValue] = [:]
  private var removed: Set<ScalarText> = []
  private var keepsOwnOnly = false
  private lazy var extracted: [ScalarText: [String]] = json.map(SplunkExtractor.fields) ?? [:]
  private lazy var rawText: String = json?.compactJSON ?? ""
  private var folded: [UInt8]?

  /// The row of an event, its fields extracted when they are asked for.
  init(_ event: Event) {
    self.event = event
    place = event.place
  }

  private var json: Value? { event.map { .object($0.object) } }

  /// A row of these fields and no event.
  init(fields: [(String, SplunkValue)]) {
    place = Place()
    for (name, value) in fields { own[ScalarText(name)] = value }
  }

  /// The row of an event whose members are fields that an add-on extracts: texts, no `_raw` of which they are read.
  init(extracted event: Event) {
    place = event.place
    for member in event.object.members {
      if let text = member.value.comparedText { own[ScalarText(member.key)] = .text(text) }
    }
  }

  /// The row of an event of a data set, whose fields stand under its name.
  init(_ event: Event, in set: SplunkDataSet) {
    place = event.place
    for member in event.object.members {
      let texts: [String]
      if case .array(let items) = member.value {
        texts = items.compactMap(\.comparedText)
      } else {
        texts = member.value.comparedText.map { [$0] } ?? []
      }
      if !texts.isEmpty { own[ScalarText(set.name(member.key))] = SplunkValue(values: texts) }
    }
  }

  /// A renaming of the fields that begin with a text (`X.* AS *`) as one of each; any other as it is. Throws where the
  /// fields are not all known.
  func written(out renaming: SplunkCommand.Renaming, _ span: Span?) throws(Diagnostic) -> [SplunkCommand
    .Renaming]
  {
    guard renaming.from.contains("*") else { return [renaming] }
    guard event == nil, let from = SplunkWildcards.prefix(renaming.from),
      let to = SplunkWildcards.prefix(renaming.to)
    else { throw .splunkUnread("`rename` of these fields", span) }
    let names = own.keys.map(\.string).filter { $0.hasPrefix(from) }.sorted()
    return names.map { SplunkCommand.Renaming(from: $0, to: to + $0.dropFirst(from.count)) }
  }

  /// The value of a field; setting NULL removes it.
  subscript(name: String) -> SplunkValue {
    get { self[ScalarText(name)] }
    set { self[ScalarText(name)] = newValue }
  }

  subscript(key: ScalarText) -> SplunkValue {
    get {
      if let value = own[key] { return value }
      if removed.contains(key) || keepsOwnOnly { return .null }
      if key.string == "_raw" { return event == nil ? .null : .text(rawText) }
      return lacks(key.string) ? .null : SplunkValue(values: extracted[key] ?? [])
    }
    set {
      if key.string == "_raw" { (event, folded) = (nil, nil) }
      own[key] = newValue.isNull ? nil : newValue
      if newValue.isNull { removed.insert(key) } else { removed.remove(key) }
    }
  }

  /// Whether the event has surely no field of that name, without a look at all of it: a name without dots and braces is
  /// that of a member, or of one within a member without a name.
  private func lacks(_ name: String) -> Bool {
    guard let event, name.allBytes({ $0 < 0x80 && $0 != 0x2E && $0 != 0x7B }) else { return false }
    return event.value(of: name) == nil && event.value(of: "") == nil
  }

  /// The bytes of `_raw` with ASCII letters in lower case, in which keywords are looked for; `nil` without `_raw`.
  var foldedRaw: [UInt8]? {
    if let folded { return folded }
    folded = self["_raw"].text.map { $0.utf8.map(\.lowercased) }
    return folded
  }

  /// Drops all fields but these and the internal ones.
  func keep(_ names: [String]) {
    let kept = names.map { ($0, self[$0]) }
    let raw = event
    keepsOwnOnly = true
    own = [:]
    for (name, value) in kept where name != "_raw" { self[name] = value }
    event = raw
  }

  /// The fields of the row's own, as text: what a table of the row shows.
  var values: [ScalarText: String] { own.mapValues { $0.text ?? "\($0)" } }

  /// Takes the fields of `text`, as `spath` without a path does.
  func extract(from text: String) {
    guard let value = try? JSON.parse(text) else { return }
    for (name, values) in SplunkExtractor.fields(value) { self[name.string] = SplunkValue(values: values) }
  }
}

/// Automatic extraction of JSON: names joined by dots, `{}` after an array, values as text.
enum SplunkExtractor {
  /// The fields of an event. JSON null is the text `null`, an empty object or array has no field; what ends
  /// past the cutoff is not seen.
  static func fields(_ event: Value) -> [ScalarText: [String]] {
    var fields: [ScalarText: [String]] = [:]
    _ = walk(event, "", 0, &fields)
    return fields
  }

  /// Collects the fields under `name` of a value whose text begins at byte `start`; returns where it ends.
  private static func walk(
    _ value: Value, _ name: String, _ start: Int, _ fields: inout [ScalarText: [String]]
  ) -> Int {
    switch value {
    case .object(let object):
      var at = start + 1
      for member in object.members {
        at += Value.string(member.key).compactJSON.utf8.count + 1
        at = walk(member.value, name.isEmpty ? member.key : "\(name).\(member.key)", at, &fields) + 1
      }
      return max(at, start + 2)
    case .array(let items):
      var at = start + 1
      for item in items { at = walk(item, name + "{}", at, &fields) + 1 }
      return max(at, start + 2)
    case .null, .bool, .number, .string, .malformedString:
      let end = start + value.compactJSON.utf8.count
      if end <= SplunkRow.extractionCutoff { fields[ScalarText(name), default: []].append(text(value)) }
      return end
    }
  }

  /// A leaf as text: a string's own, a number as it is written, `true`, `false` and `null`.
  static func text(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .number(let number): number.written
    case .bool, .string, .malformedString: value.comparedText ?? ""
    case .array, .object: value.compactJSON
    }
  }
}

extension SplunkRow {
  /// Sets the fields that the add-on makes of a record.
  func addCloudTrailFields() {
    for (name, path) in SplunkCloudTrailAddOn.aliases where self[name].isNull {
      let value = self[path.description]
      if !value.isNull { self[name] = value }
    }
    // EVAL-aws_account_id, versions 7.11 and 8.1.
    let isService = ["AWSAccount", "AWSService"].contains(self["userIdentity.type"].text ?? "")
    let account = self[isService ? "recipientAccountId" : "userIdentity.accountId"]
    if self["aws_account_id"].isNull, !account.isNull { self["aws_account_id"] = account }
    if self["errorCode"].isNull {
      let isFailure = self["responseElements.ConsoleLogin"].text == "Failure"
      self["errorCode"] = .text(isFailure ? "failure" : "success")
    }
  }
}
