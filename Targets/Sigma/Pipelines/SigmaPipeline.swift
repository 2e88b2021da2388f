import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A Sigma processing pipeline as it is written: what is done to a rule before it is compiled.
struct SigmaPipeline: Sendable {
  /// What messages call it.
  var name: String
  /// Pipelines are applied from the lowest priority to the highest.
  var priority = 0
  /// The back ends that may use it; empty for all.
  var allowedBackends: [String] = []
  /// The values that placeholders stand for.
  var variables: [ScalarText: [String]] = [:]
  /// What is done, in order.
  var steps: [PipelineStep] = []
  /// Its file.
  var source: Source
}

/// One entry of a pipeline's `transformations`: what is done, and when.
struct PipelineStep: Sendable {
  /// The name by which conditions of later steps refer to it.
  var id: String?
  /// What is done.
  var transformation: PipelineTransformation
  /// What must hold of the rule.
  var ruleConditions = PipelineConditions<RuleTest>()
  /// What must hold of a detection item.
  var itemConditions = PipelineConditions<ItemTest>()
  /// What must hold of a field's name.
  var fieldConditions = PipelineConditions<FieldTest>()
  /// Where the type is written.
  var span: Span
  /// The pipeline's file.
  var source: Source
}

/// What a field's name becomes.
struct FieldTargets: Hashable, Sendable {
  /// The names; some of them must match.
  var names: [String]
  /// Whether they are written as a list. One name in a list is not the same to the tracking of steps.
  var isList: Bool
}

/// What a step does.
indirect enum PipelineTransformation: Sendable {
  /// Fields by name; `keyword` is what keywords become a question of.
  case mapFields([ScalarText: FieldTargets], keyword: FieldTargets?)
  /// The beginnings of field names; the first that fits.
  case mapPrefixes([(prefix: String, targets: FieldTargets)])
  /// Something before and after each field's name.
  case affix(prefix: String, suffix: String)
  /// Detection items are left out.
  case dropItem
  /// Another selection must hold, or must not.
  case addCondition(SigmaSelectionBody, name: String?, isTemplate: Bool, isNegated: Bool)
  /// The log source is replaced.
  case changeLogSource(SigmaLogSource)
  /// Placeholders become the values of variables, or any run of characters.
  case placeholders(asWildcards: Bool, include: [String]?, exclude: [String]?)
  /// A part of a text becomes another.
  case replaceText(PipelineReplacement)
  /// A text becomes another, or several.
  case mapTexts([ScalarText: [String]])
  /// Texts are put in another letter case.
  case letterCase(PipelineLetterCase)
  /// Every value becomes this one.
  case setValue(Value)
  /// Numbers become texts, or texts numbers.
  case convert(toText: Bool)
  /// Texts become regular expressions.
  case toRegex(PipelineRegexMethod)
  /// Something is remembered for conditions of later steps.
  case setState(String, Value)
  /// A key is added to the rule.
  case setAttribute(String, Value)
  /// The rule is refused.
  case failRule(String)
  /// A rule with such an item is refused.
  case failItem(String)
  /// A rule with a field that no mapping covered is refused.
  case failUnmapped
  /// Steps of their own.
  case nest([PipelineStep])
  /// `Hashes: MD5=…` becomes a question of a field for each algorithm.
  case splitHashes(PipelineHashes)
  /// The rule's `fields` get more, fewer or other names.
  case addFields([String]), removeFields([String]), setFields([String])
}

/// How `case` spells texts.
enum PipelineLetterCase: String, CaseIterable, Sendable { case lower, upper, snake_case }

/// How `regex` spells texts.
enum PipelineRegexMethod: String, CaseIterable, Sendable {
  case plain, ignore_case_flag, ignore_case_brackets
}

/// The parameters of `hashes_fields`.
struct PipelineHashes: Sendable {
  var algorithms: [String]
  var prefix = ""
  var dropsAlgorithm = false
  var fields = ["Hashes", "Hash"]
}

/// Conditions of one kind and how they are joined.
struct PipelineConditions<Test: Sendable>: Sendable {
  /// How the tests are joined.
  enum Link: Sendable { case every, some, expression(SigmaExpression) }
  /// The tests, by name where an expression joins them.
  var tests: [(name: String, test: Test)] = []
  var link = Link.every
  /// Whether the whole is negated.
  var isNegated = false

  /// Whether they hold, each test being asked by `ask`. No test at all holds, and its negation does not; `some`
  /// of none does not hold.
  func hold(_ ask: (Test) throws(Diagnostic) -> Bool) throws(Diagnostic) -> Bool {
    var result: Bool
    switch link {
    case .every:
      result = true
      for (_, test) in tests where result { result = try ask(test) }
    case .some:
      result = false
      for (_, test) in tests where !result { result = try ask(test) }
    case .expression(let expression):
      result = try hold(expression, ask)
    }
    return result != isNegated
  }

  private func hold(
    _ expression: SigmaExpression, _ ask: (Test) throws(Diagnostic) -> Bool
  ) throws(Diagnostic) -> Bool {
    switch expression.kind {
    case .selection(let name):
      guard let test = tests.first(where: { $0.name == name })?.test else { return false }
      return try ask(test)
    case .not(let operand): return try !hold(operand, ask)
    case .and(let operands):
      for operand in operands where try !hold(operand, ask) { return false }
      return true
    case .or(let operands):
      for operand in operands where try hold(operand, ask) { return true }
      return false
    case .oneOf, .allOf: return false  // the reader lets none pass
    }
  }
}

/// A question about the rule.
enum RuleTest: Sendable {
  case logSource(SigmaLogSource)
  case containsItem(field: String, Value)
  case containsField(String)
  case stepApplied(String)
  case state(StateTest)
  case isRule, isCorrelation
  case attribute(name: String, operation: PipelineComparison, Value, span: Span)
  case tag(String)
}

/// A question about a detection item.
enum ItemTest: Sendable {
  /// Whether a text matches from its start on.
  case text(PortableRegex, isNegated: Bool, every: Bool)
  case value(Value, every: Bool)
  case wildcard(every: Bool)
  case null(every: Bool)
  case stepApplied(String)
  case state(StateTest)
}

/// A question about a field's name.
enum FieldTest: Sendable {
  case named(Set<ScalarText>, isExcluded: Bool)
  case matching([PortableRegex], isExcluded: Bool)
  case stepApplied(String)
  case state(StateTest)
}

/// A question about what a step remembered.
struct StateTest: Sendable {
  var key: String
  var value: Value
  var operation: PipelineComparison
}

/// How a condition compares.
enum PipelineComparison: String, CaseIterable, Sendable {
  case eq, ne, gte, gt, lte, lt, `in`, not_in
}
