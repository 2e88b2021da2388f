import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What a rule's program meets of events: JSON as Python reads it, numbers with a fraction as doubles.
enum PantherStore {
  /// What is not as the event has it: keys that stand twice or are not Unicode, whole numbers beyond what Python reads,
  /// numbers that no double has, and within objects, whose text may be asked for, those that are spelled otherwise than
  /// Python spells them.
  static func stored(_ events: [Event], for rule: Rule?, options: LanguageOptions) -> [StoredEvent] {
    events.map { event in StoredEvent(changes(in: event)) }
  }

  /// How many digits of a whole number Python reads at most.
  private static let digitLimit = 4_300
  /// How deep objects may be nested whose text is made: CPython ends calls that are some 490 levels deeper.
  private static let depthLimit = 250

  private static func changes(in event: Event) -> [StoredEvent.Change] {
    var changes: [StoredEvent.Change] = []
    var pending: [(value: Value, field: String, depth: Int)] = []
    func open(_ object: Value.Object, _ field: String?, _ depth: Int) {
      var seen: Set<ScalarText> = []
      for member in object.members {
        let name = field ?? member.key
        if member.malformedKey != nil {
          changes.append(.init(.value, name, "a key of `\(name)` is not well-formed Unicode"))
        } else if !seen.insert(ScalarText(member.key)).inserted {
          changes.append(.init(.value, name, "the key `\(member.key)` stands twice"))
        }
        pending.append((member.value, name, depth))
      }
    }
    open(event.object, nil, 0)
    while let next = pending.popLast() {
      if next.depth > depthLimit {
        changes.append(.init(.fails, next.field, "`\(next.field)` is nested more than \(depthLimit) deep"))
        continue
      }
      switch next.value {
      case .null, .bool, .string: break
      case .malformedString where next.depth > 0:
        changes.append(.init(.value, next.field, "a text in `\(next.field)` is not well-formed Unicode"))
      case .malformedString: break
      case .number(let number):
        if !isKept(number, isInside: next.depth > 0) {
          changes.append(.init(.value, next.field, "`\(number.written)` is another number in Python"))
        }
      case .array(let items): pending += items.map { ($0, next.field, next.depth + (next.depth > 0 ? 1 : 0)) }
      case .object(let object): open(object, next.field, next.depth + 1)
      }
    }
    return changes
  }

  private static func isKept(_ number: Number, isInside: Bool) -> Bool {
    let written = number.written
    if written.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "-") }) {
      return written.utf8.count <= digitLimit && !(isInside && written == "-0")
    }
    let double = number.double
    if double.isInfinite || double.isNaN { return false }
    let spelled = PythonDouble.text(double)
    return isInside ? spelled == written : Number(spelled) == number
  }
}
