import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Evaluates functions of Python on an event that is not there yet: to conditions on its fields.
///
/// Control flow is put together from the end, values go forward, and an exception is no result at all, which neither
/// `not` nor a default makes one. Nothing is executed: what an expression amounts to is either derived or refused.
struct PythonEvaluator {
  /// How deep calls go, how many expressions are looked at, and how many nodes the condition has at most.
  static let callLimit = 15
  static let stepLimit = 200_000
  static let sizeLimit = 2_000
  /// How deep expressions and statements are in one another, those of the functions that are called among them.
  static let depthLimit = 160

  /// How long texts and lists are that constants are put together to.
  static let textLimit = 20_000
  static let memberLimit = 5_000
  /// How many values one expression has, and how many lines stand in one block.
  static let caseLimit = 1_000
  static let lineLimit = 1_000

  /// What the fixtures show.
  let kinds: PythonKinds
  /// Where modules are found.
  let modules: PythonModules
  /// The log whose events are asked about, and whether its data model is.
  var logType: String?
  var usesModel = false
  /// Whether the texts of all leaves are asked (`PythonRuntime.leaves`).
  var asksLeaves = false
  /// Whether an array without elements is told from an absent field, and an array from a text: by questions that not every
  /// language has, so only where nothing else will do.
  var tellsArrays = false
  var logic = PythonLogic()
  var notes = PythonNotes()
  /// The calls that led here, innermost last.
  var calls: [Call] = []
  /// The module whose lines are evaluated.
  var source: Source
  /// Whether the lines are those of `rule`, or of what it calls.
  var isInFunction = false
  /// The rule's own program.
  let program: Source
  /// What a line does that is not followed: whatever was read since may be otherwise.
  var unfollowed: Diagnostic?
  /// Whether an expression has more values than that.
  private(set) var isCrowded = false
  private var steps = 0
  private var depth = 0
  private var version = 0
  /// How many loops over arrays of the event there were: each has elements of its own.
  private var loops = 0

  /// A call that led to a line of another function.
  struct Call {
    let name: String
    let source: Source
    let span: Span
  }

  init(kinds: PythonKinds, modules: PythonModules, source: Source) {
    (self.kinds, self.modules, self.source, program) = (kinds, modules, source, source)
  }

  /// The place of a question, where it stands in the rule's own program.
  func place(_ span: Span) -> Span? { source.name == program.name ? span : nil }

  /// Counts a step. Throws where there were too many.
  mutating func step(_ span: Span) throws(Diagnostic) {
    steps += 1
    if steps > PythonEvaluator.stepLimit || logic.isExhausted || isCrowded {
      throw .programTooLarge(span, in: source)
    }
  }

  /// Goes into an expression or a statement, out of which `leave` goes. Throws where that is too deep.
  mutating func enter(_ span: Span) throws(Diagnostic) {
    try step(span)
    depth += 1
    if depth > PythonEvaluator.depthLimit {
      depth -= 1
      throw refusal(.tooDeep(limit: PythonEvaluator.depthLimit, in: source, at: span))
    }
  }

  mutating func leave() { depth -= 1 }

  /// A refusal of what lines do, which no expression that is not needed hides.
  mutating func unfollowed(_ effect: PythonEffects.Effect, in source: Source) -> Diagnostic {
    let why = refusal(.notRead(effect.what, effect.span, in: source))
    unfollowed = why
    return why
  }

  /// The path of the elements of an array as a new loop has them, apart from what else is asked of that array.
  mutating func loopElement(of path: FieldPath) -> FieldPath? {
    loops += 1
    return FieldPath(steps: path.steps + [.each, .index(-loops)])
  }

  /// The path of one value at a path, apart from what else is asked of that path.
  mutating func loopValue(of path: FieldPath) -> FieldPath? {
    loops += 1
    return FieldPath(steps: path.steps + [.index(-loops)])
  }

  /// A name's value as it is assigned now.
  mutating func binding(_ value: PythonCases) -> PythonBinding {
    version += 1
    return PythonBinding(version: version, value: value)
  }

  /// A refusal at a place, with the calls that led there.
  func refusal(_ diagnostic: Diagnostic) -> Diagnostic {
    var copy = diagnostic.located(in: source)
    if let call = calls.first, copy.source != call.source || calls.count > 0 {
      let chain = calls.map { "`\($0.name)`" }.joined(separator: ", ")
      if copy.source == call.source {
        copy.labels.append(Diagnostic.Label(call.span, "reached through \(chain)"))
      } else {
        copy.help.append(
          "reached through \(chain), called in `\(call.source.name)` line \(call.span.start.line)")
      }
    }
    return copy
  }
}

// Cases: how values under conditions are put together.
extension PythonEvaluator {
  /// The cases, each also under a condition.
  mutating func under(_ guarded: Condition, _ cases: PythonCases) -> PythonCases {
    if guarded.isTrue { return cases }
    var copy = PythonCases(
      yes: logic.and(guarded, cases.yes), no: logic.and(guarded, cases.no), isTotal: cases.isTotal)
    for other in cases.others {
      let both = logic.and(guarded, other.guarded)
      if !both.isFalse { copy.others.append(.init(guarded: both, value: other.value)) }
    }
    return copy
  }

  /// Both sets of cases, which exclude each other. `isTotal` is for the caller to know.
  mutating func union(_ left: PythonCases, _ right: PythonCases, isTotal: Bool) -> PythonCases {
    var result = PythonCases(
      yes: logic.or(left.yes, right.yes), no: logic.or(left.no, right.no), isTotal: isTotal)
    result.others = left.others
    for other in right.others { add(other.guarded, other.value, to: &result) }
    return result.covering(isTotal)
  }

  /// Adds a case. The same value has one.
  mutating func add(_ guarded: Condition, _ value: PythonValue, to cases: inout PythonCases) {
    if guarded.isFalse { return }
    if case .boolean(let value) = value {
      if value { cases.yes = logic.or(cases.yes, guarded) } else { cases.no = logic.or(cases.no, guarded) }
      return
    }
    if cases.others.count > PythonEvaluator.caseLimit { isCrowded = true }
    if isCrowded { return }
    if let index = cases.others.firstIndex(where: { $0.value.isSame(as: value) }) {
      cases.others[index].guarded = logic.or(cases.others[index].guarded, guarded)
    } else {
      cases.others.append(.init(guarded: guarded, value: value))
    }
  }

  /// The first where the condition is true, the second where it is false.
  mutating func choice(_ truth: PythonTruth, _ then: PythonCases, _ other: PythonCases) -> PythonCases {
    if truth.yes.isTrue { return then }
    if truth.no.isTrue { return other }
    let (left, right) = (under(truth.yes, then), under(truth.no, other))
    return union(left, right, isTotal: truth.isTotal && then.isTotal && other.isTotal)
  }

  /// What a function makes of each case.
  mutating func map(
    _ cases: PythonCases,
    _ transform: (inout PythonEvaluator, PythonValue) throws(Diagnostic) -> PythonCases
  ) throws(Diagnostic) -> PythonCases {
    let all = cases.all
    if cases.isTotal, all.count == 1 { return try transform(&self, all[0].value) }
    var (result, isTotal) = (PythonCases(isTotal: false), cases.isTotal)
    for part in all {
      let made = try transform(&self, part.value)
      // Only all of them together may cover everything.
      result = union(result, under(part.guarded, made), isTotal: false)
      isTotal = isTotal && made.isTotal
    }
    return result.covering(isTotal)
  }

  /// Whether what is asked of each case holds.
  mutating func ask(
    _ cases: PythonCases,
    _ question: (inout PythonEvaluator, PythonValue) throws(Diagnostic) -> PythonTruth
  ) throws(Diagnostic) -> PythonTruth {
    let all = cases.all
    if cases.isTotal, all.count == 1 { return try question(&self, all[0].value) }
    var (yes, no, isTotal) = ([] as [Condition], [] as [Condition], cases.isTotal)
    for part in all {
      let truth = try question(&self, part.value)
      yes.append(logic.and(part.guarded, truth.yes))
      no.append(logic.and(part.guarded, truth.no))
      isTotal = isTotal && truth.isTotal
    }
    return PythonTruth(yes: logic.or(yes), no: isTotal ? .always(false) : logic.or(no), isTotal: isTotal)
  }

  /// Both are true; the second is not asked where the first is false.
  mutating func and(_ left: PythonTruth, _ right: PythonTruth) -> PythonTruth {
    let yes = logic.and(left.yes, right.yes)
    let isTotal = left.isTotal && right.isTotal
    return PythonTruth(
      yes: yes, no: isTotal ? .always(false) : logic.or(left.no, logic.and(left.yes, right.no)),
      isTotal: isTotal)
  }

  /// One is true; the second is not asked where the first is true.
  mutating func or(_ left: PythonTruth, _ right: PythonTruth) -> PythonTruth {
    let isTotal = left.isTotal && right.isTotal
    if isTotal { return PythonTruth(logic.or(left.yes, right.yes)) }
    return PythonTruth(
      yes: logic.or(left.yes, logic.and(left.no, right.yes)), no: logic.and(left.no, right.no), isTotal: false
    )
  }
}

extension PythonValue {
  /// Whether both are certainly one value. Only what is cheap to compare is.
  func isSame(as other: PythonValue) -> Bool {
    switch (self, other) {
    case (.none, .none), (.event, .event), (.match, .match): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a.sameScalars(as: b)
    case (.field(let a), .field(let b)): a == b
    case (.sequence(_, let a), .sequence(_, let b)): a.isEmpty && b.isEmpty
    case (.dictionary(let a), .dictionary(let b)): a.isEmpty && b.isEmpty
    case (.none, _), (.boolean, _), (.number, _), (.text, _), (.field, _), (.sequence, _), (.dictionary, _),
      (.elements, _), (.parts, _), (.length, _), (.count, _), (.address, _), (.regex, _), (.network, _),
      (.match, _),
      (.event, _), (.function, _), (.lambda, _), (.known, _), (.method, _), (.bound, _), (.module, _),
      (.type, _), (.object, _), (.made, _), (.opaque, _):
      false
    }
  }

  /// What it is, for messages.
  var words: String {
    switch self {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .number(let number): "the number \(number.shortest)"
    case .text: "a text"
    case .field(let field): "`\(field.path.shown)`"
    case .sequence(.list, _): "a list"
    case .sequence(.tuple, _): "a tuple"
    case .sequence(.set, _): "a set"
    case .sequence(.lazy, _): "a generator"
    case .dictionary: "a dictionary"
    case .elements(let made): "elements of `\(made.scope)`"
    case .parts(let field, _, _): "the parts of `\(field.path.shown)`"
    case .length(let field): "the length of `\(field.path.shown)`"
    case .count(let made): "how many elements `\(made.scope.shown)` has"
    case .address(let field): "the address in `\(field.path.shown)`"
    case .regex: "a regular expression"
    case .network: "a network"
    case .match: "a match"
    case .event: "the event"
    case .function, .lambda, .known, .method, .bound: "a function"
    case .module: "a module"
    case .type, .object: "a class"
    case .made: "a text that is made of several"
    case .opaque: "a value that is not read"
    }
  }
}
