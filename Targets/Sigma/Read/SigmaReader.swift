import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Makes rules of documents.
enum SigmaReader {
  /// What pipelines make of a rule and its filters.
  typealias Transformation = (SigmaParser.Entry) throws(Diagnostic) -> SigmaParser.Entry

  /// The rules of a Sigma file and its other documents: those that are wrong, with everything that is, and those
  /// that are right and no rules by themselves, which are correlations and filters that apply to no rule here.
  static func readAll(_ source: Source, options: LanguageOptions) -> RuleCollection {
    let file = SigmaParser.file(source, in: options.sigma.collection)
    do throws(Diagnostic) {
      return collection(
        source, file, in: options.sigma.collection, through: try SigmaPipelineChain.transformation(options))
    } catch {
      return RuleCollection(documents: [], refused: [RefusedDocument(errors: [error])])
    }
  }

  /// The rules of a file, and its other documents with what is wrong with them (`E304` to `E330`, what pipelines say
  /// and what YAML says) or why they are not rules.
  private static func collection(
    _ source: Source, _ file: SigmaFile, in collection: SigmaCollection?, through pipelines: Transformation?
  ) -> RuleCollection {
    var documents: [RuleDocument] = []
    var refused = file.errors.map { RefusedDocument(errors: [$0.located(in: source)]) }
    let parts = SigmaParts(of: file, in: source)
    for rule in file.rules {
      let (read, issues) = SigmaReader.rule(rule, through: pipelines)
      let located = issues.located(in: source)
      if let read, located.errors.isEmpty {
        var warnings = located.warnings + rule.roles.map { $0.located(in: source) }
        if pipelines != nil {
          // An item that became several is odd once.
          var seen: Set<Diagnostic> = []
          warnings = warnings.filter { seen.insert($0).inserted }
        }
        var document = RuleDocument(rule: read, source: source, warnings: warnings)
        document.isPart = !rule.roles.isEmpty
        document.rule.makesAlerts = rule.roles.isEmpty
        document.part = parts?.text(of: rule)
        documents.append(document)
      } else {
        refused.append(RefusedDocument(errors: located.errors, warnings: located.warnings))
      }
    }
    let correlations = SigmaCorrelations(file, source.name, collection: collection, pipelines)
    for correlation in file.correlations {
      switch correlations.rule(of: correlation) {
      case .success(let rule, let warnings):
        let located = (correlation.issues.warnings + warnings).map { $0.located(in: source) }
        documents.append(RuleDocument(rule: rule, source: source, warnings: located))
      case .failure(let reason): refused.append(document(correlation.issues, reason, source))
      }
    }
    var warnings: [Diagnostic] = []
    for filter in file.filters {
      let issues = issues(of: filter, hasPipelines: pipelines != nil)
      if filter.isApplied || filter.isAppliedElsewhere, issues.errors.isEmpty {
        warnings += issues.located(in: source).warnings
      } else {
        refused.append(document(issues, .sigmaFilterAlone(at: filter.span), source))
      }
    }
    if let last = documents.indices.last, !warnings.isEmpty {
      documents[last].warnings += warnings
      warnings = []
    }
    refused.sort { ($0.start ?? .start) < ($1.start ?? .start) }
    var result = RuleCollection(documents: documents, refused: refused)
    result.warnings = warnings
    return result
  }

  /// What is found about a filter. What is odd about its detection, the rules of its file have; where there is none
  /// among them that it applies to, the filter has it. Pipelines see a filter with its rules only.
  private static func issues(of filter: SigmaFile.Filter, hasPipelines: Bool) -> SigmaIssues {
    var issues = filter.issues
    if hasPipelines, !filter.isAppliedElsewhere { return issues }
    let lowered = SigmaLowering.condition(of: filter.document, isPartial: !issues.errors.isEmpty)
    if !hasPipelines { issues.errors += lowered.issues.errors }
    if !filter.isApplied { issues.warnings += lowered.issues.warnings }
    return issues
  }

  private static func document(
    _ issues: SigmaIssues, _ reason: Diagnostic, _ source: Source
  ) -> RefusedDocument {
    let located = issues.located(in: source)
    return located.errors.isEmpty
      ? RefusedDocument(reason: reason.located(in: source), warnings: located.warnings)
      : RefusedDocument(errors: located.errors, warnings: located.warnings)
  }

  /// The rule that a document of a file is, and what is found about it; none where a pipeline refuses it.
  static func rule(
    _ parsed: SigmaFile.Rule, through pipelines: Transformation?
  ) -> (Rule?, SigmaIssues) {
    var issues = parsed.issues
    let filters = parsed.filters + parsed.filtersElsewhere
    var entry = SigmaParser.Entry(document: parsed.document, filters: filters, warnings: [])
    if let pipelines {
      // What is read in part only says too little for a pipeline.
      guard issues.errors.isEmpty else { return (nil, issues) }
      let result = issues.attempt { (_) throws(Diagnostic) -> SigmaParser.Entry in try pipelines(entry) }
      guard let result else { return (nil, issues) }
      entry = result
      issues.warnings += entry.warnings
    }
    let document = entry.document
    let lowered = SigmaLowering.condition(of: document, isPartial: !issues.errors.isEmpty)
    issues.add(lowered.issues)
    var operands = [lowered.condition]
    for filter in entry.filters {
      let lowered = SigmaLowering.condition(of: filter)
      operands.append(lowered.condition)
      // What has no place is of a filter in another file, which has the warning itself.
      issues.warnings += lowered.issues.warnings.filter { !$0.labels.isEmpty }
      if pipelines != nil {
        issues.errors += lowered.issues.errors
      } else if !lowered.issues.errors.isEmpty {
        issues.errors.append(.sigmaFilterWrong(filter.title, at: Span(at: parsed.start)))
      }
    }
    var rule = Rule(id: identifier(document), title: document.title, condition: .all(operands))
    describe(document, in: &rule)
    return (rule, issues)
  }

  /// The `name` where the `id` was derived from it, else the `id`, else the name or the title.
  static func identifier(_ document: SigmaDocument) -> String {
    if let id = document.id, let name = document.name, SigmaIdentifier.uuid(named: name) == id { return name }
    return document.id ?? document.name ?? document.title
  }

  static func describe(_ document: SigmaDocument, in rule: inout Rule) {
    rule.description = document.description
    rule.severity = document.level.flatMap(Rule.Severity.init(rawValue:))
    rule.author = document.author
    rule.status = document.status
    rule.date = document.date.map { SigmaMetadataRules.standardDate($0) ?? $0 }
    rule.modified = document.modified.map { SigmaMetadataRules.standardDate($0) ?? $0 }
    rule.references = document.references
    rule.falsePositives = document.falsePositives
    let source = document.logSource
    rule.logSources = [source.shared]
    for tag in document.tags {
      if let reference = attack(tag) { rule.attack.append(reference) } else { rule.tags.append(tag) }
    }
    rule.outputFields = document.fields.map { name in
      OutputField(name: name, path: (try? SigmaFields.path(name, at: nil)) ?? FieldPath(name))
    }
    rule.unknown = document.other
    if let name = document.name, name != rule.id { rule.unknown.members.append(.init("name", .string(name))) }
    if source.definition != nil || !source.other.members.isEmpty {
      rule.unknown.members.append(.init("logsource", source.value))
    }
  }

  /// What a tag says of ATT&CK: `attack.t1059.001` is a technique, `attack.initial-access` a tactic. Groups and
  /// software (`attack.g0016`, `attack.s0002`) stay tags.
  private static func attack(_ tag: String) -> AttackReference? {
    let namespace = "attack.".utf8
    guard tag.utf8.starts(with: namespace) else { return nil }
    let name = String(Substring(tag.utf8.dropFirst(namespace.count)))
    let digits = name.utf8.dropFirst()
    if name.utf8.first == UInt8(ascii: "t"), digits.first?.isDigit == true,
      digits.allSatisfy({ $0.isDigit || $0 == 0x2E })
    {
      return AttackReference(tactic: nil, technique: "T" + name.dropFirst())
    }
    return AttackTactics.tagName(name).map { AttackReference(tactic: $0, technique: nil) }
  }
}

extension RefusedDocument {
  /// Where the first thing that is said of it stands.
  fileprivate var start: Position? { refusals.first?.labels.first?.span.start }
}

/// The texts of the documents of a file that has several.
private struct SigmaParts {
  private let lines: [Substring]

  /// `nil` for a file of one rule, and where a document may add to others by its `action`.
  init?(of file: SigmaFile, in source: Source) {
    guard file.rules.count > 1, !source.text.utf8.contains("action".utf8) else { return nil }
    lines = source.text.split(omittingEmptySubsequences: false) { ["\n", "\r", "\r\n"].contains($0) }
  }

  /// The text of a rule that nothing else of its file concerns: from where its document begins up to the next marker of
  /// one; `nil` of any other.
  func text(of rule: SigmaFile.Rule) -> String? {
    guard rule.filters.isEmpty, rule.filtersElsewhere.isEmpty, rule.roles.isEmpty else { return nil }
    let own = lines.dropFirst(rule.start.line - 1).prefix { !$0.hasPrefix("---") }
    return own.joined(separator: "\n") + "\n"
  }
}
