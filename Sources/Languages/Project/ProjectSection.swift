import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// A map of a project file: its keys, and what they must be.
package struct ProjectSection: Sendable {
  /// The map.
  package let node: YAMLNode
  /// What messages call it: ``log `cloudtrail` ``.
  package let owner: String
  private let files: @Sendable (String) throws(Diagnostic) -> Source

  /// The map, every key of it known. `files` gives the text of a file that is named, as seen from the project's folder.
  /// Throws for what is no map, and for a key that is not known, with the one that was probably meant.
  package init(
    _ node: YAMLNode, _ owner: String, keys: [String]?,
    files: @escaping @Sendable (String) throws(Diagnostic) -> Source
  ) throws(Diagnostic) {
    (self.node, self.owner, self.files) = (node, owner, files)
    guard let entries = node.mapping else { throw .projectExpected("a map", of: owner, at: node.span) }
    guard let keys else { return }
    for entry in entries {
      let name = entry.key.scalar ?? ""
      if !keys.contains(where: name.sameScalars) {
        throw .projectUnknownKey(name, of: owner, among: keys, at: entry.key.span)
      }
    }
  }

  /// The value of a key; `nil` where it is missing or null.
  package func value(_ key: String) -> YAMLNode? {
    guard let value = node[key], !value.isNull else { return nil }
    return value
  }

  /// The keys, in order.
  package var entries: [YAMLNode.Entry] { node.mapping ?? [] }

  /// The map of a key.
  package func section(_ key: String, keys: [String]?) throws(Diagnostic) -> ProjectSection? {
    guard let value = value(key) else { return nil }
    return try ProjectSection(value, "`\(key)` of \(owner)", keys: keys, files: files)
  }

  /// The map that a value is.
  package func section(
    _ value: YAMLNode, _ owner: String, keys: [String]?
  ) throws(Diagnostic) -> ProjectSection {
    try ProjectSection(value, owner, keys: keys, files: files)
  }

  /// A text that is not empty.
  package func text(_ key: String) throws(Diagnostic) -> String? {
    guard let value = value(key) else { return nil }
    return try text(value, key)
  }

  private func text(_ value: YAMLNode, _ key: String) throws(Diagnostic) -> String {
    guard let text = value.scalar, !text.isEmpty else {
      throw .projectExpected("a text", of: "`\(key)`", at: value.span)
    }
    return text
  }

  /// A list of texts, one or more; a lone text is a list of one.
  package func texts(_ key: String) throws(Diagnostic) -> [String]? {
    guard let value = value(key) else { return nil }
    guard let items = value.sequence else { return [try text(value, key)] }
    if items.isEmpty { throw .projectExpected("a text or a list of texts", of: "`\(key)`", at: value.span) }
    var texts: [String] = []
    for item in items { texts.append(try text(item, key)) }
    return texts
  }

  /// `true` or `false`.
  package func flag(_ key: String) throws(Diagnostic) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let flag) = value.value else {
      throw .projectExpected("`true` or `false`", of: "`\(key)`", at: value.span)
    }
    return flag
  }

  /// A file, named as seen from the project's folder.
  package func file(_ key: String) throws(Diagnostic) -> Source? {
    guard let value = value(key) else { return nil }
    let name = try text(value, key)
    do throws(Diagnostic) {
      return try files(name)
    } catch {
      throw .projectFile(error.message, at: value.span)
    }
  }

  /// Files, named as seen from the project's folder, or those of `known` by their names.
  package func sources(_ key: String, among known: [Source]) throws(Diagnostic) -> [Source] {
    guard let span = value(key)?.span, let names = try texts(key) else { return [] }
    var sources: [Source] = []
    for name in names {
      if let shipped = known.first(where: { $0.name == name }) {
        sources.append(shipped)
        continue
      }
      do throws(Diagnostic) {
        sources.append(try files(name))
      } catch {
        throw .projectFile(error.message, at: span)
      }
    }
    return sources
  }

  /// A moment.
  package func moment(_ key: String) throws(Diagnostic) -> Moment? {
    guard let text = try text(key) else { return nil }
    guard let moment = Moment(text) else {
      throw .projectExpected(
        "a moment, as 2024-06-01T00:00:00Z, or one before the run, as -24h", of: "`\(key)`",
        at: value(key)?.span)
    }
    return moment
  }

  /// What `read` makes of a key's text, or why it is wrong, at its place.
  package func read<Result>(
    _ key: String, _ read: (String) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result? {
    guard let text = try text(key) else { return nil }
    do throws(Diagnostic) {
      return try read(text)
    } catch {
      throw error.located(in: nil, at: value(key)?.span)
    }
  }
}

extension FieldPath {
  /// The path of names with points between them; `nil` where a name is empty.
  package init?(dotted text: String) {
    let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(steps: names.map(Step.name))
  }
}

extension Diagnostic {
  /// A value is not of the kind that its key takes.
  package static func projectExpected(_ what: String, of owner: String, at span: Span?) -> Diagnostic {
    Diagnostic(.wrongKind, "\(owner) needs \(what)", labels: span.map { [Label($0)] } ?? [])
  }

  /// A key or a word that is not known.
  package static func projectUnknownKey(
    _ name: String, of owner: String, among known: [String], at span: Span
  ) -> Diagnostic {
    let near = Suggestion.nearest(to: name, among: known)
    return Diagnostic(
      .unknownWord, "unknown key `\(name)` of \(owner)", in: nil, at: span,
      help: (near.map { ["did you mean `\($0)`?"] } ?? []) + ["known: \(known.joined(separator: ", "))"])
  }

  fileprivate static func projectFile(_ message: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .cannotRead, message, in: nil, at: span,
      help: ["files are named as seen from the project file's folder"])
  }
}
