import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Reads what a search for several rules asks for each of them.
///
/// An event is given with a label where the commands before the list of labels keep it, and the condition beside the
/// label is true. So a rule is the search up to there, with its condition as `where`.
enum SplunkPackReader {
  /// The rules of a source, in the order of its list. Throws where it is no such search, and where one of them cannot be
  /// read.
  static func read(_ source: Source, _ options: LanguageOptions) throws(Diagnostic) -> [PackedRule] {
    let tree = try SplunkParser.parse(source, options.splunk)
    guard let (before, rules) = lists(in: tree.commands) else {
      throw Diagnostic.splunkUnread("a search without one list of labels", nil).located(in: source)
    }
    var packed: [PackedRule] = []
    for rule in rules {
      let commands = narrowed(before, to: rule.condition) + [SplunkCommand(.filter(rule.condition))]
      let text = SplunkPrinter.print(SplunkQuery(commands: commands))
      let own = Source(name: source.name, text: text)
      packed.append(
        PackedRule(label: rule.label, document: try SplunkReader.read(own, options), query: text))
    }
    return packed
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

  /// The commands with only those alternatives of keywords that the condition has words of, where there are some: a
  /// search for fewer events than the whole one, so what it keeps the whole one keeps.
  private static func narrowed(_ commands: [SplunkCommand], to condition: SplunkEval) -> [SplunkCommand] {
    guard case .search(let expression)? = commands.first?.kind, case .all(var terms) = expression.kind else {
      return commands
    }
    let texts = condition.texts.map { LetterCase.lower($0) }
    for place in terms.indices {
      guard case .any(let operands) = terms[place].kind else { continue }
      let own = operands.filter { $0.keywords.allSatisfy { word in texts.contains { $0.contains(word) } } }
      if own.isEmpty || own.contains(where: { $0.keywords.isEmpty }) { continue }
      terms[place] = own.count == 1 ? own[0] : SplunkSearch(.any(own))
    }
    var copy = commands
    copy[0] = SplunkCommand(.search(SplunkSearch(.all(terms))))
    return copy
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
