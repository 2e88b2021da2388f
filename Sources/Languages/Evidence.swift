import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What a statement for several rules is asked to show of each row besides the labels: all that the rules look at.
package struct EvidenceRequest: Hashable, Sendable {
  /// How many rows of the same place and time, whatever rule they meet, another statement is to give; `nil` for no such
  /// statement.
  package var sample: Int?

  /// A request with a sample of that many rows.
  package init(sample: Int? = nil) { self.sample = sample }
}

/// How an engine's rows are read back: the labels that each is given with, and the event that it was, as far as the rules
/// look at it.
package struct Evidence: Sendable {
  /// A column of the answer.
  package struct Column: Sendable {
    /// Its name in the answer, in whatever letter case.
    package let name: String
    /// The keys of the event that it is, as the rules spell them: each of them, where they spell it in several ways.
    package let keys: [String]
    /// The keys of the objects that these stand in; none where they are the event's own.
    package let around: [String]
    /// What the table holds there. Structs, arrays and maps come as JSON, the names of structs in any letter case.
    package let type: FieldType
    /// Whether a text is JSON where it is an object or an array, of the column itself and of texts in it.
    package let holdsJSON: (itself: Bool, texts: Bool)
    /// The names below it, as the rules spell them.
    package let names: [Spelling]

    /// A column of these parts.
    package init(
      name: String, keys: [String], around: [String] = [], type: FieldType,
      holdsJSON: (itself: Bool, texts: Bool), names: [Spelling]
    ) {
      (self.name, self.keys, self.around) = (name, keys, around)
      (self.type, self.holdsJSON, self.names) = (type, holdsJSON, names)
    }
  }

  /// A name of a field and those below it.
  package struct Spelling: Sendable {
    /// The name.
    package let name: String
    /// The names below it.
    package private(set) var below: [Spelling] = []

    /// The names on the way of paths, each once.
    package static func all(of paths: [FieldPath]) -> [Spelling] {
      var all: [Spelling] = []
      for path in paths { add(path.names[...], to: &all) }
      return all
    }

    private static func add(_ names: ArraySlice<String>, to all: inout [Spelling]) {
      guard let first = names.first else { return }
      let place = all.firstIndex { $0.name.sameScalars(as: first) } ?? all.count
      if place == all.count { all.append(Spelling(name: first)) }
      add(names.dropFirst(), to: &all[place].below)
    }

    private init(name: String) { self.name = name }
  }

  /// The column of labels: a list, as JSON where it comes as a text.
  package let labels: String
  /// Whether a text there is a label by itself, since the engine gives no list of one.
  package let labelsStandAlone: Bool
  /// The column that holds the whole event as JSON; `nil` where it is spread over columns.
  package let event: String?
  /// The other columns.
  package let columns: [Column]
  /// The column that says when an event happened.
  package let time: String
  /// The statement that gives so many events of the place and time, each once, without labels; `nil` where none was
  /// asked for.
  package let sample: Query?

  /// Rows of these columns.
  package init(
    labels: String, labelsStandAlone: Bool = false, event: String? = nil, columns: [Column], time: String,
    sample: Query?
  ) {
    (self.labels, self.labelsStandAlone, self.event) = (labels, labelsStandAlone, event)
    (self.columns, self.time, self.sample) = (columns, time, sample)
  }
}

/// A row of an answer, read back.
package struct EvidenceRow: Sendable {
  /// The labels that it is given with; none in a sample.
  package let labels: [String]
  /// The event, as far as the rules look at it.
  package let event: Event
  /// When it happened, where that can be read.
  package let time: Instant?
}

/// Reads the rows of one answer.
package struct EvidenceReader: Sendable {
  private let evidence: Evidence
  private let labels: Int?
  private let time: Int?
  private let event: Int?
  private let places: [(column: Evidence.Column, place: Int)]

  /// A reader of rows of these columns. Throws, in words, where one is missing.
  package init(_ evidence: Evidence, columns: [String], isSample: Bool) throws(EvidenceFault) {
    self.evidence = evidence
    func place(_ name: String) throws(EvidenceFault) -> Int {
      let place =
        columns.firstIndex { $0.sameScalars(as: name) }
        ?? columns.firstIndex { LetterCase.ignored.equates($0, name) }
      guard let place else { throw EvidenceFault(text: "it has no column `\(name)`") }
      return place
    }
    labels = isSample ? nil : try place(evidence.labels)
    time = try place(evidence.time)
    event = if let name = evidence.event { try place(name) } else { nil }
    var places: [(column: Evidence.Column, place: Int)] = []
    for column in evidence.columns {
      // An engine that names columns in its rows alone does not name those that no row has.
      do {
        places.append((column, try place(column.name)))
      } catch {
        if !evidence.labelsStandAlone { throw error }
      }
    }
    self.places = places
  }

  /// A row. Throws, in words, what is none.
  package func row(_ cells: [Value]) throws(EvidenceFault) -> EvidenceRow {
    var object = event.map { evidence.whole(cells[$0]) } ?? Value.Object()
    for (column, place) in places {
      guard let value = try column.value(cells[place]) else { continue }
      for key in column.keys { object.add(.init(key, value), within: column.around[...]) }
    }
    let moment = time.flatMap { cells[$0].comparedText }.flatMap { Instant($0) }
    return EvidenceRow(labels: try texts(labels.map { cells[$0] }), event: Event(object), time: moment)
  }

  private func texts(_ cell: Value?) throws(EvidenceFault) -> [String] {
    guard let cell else { return [] }
    // As JSON, or as the engine's own list.
    let list: Value
    if evidence.labelsStandAlone, case .string = cell {
      list = .array([cell])
    } else if case .string(let text) = cell {
      list = (try? JSON.parse(text)) ?? cell
    } else {
      list = cell
    }
    guard case .array(let items) = list else {
      throw EvidenceFault(text: "`\(evidence.labels)` is not a list")
    }
    var labels: [String] = []
    for item in items {
      guard case .string(let label) = item else { throw EvidenceFault(text: "a label is not a text") }
      labels.append(label)
    }
    return labels
  }
}

/// Why a row is not one of the statement's.
package struct EvidenceFault: Error, Sendable {
  /// In words, as the end of a sentence about the answer.
  package let text: String
}

extension Value.Object {
  /// Adds a member to the object that these keys lead to, which is made where it is not there.
  fileprivate mutating func add(_ member: Member, within keys: ArraySlice<String>) {
    guard let first = keys.first else { return members.append(member) }
    let place = members.firstIndex { $0.key.sameScalars(as: first) && $0.value.isObject } ?? members.count
    if place == members.count { members.append(Member(first, .object(Value.Object()))) }
    guard case .object(var inner) = members[place].value else { return }
    inner.add(member, within: keys.dropFirst())
    members[place] = Member(first, .object(inner))
  }
}

extension Value {
  fileprivate var isObject: Bool { if case .object = self { true } else { false } }
}

extension Evidence.Column {
  /// What the event has there; `nil` for nothing.
  fileprivate func value(_ cell: Value) throws(EvidenceFault) -> Value? {
    switch (type, cell) {
    case (_, .null): return nil
    case (.text, .string(let text)): return holdsJSON.itself ? Evidence.structured(text) : cell
    case (.structure, .string(let text)), (.array, .string(let text)), (.map, .string(let text)):
      guard let value = try? JSON.parse(text) else { throw EvidenceFault(text: "`\(name)` is not JSON") }
      return respelled(value, type, names)
    case (.boolean, .string(let text)) where text == "true" || text == "false": return .bool(text == "true")
    case (.integer, .string(let text)), (.real, .string(let text)):
      return Number(text).map(Value.number) ?? cell
    case (.text, _), (.boolean, _), (.integer, _), (.real, _), (.timestamp, _), (.structure, _), (.array, _),
      (.map, _):
      return cell
    }
  }

  /// A value of that type with names as the rules spell them.
  private func respelled(_ value: Value, _ type: FieldType, _ names: [Evidence.Spelling]) -> Value? {
    switch (value, type) {
    case (.object(let object), .structure(let fields)):
      var result = Value.Object()
      for member in object.members {
        let field = fields.first { LetterCase.ignored.equates($0.name, member.key) }
        let asked = names.filter { LetterCase.ignored.equates($0.name, member.key) }
        guard let own = respelled(member.value, field?.type ?? .text, asked.flatMap(\.below)) else {
          continue
        }
        for key in asked.isEmpty ? [member.key] : asked.map(\.name) { result.members.append(.init(key, own)) }
      }
      return .object(result)
    case (.object(let object), .map(let element)):
      var result = Value.Object()
      for member in object.members {
        let below = names.filter { $0.name.sameScalars(as: member.key) }.flatMap(\.below)
        guard let own = respelled(member.value, element, below) else { continue }
        result.members.append(.init(member.key, own))
      }
      return .object(result)
    case (.array(let items), .array(let element)):
      return .array(items.compactMap { respelled($0, element, names) })
    case (.string(let text), .text) where holdsJSON.texts && !names.isEmpty:
      return Evidence.structured(text)
    case (.null, _): return nil
    case (.bool, _), (.number, _), (.string, _), (.malformedString, _), (.array, _), (.object, _):
      return value
    }
  }
}

extension Evidence {
  /// The event that a cell holds as JSON. A text that is no object is an event without fields; it is kept to be shown.
  fileprivate func whole(_ cell: Value) -> Value.Object {
    guard case .string(let text) = cell, case .object(let object)? = try? JSON.parse(text) else {
      return Value.Object(cell == .null ? [] : [Value.Object.Member(event ?? "", cell)])
    }
    return object
  }

  /// The object or array that a text is as JSON, else the text.
  fileprivate static func structured(_ text: String) -> Value {
    switch try? JSON.parse(text) {
    case .object(let object): .object(object)
    case .array(let items): .array(items)
    case .null, .bool, .number, .string, .malformedString, nil: .string(text)
    }
  }
}
