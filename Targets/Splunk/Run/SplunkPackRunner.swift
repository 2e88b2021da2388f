import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension SplunkRunner {
  /// The values of the field that the last `where` of a search asks for, for each event that comes out of the search;
  /// `nil` for the others. Throws what `run` throws, and where readings of the manuals give other values.
  static func lists(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [[String]?] {
    let (runner, source) = try ready(query, options)
    var asked: String?
    for case .filter(let expression) in runner.query.commands.map(\.kind) { asked = expression.fields.first }
    guard let asked else {
      throw Diagnostic.splunkUnread("a search that asks for no list", nil).located(in: source)
    }
    let readings = SplunkInterpretation.all.map { reading in
      runner.steps(runner.query.commands[...], SplunkEvaluator(reading))
    }
    var lists: [[String]?] = []
    do throws(Diagnostic) {
      for event in events {
        var found: [[ScalarText]?] = []
        for steps in readings {
          let row = runner.row(of: event)
          let isKept = try SplunkRunner.pass(row, steps)
          found.append(isKept ? row[asked].texts.map(ScalarText.init) : nil)
        }
        if let first = found.first, found.contains(where: { $0 != first }) {
          throw Diagnostic.splunkCorner(event)
        }
        lists.append(found.first??.map(\.string))
      }
    } catch {
      throw error.located(in: source)
    }
    return lists
  }
}

extension SplunkValue {
  /// The texts of a field with several values, or with one.
  fileprivate var texts: [String] {
    if case .list(let items) = self { return items }
    return text.map { [$0] } ?? []
  }
}
