import ConcordDiagnostics
import ConcordLanguages

/// Recognises the language of a source from its name and its text.
enum Recognition {
  /// The language. Throws where neither name nor text tells it.
  ///
  /// Where a language has keys, the top-level keys tell; of the others, whose texts can look alike, the file's ending
  /// alone.
  static func language(of source: Source, hasCondition: Bool) throws(Diagnostic) -> Language {
    if let language = toldByEnding(source) ?? toldByKeys(source) { return language }
    if hasCondition, let language = Registry.readers.first(where: { $0.traits.contains(.takesCondition) }) {
      return language
    }
    throw .unrecognisedSource(source)
  }

  /// Whether a source is a rule or a query by its ending or its top-level keys, and not just some YAML.
  static func isRule(_ source: Source) -> Bool { toldByEnding(source) != nil || toldByKeys(source) != nil }

  private static func toldByEnding(_ source: Source) -> Language? {
    Registry.readers.first { $0.keys.isEmpty && $0.hasEnding(of: source) }
  }

  /// The first language that the text has a key of, at the beginning of a line.
  private static func toldByKeys(_ source: Source) -> Language? {
    let (keys, beginsKey) = (keys, beginsKey)
    return source.text.withBytes { bytes in
      var found = Registry.readers.count
      var line = 0
      while line < bytes.count {
        if beginsKey[Int(bytes[line])] {
          for (key, language) in keys where language < found && bytes[line...].starts(with: key) {
            found = language
          }
        }
        while line < bytes.count, bytes[line] != 0x0A, bytes[line] != 0x0D { line += 1 }
        line += 1
      }
      return found < Registry.readers.count ? Registry.readers[found] : nil
    }
  }

  /// The languages' keys with their colons, and the places of the languages among the readers.
  private static let keys: [(key: [UInt8], language: Int)] = Registry.readers.enumerated().flatMap {
    (place, language) in language.keys.map { (Array("\($0):".utf8), place) }
  }

  /// Of each byte, whether a key begins with it.
  private static let beginsKey: [Bool] = (0...255).map { byte in keys.contains { $0.key[0] == byte } }
}

extension Language {
  fileprivate func hasEnding(of source: Source) -> Bool {
    guard let dot = source.name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = String(source.name[dot...].dropFirst())
    return endings.contains { $0.isSameWord(as: ending) }
  }
}
