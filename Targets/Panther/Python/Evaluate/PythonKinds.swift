import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Which JSON kinds the values at paths have in the rule's fixtures.
struct PythonKinds {
  /// The kinds of JSON values, but null.
  struct Kinds: OptionSet, Hashable, Sendable {
    let rawValue: Int
    static let text = Kinds(rawValue: 1)
    static let number = Kinds(rawValue: 2)
    static let boolean = Kinds(rawValue: 4)
    static let object = Kinds(rawValue: 8)
    static let array = Kinds(rawValue: 16)

    /// What they are, for people.
    var words: String {
      let names: [(Kinds, String)] = [
        (.text, "a text"), (.number, "a number"), (.boolean, "a boolean"), (.object, "an object"),
        (.array, "an array"),
      ]
      return names.filter { contains($0.0) }.map(\.1).joined(separator: " or ")
    }
  }

  let events: [Event]

  /// The kinds of the values at a path, and whether an array is on the way where the path goes on by a name.
  func at(_ path: FieldPath) -> (kinds: Kinds, passesArray: Bool) {
    var (kinds, passesArray): (Kinds, Bool) = ([], false)
    for event in events {
      var values = [Value.object(event.object)]
      for step in path.steps {
        var next: [Value] = []
        for value in values { next += PythonKinds.step(value, step, &passesArray) }
        values = next
      }
      for value in values { kinds.formUnion(PythonKinds.kind(value)) }
    }
    return (kinds, passesArray)
  }

  /// Whether numbers at a path have no fraction in any fixture, where one has a number: those are `int` in Python.
  func areWhole(_ path: FieldPath) -> Bool {
    var isShown = false
    for event in events {
      var (values, passesArray) = ([Value.object(event.object)], false)
      for step in path.steps {
        values = values.flatMap { PythonKinds.step($0, step, &passesArray) }
      }
      for case .number(let number) in values {
        guard number.written.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }) else { return false }
        isShown = true
      }
    }
    return isShown
  }

  private static func step(_ value: Value, _ step: FieldPath.Step, _ passesArray: inout Bool) -> [Value] {
    switch (step, value) {
    case (.index(let index), _) where index < 0: return [value]  // The element of a loop.
    case (.index(let index), .array(let items)): return items.indices.contains(index) ? [items[index]] : []
    case (.each, .array(let items)): return items
    case (.name, .array(let items)):
      passesArray = true
      var below: [Value] = []
      for item in items { below += PythonKinds.step(item, step, &passesArray) }
      return below
    case (.name(let name), .object(let object)):
      // Keys are found in any letter case where none is the same.
      if let value = object[name] { return [value] }
      let lower = name.lowercased()
      return object.members.first { $0.key.lowercased() == lower }.map { [$0.value] } ?? []
    case (.name, _), (.index, _), (.each, _): return []
    }
  }

  static func kind(_ value: Value) -> Kinds {
    switch value {
    case .null: []
    case .bool: .boolean
    case .number: .number
    case .string, .malformedString: .text
    case .array: .array
    case .object: .object
    }
  }
}

/// What is assumed, each thing once.
struct PythonNotes {
  private(set) var all: [Diagnostic] = []
  private var seen: Set<String> = []
  /// The paths whose kinds are told.
  private var told: [FieldPath] = []
  /// What has members that are asked for, which no text and no number has.
  private var objects: [(path: FieldPath, note: Diagnostic)] = []

  /// Says that once; `path` is what its kind is told of.
  mutating func add(_ diagnostic: Diagnostic, key: String, kindOf path: FieldPath? = nil) {
    if seen.insert(key).inserted { all.append(diagnostic) }
    if let path { told.append(path) }
  }

  /// Keeps that what is there is taken to be an object.
  mutating func addObject(_ path: FieldPath, _ note: Diagnostic) {
    if !objects.contains(where: { $0.path == path }) { objects.append((path, note)) }
  }

  /// Says of the objects with members in a condition what they are taken to be, where nothing tells the kind of a member.
  mutating func addObjects(of condition: Condition) {
    for (path, note) in objects where condition.paths.contains(where: { $0.begins(with: path) }) {
      if !told.contains(where: { $0.begins(with: path) }) {
        add(note, key: "kind \(path.shown)", kindOf: path)
      }
    }
  }
}
