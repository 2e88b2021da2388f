import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

// The tests of a correlation rule: signals with their times.
extension PantherRuleReader {
  /// The second of minute 0: the start of a day.
  private static let start = 1_704_067_200

  /// The fixtures of a correlation rule: a log each, and whether it is an alert. Throws for what is not read of a test.
  mutating func logs(
    _ root: YAMLNode, _ correlation: PantherCorrelation
  ) throws(Diagnostic) -> [Fixture] {
    guard let node = root["Tests"], !node.isNull else { return [] }
    guard let items = node.sequence else { throw .wrongKind("Tests", "a list", node, in: source) }
    var fixtures: [Fixture] = []
    var names: Set<ScalarText> = []
    for item in items {
      guard let entries = item.mapping else { throw .notAMapping(item, "a test", in: source) }
      for entry in entries where !PantherKeys.correlationTest.contains(entry.key.scalar ?? "") {
        throw .unknown(
          "key of a correlation rule's test", entry.key.scalar ?? "", among: PantherKeys.correlationTest,
          in: source, at: entry.key.span)
      }
      let name = try text(try require("Name", of: item), "Name")
      let expected = try boolean(try require("ExpectedResult", of: item), "ExpectedResult")
      let outputs = try require("RuleOutputs", of: item)
      guard let signals = outputs.sequence else {
        throw .wrongKind("RuleOutputs", "a list", outputs, in: source)
      }
      var log: [LoggedEvent] = []
      for signal in signals { log += try self.signals(signal, correlation) }
      if !names.insert(ScalarText(name)).inserted {
        warnings.append(.repeatedTest(name, item["Name"]?.span ?? item.span, in: source))
      }
      fixtures.append(Fixture(name: name, expected: expected, log: log, origin: item.span))
    }
    return fixtures
  }

  /// The signals of one rule: for each value of its field those of several times.
  private func signals(
    _ node: YAMLNode, _ correlation: PantherCorrelation
  ) throws(Diagnostic) -> [LoggedEvent] {
    guard let entries = node.mapping else { throw .notAMapping(node, "one of `RuleOutputs`", in: source) }
    for entry in entries where !["ID", "Matches"].contains(entry.key.scalar ?? "") {
      throw .unknown(
        "key of `RuleOutputs`", entry.key.scalar ?? "", among: ["ID", "Matches"], in: source,
        at: entry.key.span)
    }
    guard let id = node["ID"] else { throw .missingKey("ID", ofCorrelation: node, in: source) }
    let step = correlation.steps[try place(of: id, "ID", in: correlation)]
    guard let matches = node["Matches"], let fields = matches.mapping else {
      throw .correlationPart("`RuleOutputs` without `Matches`", node, in: source)
    }
    guard fields.count == 1, let field = fields.first, let values = field.value.mapping else {
      throw .correlationPart("`Matches` of other than one field", matches, in: source)
    }
    let path = PantherCorrelation.path(try path(field.key, "Matches"))
    var log: [LoggedEvent] = []
    for value in values {
      let times = value.value.sequence ?? [value.value]
      guard let event = PantherRuleReader.signal(of: step, path, value.key.scalar ?? "") else {
        throw .correlationPart("`Matches` of this field", field.key, in: source)
      }
      for time in times { log.append(LoggedEvent(event, at: try second(time, correlation))) }
    }
    return log
  }

  /// A signal with a value; `nil` where the path leads through an index or to the rule's name.
  private static func signal(
    of step: PantherCorrelation.Step, _ path: FieldPath, _ text: String
  ) -> Event? {
    var value = Value.string(text)
    for step in path.steps.reversed() {
      switch step {
      case .name(let name): value = .object(Value.Object([.init(name, value)]))
      case .each: value = .array([value])
      case .index: return nil
      }
    }
    guard case .object(let object) = value, let own = PantherCorrelation.ruleID.names.first,
      object[own] == nil
    else { return nil }
    return Event(Value.Object([.init(own, .string(step.ruleID))] + object.members))
  }

  /// The second of a time: a number of minutes, or a moment.
  private func second(_ node: YAMLNode, _ correlation: PantherCorrelation) throws(Diagnostic) -> Int {
    if case .number = node.value {
      let minute = try integer(node, "Matches", atLeast: 0)
      let rate = 60 * (correlation.rate ?? 1)
      guard minute <= Aggregate.longestPeriod / 60 else {
        throw .wrongKind("Matches", "a hundred years or less", node, in: source)
      }
      // The minutes are those of a look, so they begin where a look may begin.
      return PantherRuleReader.start / rate * rate + 60 * minute
    }
    guard let text = node.scalar, let moment = Instant(text) else {
      throw .wrongKind("Matches", "minutes or a time such as `2024-06-01T10:00:00Z`", node, in: source)
    }
    return moment.seconds
  }
}
