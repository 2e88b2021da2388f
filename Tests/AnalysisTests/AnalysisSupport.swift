import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// A condition in the notation, letter case as written.
func condition(_ text: String) throws -> Condition {
  try Notation.parse(Source(name: "test", text: text)).condition(reading: .literal)
}

/// A rule of that condition.
func rule(_ text: String, id: String = "R") throws -> Rule {
  var rule = Rule(id: id, title: "Title of \(id)", condition: try condition(text))
  rule.logSources = [LogSource(category: "process_creation", product: "windows")]
  return rule
}

/// A document of that rule.
func document(_ text: String, id: String = "R") throws -> RuleDocument {
  RuleDocument(rule: try rule(text, id: id), source: Source(name: "\(id).yml", text: text))
}

extension Event {
  /// The event as compact JSON.
  var json: String { Value.object(object).compactJSON }
}

/// The event of a JSON text.
func makeEvent(_ json: String) throws -> Event {
  guard let event = Event(try JSON.parse(json)) else { throw Diagnostic(.notAnEvent, "not an object") }
  return event
}
