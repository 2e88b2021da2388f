/// Why a question has no answer: the limit that was met, or the interplay that the theory does not decide.
public enum Bound: Error, Hashable, Sendable {
  /// The decision diagram would have more than that many nodes.
  case nodes(Int)
  /// The automata of some texts would have more than that many states.
  case states(Int)
  /// That many cases were tried, and neither a witness found nor all refuted.
  case cases(Int)
  /// The condition is nested deeper than that.
  case nesting(Int)
  /// An atom of this path asks what is not modelled.
  case path(String)
  /// No event was found for a case that could not be refuted either: tests of one value of several kinds, or
  /// values of several fields that depend on one another.
  case interplay
}

extension Bound: CustomStringConvertible {
  /// In words, for a message.
  public var description: String {
    switch self {
    case .nodes(let limit): "the conditions do not fit in \(limit) nodes of a decision diagram"
    case .states(let limit): "the texts do not fit in automata of \(limit) states"
    case .cases(let limit): "\(limit) cases were tried without an answer"
    case .nesting(let limit): "a condition is nested more than \(limit) deep"
    case .path(let path): "what `\(path)` asks is not modelled"
    case .interplay: "tests that depend on one another could be neither met nor refuted"
    }
  }
}
