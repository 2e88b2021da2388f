import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordSigma
import Testing

/// A pipeline and a rule, and the rule that means the same without a pipeline.
struct PipelineCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// The pipeline: the list below `transformations:`, or the whole file where it has that word.
  let pipeline: String
  /// The rule's detection.
  let detection: String
  /// The detection that asks the same without a pipeline.
  let expected: String
  var testDescription: String { name }

  init(_ name: String, _ pipeline: String, _ detection: String, _ expected: String) {
    (self.name, self.pipeline, self.detection, self.expected) = (name, pipeline, detection, expected)
  }
}

enum PipelineSupport {
  static func indented(_ text: String, by count: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
  }

  static func pipeline(_ text: String, named name: String = "p.yml") -> Source {
    let isWhole = text.contains("transformations:")
    return Source(name: name, text: isWhole ? text : "transformations:\n\(indented(text, by: 2))\n")
  }

  /// A rule with that detection; its condition is `s` where it names none.
  static func rule(_ detection: String) -> Source {
    let condition = detection.contains("condition:") ? "" : "  condition: s\n"
    return Source(
      name: "r.yml",
      text: """
        title: t
        status: test
        level: high
        date: 2024-05-06
        tags: [attack.t1059, attack.execution]
        fields: [a, c]
        logsource: {product: windows, category: process_creation}
        detection:
        \(indented(detection, by: 2))
        \(condition)
        """)
  }

  static func read(
    _ pipelines: [String], _ detection: String, strict: Bool = false
  ) throws(Diagnostic) -> RuleDocument {
    var options = LanguageOptions()
    options.sigma.pipelines = pipelines.map { pipeline($0) }
    options.sigma.strictFields = strict
    return try Language.sigma.read(rule(detection), options: options)[0]
  }

  /// The condition of a rule without a pipeline.
  static func condition(_ detection: String) throws(Diagnostic) -> Condition {
    try Language.sigma.read(rule(detection), options: LanguageOptions())[0].rule.condition
  }
}
