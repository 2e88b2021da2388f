import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

extension Compiler {
  /// The text of a rule file laid out anew (`YAML.formatted`), of which every rule was read again and is the same: the
  /// same condition, the same fixtures, the same metadata, and the same diagnostics. `indent`: by how many columns a level
  /// is indented; as its language's own rules are, where it is `nil`.
  ///
  /// Throws `W919` for a file that has no such layout, and for one that would not be the same; `E905` for one that is no
  /// rule file; and what the reader of its text throws.
  package static func formatted(_ source: Source, indent: Int? = nil) throws(Diagnostic) -> String {
    let language = try language(of: source)
    guard hasLayout(source, in: language) else {
      throw Diagnostic(
        .notFormatted,
        "`\(source.name)` is left as it is: rules that are written in YAML have a layout, no others")
    }
    let text: String
    do throws(Diagnostic) {
      text = try YAML.formatted(source, indent: indent ?? Registry.indentation(of: language))
    } catch {
      throw error.located(in: source)
    }
    let compiler = Compiler()
    let (old, new) = try (
      compiler.loadAll(source, from: language),
      compiler.loadAll(Source(name: source.name, text: text), from: language)
    )
    guard old.isSame(as: new) else {
      throw Diagnostic(
        .notFormatted, "`\(source.name)` is left as it is: laid out anew it would not be the same rule")
    }
    return text
  }

  /// Whether a source is a rule file in YAML, as against a query, a program, and what a platform takes.
  package static func hasLayout(_ source: Source) -> Bool {
    (try? language(of: source)).map { hasLayout(source, in: $0) } ?? false
  }

  private static func hasLayout(_ source: Source, in language: Language) -> Bool {
    !language.keys.isEmpty && language.format(of: source) == nil
      && !source.endsIn(language.programs?.endings ?? [])
  }
}

extension RuleCollection {
  /// Whether the same rules were read, and the same said of them; places aside.
  fileprivate func isSame(as other: RuleCollection) -> Bool {
    documents.map(\.rule) == other.documents.map(\.rule) && said == other.said
  }

  /// The codes and messages of all that was said, in order.
  private var said: [[String]] {
    func words(_ diagnostics: [Diagnostic]) -> [String] {
      diagnostics.map { "\($0.code.rawValue) \($0.message)" }
    }
    return documents.map { words($0.warnings) } + refused.map { words($0.refusals + $0.warnings) } + [
      words(warnings)
    ]
  }
}
