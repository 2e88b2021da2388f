import ConcordDiagnostics
import ConcordDocuments

/// Tables that searches look values up in: CSV files, and what `transforms.conf` says of them.
///
/// [Admin Manual, transforms.conf; Knowledge Manager Manual, "Define a CSV lookup in Splunk Web"]
struct SplunkLookups: Sendable {
  /// A table and how its rows are found.
  struct Table: Sendable {
    /// The names of its columns.
    var header: [String]
    /// Its rows, each with a cell for each column.
    var rows: [[String]]
    /// The columns in which `*` is any run of characters.
    var wildcards: Set<String> = []
    /// Whether letter case counts.
    var isCased = true
    /// What it gives where no row is found; `nil` for nothing.
    var otherwise: String?
    /// How many rows it gives at most.
    var limit = 1_000

    /// The place of a column.
    func column(_ name: String) -> Int? { header.firstIndex { $0.sameScalars(as: name) } }
  }

  private var files: [String: Table] = [:]
  private var definitions: [String: [String: String]] = [:]

  /// What these files hold. Throws what is no table or definition.
  init(_ sources: [Source]) throws(Diagnostic) {
    for source in sources {
      let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
      if name.lowercased().hasSuffix(".csv") {
        files[name] = try SplunkLookups.table(source)
      } else if [".yml", ".yaml"].contains(where: name.lowercased().hasSuffix) {
        try addDocuments(source)
      } else {
        try addStanzas(source)
      }
    }
  }

  /// The table of a name; `nil` where none is at hand, and where its rows are found in a way that is not followed.
  func table(_ name: String) -> Table? {
    guard let definition = definitions[name] else { return files[name] }
    guard var table = files[definition["filename"] ?? ""],
      Set(definition.keys).isSubset(of: SplunkLookups.followed)
    else { return nil }
    table.isCased = definition["case_sensitive_match"].map(SplunkConf.isTrue) ?? true
    for part in (definition["match_type"] ?? "").split(separator: ",") {
      let text = part.filter { !$0.isWhitespace }
      guard let open = text.firstIndex(of: "("), text.last == ")" else { return nil }
      let column = String(text[text.index(after: open)...].dropLast())
      switch text[..<open].uppercased() {
      case "WILDCARD": table.wildcards.insert(column)
      case "EXACT": continue
      default: return nil
      }
    }
    guard let least = Int(definition["min_matches"] ?? "0"),
      let most = Int(definition["max_matches"] ?? "1000"),
      (0...1).contains(least), most > 0
    else { return nil }
    (table.otherwise, table.limit) = (least == 1 ? definition["default_match"] ?? "" : nil, most)
    return table
  }

  /// What is said of a table and changes no row of it that is found, or is followed.
  private static let followed: Set<String> = [
    "name", "description", "filename", "default_match", "match_type", "min_matches", "max_matches",
    "case_sensitive_match", "fields_list",
  ]

  /// Throws where stanzas say something of others: `[default]`, settings before the first one, a stanza that stands twice.
  /// [transforms.conf]
  private mutating func addStanzas(_ source: Source) throws(Diagnostic) {
    let conf = try SplunkConf(source)
    try conf.refuseDefaults(in: source)
    for stanza in conf.stanzas {
      guard definitions[stanza.name] == nil else {
        throw Diagnostic(
          .unsupported, "the stanza `[\(stanza.name)]` adds to others", in: source, at: stanza.span)
      }
      var definition: [String: String] = [:]
      for setting in stanza.settings { definition[setting.key] = setting.value }
      definitions[stanza.name] = definition
    }
  }

  private mutating func addDocuments(_ source: Source) throws(Diagnostic) {
    for document in try YAML.documents(source) {
      for node in document.sequence ?? [document] where !node.isNull {
        guard let name = node["name"]?.scalar else {
          throw Diagnostic(.missingKey, "a lookup needs `name`", in: source, at: node.span)
        }
        var definition: [String: String] = [:]
        for entry in node.mapping ?? [] {
          if let key = entry.key.scalar { definition[key] = entry.value.scalar ?? "" }
        }
        definitions[name] = definition
      }
    }
  }
}

// CSV. [RFC 4180]
extension SplunkLookups {
  private static func table(_ source: Source) throws(Diagnostic) -> Table {
    var records = SplunkLookups.records(source.text)
    guard let header = records.first else {
      throw Diagnostic(.unexpected, "this table has no line of names", in: source)
    }
    records.removeFirst()
    if let wrong = records.first(where: { $0.cells.count != header.cells.count }) {
      throw Diagnostic(
        .unexpected, "this row has \(wrong.cells.count) cells, the names are \(header.cells.count)",
        in: source,
        at: Span(at: Position(line: wrong.line, column: 1)))
    }
    return Table(header: header.cells, rows: records.map(\.cells))
  }

  private static func records(_ text: String) -> [(cells: [String], line: Int)] {
    var records: [(cells: [String], line: Int)] = []
    var (cells, cell, isQuoted, wasQuoted) = ([String](), String.UnicodeScalarView(), false, false)
    var (line, start) = (1, 1)
    var scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }[...]
    func isEmpty() -> Bool { cells.isEmpty && cell.isEmpty && !wasQuoted }
    func end() {
      if !isEmpty() { records.append((cells + [String(cell)], start)) }
      (cells, cell, wasQuoted, start) = ([], .init(), false, line)
    }
    while let scalar = scalars.popFirst() {
      if scalar == "\n" { line += 1 }
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"":
        cell.append(scalar)
        scalars.removeFirst()
      case "\"" where isQuoted: isQuoted = false
      case "\"" where cell.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
      case "," where !isQuoted:
        cells.append(String(cell))
        (cell, wasQuoted) = (.init(), false)
      case "\r" where !isQuoted && scalars.first == "\n": continue
      case "\n" where !isQuoted: end()
      default: cell.append(scalar)
      }
    }
    end()
    return records
  }
}

/// A use of a table: `lookup NAME COLUMN AS FIELD … OUTPUT COLUMN AS FIELD …`. [Search Reference, "lookup"]
struct SplunkLookupUse {
  /// The table's name.
  var name: String
  /// The columns in which fields are found, and the fields.
  var inputs: [(column: String, field: String)] = []
  /// The columns that are given, and the fields that get them.
  var outputs: [(column: String, field: String)] = []
  /// Whether fields that have a value keep it.
  var keepsValues = false

  /// The use that the text behind `lookup` is; `nil` of one without `OUTPUT`, which gives every column.
  init?(_ text: String) {
    var words = SplunkLookupUse.words(text)[...]
    while let word = words.first, ["local=", "update="].contains(where: word.lowercased().hasPrefix) {
      words = words.dropFirst()
    }
    guard let name = words.popFirst(),
      let place = words.firstIndex(where: { ["output", "outputnew"].contains($0.lowercased()) })
    else { return nil }
    self.name = name
    keepsValues = words[place].lowercased() == "outputnew"
    (inputs, outputs) = (SplunkLookupUse.pairs(words[..<place]), SplunkLookupUse.pairs(words[(place + 1)...]))
    if inputs.isEmpty || outputs.isEmpty { return nil }
  }

  private static func pairs(_ words: ArraySlice<String>) -> [(column: String, field: String)] {
    var pairs: [(column: String, field: String)] = []
    var rest = words
    while let column = rest.popFirst() {
      var field = column
      if rest.first?.lowercased() == "as", rest.count > 1 {
        rest = rest.dropFirst()
        field = rest.popFirst() ?? column
      }
      pairs.append((column, field))
    }
    return pairs
  }

  /// The words of a text, without their quotes; commas and blanks stand between them.
  private static func words(_ text: String) -> [String] {
    var (words, word, isQuoted) = ([String](), "", false)
    for character in text {
      if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, character == "," || character.isWhitespace {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
