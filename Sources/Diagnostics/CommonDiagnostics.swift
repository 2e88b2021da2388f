// What every language says in the same words.
extension Diagnostic {
  /// Something else stands where `what` has to: `E101`. `found` is in words, a text of the source in backticks.
  package static func expected(
    _ what: String, found: String, in source: Source? = nil, at span: Span?, _ label: String = "",
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(.unexpected, "expected \(what), found \(found)", in: source, at: span, label, help: help)
  }

  /// The text ends before the `end` of what begins at `opening`: `E102`. `place` is where `end` was expected at the
  /// latest, if that says more than the beginning.
  package static func unclosed(
    _ what: String, by end: String, in source: Source? = nil, opening: Span?, at place: Span? = nil,
    help: [String] = []
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      .unclosed, "this \(what) is not closed", in: source, at: opening,
      place == nil ? "expected `\(end)` after this" : "opened here", help: help)
    if let place { diagnostic.labels.append(Label(place, "expected `\(end)`")) }
    return diagnostic
  }

  /// A name that is not among those that are known, with what it was probably meant to be.
  package static func unknown(
    _ what: String, _ name: String, among known: some Sequence<String>, _ code: Code = .unknownWord,
    in source: Source? = nil, at span: Span? = nil
  ) -> Diagnostic {
    Diagnostic(
      code, "unknown \(what) `\(name)`", in: source, at: span,
      help: Suggestion.help(for: name, among: known))
  }

  /// Text that is nested deeper than it is read: `E106`.
  package static func tooDeep(limit: Int, in source: Source? = nil, at span: Span?) -> Diagnostic {
    Diagnostic(.textTooDeep, "this is nested deeper than \(limit) levels", in: source, at: span)
  }
}

extension Suggestion {
  /// The question for the name that was probably meant; none where no name is near.
  package static func question(for name: String, among known: some Sequence<String>) -> [String] {
    nearest(to: name, among: known).map { ["did you mean `\($0)`?"] } ?? []
  }

  /// The question for the name that was probably meant. Where no name is near, all of them, if they are few.
  package static func help(for name: String, among known: some Sequence<String>) -> [String] {
    let question = question(for: name, among: known)
    if !question.isEmpty { return question }
    let known = Array(known)
    return (1...listed).contains(known.count) ? ["known: \(known.joined(separator: ", "))"] : []
  }

  /// How many names are shown at most.
  private static let listed = 40
}
