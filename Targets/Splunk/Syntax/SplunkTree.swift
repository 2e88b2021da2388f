import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

// SPL has two expression languages, so there are two trees: `SplunkSearch` for `search`, where OR binds
// tighter than AND and a value is compared without regard to case, and `SplunkEval` for `where` and `eval`,
// where AND binds tighter than OR and text is compared exactly.

/// A whole search: comments at its head, then commands joined by `|`.
struct SplunkQuery: Hashable, Sendable {
  /// The texts of the comments at the head, without their backticks.
  var comments: [String] = []
  /// The commands in order. The first is a `search` without its name, or one that makes results.
  var commands: [SplunkCommand]
  /// Where the filter at the head was asked for: the command behind it, with which all that follows is left out.
  var leftOut: LeftOut?

  /// The first command that is left out.
  struct LeftOut: Hashable, Sendable {
    /// Its name.
    let name: String
    /// Where it stands.
    let span: Span
  }

  /// Whether the comments at the head are those of Concord's own writer.
  static func isWritten(_ comments: [String]) -> Bool {
    comments.count >= 2 && comments[1].hasPrefix(" Concord ")
  }
}

/// One command of a pipeline.
struct SplunkCommand: Sendable {
  /// The commands that Concord reads and writes.
  enum Kind: Hashable, Sendable {
    /// `search EXPRESSION`; at the head of a pipeline the word is left out.
    case search(SplunkSearch)
    /// `eval NAME=EXPRESSION, …`.
    case eval([Assignment])
    /// `where EXPRESSION`.
    case filter(SplunkEval)
    /// `regex FIELD="…"`, negated with `!=`.
    case regex(field: String, negated: Bool, pattern: String)
    /// `rex field=FIELD "…"`, which sets a field for each named group; with `mode=sed` it changes the field.
    case extract(field: String, changes: Bool, pattern: String)
    /// `table FIELD, …`.
    case table([String])
    /// `fields FIELD, …`, or `fields - FIELD, …`.
    case fields(keep: Bool, [String])
    /// `rename FIELD AS NAME, …`.
    case rename([Renaming])
    /// `spath input=FIELD output=FIELD path=PATH`; without a path, every path of the event.
    case spath(input: String?, output: String?, path: String?)
    /// `stats FUNCTION, … BY FIELD, …`.
    case stats(SplunkStatistics)
    /// `streamstats FUNCTION, … BY FIELD, …`.
    case stream(SplunkStream)
    /// `tstats FUNCTION, … FROM datamodel=DATA-SET WHERE EXPRESSION BY FIELD, …`.
    case model(SplunkModelSearch)
    /// `bin FIELD span=SPAN`.
    case bin(SplunkBin)
    /// A command that changes what is shown alone.
    case display(SplunkDisplay)
    /// `makeresults format=json data="…"`.
    case makeresults(data: String)
    /// `append [| makeresults format=json data="…"]`: more results of its own.
    case append(data: String)
  }

  /// `NAME=EXPRESSION`.
  struct Assignment: Hashable, Sendable {
    /// The field that gets the value.
    var name: String
    var value: SplunkEval
  }

  /// `FIELD AS NAME`.
  struct Renaming: Hashable, Sendable {
    /// The field's name before.
    var from: String
    /// Its name after.
    var to: String
  }

  /// What the command does.
  var kind: Kind
  /// Where it stands. Outside equality.
  var span: Span?

  /// A command of that kind.
  init(_ kind: Kind, at span: Span? = nil) {
    self.kind = kind
    self.span = span
  }
}

extension SplunkCommand: Hashable {
  static func == (left: Self, right: Self) -> Bool { left.kind == right.kind }
  func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

extension ComparisonOperator {
  /// The operator in both languages; `eval` also has `==`.
  var text: String { sign(unequal: "!=") }
}

/// What a `search` command looks for.
struct SplunkSearch: Sendable {
  /// The logical operators: OR binds tighter than AND (Search Manual, "Boolean expressions").
  static let logic = LogicTable(or: ("OR", 2), and: ("AND", 1), not: ("NOT", 3))

  /// The forms of the `search` language.
  indirect enum Kind: Hashable, Sendable {
    /// A keyword or a quoted phrase, looked for in the event's text; `*` is any run of characters.
    case keyword(SplunkSearchValue)
    /// `TERM(text)`: one index term, minor breakers and all.
    case term(String)
    /// `FIELD = VALUE` and its kin.
    case comparison(String, ComparisonOperator, SplunkSearchValue)
    /// `FIELD IN (VALUE, …)`.
    case membership(String, [SplunkSearchValue])
    /// `` `name` `` or `` `name(arguments)` ``, expanded by Splunk before it reads the search.
    case macro(String)
    /// `NOT …`: the next term or group only.
    case not(SplunkSearch)
    /// Operands side by side, or joined by AND.
    case all([SplunkSearch])
    /// Operands joined by OR.
    case any([SplunkSearch])
  }

  /// What is looked for.
  var kind: Kind
  /// Where it stands. Outside equality.
  var span: Span?

  /// An expression of that kind.
  init(_ kind: Kind, at span: Span? = nil) {
    self.kind = kind
    self.span = span
  }
}

extension SplunkSearch: Hashable {
  static func == (left: Self, right: Self) -> Bool { left.kind == right.kind }
  func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

/// A value in the `search` language. A `*` in it is a wildcard, quoted or not: there is no way to escape one.
struct SplunkSearchValue: Sendable {
  /// The text, its quotes and backslashes resolved.
  var text: String
  /// Whether it stands in `CASE(…)`, so that letter case counts.
  var isCased = false
  /// Whether it stands in quotes.
  var isQuoted = true
}

extension SplunkSearchValue: Hashable {
  static func == (left: Self, right: Self) -> Bool {
    left.text.sameScalars(as: right.text) && left.isCased == right.isCased
      && left.isQuoted == right.isQuoted
  }
  func hash(into hasher: inout Hasher) { hasher.combine(ScalarText(text)) }
}

/// An expression of `where` and `eval`.
struct SplunkEval: Sendable {
  /// The logical operators: AND binds tighter than OR (Search Reference, "where").
  static let logic = LogicTable(or: ("OR", 1), and: ("AND", 2), not: ("NOT", 3), xor: xor)
  static let xor = LogicTable.Operator(word: "XOR", strength: 0)

  /// The forms of the `eval` language.
  indirect enum Kind: Sendable {
    /// A text in double quotes.
    case string(String)
    /// A number as it is written.
    case number(String)
    /// A field, in single quotes where its name needs them.
    case field(String)
    /// `name(argument, …)`.
    case call(String, [SplunkEval])
    /// `NOT …`.
    case not(SplunkEval)
    /// Operands joined by AND.
    case all([SplunkEval])
    /// Operands joined by OR.
    case any([SplunkEval])
    /// `… XOR …`.
    case exclusive(SplunkEval, SplunkEval)
    /// `… = …` and its kin.
    case comparison(ComparisonOperator, SplunkEval, SplunkEval)
    /// `… IN (…, …)`.
    case membership(SplunkEval, [SplunkEval])
    /// `… LIKE …`.
    case like(SplunkEval, SplunkEval)
    /// `… + …` and its kin.
    case arithmetic(Arithmetic, SplunkEval, SplunkEval)
  }

  /// The arithmetic operators and concatenation.
  enum Arithmetic: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case concatenate = "."
  }

  /// What is evaluated.
  var kind: Kind
  /// Where it stands. Outside equality.
  var span: Span?

  /// An expression of that kind.
  init(_ kind: Kind, at span: Span? = nil) {
    self.kind = kind
    self.span = span
  }
}

extension SplunkEval: Hashable {
  static func == (left: Self, right: Self) -> Bool {
    switch left.kind {
    case .string(let a): if case .string(let b) = right.kind { a.sameScalars(as: b) } else { false }
    case .number(let a): if case .number(let b) = right.kind { a.sameScalars(as: b) } else { false }
    case .field(let a): if case .field(let b) = right.kind { a.sameScalars(as: b) } else { false }
    case .call(let a, let x): if case .call(let b, let y) = right.kind { a == b && x == y } else { false }
    case .not(let a): if case .not(let b) = right.kind { a == b } else { false }
    case .all(let a): if case .all(let b) = right.kind { a == b } else { false }
    case .any(let a): if case .any(let b) = right.kind { a == b } else { false }
    case .exclusive(let a, let x):
      if case .exclusive(let b, let y) = right.kind { a == b && x == y } else { false }
    case .comparison(let o, let a, let x):
      if case .comparison(let p, let b, let y) = right.kind { o == p && a == b && x == y } else { false }
    case .membership(let a, let x):
      if case .membership(let b, let y) = right.kind { a == b && x == y } else { false }
    case .like(let a, let x): if case .like(let b, let y) = right.kind { a == b && x == y } else { false }
    case .arithmetic(let o, let a, let x):
      if case .arithmetic(let p, let b, let y) = right.kind { o == p && a == b && x == y } else { false }
    }
  }

  func hash(into hasher: inout Hasher) {
    switch kind {
    case .string(let text), .number(let text), .field(let text): hasher.combine(ScalarText(text))
    case .call(let name, let arguments):
      hasher.combine(name)
      hasher.combine(arguments)
    case .not(let operand): hasher.combine(operand)
    case .all(let operands), .any(let operands): hasher.combine(operands)
    case .exclusive(let left, let right), .comparison(_, let left, let right), .like(let left, let right),
      .arithmetic(_, let left, let right):
      hasher.combine(left)
      hasher.combine(right)
    case .membership(let value, let list):
      hasher.combine(value)
      hasher.combine(list)
    }
  }
}

// Short names for the expressions that the writer makes.
extension SplunkEval {
  static func string(_ text: String) -> SplunkEval { SplunkEval(.string(text)) }
  static func number(_ text: String) -> SplunkEval { SplunkEval(.number(text)) }
  static func field(_ name: String) -> SplunkEval { SplunkEval(.field(name)) }
  static func call(_ name: String, _ arguments: SplunkEval...) -> SplunkEval {
    SplunkEval(.call(name, arguments))
  }
  static func compare(
    _ left: SplunkEval, _ operation: ComparisonOperator, _ right: SplunkEval
  ) -> SplunkEval {
    SplunkEval(.comparison(operation, left, right))
  }
  /// All of these, those of an inner `all` among them.
  static func all(_ operands: [SplunkEval]) -> SplunkEval {
    let flat = operands.reduce(into: [SplunkEval]()) { flat, operand in
      if case .all(let inner) = operand.kind { flat += inner } else { flat.append(operand) }
    }
    return flat.count == 1 ? flat[0] : SplunkEval(.all(flat))
  }
  /// One of these, those of an inner `any` among them.
  static func any(_ operands: [SplunkEval]) -> SplunkEval {
    let flat = operands.reduce(into: [SplunkEval]()) { flat, operand in
      if case .any(let inner) = operand.kind { flat += inner } else { flat.append(operand) }
    }
    return flat.count == 1 ? flat[0] : SplunkEval(.any(flat))
  }
}

extension SplunkEval {
  /// The arguments, where it calls that function with so many.
  func arguments(of function: String, _ count: Int) -> [SplunkEval]? {
    guard case .call(function, let arguments) = kind, arguments.count == count else { return nil }
    return arguments
  }

  /// The operands of AND, or itself.
  var conjuncts: [SplunkEval] { if case .all(let operands) = kind { operands } else { [self] } }

  /// The one argument, where it calls that function.
  func argument(of function: String) -> SplunkEval? { arguments(of: function, 1)?[0] }

  /// Whether it asks when an event happened, or what time it is.
  var asksOfTime: Bool {
    if fields.contains(where: { ["_time", "_indextime"].contains($0) }) { return true }
    return names(of: ["now", "time", "relative_time", "strptime", "strftime"])
  }

  /// Whether it calls one of these functions.
  func names(of functions: Set<String>) -> Bool {
    switch kind {
    case .string, .number, .field: false
    case .call(let name, let operands):
      functions.contains(name) || operands.contains { $0.names(of: functions) }
    case .all(let operands), .any(let operands): operands.contains { $0.names(of: functions) }
    case .not(let operand): operand.names(of: functions)
    case .exclusive(let left, let right), .comparison(_, let left, let right), .like(let left, let right),
      .arithmetic(_, let left, let right):
      left.names(of: functions) || right.names(of: functions)
    case .membership(let value, let list):
      value.names(of: functions) || list.contains { $0.names(of: functions) }
    }
  }

  /// The fields that the expression names, in order.
  var fields: [String] {
    switch kind {
    case .string, .number: []
    case .field(let name): [name]
    case .call(_, let operands), .all(let operands), .any(let operands): operands.flatMap(\.fields)
    case .not(let operand): operand.fields
    case .exclusive(let left, let right), .comparison(_, let left, let right), .like(let left, let right),
      .arithmetic(_, let left, let right):
      left.fields + right.fields
    case .membership(let value, let list): value.fields + list.flatMap(\.fields)
    }
  }
}

extension SplunkCommand {
  /// The names of the groups of a regular expression: `(?<name>…)` and `(?P<name>…)`.
  static func groups(of pattern: String) -> [String] {
    pattern.split(separator: "(?", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      let part = part.hasPrefix("P<") ? part.dropFirst() : part[...]
      guard part.hasPrefix("<"), let end = part.firstIndex(of: ">") else { return nil }
      let name = part[part.index(after: part.startIndex)..<end]
      return name.utf8.first.map { $0.isWord } == true ? String(name) : nil
    }
  }

  /// Whether which rows there are may depend on a field.
  var asksSomething: Bool {
    switch kind {
    case .search(let expression): !expression.isOfEveryEvent
    case .filter, .regex, .stats, .stream, .model: true
    case .eval, .extract, .table, .fields, .rename, .spath, .bin, .display, .makeresults, .append: false
    }
  }

  /// The fields that which rows there are depends on, but for `_time` and `_raw`.
  var askedFields: [String] {
    let names: [String]
    switch kind {
    case .search(let expression): names = expression.fields
    case .filter(let expression): names = expression.fields
    case .regex(let field, _, _): names = [field]
    case .stats(let statistics): names = statistics.group
    case .stream(let stream): names = stream.statistics.group
    case .model(let search): names = search.askedFields
    case .eval, .extract, .table, .fields, .rename, .spath, .bin, .display, .makeresults, .append: names = []
    }
    return names.filter { !["_time", "_raw"].contains($0) }
  }

  /// Whether it asks one of these fields, or computes over one.
  func asks(_ names: Set<String>) -> Bool {
    switch kind {
    case .search(let expression): expression.asks(names)
    case .filter(let expression): expression.fields.contains(where: names.contains)
    case .eval(let assignments): assignments.contains { $0.value.fields.contains(where: names.contains) }
    case .regex(let field, _, _), .extract(let field, _, _): names.contains(field)
    case .rename(let renamings): renamings.contains { names.contains($0.from) }
    case .spath(let input, _, _): input.map(names.contains) ?? false
    case .stream(let stream): SplunkCommand(.stats(stream.statistics)).asks(names)
    case .stats(let statistics):
      statistics.group.contains(where: names.contains)
        || statistics.measures.contains { measure in
          switch measure.argument {
          case .field(let field): names.contains(field)
          case .expression(let expression): expression.fields.contains(where: names.contains)
          case nil: false
          }
        }
    case .model(let model): (model.askedFields + model.countedFields).contains(where: names.contains)
    case .bin(let bin): names.contains(bin.field)
    case .display: false
    case .table, .fields, .makeresults, .append: false
    }
  }
}

extension SplunkSearch {
  /// Whether it is `*`, which every row has.
  var isOfEveryEvent: Bool { if case .keyword(let value) = kind { value.text == "*" } else { false } }

  /// Whether it asks one of these fields.
  func asks(_ names: Set<String>) -> Bool {
    switch kind {
    case .comparison(let field, _, _), .membership(let field, _): names.contains(field)
    case .not(let operand): operand.asks(names)
    case .all(let operands), .any(let operands): operands.contains { $0.asks(names) }
    case .keyword, .term, .macro: false
    }
  }
}
