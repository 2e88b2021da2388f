import ConcordDetection
import ConcordDiagnostics
import ConcordNotation

/// What a program computes for the alert that a match makes: no query carries it. Which fields its texts read is kept as what
/// a match shows, and what `severity` says of which event as a note.
struct PythonMetadata {
  /// What is left out, and what it says.
  private(set) var notes: [Diagnostic] = []
  /// The fields that the texts read.
  private(set) var outputFields: [OutputField] = []
  /// Whether one of the texts tells which matches are counted as one alert: `dedup`, else `title`. [Panther docs, Rules
  /// and Scheduled Rules: deduplication]
  var groupsByText: Bool { groupingDigest != nil }
  /// The digest of that function.
  var groupingDigest: String? { digests["dedup"] ?? digests["title"] }
  /// The functions that there are, each with its digest.
  private(set) var digests: [String: String] = [:]

  /// A function of the program, or a method of its class with the object that it is called on.
  struct Function {
    let function: PythonFunction
    let scope: PythonScope
    var object: PythonCases?
  }

  /// The functions that make texts.
  private static let texts = ["title", "dedup", "alert_context", "description", "runbook", "reference"]
  /// How many fields are shown, and how long the conditions of a table are.
  private static let fieldLimit = 30
  private static let textLimit = 200

  /// What the functions of these names amount to; `evaluator` is one that has read nothing yet.
  init(
    _ named: (String) throws(Diagnostic) -> Function?,
    evaluator: () -> PythonEvaluator
  ) {
    if let severity = function("severity", named) {
      digests["severity"] = severity.function.digest
      var evaluator = evaluator()
      notes.append(Self.severityNote(severity, &evaluator))
    }
    for name in ["destinations", "unique"] {
      guard let own = function(name, named) else { continue }
      digests[name] = own.function.digest
      notes.append(.metadataNotRead([name], own.function.span, in: own.scope.source))
    }
    var fields = PythonFieldsRead()
    let made = Self.texts.compactMap { name in function(name, named).map { (name, $0) } }
    for (name, own) in made {
      fields.read(own.function)
      digests[name] = own.function.digest
    }
    outputFields = fields.paths.prefix(Self.fieldLimit).map { OutputField(name: $0.description, path: $0) }
    if let first = made.first {
      notes.append(
        .textsNotRead(
          made.map(\.0), shown: outputFields.count,
          hidden: fields.paths.count + fields.others.count - outputFields.count,
          first.1.function.span, in: first.1.scope.source))
    }
  }

  /// Puts into a rule what its alerts are told apart by, and what makes what they show.
  func put(into rule: inout Rule) {
    (rule.groupsByText, rule.groupingDigest, rule.alertFunctions) = (groupsByText, groupingDigest, digests)
  }

  private func function(_ name: String, _ named: (String) throws(Diagnostic) -> Function?) -> Function? {
    do throws(Diagnostic) { return try named(name) } catch { return nil }
  }

  /// What `severity` says of which event, or why that is not told.
  private static func severityNote(
    _ severity: Function, _ evaluator: inout PythonEvaluator
  ) -> Diagnostic {
    let (span, home) = (severity.function.span, severity.scope.source)
    do throws(Diagnostic) {
      let table = try severities(severity, &evaluator)
      return .severityTable(words(table), span, in: home)
    } catch {
      return .severityNotRead(error.message, span, in: home)
    }
  }

  /// The severities that the function gives, each with when it does.
  private static func severities(
    _ severity: Function, _ evaluator: inout PythonEvaluator
  ) throws(Diagnostic) -> [(word: String, condition: Condition)] {
    let result = try PythonRule.result(
      of: severity.function, severity.scope, object: severity.object, evaluator: &evaluator)
    var table: [(word: String, condition: Condition)] = []
    for part in result.all {
      guard let word = try word(part.value, severity, evaluator) else { continue }
      if part.guarded.paths.contains(where: \.isInLoop) || part.guarded.size > PythonEvaluator.sizeLimit {
        throw .notRead("when it is `\(word)`", severity.function.span, in: severity.scope.source)
      }
      if let index = table.firstIndex(where: { $0.word == word }) {
        table[index].condition = .any([table[index].condition, part.guarded])
      } else {
        table.append((word, part.guarded))
      }
    }
    return table
  }

  /// The severity that a value names. Throws where it is none that is known.
  private static func word(
    _ value: PythonValue, _ severity: Function, _ evaluator: PythonEvaluator
  ) throws(Diagnostic) -> String? {
    let name: String?
    switch value {
    case .text(let text): name = text
    case .known(let text): name = text.split(separator: ".").last.map(String.init)
    case .opaque(let why): throw why
    default: name = nil
    }
    if let name, name.uppercased() == "DEFAULT" { return "DEFAULT" }
    guard let name, PantherWords.severities.contains(where: { $0.word == name.lowercased() }) else {
      throw .notRead("\(value.words) as a severity", severity.function.span, in: severity.scope.source)
    }
    return name.uppercased()
  }

  /// The table in words: the last branch is what else there is.
  private static func words(_ table: [(word: String, condition: Condition)]) -> String {
    guard let last = table.last else { return "none" }
    if table.count == 1 { return "`\(last.word)`" }
    let branches = table.dropLast().map { "`\($0.word)` where \(words($0.condition))" }
    return (branches + ["else `\(last.word)`"]).joined(separator: ", ")
  }

  private static func words(_ condition: Condition) -> String {
    let lines = Notation.print(condition).split(separator: "\n").map(String.init)
    let text = lines.count < 2 ? lines.joined() : lines.map { "(\($0))" }.joined(separator: " and ")
    if text.unicodeScalars.count <= textLimit { return "`\(text)`" }
    return "`\(String(String.UnicodeScalarView(text.unicodeScalars.prefix(textLimit - 1))))…`"
  }
}

/// The fields of the event that functions read by constant keys, in order.
struct PythonFieldsRead {
  private(set) var paths: [FieldPath] = []
  /// Those with names that not every language spells.
  private(set) var others: Set<FieldPath> = []

  /// Adds those of a function.
  mutating func read(_ function: PythonFunction) {
    guard let event = function.parameters.first(where: { $0.name != "self" })?.name else { return }
    var found: [PythonExpression] = []
    PythonStatement.visit(function.body) { found += $0.expressions }
    for value in found { read(value, event) }
  }

  private mutating func read(_ value: PythonExpression, _ event: String) {
    guard let names = Self.names(value, event), !names.isEmpty,
      let path = FieldPath(steps: names.map { .name($0) })
    else {
      for child in value.children { read(child, event) }
      return
    }
    // Names that not every language spells are not shown: what a match shows must not keep a rule from being written.
    let isPlain = names.allSatisfy { $0.allBytes { $0.isLetter || $0.isDigit || $0 == 0x5F } }
    if !isPlain { others.insert(path) } else if !paths.contains(path) { paths.append(path) }
    // What stands for it where it is absent may be another field.
    if case .call(_, let arguments) = value.kind { for argument in arguments { read(argument.value, event) } }
  }

  /// The keys that lead to a value: none to the event; `nil` of anything else.
  private static func names(_ value: PythonExpression, _ event: String) -> [String]? {
    switch value.kind {
    case .name(event): return []
    case .element(let base, let index):
      guard case .string(let name) = index.kind, let above = names(base, event) else { return nil }
      return above + [name]
    case .call(let function, let arguments):
      let positional = arguments.filter { $0.name == nil && $0.stars.isEmpty }.map(\.value)
      if case .name("deep_get") = function.kind, let base = positional.first, let above = names(base, event) {
        return keys(positional.dropFirst()).map { above + $0 }
      }
      guard case .attribute(let base, let method) = function.kind, let above = names(base, event) else {
        return nil
      }
      switch method {
      case "get": return keys(positional.prefix(1)).map { above + $0 }
      case "deep_get", "deep_walk": return keys(positional[...]).map { above + $0 }
      default: return nil
      }
    default: return nil
    }
  }

  private static func keys(_ values: ArraySlice<PythonExpression>) -> [String]? {
    var keys: [String] = []
    for value in values {
      guard case .string(let text) = value.kind else { return nil }
      keys.append(text)
    }
    return keys.isEmpty ? nil : keys
  }
}

extension Diagnostic {
  fileprivate static func severityTable(_ table: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .metadataNotRead, "`severity` of the program is left out: it is \(table)", in: source, at: span)
  }

  fileprivate static func severityNotRead(_ why: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .metadataNotRead, "`severity` of the program is left out: \(why)", in: source, at: span)
  }

  fileprivate static func textsNotRead(
    _ names: [String], shown count: Int, hidden: Int, _ span: Span, in source: Source
  ) -> Diagnostic {
    let texts = names.map { "`\($0)`" }.joined(separator: ", ")
    let verb = names.count == 1 ? "is" : "are"
    let fields = hidden == 0 ? "the fields" : "\(count) of the \(count + hidden) fields"
    let shown =
      count + hidden == 0
      ? "" : ": a match shows \(fields) that \(names.count == 1 ? "it reads" : "they read")"
    return Diagnostic(
      .metadataNotRead, "\(texts) of the program \(verb) left out\(shown)", in: source, at: span)
  }
}
