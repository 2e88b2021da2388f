import ConcordDiagnostics
import ConcordLanguages

/// Recognises the language of a source from its name and its text.
enum Recognition {
  /// The language. Throws where neither name nor text tells it.
  ///
  /// Where a language has keys, the top-level keys tell; of the others, whose texts can look alike, the file's ending
  /// alone.
  static func language(of source: Source, hasCondition: Bool) throws(Diagnostic) -> Language {
    if let language = toldByFormat(source) ?? toldByEnding(source) ?? ofProgram(source) ?? toldByKeys(source)
    {
      return language
    }
    if hasCondition, let language = Registry.readers.first(where: { $0.traits.contains(.takesCondition) }) {
      return language
    }
    throw .unrecognisedSource(source)
  }

  /// Whether a source is a rule or a query by its ending or its top-level keys, and not just some YAML.
  static func isRule(_ source: Source) -> Bool {
    if toldByFormat(source) != nil { return true }
    if let language = ofProgram(source) { return language.programs?.holdRule(source) ?? false }
    return toldByEnding(source) != nil || toldByKeys(source) != nil
  }

  /// Whether a source is a program by its ending: what it defines may be a part of rules in other files.
  static func isProgram(_ source: Source) -> Bool { ofProgram(source) != nil }

  /// What a source that holds no rule says of rules in other files, which is not read.
  static func changeOfRules(_ source: Source) -> Diagnostic? {
    ofProgram(source)?.programs?.changesRules(source)
  }

  /// The language of whose programs the file is one by its ending.
  private static func ofProgram(_ source: Source) -> Language? {
    Registry.readers.first { source.endsIn($0.programs?.endings ?? []) }
  }

  /// The language of the queries of which the file is one that their platform takes.
  private static func toldByFormat(_ source: Source) -> Language? {
    Registry.readers.first { $0.format(of: source) != nil }
  }

  private static func toldByEnding(_ source: Source) -> Language? {
    Registry.readers.first { $0.keys.isEmpty && $0.hasEnding(of: source) }
  }

  /// The first language that the text has a key of: at the beginning of a line, or, since YAML can be written as JSON,
  /// in quotes within the outermost braces.
  private static func toldByKeys(_ source: Source) -> Language? {
    let (keys, beginsKey) = (keys, beginsKey)
    return source.text.withBytes { bytes in
      let start = bytes.firstIndex { $0 > 0x20 && !mark.contains($0) }
      let isJSON = start.map { bytes[$0] == UInt8(ascii: "{") } ?? false
      let behindKey = UInt8(ascii: isJSON ? "\"" : ":")
      var found = Registry.readers.count
      (isJSON ? visitMembers : visitLines)(bytes) { place in
        guard beginsKey[Int(bytes[place])] else { return }
        for (key, language) in keys where language < found && bytes[place...].starts(with: key) {
          let end = place + key.count
          if end < bytes.count, bytes[end] == behindKey { found = language }
        }
      }
      return found < Registry.readers.count ? Registry.readers[found] : nil
    }
  }

  /// The bytes of a byte order mark.
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Calls `visit` where each line begins.
  private static func visitLines(_ bytes: UnsafeBufferPointer<UInt8>, _ visit: (Int) -> Void) {
    var line = bytes.starts(with: mark) ? mark.count : 0
    while line < bytes.count {
      visit(line)
      while line < bytes.count, bytes[line] != 0x0A, bytes[line] != 0x0D { line += 1 }
      line += 1
    }
  }

  /// Calls `visit` where each key within the outermost braces of a JSON object begins, behind its quote.
  private static func visitMembers(_ bytes: UnsafeBufferPointer<UInt8>, _ visit: (Int) -> Void) {
    var (depth, index) = (0, 0)
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
          index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        let next = bytes.dropFirst(index + 1).first { $0 > 0x20 }
        if depth == 1, next == UInt8(ascii: ":") { visit(start) }
      default: break
      }
      index += 1
    }
  }

  /// The languages' keys, and the places of the languages among the readers.
  private static let keys: [(key: [UInt8], language: Int)] = Registry.readers.enumerated().flatMap {
    (place, language) in language.keys.map { (Array($0.utf8), place) }
  }

  /// Of each byte, whether a key begins with it.
  private static let beginsKey: [Bool] = (0...255).map { byte in keys.contains { $0.key[0] == byte } }
}

extension Language {
  fileprivate func hasEnding(of source: Source) -> Bool { source.endsIn(endings) }
}

extension Source {
  /// Whether it holds nothing, or comments alone, as YAML has them.
  var isBlank: Bool {
    text.split(whereSeparator: \.isNewline).allSatisfy { line in
      let text = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
      return text.isEmpty || text.hasPrefix("#") || text == "---"
    }
  }

  /// Whether the name ends in one of these, behind a dot.
  package func endsIn(_ endings: [String]) -> Bool {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let ending = String(name[dot...].dropFirst())
    return endings.contains { $0.isSameWord(as: ending) }
  }
}
