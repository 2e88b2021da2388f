import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Makes rules of documents.
enum SigmaReader {
  /// The rule that an entry of a file is. Throws `E150` and `E152` to `E157`.
  static func rule(_ entry: SigmaParser.Entry, of source: Source) throws(Diagnostic) -> RuleDocument {
    let document = entry.document
    do throws(Diagnostic) {
      let lowered = try SigmaLowering.condition(of: document)
      var warnings = lowered.warnings
      var operands = [lowered.condition]
      for filter in entry.filters {
        let filter = try SigmaLowering.condition(of: filter)
        operands.append(filter.condition)
        warnings += filter.warnings
      }
      var rule = Rule(id: identifier(document), title: document.title, condition: .all(operands))
      describe(document, in: &rule)
      return RuleDocument(
        rule: rule, source: source, warnings: entry.warnings + warnings.map { $0.located(in: source) })
    } catch {
      throw error.located(in: source)
    }
  }

  /// The `name` where the `id` was derived from it, else the `id`, else the name or the title.
  private static func identifier(_ document: SigmaDocument) -> String {
    if let id = document.id, let name = document.name, SigmaIdentifier.uuid(named: name) == id { return name }
    return document.id ?? document.name ?? document.title
  }

  private static func describe(_ document: SigmaDocument, in rule: inout Rule) {
    rule.description = document.description
    rule.severity = document.level.flatMap(Rule.Severity.init(rawValue:))
    rule.author = document.author
    rule.status = document.status
    rule.date = document.date
    rule.modified = document.modified
    rule.references = document.references
    rule.falsePositives = document.falsePositives
    let source = document.logSource
    rule.logSources = [
      LogSource(category: source.category, product: source.product, service: source.service)
    ]
    for tag in document.tags {
      if let reference = attack(tag) { rule.attack.append(reference) } else { rule.tags.append(tag) }
    }
    rule.outputFields = document.fields.map { name in
      OutputField(name: name, path: (try? SigmaFields.path(name, at: nil)) ?? FieldPath(name))
    }
    rule.unknown = document.other
    if let name = document.name, name != rule.id { rule.unknown.members.append(.init("name", .string(name))) }
    if source.definition != nil || !source.other.members.isEmpty {
      rule.unknown.members.append(.init("logsource", source.value))
    }
  }

  /// What a tag says of ATT&CK: `attack.t1059.001` is a technique, `attack.initial-access` a tactic. Groups and
  /// software (`attack.g0016`, `attack.s0002`) stay tags.
  private static func attack(_ tag: String) -> AttackReference? {
    guard tag.hasPrefix("attack.") else { return nil }
    let name = String(tag.dropFirst("attack.".count))
    if AttackTactics.isTagName(name) { return AttackReference(tactic: name, technique: nil) }
    let digits = name.utf8.dropFirst()
    guard name.utf8.first == UInt8(ascii: "t"), digits.first.map({ (0x30...0x39).contains($0) }) ?? false,
      digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
    else { return nil }
    return AttackReference(tactic: nil, technique: name.uppercased())
  }
}
