import Concord

/// What stands above each rule: what is proved of its translations, and what its fixtures notice.
///
/// A proof and the search for mistakes take longer than one types, and editors ask for the lenses of a file after each
/// change. So a lens is a place at first; its words are found when an editor shows it (`codeLens/resolve`).
extension LanguageServer {
  /// What a lens tells.
  private enum Lens: String, CaseIterable {
    /// What is proved of each translation, and how many fixtures hold.
    case proofs
    /// How many mistakes in the rule its fixtures notice.
    case mutants

    /// Whether there is anything to tell of a rule.
    func tells(of rule: Rule) -> Bool {
      switch self {
      case .proofs: true
      case .mutants: rule.aggregate == nil && !rule.fixtures.isEmpty
      }
    }
  }

  /// The places of the lenses of a file.
  func lenses(_ parameters: Value) -> [Value] {
    guard let document = document(parameters) else { return [] }
    return document.rules.enumerated().flatMap { index, report -> [Value] in
      let isHere = report.document.conditionSource.text == document.text.text
      let span = Span(at: (isHere ? report.start : nil) ?? Position(line: 1, column: 1), length: 0)
      return Lens.allCases.filter { $0.tells(of: report.document.rule) }.map { lens -> Value in
        let data = Value.members([
          ("uri", .string(document.uri)), ("version", document.version ?? .null),
          ("rule", .number(Number(index))), ("lens", .string(lens.rawValue)),
        ])
        return .members([("range", document.text.range(span, in: unit)), ("data", data)])
      }
    }
  }

  /// A lens with its words; `nil` where its text is another one by now.
  func resolved(_ lens: Value) -> Value? {
    guard let data = lens["data"], let range = lens["range"],
      let document = data["uri"]?.text.flatMap(document(at:)),
      data["version"] ?? .null == document.version ?? .null,
      let kind = data["lens"]?.text.flatMap({ Lens(rawValue: $0) }),
      let report = document.rules.enumerated().first(where: {
        data["rule"] == .number(Number($0.offset))
      })?.element
    else { return nil }
    let title =
      switch kind {
      case .proofs: Self.proofs(of: report, document.compiler)
      case .mutants: Self.mutants(of: report.document.rule)
      }
    return .members([
      ("range", range), ("data", data),
      ("command", .members([("title", .string(title)), ("command", .string(""))])),
    ])
  }

  private static func proofs(of report: CheckReport, _ compiler: Compiler) -> String {
    let words = shownLanguages.map { language in
      "\(language.name): \(judgement(of: report.document.rule, in: language, compiler))"
    }
    let total = report.outcomes.count
    let fixtures = total == 0 ? "no fixtures" : "\(report.holding) of \(counted(total, "fixture")) hold"
    return (words + [fixtures]).joined(separator: " · ")
  }

  private static func mutants(of rule: Rule) -> String {
    MutationScore(of: rule.condition, fixtures: rule.fixtures.filter(\.log.isEmpty)).words
  }

  /// The languages whose texts are shown: those that can be proved, since a program is too long for a look.
  static let shownLanguages = Registry.writers.filter {
    $0.reader != nil && $0.runner != nil && !$0.traits.contains(.writtenByName)
  }

  private static func judgement(of rule: Rule, in language: Language, _ compiler: Compiler) -> String {
    do throws(Diagnostic) {
      let query = try compiler.write(rule, in: language)
      return switch compiler.prove(query, for: rule, in: language).outcome {
      case .proved: "proved"
      case .different: "different"
      case .unread, .unknown: "exact, not proved"
      }
    } catch {
      return "refused (\(error.code.rawValue))"
    }
  }
}

extension MutationScore {
  /// How many mistakes the fixtures notice, of those that some event can show.
  var words: String {
    let hidden = survivors.count { $0.killer == nil }
    return "the fixtures notice \(noticed) of \(tried - hidden) mistakes (mutants)"
  }
}
