import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The keys of one map of a pipeline's file, and what they must be.
struct PipelineParameters {
  let node: YAMLNode
  /// What messages call the map: ``the transformation `drop_detection_item` ``.
  let owner: String

  /// The map, every key of it known. Throws `E304` for what is not a map, `E206` for a key that is not known.
  init(_ node: YAMLNode, _ owner: String, keys: [String]? = nil) throws(Diagnostic) {
    self.node = node
    self.owner = owner
    guard let entries = node.mapping else { throw .pipelineExpected("a map", of: owner, at: node.span) }
    guard let keys else { return }
    for entry in entries {
      let name = entry.key.scalar ?? ""
      if !keys.contains(where: name.sameScalars) {
        throw .unknown("key of \(owner)", name, among: keys, at: entry.key.span)
      }
    }
  }

  /// The value of a key; `nil` where it is missing or null.
  func value(_ key: String) -> YAMLNode? {
    guard let value = node[key], !value.isNull else { return nil }
    return value
  }

  /// Where the key's value stands, else where the map begins.
  func span(_ key: String) -> Span { node[key]?.span ?? Span(at: node.span.start) }

  func text(_ key: String) throws(Diagnostic) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.scalar else { throw .pipelineExpected("a text", of: key, at: value.span) }
    return text
  }

  func requiredText(_ key: String) throws(Diagnostic) -> String {
    guard let text = try text(key) else {
      throw .pipelineMissing(key, of: owner, at: Span(at: node.span.start))
    }
    return text
  }

  func flag(_ key: String) throws(Diagnostic) -> Bool {
    guard let value = value(key) else { return false }
    guard case .bool(let flag) = value.value else {
      throw .pipelineExpected("`true` or `false`", of: key, at: value.span)
    }
    return flag
  }

  /// A list of texts; a lone text is a list of one.
  func texts(_ key: String) throws(Diagnostic) -> [String]? {
    guard let value = value(key) else { return nil }
    return try PipelineParameters.texts(value, key)
  }

  func requiredTexts(_ key: String) throws(Diagnostic) -> [String] {
    guard let texts = try texts(key) else {
      throw .pipelineMissing(key, of: owner, at: Span(at: node.span.start))
    }
    return texts
  }

  static func texts(_ value: YAMLNode, _ key: String) throws(Diagnostic) -> [String] {
    if let text = value.scalar { return [text] }
    guard let items = value.sequence else {
      throw .pipelineExpected("a text or a list of texts", of: key, at: value.span)
    }
    var texts: [String] = []
    for item in items {
      guard let text = item.scalar else {
        throw .pipelineExpected("a text or a list of texts", of: key, at: item.span)
      }
      texts.append(text)
    }
    return texts
  }

  /// One of a fixed set of words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ fallback: Choice?
  ) throws(Diagnostic) -> Choice where Choice.RawValue == String {
    guard let text = try text(key) else {
      if let fallback { return fallback }
      throw .pipelineMissing(key, of: owner, at: Span(at: node.span.start))
    }
    guard let choice = Choice(rawValue: text) else {
      throw .unknown(key, text, among: Choice.allCases.map(\.rawValue), at: span(key))
    }
    return choice
  }

  /// A single value: text, number, boolean or null.
  func scalar(_ key: String) throws(Diagnostic) -> Value {
    guard let value = node[key] else {
      throw .pipelineMissing(key, of: owner, at: Span(at: node.span.start))
    }
    guard value.scalar != nil else { throw .pipelineExpected("a single value", of: key, at: value.span) }
    return value.value
  }

  /// A regular expression that is tried from the start of a text on, as Python's `match` does.
  static func matchedFromStart(_ pattern: String, at span: Span) throws(Diagnostic) -> PortableRegex {
    var flags = ""
    var rest = pattern[...]
    if rest.hasPrefix("(?"), let end = rest.firstIndex(of: ")"),
      rest[rest.index(rest.startIndex, offsetBy: 2)..<end].allSatisfy({ "ims".contains($0) })
    {
      flags = String(rest[...end])
      rest = rest[rest.index(after: end)...]
    }
    do { return try PortableRegex("\(flags)\\A(?:\(rest))") } catch { throw .pipelineRegex(error, at: span) }
  }
}
