import ConcordDetection
import ConcordDiagnostics

/// The fields that rules name, as a tree of their names: a reader visits nothing else.
///
/// A path's names before the first index or `[]` are nodes. A field whose path has more steps is read from the
/// value that its node leads to (`Rest`).
final class FieldTrie: Sendable {
  /// A value on the way.
  struct Node: BitwiseCopyable, Sendable {
    /// The field whose value it is, or -1.
    var field: Int32 = -1
    /// The rests to be read from the value as it is, or -1.
    var rests: Int32 = -1
    /// Where its members' table begins, and the size less one of that table, a power of two; -1 without members.
    var table: Int32 = 0
    var mask: Int32 = -1
  }

  /// A slot of a table: a member's name and node; -1 where it is free.
  struct Slot: BitwiseCopyable, Sendable {
    var name: Int32 = 0
    var length: Int32 = 0
    var node: Int32 = -1
  }

  /// The steps of a field that are left from a node on.
  struct Rest: Sendable {
    let field: Int32
    let steps: [Step]
  }

  /// A step with the bytes of its name.
  enum Step: Sendable {
    case name(Frozen<UInt8>)
    case index(Int)
    case each
  }

  /// What a reader needs. It holds this rather than the trie, of which uses would be counted for every value; so
  /// the trie must live as long as the reader.
  struct Tables: BitwiseCopyable, Sendable {
    let nodes: Frozen<Node>
    let slots: Frozen<Slot>
    let names: Frozen<UInt8>

    /// The member of a node that these bytes name, or -1.
    @inline(__always)
    func member(of node: Node, _ bytes: Bytes, _ start: Int, _ end: Int) -> Int32 {
      if node.mask < 0 { return -1 }
      var place = FieldTrie.hash(bytes, start, end - start) & UInt32(bitPattern: node.mask)
      while true {
        let slot = slots[node.table + Int32(bitPattern: place)]
        if slot.node < 0 { return -1 }
        if Int(slot.length) == end - start,
          names.bytes(Int(slot.name), Int(slot.length)).equals(bytes.slice(start, end))
        {
          return slot.node
        }
        place = (place &+ 1) & UInt32(bitPattern: node.mask)
      }
    }
  }

  let tables: Tables
  let rests: [[Rest]]
  /// How many fields there are.
  let fieldCount: Int

  init(_ paths: [FieldPath]) {
    var builder = FieldTrieBuilder()
    for (field, path) in paths.enumerated() { builder.add(path, field: Int32(field)) }
    let (nodes, slots, names) = builder.tables()
    tables = Tables(nodes: Frozen(nodes), slots: Frozen(slots), names: Frozen(names))
    rests = builder.rests
    fieldCount = paths.count
  }

  deinit {
    tables.nodes.free()
    tables.slots.free()
    tables.names.free()
    for case .name(let name) in rests.joined().flatMap(\.steps) { name.free() }
  }

  /// A hash of a name's ends and length. The names are the rules', so an event cannot make them collide.
  @inline(__always)
  static func hash(_ bytes: Bytes, _ start: Int, _ length: Int) -> UInt32 {
    var first: UInt64
    var last: UInt64 = 0
    if length >= 8 {
      first = bytes.word(at: start)
      last = bytes.word(at: start + length - 8)
    } else if start + 8 <= bytes.count {
      first = length == 0 ? 0 : bytes.word(at: start) & (UInt64.max >> UInt64(64 - 8 * length))
    } else {
      first = 0
      var index = length
      while index > 0 {
        index -= 1
        first = first << 8 | UInt64(bytes[start + index])
      }
    }
    last = last << 29 | last >> 35
    let mixed = (first ^ last ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: mixed >> 40)
  }
}

/// Puts the tree together.
private struct FieldTrieBuilder {
  private var members: [[ScalarText: Int]] = [[:]]
  private var fields: [Int32] = [-1]
  private var restsOf: [Int32] = [-1]
  var rests: [[FieldTrie.Rest]] = []

  mutating func add(_ path: FieldPath, field: Int32) {
    var node = 0
    var steps = FieldTrieBuilder.simplified(path.steps)[...]
    while case .name(let name)? = steps.first {
      steps = steps.dropFirst()
      if let next = members[node][ScalarText(name)] {
        node = next
      } else {
        members[node][ScalarText(name)] = members.count
        node = members.count
        members.append([:])
        fields.append(-1)
        restsOf.append(-1)
      }
    }
    if steps.isEmpty {
      fields[node] = field
      return
    }
    if restsOf[node] < 0 {
      restsOf[node] = Int32(rests.count)
      rests.append([])
    }
    let rest = steps.map { (step) -> FieldTrie.Step in
      switch step {
      case .name(let name): .name(Frozen(Array(name.utf8)))
      case .index(let index): .index(index)
      case .each: .each
      }
    }
    rests[Int(restsOf[node])].append(FieldTrie.Rest(field: field, steps: rest))
  }

  /// The steps without the `[]` that change nothing: all but those that an index follows.
  static func simplified(_ steps: [FieldPath.Step]) -> [FieldPath.Step] {
    steps.indices.filter { index in
      guard case .each = steps[index] else { return true }
      let next = steps[index...].first { if case .each = $0 { false } else { true } }
      guard case .index? = next else { return false }
      return true
    }.map { steps[$0] }
  }

  func tables() -> ([FieldTrie.Node], [FieldTrie.Slot], [UInt8]) {
    var nodes: [FieldTrie.Node] = []
    var slots: [FieldTrie.Slot] = []
    var names: [UInt8] = []
    for index in members.indices {
      var node = FieldTrie.Node(field: fields[index], rests: restsOf[index])
      if !members[index].isEmpty {
        var size = 4
        while size < members[index].count * 3 { size *= 2 }
        node.table = Int32(slots.count)
        node.mask = Int32(size - 1)
        var table = [FieldTrie.Slot](repeating: FieldTrie.Slot(), count: size)
        for (name, next) in members[index] {
          let bytes = Array(name.string.utf8)
          let frozen = Frozen(bytes)
          defer { frozen.free() }
          var place = Int(FieldTrie.hash(frozen.bytes(0, bytes.count), 0, bytes.count)) & (size - 1)
          while table[place].node >= 0 { place = (place + 1) & (size - 1) }
          table[place] = FieldTrie.Slot(
            name: Int32(names.count), length: Int32(bytes.count), node: Int32(next))
          names += bytes
        }
        slots += table
      }
      nodes.append(node)
    }
    return (nodes, slots, names)
  }
}

extension FieldPath {
  /// The path without the `[]` that change nothing.
  var simplified: FieldPath { FieldPath(steps: FieldTrieBuilder.simplified(steps)) ?? self }
}
