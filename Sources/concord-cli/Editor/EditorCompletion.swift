import Concord

/// What may stand where a user types: a rule's keys, a field's modifiers, a key's values, and in a condition of the
/// notation fields and operators.
struct EditorCompletion {
  /// A word that is offered.
  struct Item {
    let label: String
    let kind: Kind
  }

  /// What the protocol calls a word.
  enum Kind: Int {
    case operation = 24
    case field = 5
    case key = 10
    case value = 12
    case modifier = 14
  }

  private let document: EditorDocument
  private let position: Position
  /// The line before the cursor.
  private let line: String

  init(in document: EditorDocument, at position: Position) {
    (self.document, self.position) = (document, position)
    line = document.text.line(before: position)
  }

  /// The words, in order; editors leave out what does not begin as what is typed.
  var items: [Item] {
    let words = languages.compactMap(\.words)
    if line.wholeMatch(of: /[A-Za-z_-]*/) != nil {
      return items(words.flatMap(\.keys), .key)
    }
    if line.wholeMatch(of: /[\s-]*[^\s|:]+\|(?:[a-z0-9_]+\|)*[a-z0-9_]*/) != nil {
      return items(words.flatMap(\.modifiers), .modifier)
    }
    if let match = line.wholeMatch(of: /[\s-]*([A-Za-z_-]+):\s+\[?(?:[^\s,]+,\s*)*\S*/) {
      let values = words.flatMap { $0.values[String(match.1)] ?? [] }
      if !values.isEmpty { return items(values, .value) }
    }
    guard isInNotation else { return line.contains(":") ? [] : items(fields, .field) }
    // A field first, then what is asked of it.
    if line.wholeMatch(of: /\s+\S*/) != nil { return items(fields, .field) }
    return items(Notation.operators + Notation.keywords, .operation) + items(fields, .field)
  }

  private func items(_ words: [String], _ kind: Kind) -> [Item] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }.map { Item(label: $0, kind: kind) }
  }

  /// The language of the text; all whose files are called so, where it does not tell.
  private var languages: [Language] {
    if let language = document.rules.first?.document.language { return [language] }
    let source = Source(name: document.name, text: document.text.text)
    if let language = try? Compiler.language(of: source) { return [language] }
    return Registry.readers.filter { $0.words != nil }
  }

  /// Whether the cursor is in a condition of the notation: below the last key at the outermost level before it, which is
  /// the one that takes a condition.
  private var isInNotation: Bool {
    document.text.notationLines(below: languages.compactMap(\.words?.condition)).contains(position.line)
  }

  /// The fields that the rules of the file and their fixtures have, and those that the options know: of a table, and of
  /// pipelines.
  private var fields: [String] {
    let rule = document.rules.first?.document.rule
    let known = Registry.languages.compactMap(\.fieldNames).flatMap { $0(rule, document.compiler.options) }
    return fieldsInUse + known
  }

  private var fieldsInUse: [String] {
    document.rules.flatMap { report -> [String] in
      let rule = report.document.rule
      return rule.condition.paths.map(\.description)
        + rule.fixtures.flatMap { fixture in
          fixture.event.object.members.flatMap { Self.names(in: $0.value, below: $0.key) }
        }
    }
  }

  /// The paths of values below a key, as the notation has them.
  private static func names(in value: Value, below path: String) -> [String] {
    guard case .object(let object) = value, !object.members.isEmpty else { return [path] }
    return object.members.flatMap { names(in: $0.value, below: "\(path).\($0.key)") }
  }
}
