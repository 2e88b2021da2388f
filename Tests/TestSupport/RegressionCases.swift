import ConcordDetection
import ConcordDocuments
import Foundation

/// Recorded events that the public Sigma rules must match: `corpora/sigma-regression`.
package struct RegressionCase: Sendable {
  /// The rule's path in the public rule set.
  package let path: String
  /// The rule's text.
  package let text: String
  /// The events as they were recorded: Windows' XML as JSON.
  package let recorded: [Value]
  /// How many of the events the rule must match at least.
  package let minimum: Int

  /// The events with the flat field names that the rules speak of.
  package var events: [Event] { recorded.map(WindowsEvent.flattened) }

  /// All cases; none (with a word on standard error) where this machine has no corpus.
  package static func all() throws -> [RegressionCase] {
    guard let file = Shared.url("corpora/sigma-regression/cases.jsonl"),
      let rules = Shared.url("corpora/sigma")
    else {
      Engine.note("skipped the regression cases: no corpus")
      return []
    }
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      guard case .object(let object) = try JSON.parse(String(line)),
        case .string(let path)? = object["rule"], case .array(let recorded)? = object["events"],
        case .number(let minimum)? = object["min_matches"]
      else { throw CocoaError(.coderInvalidValue) }
      let text = try String(contentsOf: rules.appendingPathComponent(path), encoding: .utf8)
      return RegressionCase(path: path, text: text, recorded: recorded, minimum: Int(minimum.double))
    }
  }
}
