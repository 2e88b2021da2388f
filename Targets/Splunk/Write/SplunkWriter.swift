import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes a rule as a search: a base search that the index can answer, the fields read from the event's own
/// text, and one exact `where`.
struct SplunkWriter {
  /// From how many bytes on a note says how large a search is.
  private static let largeSize = 262_144

  private let rule: Rule
  private let options: LanguageOptions
  private var condition: ConditionWriter<SplunkSpelling>
  private var fields: SplunkFields { condition.spelling.fields }

  private init(_ rule: Rule, _ options: LanguageOptions) {
    self.rule = rule
    self.options = options
    condition = ConditionWriter(SplunkSpelling(rule, isExtracted: options.splunk.extractedFields))
  }

  /// The query for the rule. Throws what SPL cannot say.
  static func write(_ rule: Rule, _ options: LanguageOptions) throws(Diagnostic) -> Query {
    let (tree, notes) = try tree(rule, options)
    let text = SplunkPrinter.print(tree)
    let size = text.utf8.count
    return Query(text: text, notes: notes + (size > SplunkWriter.largeSize ? [.splunkSize(size)] : []))
  }

  /// The search for the rule, and what the user should know about it.
  static func tree(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (SplunkQuery, [Diagnostic]) {
    var writer = SplunkWriter(rule, options)
    let (source, sourceNotes) = try SplunkSource.terms(rule, options)
    var commands = [SplunkCommand(.search(writer.baseSearch(source)))]
    commands += try writer.filter()
    commands += try writer.output()
    let comments = QueryHeader.lines(for: rule, options, aside: sourceNotes).map {
      " \(SplunkLiteral.comment($0)) "
    }
    let query = SplunkQuery(comments: comments, commands: commands)
    return (query, sourceNotes + writer.notes)
  }

  private var notes: [Diagnostic] {
    (fields.assumed.isEmpty ? [] : [.splunkShapes(fields.assumed)])
      + (condition.spelling.needsManySteps ? [.splunkLimits] : [])
  }

  private func baseSearch(_ source: [SplunkSearch]) -> SplunkSearch {
    var terms = source
    if let implied = SplunkBaseSearch.implied(by: rule.condition, inFields: options.splunk.extractedFields) {
      if case .all(let inner) = implied.kind { terms += inner } else { terms.append(implied) }
    }
    return terms.count == 1 ? terms[0] : SplunkSearch(.all(terms))
  }

  /// The commands that read the condition's fields and ask it. None for a condition that always holds.
  mutating func filter() throws(Diagnostic) -> [SplunkCommand] {
    if case .always(let value) = rule.condition.kind {
      return value
        ? [] : [SplunkCommand(.filter(.compare(.number("1"), .equal, .number("0"))))]
    }
    let predicate = try condition.write(rule.condition)
    let reads = fields.assignments.isEmpty ? [] : [SplunkCommand(.eval(fields.assignments))]
    return reads + [SplunkCommand(.filter(predicate))]
  }
}

// What a match shows.
extension SplunkWriter {
  private mutating func output() throws(Diagnostic) -> [SplunkCommand] {
    let temporary = fields.assignments.map(\.name)
    if rule.outputFields.isEmpty {
      return temporary.isEmpty ? [] : [SplunkCommand(.fields(keep: false, temporary))]
    }
    var names = ["_time"]
    var assignments: [SplunkCommand.Assignment] = []
    for field in rule.outputFields {
      let (value, isMultivalue) =
        fields.isExtracted
        ? (SplunkEval.field(try SplunkPaths.extractedName(field.path)), false)
        : try SplunkPaths.expression(field.path, field.path.shape(in: rule.fixtures.map(\.event)))
      let isExtracted = !isMultivalue && field.name.sameScalars(as: field.path.description)
      if !isExtracted || SplunkLiteral.listedField(field.name).utf8.first == 0x22 {
        try SplunkPaths.check(field.name)
        assignments.append(SplunkCommand.Assignment(name: field.name, value: value))
      }
      if !names.contains(where: { $0.sameScalars(as: field.name) }) { names.append(field.name) }
    }
    return (assignments.isEmpty ? [] : [SplunkCommand(.eval(assignments))]) + [SplunkCommand(.table(names))]
  }
}
