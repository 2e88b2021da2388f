import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Reads what a search for several rules asks for each of them.
///
/// An event is given with a label where the commands before the list of labels keep it, and the condition beside the
/// label is true. So a rule is the search up to there, with its condition as `where`.
enum SplunkPackReader {
  /// The rules of a source, in the order of its list. Throws where it is no such search.
  static func read(_ source: Source, _ options: LanguageOptions) throws(Diagnostic) -> [PackedRule] {
    let tree = try SplunkParser.parse(source, options.splunk)
    guard let (before, rules) = lists(in: tree.commands) else {
      throw Diagnostic.splunkUnread("a search without one list of labels", nil).located(in: source)
    }
    let narrowing = Narrowing(before)
    return rules.map { rule in
      let commands = narrowing.commands(for: rule.condition) + [SplunkCommand(.filter(rule.condition))]
      return PackedRule(label: rule.label, .query(SplunkPrinter.print(SplunkQuery(commands: commands))))
    }
  }

  /// The commands before the list, and the list; `nil` where there is none, or where rows are lost behind it.
  private static func lists(
    in commands: [SplunkCommand]
  ) -> (before: [SplunkCommand], rules: [SplunkIdioms.Labelled])? {
    for (place, command) in commands.enumerated() where place + 2 < commands.count {
      guard case .eval(let made) = command.kind, made.count == 1,
        let rules = SplunkIdioms.labels.match(made[0].value),
        case .eval(let kept) = commands[place + 1].kind, kept.count == 1,
        kept[0].name.sameScalars(as: made[0].name),
        let filled = SplunkIdioms.filled.match(kept[0].value), filled.sameScalars(as: made[0].name),
        case .filter(let asked) = commands[place + 2].kind,
        let counted = SplunkIdioms.hasValues.match(asked), counted.sameScalars(as: made[0].name)
      else { continue }
      let isShown = commands[(place + 3)...].allSatisfy { behind in
        switch behind.kind {
        case .eval(let later): !later.contains { $0.name.sameScalars(as: filled) }
        case .table(let names): names.contains { $0.sameScalars(as: filled) }
        case .fields(let keep, let names): keep == names.contains { $0.sameScalars(as: filled) }
        default: false  // No other command stands behind the list.
        }
      }
      return isShown ? (Array(commands[..<place]), rules) : nil
    }
    return nil
  }

  /// The commands before the list, of which a rule needs a part. What is left of them keeps no event that they do not
  /// keep.
  private struct Narrowing {
    private let commands: [SplunkCommand]
    /// The terms of the search that they begin with.
    private var terms: [Term] = []

    private struct Term {
      let search: SplunkSearch
      /// Its alternatives, each with its keywords.
      let alternatives: [(search: SplunkSearch, keywords: [Pattern])]

      func narrowed(to texts: [String]) -> SplunkSearch {
        let own = alternatives.filter { one in
          one.keywords.allSatisfy { word in texts.contains { word.matches($0, .exact) } }
        }
        if own.isEmpty || own.contains(where: { $0.keywords.isEmpty }) { return search }
        return own.count == 1 ? own[0].search : SplunkSearch(.any(own.map(\.search)))
      }
    }

    init(_ commands: [SplunkCommand]) {
      self.commands = commands
      guard case .search(let expression)? = commands.first?.kind, case .all(let terms) = expression.kind
      else {
        return
      }
      self.terms = terms.map { term in
        let alternatives = if case .any(let operands) = term.kind { operands } else { [SplunkSearch]() }
        return Term(search: term, alternatives: alternatives.map { ($0, $0.keywords.map(Pattern.contains)) })
      }
    }

    /// The commands that a condition behind them needs: of alternatives of keywords those that it has words of, where
    /// there are some, and the fields that it reads.
    func commands(for condition: SplunkEval) -> [SplunkCommand] {
      var narrowed = commands
      if !terms.isEmpty {
        let texts = condition.texts.map { LetterCase.lower($0) }
        narrowed[0] = SplunkCommand(.search(SplunkSearch(.all(terms.map { $0.narrowed(to: texts) }))))
      }
      return SplunkPackReader.reading(condition.fields, in: narrowed)
    }
  }

  /// The commands without what they compute that neither they nor what stands behind them reads.
  private static func reading(_ fields: [String], in commands: [SplunkCommand]) -> [SplunkCommand] {
    var read = Set(fields.map(ScalarText.init))
    var needed: [SplunkCommand] = []
    for command in commands.reversed() {
      switch command.kind {
      case .search: needed.append(command)
      case .filter(let condition):
        read.formUnion(condition.fields.map(ScalarText.init))
        needed.append(command)
      case .eval(let assignments):
        var own: [SplunkCommand.Assignment] = []
        for assignment in assignments.reversed() where read.contains(ScalarText(assignment.name)) {
          read.formUnion(assignment.value.fields.map(ScalarText.init))
          own.append(assignment)
        }
        if !own.isEmpty { needed.append(SplunkCommand(.eval(own.reversed()), at: command.span)) }
      case .regex, .extract, .table, .fields, .rename, .spath, .stats, .stream, .model, .bin, .display,
        .makeresults, .append:
        return commands
      }
    }
    return needed.reversed()
  }
}

extension SplunkSearch {
  /// The keywords in it, in lower case.
  fileprivate var keywords: [String] {
    switch kind {
    case .keyword(let value): [LetterCase.lower(value.text)]
    case .all(let operands), .any(let operands): operands.flatMap(\.keywords)
    case .term, .comparison, .membership, .macro, .not: []
    }
  }
}

extension SplunkEval {
  /// The texts in it.
  fileprivate var texts: [String] {
    switch kind {
    case .string(let text): [text]
    case .number, .field: []
    case .call(_, let operands), .all(let operands), .any(let operands): operands.flatMap(\.texts)
    case .not(let operand): operand.texts
    case .exclusive(let left, let right), .comparison(_, let left, let right), .like(let left, let right),
      .arithmetic(_, let left, let right):
      left.texts + right.texts
    case .membership(let value, let list): value.texts + list.flatMap(\.texts)
    }
  }
}
