import ConcordDiagnostics
import ConcordDocuments

/// A YAML node of a rule, with the nodes that stand before it by `action: global` or `repeat`: mappings are
/// merged key by key, anything else is what came last.
struct SigmaNode {
  /// The mappings before `top`, which is one too; of most rules there are none.
  private let below: [YAMLNode]
  /// The node that counts most.
  let top: YAMLNode

  init(_ node: YAMLNode, over below: SigmaNode? = nil) {
    top = node
    self.below = if let below, node.isMapping { below.below + [below.top] } else { [] }
  }

  /// Where the node that counts most stands.
  var span: Span { top.span }
  /// The text of a scalar.
  var scalar: String? { top.scalar }
  /// The items of a list.
  var sequence: [YAMLNode]? { top.sequence }

  /// The value of a mapping's key.
  subscript(key: String) -> SigmaNode? {
    var result: SigmaNode?
    for layer in below {
      if let node = layer[key] { result = SigmaNode(node, over: result) }
    }
    return top[key].map { SigmaNode($0, over: result) } ?? result
  }

  /// The entries of a mapping, each key once, in order of first mention.
  var mapping: [(key: YAMLNode, value: SigmaNode)]? {
    guard let own = top.mapping else { return nil }
    if below.isEmpty { return own.map { ($0.key, SigmaNode($0.value)) } }
    var entries: [(key: YAMLNode, value: SigmaNode)] = []
    var places: [ScalarText: Int] = [:]
    for entry in (below + [top]).flatMap({ $0.mapping ?? [] }) {
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
    guard !below.isEmpty, let mapping else { return top.value }
    return .object(Value.Object(mapping.map { .init($0.key.scalar ?? "", $0.value.value) }))
  }
}
