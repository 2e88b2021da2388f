import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Puts values at paths together to one event.
struct EventBuilder {
  /// A node of the event's tree: what is below it, and what stands there.
  private struct Node {
    var members: [(name: String, place: Int)] = []
    var elements: [Int: Int] = [:]
    var values: [Value] = []
    var isArray = false
  }

  /// Paths whose value must be an array, whatever it holds.
  var asArray: Set<Int> = []
  /// Values that stand where no path leads.
  var extra: [Value] = []

  private var places = [Node()]
  private var ends: [Int: Int] = [:]
  /// The facts of the event's place, by number, and their texts.
  private var facts: [Int: PlaceFact] = [:]
  private var factTexts: [PlaceFact: [String]] = [:]

  /// Makes the node of a path, so that indexes that other paths ask for are left free, or keeps a fact's name.
  mutating func reserve(_ subject: Subject, number: Int) {
    let path: FieldPath
    switch subject {
    case .path(let own): path = own
    case .fact(let fact):
      facts[number] = fact
      return
    }
    var at = 0
    for step in path.steps {
      switch step {
      case .name(let name): at = member(name, of: at)
      case .index(let index): at = element(index, of: at)
      case .each: continue
      }
    }
    ends[number] = at
    if asArray.contains(number) { places[at].isArray = true }
  }

  mutating func add(_ values: [Value], number: Int) {
    if let fact = facts[number] { factTexts[fact, default: []] += values.compactMap(\.comparedText) }
    guard let end = ends[number] else { return }
    for value in values where !places[end].values.contains(value) { places[end].values.append(value) }
  }

  private mutating func member(_ name: String, of place: Int) -> Int {
    if let known = places[place].members.first(where: { $0.name.sameScalars(as: name) }) {
      return known.place
    }
    places.append(Node())
    places[place].members.append((name, places.count - 1))
    return places.count - 1
  }

  private mutating func element(_ index: Int, of place: Int) -> Int {
    if let known = places[place].elements[index] { return known }
    places.append(Node())
    places[place].elements[index] = places.count - 1
    return places.count - 1
  }

  /// The text as a value: a number where numbers are asked for and it is one in its shortest form.
  static func value(_ text: String, isNumeric: Bool) -> Value {
    if isNumeric, let number = Number(text), number.shortest.sameScalars(as: text) { return .number(number) }
    return .string(text)
  }

  var event: Event {
    var object = Value.Object(members(of: 0))
    for (index, value) in extra.enumerated() {
      var name = index == 0 ? "other" : "other\(index + 1)"
      while object[name] != nil || places[0].members.contains(where: { $0.name == name }) { name += "_" }
      object.members.append(Value.Object.Member(name, value))
    }
    return Event(object, in: Place(factTexts))
  }

  private func members(of place: Int) -> [Value.Object.Member] {
    places[place].members.compactMap { member in
      value(at: member.place).map { Value.Object.Member(member.name, $0) }
    }
  }

  private func value(at index: Int) -> Value? {
    let place = places[index]
    var items = place.values
    let members = members(of: index)
    if !members.isEmpty { items.append(.object(Value.Object(members))) }
    let elements = place.elements.compactMapValues { value(at: $0) }
    if elements.isEmpty, items.count <= 1, !place.isArray { return items.first }
    guard !elements.isEmpty || !items.isEmpty else { return place.isArray ? .array([]) : nil }
    // Elements that are asked for by index stand first; all others behind every index that is asked for.
    guard let last = place.elements.keys.max(), last < 10_000 else { return .array(items) }
    let asked = (0...last).map { elements[$0] ?? .null }
    return .array(items.isEmpty ? Array(asked.prefix((elements.keys.max() ?? 0) + 1)) : asked + items)
  }
}
