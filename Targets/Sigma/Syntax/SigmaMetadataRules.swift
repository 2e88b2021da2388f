import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// What the specification asks of a rule's metadata beyond its types. None of it changes what a rule finds, so
/// every departure is taken with a warning.
enum SigmaMetadataRules {
  /// The keys that the specification knows.
  static let keys = [
    "title", "id", "related", "name", "taxonomy", "status", "description", "license", "author", "references",
    "date", "modified", "logsource", "detection", "fields", "falsepositives", "level", "tags", "scope",
    "correlation", "generate", "filter", "action",
  ]

  /// How long a title may be, in characters.
  static let titleLimit = 256
  /// How long a description may be, in characters.
  static let descriptionLimit = 65_535
  /// The states that a rule can be in.
  static let statuses = ["stable", "test", "experimental", "deprecated", "unsupported"]

  private static let known = Set(keys)

  /// Other keys are the author's own, unless one looks like a known key that is not there.
  static func checkKeys(
    _ entries: [(key: YAMLNode, value: SigmaNode)], of node: SigmaNode, _ warnings: inout [Diagnostic]
  ) {
    for (key, _) in entries {
      guard let name = key.scalar, !known.contains(name),
        let near = Suggestion.nearest(to: name, among: keys),
        node[near] == nil, !["title", "logsource", "detection"].contains(near)
      else { continue }
      warnings.append(.sigmaKey(name, near: near, at: key.span))
    }
  }

  static func check(
    _ node: SigmaNode, _ key: String, among known: [String], _ warnings: inout [Diagnostic]
  ) {
    guard let value = node.scalar, !node.top.isNull, !known.contains(value) else { return }
    warnings.append(.sigmaUnusualValue(key, value, among: known, at: node.span))
  }

  /// The specification's own names of fields and log sources are the taxonomy `sigma`; another one "must be handled
  /// by the used tool or transformed".
  static func checkTaxonomy(_ node: SigmaNode, _ warnings: inout [Diagnostic]) {
    guard let name = node.scalar, !node.top.isNull, name != "sigma" else { return }
    warnings.append(.sigmaTaxonomy(name, at: node.span))
  }

  static func checkLength(_ node: SigmaNode, _ key: String, _ warnings: inout [Diagnostic]) {
    guard let count = node.scalar?.unicodeScalars.count, count > SigmaMetadataRules.titleLimit else { return }

    guard let count = node.scalar?.scalarCount, count > SigmaMetadataRules.titleLimit else { return }
    warnings.append(.sigmaTooLong(key, count, at: node.span))
  }

  static func checkIdentifier(_ node: SigmaNode, _ warnings: inout [Diagnostic]) {
    guard let id = node.scalar, !node.top.isNull, !SigmaIdentifier.isUUID(id) else { return }
    warnings.append(.sigmaNotUUID(id, at: node.span))
  }

  static func checkDate(_ node: SigmaNode, _ key: String, _ warnings: inout [Diagnostic]) {
    guard let text = node.scalar, !node.top.isNull, !isDate(text) else { return }
    warnings.append(.sigmaDate(key, standard: standardDate(text), at: node.span))
  }

  /// The date as `YYYY-MM-DD` where it is one with other separators or without leading zeros (`2024/1/2`, as
  /// version 1 had it); `nil` where it is not a date.
  static func standardDate(_ text: String) -> String? {
    if isDate(text) { return text }
    let parts = text.split(whereSeparator: { $0 == "/" || $0 == "-" || $0 == "." })
    guard parts.count == 3, parts[0].utf8.count == 4, parts.allSatisfy({ Int($0) != nil }) else { return nil }
    func padded(_ part: Substring) -> String { part.utf8.count == 1 ? "0\(part)" : String(part) }
    let date = "\(parts[0])-\(padded(parts[1]))-\(padded(parts[2]))"
    return isDate(date) ? date : nil
  }

  private static func isDate(_ text: String) -> Bool {
    text.withBytes { bytes in
      guard bytes.count == 10,
        bytes.indices.allSatisfy({ place in
          place == 4 || place == 7 ? bytes[place] == UInt8(ascii: "-") : bytes[place].isDigit
        })
      else { return false }
      func number(at place: Int) -> UInt8 { (bytes[place] - 0x30) * 10 + bytes[place + 1] - 0x30 }
      return (1...12).contains(number(at: 5)) && (1...31).contains(number(at: 8))
    }
  }

  /// The kinds of relation between rules.
  static let relations = ["derived", "obsolete", "merged", "renamed", "similar"]

  static func checkRelated(_ node: SigmaNode, _ warnings: inout [Diagnostic]) {
    guard let items = node.sequence else {
      if !node.top.isNull { warnings.append(.sigmaListExpected("related", at: node.span)) }
      return
    }
    for item in items {
      guard item.mapping != nil, let id = item["id"], let type = item["type"] else {
        warnings.append(.sigmaRelated(at: item.span))
        continue
      }
      checkIdentifier(SigmaNode(id), &warnings)
      check(SigmaNode(type), "type of relation", among: relations, &warnings)
    }
  }

  static func checkLogSource(_ node: SigmaNode, at span: Span, _ warnings: inout [Diagnostic]) {
    let parts = ["category", "product", "service"]
    var isEmpty = true
    for (key, value) in node.mapping ?? [] {
      let name = key.scalar ?? ""
      if parts.contains(name) {
        guard let text = value.scalar, !value.top.isNull else { continue }
        isEmpty = false
        let spelled = SigmaLogSources.spelled(text)
        if spelled != text { warnings.append(.sigmaLogSourceName(text, spelled, at: value.span)) }
      } else if name != "definition",
        let near = Suggestion.nearest(to: name, among: parts + ["definition"]), node[near] == nil
      {
        warnings.append(.sigmaKey(name, near: near, at: key.span))
      }
    }
    if isEmpty { warnings.append(.sigmaNoLogSource(at: span)) }
  }
}

// Tags.

extension SigmaMetadataRules {
  /// Whether a tag has the form that the specification's schema asks for.
  static func isTag(_ tag: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || byte.isDigit || byte == 0x5F || byte == 0x2D
    }
    return tag.withBytes { bytes in
      guard let dot = bytes.firstIndex(of: 0x2E) else { return false }
      let (namespace, name) = (bytes[..<dot], bytes[(dot + 1)...])
      return !namespace.isEmpty && !name.isEmpty && namespace.allSatisfy(isPlain)
        && name.allSatisfy { isPlain($0) || $0 == 0x2E }
    }
  }

  static func checkTags(_ node: SigmaNode, _ warnings: inout [Diagnostic]) {
    for item in node.sequence ?? [node.top] {
      guard let tag = item.scalar, !item.isNull else { continue }
      if let warning = warning(tag, at: item.span) { warnings.append(warning) }
    }
  }

  private static func warning(_ tag: String, at span: Span) -> Diagnostic? {
    let dot = tag.utf8.firstIndex(of: UInt8(ascii: "."))
    let namespace = dot.map { String(tag[..<$0]) } ?? tag
    // The appendix on tags gives `d3fend.d3f-WindowsNtOpenFile` as an example.
    if namespace == "d3fend" { return nil }
    guard let dot, SigmaMetadataRules.isTag(tag) else {
      let lower = tag.lowercased().replacing(" ", with: "-")
      return .sigmaTag(
        tag, "is not of the form `namespace.name`", SigmaMetadataRules.isTag(lower) ? lower : nil, span)
    }
    let name = String(tag.utf8[dot...].dropFirst()) ?? ""
    switch namespace {
    case "attack": return attack(tag, name, span)
    case "cve":
      if isDashed(name, [4...4, 4...19]) { return nil }
      let spelled = name.replacing(".", with: "-").replacing("_", with: "-")
      return .sigmaTag(
        tag, "is not the number of a CVE", isDashed(spelled, [4...4, 4...19]) ? "cve.\(spelled)" : nil, span)
    case "car":
      return isDashed(name, [4...4, 2...2, 3...3])
        ? nil : .sigmaTag(tag, "is not the number of a CAR analytic", nil, span)
    case "detection": return known(tag, name, ["dfir", "emerging-threats", "threat-hunting"], span)
    case "tlp":
      if name == "white" { return .sigmaTag(tag, "is of version 1 of the protocol", "tlp.clear", span) }
      return known(tag, name, ["red", "amber", "amber-strict", "green", "clear"], span)
    case "stp":
      let isScore = ("1"..."5").contains(name.prefix(1)) && ["", "a", "u", "k"].contains(name.dropFirst())
      return isScore ? nil : .sigmaTag(tag, "is not a score such as `stp.4` or `stp.3k`", nil, span)
    default: return nil
    }
  }

  /// What the ids of ATT&CK's objects begin with, tactics left out.
  private static let objects = ["t", "g", "s", "ds", "m", "a", "dc", "an", "det"]

  private static func attack(_ tag: String, _ name: String, _ span: Span) -> Diagnostic? {
    let digits = name.utf8.drop(while: \.isLetter)
    if isNumber(digits.prefix(4), 4...4) {
      let letters = String(name[..<digits.startIndex])
      let rest = digits.dropFirst(4)
      if objects.contains(letters),
        rest.isEmpty || letters == "t" && rest.first == 0x2E && isNumber(rest.dropFirst(), 3...3)
      {
        return nil
      }
    }
    if let tactic = AttackTactics.tagName(name) {
      return tactic == name
        ? nil : .sigmaTag(tag, "is written with underscores", "attack.\(tactic)", span)
    }
    let names = AttackTactics.all.map(\.name) + AttackTactics.former
    let near = Suggestion.nearest(to: name, among: names).map { "attack.\($0)" }
    return .sigmaTag(tag, "is not a tactic, technique, group or software of ATT&CK", near, span)
  }

  private static func known(_ tag: String, _ name: String, _ names: [String], _ span: Span) -> Diagnostic? {
    if names.contains(name) { return nil }
    let namespace = tag.prefix { $0 != "." }
    let near = Suggestion.nearest(to: name, among: names).map { "\(namespace).\($0)" }
    return .sigmaTag(tag, "is unknown", near, span)
  }

  /// Whether the text is numbers of these lengths joined by `-`.
  private static func isDashed(_ text: String, _ lengths: [ClosedRange<Int>]) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.count == lengths.count && zip(parts, lengths).allSatisfy { isNumber($0, $1) }
  }

  private static func isNumber(_ text: Substring.UTF8View, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.count) && text.allSatisfy(\.isDigit)
  }
}
