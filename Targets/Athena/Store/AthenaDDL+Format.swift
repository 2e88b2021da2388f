import ConcordLanguages

/// The clauses that say where a table's files are and who reads them, in whatever order they stand:
///
/// ```
/// format     = "ROW" "FORMAT" "SERDE" string | "ROW" "FORMAT" "DELIMITED" | delimiter string
///            | ("WITH")? "SERDEPROPERTIES" properties | "TBLPROPERTIES" properties
///            | "STORED" "AS" ("INPUTFORMAT" string | word) | "STORED" "BY" string | "OUTPUTFORMAT" string
///            | "LOCATION" string
/// delimiter  = ( "FIELDS" | "COLLECTION" "ITEMS" | "MAP" "KEYS" ) "TERMINATED" "BY" | "ESCAPED" "BY"
///            | "NULL" "DEFINED" "AS"
/// properties = "(" string "=" string ( "," string "=" string )* ")"
/// ```
///
/// A clause that does not go on so is passed over, as is anything else: a statement is refused for its columns alone.
extension AthenaDDL {
  /// Passes over a clause that says something of the format.
  mutating func takeFormat(into format: inout AthenaTableFormat) -> Bool {
    if takeWords("ROW", "FORMAT", "SERDE") {
      format.serde = takeString() ?? format.serde
    } else if takeWords("ROW", "FORMAT", "DELIMITED") {
      format.isDelimited = true
    } else if let property = takeDelimiter() {
      format.properties[property] = takeString() ?? format.properties[property]
    } else if takeWord("SERDEPROPERTIES") {
      takeProperties(into: &format.properties)
    } else if takeWord("TBLPROPERTIES") {
      takeProperties(into: &format.tableProperties)
    } else if takeWords("STORED", "AS", "INPUTFORMAT") {
      format.inputFormat = takeString() ?? format.inputFormat
    } else if takeWords("STORED", "AS"), case .word(let word) = token.kind {
      advance()
      format.storedAs = word.uppercased()
    } else if takeWords("STORED", "BY") {
      format.serde = takeString() ?? format.serde
    } else if takeWord("LOCATION") {
      format.location = takeString() ?? format.location
    } else {
      return false
    }
    return true
  }

  /// The property of the class that a clause of `DELIMITED` stands for.
  private mutating func takeDelimiter() -> String? {
    if takeWords("FIELDS", "TERMINATED", "BY") { return "field.delim" }
    if takeWords("ESCAPED", "BY") { return "escape.delim" }
    if takeWords("COLLECTION", "ITEMS", "TERMINATED", "BY") { return "collection.delim" }
    if takeWords("MAP", "KEYS", "TERMINATED", "BY") { return "mapkey.delim" }
    return takeWords("NULL", "DEFINED", "AS") ? "serialization.null.format" : nil
  }

  /// The next token's text, if it is one: Hive takes both quotes.
  private mutating func takeString() -> String? {
    switch token.kind {
    case .string(let text), .quotedName(let text):
      advance()
      return text
    case .word, .backquotedName, .number, .sign, .end: return nil
    }
  }

  private mutating func takeProperties(into properties: inout [String: String]) {
    guard takeSign("(") else { return }
    repeat {
      guard let key = takeString(), takeSign("="), let value = takeString() else { return }
      properties[key] = value
    } while takeSign(",")
    _ = takeSign(")")
  }
}
