import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Writes a rule as a Sigma document.
struct SigmaWriter {
  /// The rule as a Sigma rule document, or several where it reads several log sources. Throws what Sigma
  /// cannot say (`E4xx`).
  static func write(_ rule: Rule, options: LanguageOptions) throws(Diagnostic) -> Query {
    let aside =
      try rule.placeAside(
        from: "Sigma", rule.place.facts, isPlaceGiven: options.namesPlace, help: Diagnostic.sigmaPlaceHelp)
      + rule.windowAside
    if let aggregate = rule.aggregate {
      let written = try SigmaCorrelationWriter.write(aggregate, of: rule)
      let comment = QueryHeader.lines(for: rule, options, aside: aside)
      var texts = [try SigmaPrinter.print(written.correlation, comment: comment)]
      for document in written.rules { texts.append(try SigmaPrinter.print(document)) }
      return Query(text: texts.joined(separator: "---\n"), notes: aside + written.notes)
    }
    let (documents, notes) = try documents(for: rule)
    let comment = QueryHeader.lines(for: rule, options, aside: aside)
    var texts: [String] = []
    for document in documents { texts.append(try SigmaPrinter.print(document, comment: comment)) }
    return Query(text: texts.joined(separator: "---\n"), notes: aside + notes)
  }

  /// The documents of a rule, one for each of its log sources, since a Sigma rule reads one; and what the user
  /// should know. Throws `E417` to `E414` for what Sigma cannot say.
  static func documents(
    for rule: Rule
  ) throws(Diagnostic) -> (documents: [SigmaDocument], notes: [Diagnostic]) {
    var condition = SigmaConditionWriter(events: rule.fixtures.map(\.event))
    let expression = try condition.write(rule.condition)
    var metadata = SigmaMetadata(rule)
    let sources = rule.logSources.isEmpty ? [LogSource()] : rule.logSources
    var documents: [SigmaDocument] = []
    for (index, source) in sources.enumerated() {
      var document = metadata.document(for: source, number: index)
      document.selections = condition.selections
      document.conditions = [expression]
      documents.append(document)
    }
    return (documents, condition.notes + metadata.notes)
  }
}

/// A rule's metadata in Sigma's terms.
struct SigmaMetadata {
  /// What the user should know.
  private(set) var notes: [Diagnostic] = []
  private let rule: Rule

  init(_ rule: Rule) {
    self.rule = rule
    if rule.threshold > 1 { notes.append(.sigmaThreshold(rule.threshold)) }
  }

  /// The document of that log source, the rule's first or a later one, without its detection.
  mutating func document(for source: LogSource, number: Int) -> SigmaDocument {
    var document = SigmaDocument(title: SigmaMetadata.cut(rule.title, to: SigmaMetadataRules.titleLimit))
    let logSource = SigmaLogSources.sigma(source)
    document.logSource = logSource.source
    if !logSource.known { notes.append(.sigmaLogSource(source.platformName ?? "", logSource.source)) }
    if case .object(var parts)? = rule.unknown["logsource"] {
      if case .string(let text)? = parts["definition"] { document.logSource.definition = text }
      for key in ["category", "product", "service", "definition"] { parts[key] = nil }
      document.logSource.other = parts
    }
    document.other = custom()
    identify(&document, number: number)
    document.status = SigmaMetadataRules.statuses.contains(rule.status ?? "") ? rule.status : "experimental"
    document.description = rule.description.map {
      SigmaMetadata.cut($0, to: SigmaMetadataRules.descriptionLimit)
    }
    document.references = rule.references
    document.author = rule.author
    document.date = rule.date
    document.modified = rule.modified
    document.tags = tags(first: number == 0)
    document.fields = fields(first: number == 0)
    document.falsePositives = rule.falsePositives
    document.level = rule.severity?.rawValue
    return document
  }

  /// A rule's id that is a UUID stays; of another the UUID is derived, and the id becomes the `name`. A rule of
  /// several log sources is several documents, and each has an id of its own.
  private func identify(_ document: inout SigmaDocument, number: Int) {
    let name = document.other["name"]
    document.other["name"] = nil
    if SigmaIdentifier.isUUID(rule.id) {
      document.id = number == 0 ? rule.id : SigmaIdentifier.uuid(named: "\(rule.id)#\(number)")
      if case .string(let text)? = name { document.name = text }
    } else {
      let own = number == 0 ? rule.id : "\(rule.id)#\(number)"
      document.id = SigmaIdentifier.uuid(named: own)
      document.name = own
    }
  }

  /// The keys that a Sigma document may carry beside the standard ones: Sigma's are lower case, so those of
  /// another platform's rule files (`DedupPeriodMinutes`) are left out.
  private func custom() -> Value.Object {
    Value.Object(
      rule.unknown.members.filter { member in
        let first = member.key.unicodeScalars.first.map { ("a"..."z").contains($0) } ?? false
        return first && !SigmaMetadata.standardKeys.contains(member.key)
      })
  }

  private static let standardKeys: Set<String> = [
    "title", "id", "status", "description", "references", "author", "date", "modified", "tags", "logsource",
    "detection", "fields", "falsepositives", "level", "correlation", "filter", "action",
  ]

  private mutating func tags(first: Bool) -> [String] {
    var tags: [String] = []
    func add(_ tag: String) { if !tags.contains(tag) { tags.append(tag) } }
    for reference in rule.attack {
      if let tactic = reference.tactic {
        if let name = AttackTactics.tagName(tactic) {
          add("attack.\(name)")
        } else if first {
          notes.append(.sigmaDropped("tactic `\(tactic)`", "ATT&CK for enterprises has none of that name"))
        }
      }
      if let technique = reference.technique { add("attack.\(technique.lowercased())") }
    }
    for tag in rule.tags {
      if SigmaMetadataRules.isTag(tag) {
        add(tag)
      } else if first {
        notes.append(.sigmaDropped("tag `\(tag)`", "a Sigma tag is `namespace.name` in lower case"))
      }
    }
    return tags
  }

  /// The fields worth showing that Sigma can name.
  private mutating func fields(first: Bool) -> [String] {
    var names: [String] = []
    for field in rule.outputFields {
      var writer = SigmaAtoms(events: [])
      do {
        let name = try writer.fieldName(field.path, at: nil)
        if !names.contains(name) { names.append(name) }
      } catch {
        if first { notes.append(.sigmaDropped("output field `\(field.path)`", error.message)) }
      }
    }
    return names
  }

  private static func cut(_ text: String, to limit: Int) -> String {
    text.scalarCount <= limit
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
  }
}
