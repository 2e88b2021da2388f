import ConcordDiagnostics

/// `SomeRule.override(enabled=False)` in a file beside the rules, as pypanther's `main.py` has it: which rules it changes,
/// and how, is told when it runs. [pypanther, "Override a rule"]
enum PantherOverrides {
  /// What is said of a file that overrides rules of others; `nil` for any other.
  static func remark(_ source: Source) -> Diagnostic? {
    let call = Array(".override(".utf8)
    let place = source.text.withBytes { bytes -> Int? in
      guard bytes.count >= call.count else { return nil }
      return (0...bytes.count - call.count).first { start in
        bytes[start] == call[0] && bytes[start..<start + call.count].elementsEqual(call)
      }
    }
    guard let place else { return nil }
    let line = source.text.utf8.prefix(place).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    return Diagnostic(
      .overridesNotRead,
      "rules of other files are overridden here, which is not read: they are taken as their own files "
        + "have them", in: source, at: Span(at: Position(line: line, column: 1)),
      help: ["state what is overridden in the rule's own class"])
  }
}
