import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension Registry {
  /// The formats in which platforms take rules, each with the language of its queries.
  package static let formats: [(language: Language, format: DeployFormat)] = languages.flatMap { language in
    language.formats.map { (language, $0) }
  }

  /// Whether a file's name is one by which folders are searched for files of these formats.
  package static func isDeployedName(_ name: String) -> Bool {
    formats.contains { $0.format.reading?.names.contains(where: name.hasSuffix) ?? false }
  }
}

/// A rule as a platform takes it.
package struct Deployment: Sendable {
  /// The query and its settings.
  package let query: DeployedQuery
  /// What the user should know.
  package let notes: [Diagnostic]
}

extension Compiler {
  /// A rule as a platform takes it. `isProved`: whether the query must be proved to be the
  /// rule. Throws what the language cannot say, and what cannot stand in the format.
  package func deploy(
    _ rule: Rule, in language: Language, as format: DeployFormat, _ options: DeployOptions,
    isProved: Bool = false
  ) throws(Diagnostic) -> Deployment {
    var (compiler, options) = (self, options)
    if format.takes.contains(.window) {
      options.window = self.options.window
      compiler.options.window = TimeWindow()
    }
    let query =
      isProved ? try compiler.writeProved(rule, in: language) : try compiler.write(rule, in: language)
    let member = DeployMember(rule: rule, text: query.text)
    return Deployment(
      query: try format.query(member, options),
      notes: query.notes + format.notes(member, options)
        + (format.takes.contains(.window) ? rule.windowTooShort(options.window) : []))
  }

  /// How the settings of two versions differ of which one or both are deployed, in words: the version that is not, as it
  /// would be deployed with these options. None where none is.
  package func drift(
    from old: RuleDocument?, to new: RuleDocument?, _ options: DeployOptions
  ) -> [String] {
    guard let old, let new, let format = (new.deployed ?? old.deployed)?.format,
      let (language, form) = Registry.formats.first(where: { $0.format.name == format })
    else { return [] }
    do throws(Diagnostic) {
      func deployed(_ document: RuleDocument) throws(Diagnostic) -> DeployedQuery {
        if let query = document.deployed { return query }
        return try deploy(document.rule, in: language, as: form, options).query
      }
      return try deployed(old).drift(to: deployed(new))
    } catch {
      return ["settings: not compared, since the rule is refused: \(error.message)"]
    }
  }
}
