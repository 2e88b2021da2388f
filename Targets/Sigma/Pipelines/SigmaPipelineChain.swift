import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Pipelines that are applied together, the user's or those of a log of the project, read once and put in order.
struct SigmaPipelineChain: Sendable {
  /// The files, as the options have them.
  let sources: [Source]
  /// The steps of all pipelines, from the lowest priority to the highest.
  private let steps: [PipelineStep]
  /// The variables of all; the last pipeline counts.
  private let variables: [ScalarText: [String]]
  /// Where the names of fields stand.
  private let places: PipelinePlaces
  /// What the user should know of the pipelines themselves.
  private let notes: [Diagnostic]
  /// Whether steps add conditions for log sources.
  private let knowsLogSources: Bool
  /// The names of fields that mappings know.
  private let fields: [String]

  /// What the language says of its pipelines: those that come with it are for Windows events, Splunk's add-ons for
  /// Windows, and CloudTrail in Athena.
  static let pipelines = Pipelines(shipped: SigmaShippedPipelines.all, areAsked: isAsked)

  /// Whether the options change rules.
  static func isAsked(by options: LanguageOptions) -> Bool {
    !options.sigma.pipelines.isEmpty || options.sigma.strictFields
  }

  /// The options with their pipelines read, so that it need not be done for every file. Throws `E304` to `E340` for
  /// what is wrong with one, and `E901` for strictness about none.
  static func prepared(_ options: LanguageOptions) throws(Diagnostic) -> LanguageOptions {
    if options.sigma.strictFields, options.sigma.pipelines.isEmpty,
      options.logs.allSatisfy(\.pipelines.isEmpty)
    {
      throw Diagnostic(.usage, "`--strict-fields` needs a pipeline", help: ["name one with `--pipeline`"])
    }
    var copy = options
    let asked = [options.sigma.pipelines] + options.logs.map(\.pipelines)
    copy.sigma.chains = try asked.filter { !$0.isEmpty }.map { (sources) throws(Diagnostic) in
      try chain(of: sources, options)
    }
    return copy
  }

  /// What the pipelines of the options make of a rule: those that the user asks for, else those of the project's log
  /// that the rule is about; `nil` where there is none at all. Throws `E304` to `E340` for what is wrong with one.
  static func transformation(_ options: LanguageOptions) throws(Diagnostic) -> SigmaReader.Transformation? {
    let isStrict = options.sigma.strictFields
    if !options.sigma.pipelines.isEmpty {
      let chain = try chain(of: options.sigma.pipelines, options)
      return { (entry) throws(Diagnostic) in try chain.applied(to: entry, strictFields: isStrict) }
    }
    var chains: [String: SigmaPipelineChain] = [:]
    for log in options.logs where !log.pipelines.isEmpty {
      chains[log.name] = try chain(of: log.pipelines, options)
    }
    if chains.isEmpty { return nil }
    let byLog = chains
    return { (entry) throws(Diagnostic) in
      let log = options.logs.log(for: entry.document.logSource.shared)
      guard let log, let chain = byLog[log.name] else { return entry }
      return try chain.applied(to: entry, strictFields: isStrict)
    }
  }

  /// The fields that mappings of the user's pipelines know, else those of the project's log that the rule is about;
  /// without a rule, of all its logs.
  static func names(_ rule: Rule?, _ options: LanguageOptions) -> [String] {
    let logs = rule.map { $0.logSources.compactMap(options.logs.log(for:)) } ?? options.logs
    let asked = options.sigma.pipelines.isEmpty ? logs.map(\.pipelines) : [options.sigma.pipelines]
    return asked.filter { !$0.isEmpty }.flatMap { (try? chain(of: $0, options).fields) ?? [] }
  }

  /// The pipelines of these files, read unless they have been. Throws `E304` to `E340` for what is wrong with one.
  private static func chain(
    of sources: [Source], _ options: LanguageOptions
  ) throws(Diagnostic) -> SigmaPipelineChain {
    if let read = options.sigma.chains.first(where: { $0.sources == sources }) { return read }
    return try SigmaPipelineChain(sources, targets: options.targets)
  }

  /// Reads the pipelines. `targets` are the languages that rules can be written in, empty for any. Throws `E304` to
  /// `E340` with the place.
  init(_ sources: [Source], targets: [String]) throws(Diagnostic) {
    self.sources = sources
    var pipelines: [SigmaPipeline] = []
    var notes: [Diagnostic] = []
    for source in sources {
      let pipeline = try SigmaPipelineReader.pipeline(source)
      let allowed = pipeline.allowedBackends
      if !allowed.isEmpty, !targets.isEmpty {
        if !targets.contains(where: allowed.contains) {
          throw Diagnostic.pipelineBackends(pipeline, among: targets, at: nil).located(in: source)
        }
        if !targets.allSatisfy(allowed.contains) { notes.append(.pipelineForOthers(pipeline, at: nil)) }
      }
      pipelines.append(pipeline)
    }
    let ordered = pipelines.enumerated().sorted {
      ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
    }.map(\.element)
    let (steps, variables) = (
      ordered.flatMap(\.steps), ordered.reduce(into: [:]) { $0.merge($1.variables) { _, last in last } }
    )
    (self.steps, self.variables) = (steps, variables)
    places = PipelinePlaces(variables) { source in
      SigmaPipelineChain.added(for: source, by: steps, variables)
    }
    self.notes = notes
    var known: Set<String> = []
    fields = SigmaPipelineChain.fieldNames(steps).filter { known.insert($0).inserted }
    knowsLogSources = SigmaPipelineChain.flat(steps).contains { step in
      guard case .addCondition = step.transformation else { return false }
      return step.ruleConditions.tests.contains { if case .logSource = $0.test { true } else { false } }
    }
    let ids = SigmaPipelineChain.flat(steps).compactMap(\.id)
    for step in SigmaPipelineChain.flat(steps) {
      for id in step.idsAskedFor where !ids.contains(id) {
        throw Diagnostic.pipelineNoSuchStep(id, among: ids, at: step.span).located(in: step.source)
      }
    }
  }

  /// The entry of a rule file after all steps. Throws `E341` where the rule cannot go through one, and under
  /// `strictFields` `E342` for a field that no mapping covered.
  func applied(to entry: SigmaParser.Entry, strictFields: Bool) throws(Diagnostic) -> SigmaParser.Entry {
    var run = PipelineRun(entry, variables: variables, places: places)
    try run.apply(steps)
    if strictFields { try run.checkMapped(among: fields) }
    if knowsLogSources, !run.addsConditions {
      run.notes.append(
        .pipelineNoCondition(entry.document.logSource, at: entry.document.selections.first?.span))
    }
    return try run.entry(warnings: entry.warnings + notes)
  }

  /// The conditions that the steps add to a rule on that log source, which asks nothing else.
  private static func added(
    for source: SigmaLogSource, by steps: [PipelineStep], _ variables: [ScalarText: [String]]
  ) -> SigmaSelectionBody? {
    var document = SigmaDocument(title: "")
    document.logSource = source
    var run = PipelineRun(
      SigmaParser.Entry(document: document, filters: [], warnings: []), variables: variables)
    guard (try? run.apply(steps)) != nil else { return nil }
    let added = run.detections.compactMap(\.root)
    return added.isEmpty ? nil : PipelineNode.group(added, isAll: true).body
  }

  private static func flat(_ steps: [PipelineStep]) -> [PipelineStep] {
    steps.flatMap { step in
      if case .nest(let inner) = step.transformation { [step] + flat(inner) } else { [step] }
    }
  }

  private static func fieldNames(_ steps: [PipelineStep]) -> [String] {
    flat(steps).flatMap { step -> [String] in
      switch step.transformation {
      case .mapFields(let named, _): named.keys.map(\.string).sorted()
      case .mapPrefixes(let prefixes): prefixes.map(\.prefix)
      case _: []
      }
    }
  }
}

extension PipelineStep {
  /// The ids of other steps that its conditions ask for.
  fileprivate var idsAskedFor: [String] {
    ruleConditions.tests.compactMap { if case .stepApplied(let id) = $0.test { id } else { nil } }
      + itemConditions.tests.compactMap { if case .stepApplied(let id) = $0.test { id } else { nil } }
      + fieldConditions.tests.compactMap { if case .stepApplied(let id) = $0.test { id } else { nil } }
  }
}
