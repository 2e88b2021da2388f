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
  /// What has members that are asked for, which no text and no number has, and what is asked whether it is there, as an
  /// array without elements is too.
  private var kindsTaken: [(path: FieldPath, hasMembers: Bool, note: Diagnostic)] = []
  /// The fields of which null is taken as absent, and where the note on them stands.
  private var nulls: (paths: [FieldPath], place: Int, span: Span, source: Source)?

  /// Says that once; `path` is what its kind is told of.
  mutating func add(_ diagnostic: Diagnostic, key: String, kindOf path: FieldPath? = nil) {
    if seen.insert(key).inserted { all.append(diagnostic) }
    if let path { told.append(path) }
  }

  /// Says of one field more that null is taken as absent, all of them in one note, which stands where the first is asked.
  mutating func addNull(_ path: FieldPath, _ span: Span, in source: Source) {
    var known = nulls ?? ([], all.count, span, source)
    if known.paths.contains(path) { return }
    known.paths.append(path)
    nulls = known
    let note = Diagnostic.assumedNull(known.paths, known.span, in: known.source)
    if known.place == all.count { all.append(note) } else { all[known.place] = note }
  }

  /// Keeps what the value at a path is taken to be, an object where it has members: it is said where nothing else tells
  /// its kind.
  mutating func addKind(_ path: FieldPath, hasMembers: Bool, _ note: Diagnostic) {
    if !kindsTaken.contains(where: { $0.path == path }) { kindsTaken.append((path, hasMembers, note)) }
  }

  /// Says what was kept of the paths of a condition, where nothing tells their kind: that of a member tells the object's.
  mutating func addKinds(of condition: Condition) {
    for (path, hasMembers, note) in kindsTaken
    where condition.paths.contains(where: { hasMembers ? $0.begins(with: path) : $0 == path }) {
      if !told.contains(where: { $0.begins(with: path) }) {
        add(note, key: "kind \(path.shown)", kindOf: path)
      }
    }
  }
}
