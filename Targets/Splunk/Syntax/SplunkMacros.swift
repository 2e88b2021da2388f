import ConcordDiagnostics
import ConcordDocuments

/// The definitions of search macros, from `macros.conf` or from YAML with the same keys.
///
/// A macro is a text that takes the place of its use before the search is parsed (Knowledge Manager Manual, "Use search
/// macros in searches"; Admin Manual, macros.conf).
struct SplunkMacros: Sendable {
  /// How deep macros may stand within macros.
  static let depthLimit = 32
  /// How large a search may become, in bytes of UTF-8.
  static let sizeLimit = 1_000_000

  /// A macro of a name and a number of arguments.
  struct Definition: Sendable {
    /// The names of its arguments, which its text has between `$`.
    var arguments: [String] = []
    /// What takes its place.
    var text = ""
    /// Whether its text is an expression whose value takes its place.
    var isComputed = false
  }

  private var definitions: [String: Definition] = [:]

  /// No macros.
  init() {}

  /// Whether none is defined.
  var isEmpty: Bool { definitions.isEmpty }

  /// The macros of these files; of those that are defined twice the last counts. Throws what is no definition.
  init(_ sources: [Source]) throws(Diagnostic) {
    for source in sources {
      do throws(Diagnostic) {
        if [".yml", ".yaml"].contains(where: source.name.lowercased().hasSuffix) {
          try addDocuments(source)
        } else {
          try addStanzas(source)
        }
      } catch {
        throw error.located(in: source)
      }
    }
  }

  /// The definition for a use with that many arguments; `nil` where there is none.
  func definition(_ name: String, arguments: Int) -> Definition? {
    definitions[SplunkMacros.key(name, arguments)]
  }

  /// The names that are defined, with whatever arguments.
  var names: [String] {
    Set(definitions.keys.map { String($0.prefix { $0 != "(" }) }).sorted()
  }

  private static func key(_ name: String, _ arguments: Int) -> String {
    arguments == 0 ? name : "\(name)(\(arguments))"
  }
}

// The two forms of files.
extension SplunkMacros {
  /// `[name(2)]`, then `args`, `definition` and `iseval`: what else is said of a macro changes no search.
  private mutating func addStanzas(_ source: Source) throws(Diagnostic) {
    let conf = try SplunkConf(source)
    try conf.refuseDefaults(of: ["args", "definition", "iseval"], in: source)
    for stanza in conf.stanzas {
      let arguments = stanza["args"] ?? ""
      add(
        stanza.name,
        Definition(
          arguments: arguments.split(separator: ",").map(\.trimmed), text: stanza["definition"] ?? "",
          isComputed: stanza["iseval"].map(SplunkConf.isTrue) ?? false))
    }
  }

  /// Maps with `name`, `definition` and `arguments`, each a document or an item of a list.
  private mutating func addDocuments(_ source: Source) throws(Diagnostic) {
    for document in try YAML.documents(source) {
      for node in document.sequence ?? [document] where !node.isNull {
        guard let name = node["name"]?.scalar, let text = node["definition"]?.scalar else {
          throw Diagnostic(
            .missingKey, "a macro needs `name` and `definition`", in: source, at: node.span)
        }
        let arguments = node["arguments"].map { $0.sequence?.compactMap(\.scalar) ?? [] } ?? []
        add(SplunkMacros.key(name, arguments.count), Definition(arguments: arguments, text: text.trimmed))
      }
    }
  }

  /// A count that the name states stands for the list of the arguments.
  private mutating func add(_ name: String, _ definition: Definition) {
    definitions[name.filter { $0 != " " }] = definition
  }
}

/// A use of a macro between backticks: `name` or `name(a, b)`.
struct SplunkMacroUse: Hashable, Sendable {
  /// The macro's name.
  let name: String
  /// What it is given.
  let arguments: [String]
  /// The use as it is written, without the backticks.
  let text: String

  /// The use that a text between backticks is.
  init(_ text: String) {
    self.text = text
    guard let open = text.firstIndex(of: "("), text.last == ")" else {
      (name, arguments) = (text[...].trimmed, [])
      return
    }
    name = text[..<open].trimmed
    let inner = text[text.index(after: open)...].dropLast()
    var parts = [""]
    var (isQuoted, isEscaped) = (false, false)
    for scalar in inner.unicodeScalars {
      if scalar == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = scalar == "\\" && !isEscaped
      if scalar == ",", !isQuoted {
        parts.append("")
      } else {
        parts[parts.count - 1].unicodeScalars.append(scalar)
      }
    }
    arguments = inner.trimmed.isEmpty ? [] : parts.map { $0[...].trimmed }
  }

  /// What the arguments are once the quotes around them are gone: within such quotes `\"` is a quote (Knowledge Manager
  /// Manual, "Use search macros in searches"). `nil` where quotes or backslashes stand elsewhere, of which no manual
  /// tells what becomes.
  var values: [String]? {
    var values: [String] = []
    for argument in arguments {
      guard argument.contains("\"") else {
        values.append(argument)
        continue
      }
      guard argument.count > 1, argument.hasPrefix("\""), argument.hasSuffix("\"") else { return nil }
      let inner = String(argument.dropFirst().dropLast())
      let unescaped = inner.replacing("\\\"", with: "")
      if unescaped.contains("\"") || unescaped.contains("\\") { return nil }
      values.append(inner.replacing("\\\"", with: "\""))
    }
    return values
  }

  /// Moves on to the next use, past texts in quotes and comments; `nil` where there is none.
  static func next(_ cursor: inout SplunkCursor) throws(Diagnostic) -> (
    use: SplunkMacroUse, start: TextCursor.Place
  )? {
    while let scalar = cursor.next {
      if cursor.isAt("```") {
        _ = try cursor.comment()
      } else if scalar == "\"" {
        _ = try cursor.quoted(escapes: [:])
      } else if scalar == "`" {
        let start = cursor.place
        return (SplunkMacroUse(try cursor.enclosed("`", "macro")), start)
      } else {
        cursor.advance()
      }
    }
    return nil
  }
}

extension Substring {
  /// The text without blanks at its ends.
  fileprivate var trimmed: String {
    func isBlank(_ character: Character) -> Bool {
      character == " " || character == "\t" || character.isNewline
    }
    var text = drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}

extension String {
  fileprivate var trimmed: String { self[...].trimmed }
}
