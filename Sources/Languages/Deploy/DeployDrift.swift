import ConcordDetection
import ConcordDiagnostics

extension DeployedQuery {
  /// What is set otherwise in `other`, in words: `cron_schedule: 0 * * * * -> none`.
  package func drift(to other: DeployedQuery) -> [String] {
    var changes: [String] = []
    func compare(_ name: String, _ old: String?, _ new: String?) {
      let isSame = old.map { old in new.map { old.sameScalars(as: $0) } ?? false } ?? (new == nil)
      if !isSame { changes.append("\(name): \(old ?? "none") -> \(new ?? "none")") }
    }
    compare("name", name, other.name)
    let mine = Dictionary(settings.map { ($0.name, $0.value) }) { _, last in last }
    let theirs = Dictionary(other.settings.map { ($0.name, $0.value) }) { _, last in last }
    for setting in settings { compare(setting.name, setting.value, theirs[setting.name]) }
    for setting in other.settings where mine[setting.name] == nil {
      compare(setting.name, nil, setting.value)
    }
    return changes
  }
}

extension Language {
  /// The format that a source is a file of; `nil` where it is none.
  package func format(of source: Source) -> DeployFormat? {
    formats.first { $0.reading?.isFile(source) ?? false }
  }

  /// Everything that a file of a format holds, each query read as a rule of that name. Its id is that of the query's own
  /// comment, or else the name.
  func deployed(
    _ format: DeployFormat, in source: Source, by reader: RuleReader, options: LanguageOptions
  ) -> RuleCollection {
    var collection = RuleCollection(documents: [])
    let queries: [DeployedQuery]
    do throws(Diagnostic) {
      queries = try format.reading?.queries(source) ?? []
    } catch {
      return RuleCollection(documents: [], refused: [RefusedDocument(errors: [error.located(in: source)])])
    }
    for query in queries {
      let own = Source(name: "\(source.name)[\(query.name)].\(fileEnding)", text: query.text)
      var part = reader(own, options)
      for index in part.documents.indices {
        if part.documents[index].rule.id.sameScalars(as: own.stem) {
          part.documents[index].rule.id = query.name
        }
        part.documents[index].rule.title = query.name
        part.documents[index].rule.enabled = query.isEnabled
        part.documents[index].deployed = query
      }
      do throws(Diagnostic) {
        for index in part.documents.indices {
          part.documents[index].warnings +=
            try format.reading?.settle(query, &part.documents[index].rule).map { $0.located(in: own) } ?? []
        }
      } catch {
        part = RuleCollection(documents: [], refused: [RefusedDocument(errors: [error.located(in: own)])])
      }
      collection.documents += part.documents
      collection.refused += part.refused
      collection.warnings += part.warnings
    }
    return collection
  }
}
