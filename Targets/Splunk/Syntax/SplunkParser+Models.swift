import ConcordDiagnostics

// `tstats`.
extension SplunkParser {
  /// The options of `tstats` that are read. `allow_old_summaries` and `chunk_size` change how rows are found, not which
  /// (Search Reference, "tstats").
  private static let modelOptions = ["summariesonly", "allow_old_summaries", "fillnull_value", "chunk_size"]

  /// What follows `tstats`.
  mutating func modelSearch() throws(Diagnostic) -> SplunkModelSearch {
    var result = SplunkModelSearch()
    while true {
      try cursor.skipBlanks()
      let start = cursor.place
      let word = cursor.run { $0.isWord }
      if word.isSameWord(as: "from") { break }
      if word.isEmpty || ["where", "by", "groupby"].contains(where: word.isSameWord(as:)) {
        cursor.rewind(to: start)
        throw cursor.unexpected("a function such as `count`, or `FROM datamodel=…`")
      }
      try cursor.skipBlanks()
      if cursor.take("=") {
        result.options.append(try modelOption(word, from: start))
      } else {
        result.statistics.measures.append(try measure(word))
        _ = try cursor.takeComma()
      }
    }
    if result.statistics.measures.isEmpty { throw cursor.unexpected("a function such as `count`") }
    let start = cursor.place
    guard try cursor.takeWord("datamodel") else {
      throw cursor.unexpected("`datamodel=…`")
    }
    try cursor.skipBlanks()
    _ = cursor.take("=")
    result.model = try fieldName()
    if SplunkDataSet(result.model) == nil {
      throw .splunkDataModel(result.model, cursor.source, cursor.span(from: start))
    }
    try takeClauses(&result)
    return result
  }

  private mutating func modelOption(
    _ word: String, from start: TextCursor.Place
  ) throws(Diagnostic) -> SplunkModelSearch.Option {
    let name = word.lowercased()
    guard SplunkParser.modelOptions.contains(name) else {
      throw .splunkOption(word, of: "tstats", cursor.source, cursor.span(from: start))
    }
    return SplunkModelSearch.Option(name: name, value: try fieldName())
  }

  /// `WHERE …` and `BY …`, and options between them.
  private mutating func takeClauses(_ result: inout SplunkModelSearch) throws(Diagnostic) {
    try cursor.skipBlanks()
    while cursor.next != nil, cursor.next != "|" {
      let start = cursor.place
      let word = cursor.run { $0.isWord }
      if word.isSameWord(as: "where"), result.condition == nil {
        result.condition = try searchExpression(endsAtBy: true)
      } else if word.isSameWord(as: "by") || word.isSameWord(as: "groupby") {
        return try takeGroup(&result)
      } else {
        try cursor.skipBlanks()
        guard !word.isEmpty, cursor.take("=") else {
          cursor.rewind(to: start)
          throw cursor.unexpected("`WHERE`, `BY` or the end of `tstats`")
        }
        result.options.append(try modelOption(word, from: start))
      }
      try cursor.skipBlanks()
    }
  }

  private mutating func takeGroup(_ result: inout SplunkModelSearch) throws(Diagnostic) {
    try cursor.skipBlanks()
    while let scalar = cursor.next, scalar != "|" {
      if scalar == "," {
        cursor.advance()
      } else {
        let start = cursor.place
        let name = try fieldName()
        try cursor.skipBlanks()
        if cursor.take("=") {
          result.span = try span(name, of: "tstats", from: start)
        } else {
          result.statistics.group.append(name)
        }
      }
      try cursor.skipBlanks()
    }
    if result.statistics.group.isEmpty { throw cursor.unexpected("a field") }
  }
}
