import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A rule's program, evaluated.
struct PythonRule {
  /// When the rule matches.
  let condition: Condition
  /// What is assumed of events, and what cannot be meant.
  let notes: [Diagnostic]
  /// Whether a log's data model was asked.
  let usesModel: Bool
  /// The logs for whose events the rule is not read.
  var leftOut: [PythonLogLeftOut] = []

  /// The rule of a function `rule(event)`. Throws what is not read, where the verdict depends on it.
  ///
  /// It matches where the result is `True`: another result, and an exception, are no match.
  init(
    _ function: PythonFunction, _ scope: PythonScope, object: PythonCases? = nil,
    evaluator: inout PythonEvaluator
  ) throws(Diagnostic) {
    let result = try PythonRule.result(of: function, scope, object: object, evaluator: &evaluator)
    let before = evaluator.source
    evaluator.source = scope.source
    defer { evaluator.source = before }
    var matches = result.yes
    var odd: [String] = []
    for other in result.others {
      switch other.value {
      case .opaque(let why): throw why
      case .method:
        throw evaluator.refusal(.notRead("this result", function.span, in: scope.source))
      case .field(let field) where field.changes.isEmpty:
        let truth = try evaluator.compare(
          PythonCases(other.value), "is", PythonCases(.boolean(true)), function.span)
        matches = evaluator.logic.or(matches, evaluator.logic.and(other.guarded, truth.yes))
        odd.append(other.value.words)
      default: odd.append(other.value.words)
      }
    }
    if evaluator.asksLeaves { matches = try evaluator.leavesAsked(matches, function.span) }
    if !odd.isEmpty {
      evaluator.notes.add(.noVerdict(odd[0], function.span, in: scope.source), key: "verdict")
    }
    if matches.size > PythonEvaluator.sizeLimit || matches.depth > PythonEvaluator.depthLimit
      || evaluator.logic.isExhausted || evaluator.isCrowded
    {
      throw .programTooLarge(function.span, in: scope.source)
    }
    if let path = matches.paths.first(where: \.isInLoop) {
      throw evaluator.refusal(.oneElement(path, function.span, in: scope.source))
    }
    evaluator.notes.addKinds(of: matches)
    condition = matches
    notes = evaluator.notes.all
    usesModel = evaluator.usesModel
  }

  /// The rule of several logs.
  init(_ condition: Condition, _ notes: [Diagnostic], leftOut: [PythonLogLeftOut]) {
    (self.condition, self.notes, usesModel, self.leftOut) = (condition, notes, true, leftOut)
  }

  /// What a function of the event returns.
  static func result(
    of function: PythonFunction, _ scope: PythonScope, object: PythonCases?,
    evaluator: inout PythonEvaluator
  ) throws(Diagnostic) -> PythonCases {
    if let effect = PythonEffects.of(function) { throw evaluator.unfollowed(effect, in: scope.source) }
    var arguments = PythonArguments(positional: [PythonCases(.event)])
    if let object { arguments.positional.insert(object, at: 0) }
    let before = evaluator.source
    evaluator.source = scope.source
    defer { evaluator.source = before }
    let needed = function.parameters.filter { $0.value == nil && $0.stars.isEmpty }.count
    let named = function.parameters.contains { $0.isNamedOnly || !$0.stars.isEmpty }
    if named || needed > arguments.positional.count || function.parameters.count < arguments.positional.count
    {
      throw evaluator.refusal(.notRead("a function of these parameters", function.span, in: scope.source))
    }
    var frame = PythonFrame(scope: scope)
    evaluator.declare(function, &frame)
    for (parameter, value) in zip(function.parameters, arguments.positional) {
      frame.names[parameter.name] = evaluator.binding(value)
    }
    evaluator.isInFunction = true
    defer { evaluator.isInFunction = false }
    return try evaluator.returned(function.body, frame)
  }
}
