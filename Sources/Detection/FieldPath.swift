import ConcordDiagnostics
import ConcordDocuments

/// Which values of an event an atom asks about: names joined by dots, `items[0]` an index, `items[]` an array
/// that the rule's author knows to be one.
public struct FieldPath: Hashable, Sendable {
  /// One step of a path.
  package enum Step: Sendable {
    /// The member of that name; over an array, of each element.
    case name(String)
    /// The element of that index, from 0.
    case index(Int)
    /// Each element. It says that the path passes an array here; the values are the same without it.
    case each
  }

  /// The steps, never empty; the first is a name.
  package let steps: [Step]

  /// The path of these names, `userIdentity`, `type` for `userIdentity.type`.
  package init(_ first: String, _ names: String...) {
    steps = ([first] + names).map(Step.name)
  }

  /// The path of these steps; `nil` unless the first is a name.
  package init?(steps: [Step]) {
    guard case .name? = steps.first else { return nil }
    self.steps = steps
  }

  /// The names of the path, without indexes and `[]`.
  package var names: [String] {
    steps.compactMap { if case .name(let name) = $0 { name } else { nil } }
  }

  /// The path without its `[]` steps: the same values, unless an index or another `[]` follows one.
  package var withoutEach: FieldPath {
    func isEach(_ step: Step) -> Bool { if case .each = step { true } else { false } }
    return steps.contains(where: isEach) ? FieldPath(unchecked: steps.filter { !isEach($0) }) : self
  }

  /// The path without the `[]` that change no value: all but those before an index, since `a[][0]` is not `a[0]`.
  package var canonical: FieldPath {
    func isEach(_ step: Step) -> Bool { if case .each = step { true } else { false } }
    guard steps.contains(where: isEach) else { return self }
    var kept: [Step] = []
    var beforeIndex = false
    for step in steps.reversed() {
      switch step {
      case .each: if !beforeIndex { continue }
      case .index: beforeIndex = true
      case .name: beforeIndex = false
      }
      kept.append(step)
    }
    return FieldPath(unchecked: kept.reversed())
  }

  /// The steps that lead on from a value at `other` to this path's, without `[]` that change none; `nil` where the path
  /// does not begin with the other.
  package func steps(beyond other: FieldPath) -> ArraySlice<Step>? {
    let (own, base) = (canonical.steps, other.canonical.steps)
    return own.starts(with: base) ? own[base.count...] : nil
  }

  /// The same steps as they are written, with the `[]` that stand in them.
  package func writtenSteps(beyond other: FieldPath) -> ArraySlice<Step>? {
    guard let rest = steps(beyond: other) else { return nil }
    if rest.isEmpty { return [] }
    // The shortest rest that says the same is behind all that belongs to the other.
    let starts = steps.indices.filter { start in
      FieldPath(steps: [.name("")] + steps[start...])?.canonical.steps.dropFirst() == rest
    }
    return starts.last.map { steps[$0...] } ?? []
  }

  private init(unchecked steps: [Step]) { self.steps = steps }
}

extension FieldPath.Step: Hashable {
  /// Names are compared scalar by scalar.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.name(let a), .name(let b)): a.sameScalars(as: b)
    case (.index(let a), .index(let b)): a == b
    case (.each, .each): true
    case (.name, _), (.index, _), (.each, _): false
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .name(let name): hasher.combine(ScalarText(name))
    case .index(let index): hasher.combine(index)
    case .each: hasher.combine(-1)
    }
  }
}

extension FieldPath: CustomStringConvertible {
  /// The path in the catalogue's notation: a name that is not letters, digits, `_`, `-`, `$` or `@` is quoted as
  /// a JSON string.
  public var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .name(let name):
        if !text.isEmpty { text += "." }
        text += FieldPath.isPlain(name) ? name : Value.string(name).compactJSON
      case .index(let index): text += "[\(index)]"
      case .each: text += "[]"
      }
    }
    return text
  }

  /// Whether a name can stand in a path without quotes.
  package static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        $0.isWord || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "@")
      }
  }
}

extension [FieldPath] {
  /// Each path once, in order.
  package var distinct: [FieldPath] {
    var seen: Set<FieldPath> = []
    return filter { seen.insert($0).inserted }
  }
}
