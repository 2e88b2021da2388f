import ConcordDiagnostics
import ConcordDocuments

/// A YAML node of a rule, with the nodes that it is merged with by `action: global` or `repeat`: mappings are merged key
/// by key, of anything else the last counts. What a `global` document says counts more than what the rule itself says.
/// [pySigma, collection.py]
struct SigmaNode {
  /// The mappings that count less than `top`, which is one too; of most rules there are none.
  private let below: [YAMLNode]
  /// The rule's own node.
  let top: YAMLNode
  /// The mappings that count more.
  private let above: [YAMLNode]

  init(_ node: YAMLNode, over below: SigmaNode? = nil, under above: SigmaNode? = nil) {
    top = node
    self.below = if let below, node.isMapping { below.layers } else { [] }
    self.above = if let above, node.isMapping { above.layers } else { [] }
  }

  /// All that is merged, from what counts least.
  private var layers: [YAMLNode] { below + [top] + above }

  /// Where the node itself stands.
  var span: Span { top.span }
  /// The text of a scalar.
  var scalar: String? { top.scalar }
  /// The items of a list.
  var sequence: [YAMLNode]? { top.sequence }

  /// The value of a mapping's key.
  subscript(key: String) -> SigmaNode? {
    var result: SigmaNode?
    for layer in layers {
      if let node = layer[key] { result = SigmaNode(node, over: result) }
    }
    return result
  }

  /// The entries of a mapping, each key once, in order of first mention.
  var mapping: [(key: YAMLNode, value: SigmaNode)]? {
    guard let own = top.mapping else { return nil }
    if below.isEmpty, above.isEmpty { return own.map { ($0.key, SigmaNode($0.value)) } }
    var entries: [(key: YAMLNode, value: SigmaNode)] = []
    var places: [ScalarText: Int] = [:]
    for entry in layers.flatMap({ $0.mapping ?? [] }) {
      let key = ScalarText(entry.key.scalar ?? "")
      if let place = places[key] {
        entries[place] = (entry.key, SigmaNode(entry.value, over: entries[place].value))
      } else {
        places[key] = entries.count
        entries.append((entry.key, SigmaNode(entry.value)))
      }
    }
    return entries
  }

  /// The node as a value.
  var value: Value {
    guard !below.isEmpty || !above.isEmpty, let mapping else { return top.value }
    return .object(Value.Object(mapping.map { .init($0.key.scalar ?? "", $0.value.value) }))
  }
}
