import Concord
import Foundation

/// The queries that are deployed, each of which is taken to be that of the rule whose id or title it has.
final class DeployedQueries: Sendable {
  /// A query and the language that it is in.
  private struct Deployed: Sendable {
    let language: Language
    let name: String
    let rule: String
    /// Whether the platform runs it.
    let isEnabled: Bool
    /// `nil` where it is no text of its own: other rules stand beside it, or it is said by a program's description.
    let text: String?
    let place: String
  }

  private let queries: [Deployed]
  private let byRule: [ScalarText: [Int]]
  private let byName: [ScalarText: [Int]]
  private let taken: Taken

  /// Which queries were asked for.
  private final class Taken: @unchecked Sendable {
    private let lock = NSLock()
    private var places: Set<Int> = []

    func insert(_ some: [Int]) { lock.withLock { places.formUnion(some) } }
    func contains(_ place: Int) -> Bool { lock.withLock { places.contains(place) } }
  }

  /// The queries of a folder, or of a file of deployed queries; `nil` for any other file. Throws what cannot be read, since a
  /// query that is left out would be missed.
  init?(_ path: String, _ input: RuleInput) throws(Diagnostic) {
    if !Files.isFolder(path) {
      let source = try Files.source(path)
      guard Registry.readers.contains(where: { $0.format(of: source) != nil }) else { return nil }
    }
    var options = input.compiler.options
    options.condition = nil
    var queries: [Deployed] = []
    let run = RuleRun(try RuleInput(paths: [path], options: options), for: .inspection) { _ in }
    for found in run {
      switch found {
      case .refused(let refusal):
        if let error = refusal.diagnostics.first(where: { $0.severity == .error }) { throw error }
      case .rule(let rule, _):
        let document = rule.document
        guard let language = document.language, language.runner != nil else { continue }
        let isWhole =
          rule.number == nil && language.programs.map { document.source.endsIn($0.endings) } ?? true
        queries.append(
          Deployed(
            language: language, name: document.deployed?.name ?? document.rule.title, rule: document.rule.id,
            isEnabled: document.rule.enabled,
            text: document.deployed?.text ?? document.part ?? (isWhole ? document.source.text : nil),
            place: document.source.name))
      }
    }
    self.queries = queries
    func places(_ key: (Deployed) -> String) -> [ScalarText: [Int]] {
      Dictionary(grouping: queries.indices) { ScalarText(key(queries[$0])) }
    }
    (byRule, byName, taken) = (places(\.rule), places(\.name), Taken())
  }

  /// The languages of the rule's queries, each of which writes the query that is deployed, and the names of those that
  /// are switched off though the rule is not, which find nothing.
  func queries(of rule: Rule) -> (languages: [Language], off: [String]) {
    let own = byRule[ScalarText(rule.id)] ?? byName[ScalarText(rule.title)] ?? []
    taken.insert(own)
    let off = own.filter { rule.enabled && !queries[$0].isEnabled }
    let languages = own.filter { !off.contains($0) }.map { place in
      let query = queries[place]
      var language = query.language
      language.writer = { (_, _) throws(Diagnostic) in
        guard let text = query.text else { throw .notAlone(query.place) }
        return Query(text: text)
      }
      return language
    }
    return (languages, off.map { queries[$0].name })
  }

  /// The names of the queries that no rule was asked for.
  var others: [String] { queries.indices.filter { !taken.contains($0) }.map { queries[$0].name } }
}

extension Diagnostic {
  /// What is deployed is no text that stands for the rule alone.
  fileprivate static func notAlone(_ place: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the text of this rule in `\(place)` is not taken apart from what stands beside it",
      help: ["compare the rules' meaning with `concord diff`"])
  }
}
