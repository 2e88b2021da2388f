import ConcordDetection
import ConcordDiagnostics

extension Reading: CustomStringConvertible {
  /// The words of a reading: `is_null=falsy, case=exact, empty=absent, cross_field=refused, booleans=boolean`.
  ///
  /// Law: `Reading(reading.description) == reading`.
  package var description: String { words.joined(separator: ", ") }

  /// The words in which it differs from another reading, such as `is_null=absent`; empty where it does not.
  package func changes(from other: Reading) -> String {
    zip(words, other.words).filter { $0 != $1 }.map(\.0).joined(separator: ", ")
  }

  /// The words for all in which the reading differs from any of the others; enough to ask for it from each.
  package func changes(fromAny others: Reading...) -> String {
    words.indices.filter { index in others.contains { $0.words[index] != words[index] } }
      .map { words[$0] }.joined(separator: ", ")
  }

  private var words: [String] {
    [
      "is_null=\(isNull.rawValue)", letterCase == .exact ? "case=exact" : "case=ignored",
      "empty=\(emptyText.rawValue)", "cross_field=\(crossFieldCompare.rawValue)",
      "booleans=\(booleanText.rawValue)",
    ]
  }

  private static let vocabulary: [(word: String, state: @Sendable (inout Reading) -> Void)] = [
    ("is_null=falsy", { $0.isNull = .falsy }),
    ("is_null=absent", { $0.isNull = .absent }),
    ("case=exact", { $0.letterCase = .exact }),
    ("case=ignored", { $0.letterCase = .ignored }),
    ("empty=absent", { $0.emptyText = .alsoAbsent }),
    ("empty=itself", { $0.emptyText = .onlyItself }),
    ("cross_field=refused", { $0.crossFieldCompare = .refused }),
    ("cross_field=same", { $0.crossFieldCompare = .same }),
    ("cross_field=differs", { $0.crossFieldCompare = .differs }),
    ("booleans=boolean", { $0.booleanText = .alsoBoolean }),
    ("booleans=itself", { $0.booleanText = .onlyItself }),
    ("panther", { $0 = .panther }),
    ("sql", { $0 = .sql }),
    ("kusto", { $0 = .kusto }),
    ("literal", { $0 = .literal }),
  ]

  /// The reading that these words state, with commas or blanks between them; what they leave out is as in
  /// `base`. A name (`panther`, `sql`, `kusto`, `literal`) at the beginning states all.
  ///
  /// Throws a word that is not known, with the nearest that is, and a decision that is stated twice.
  package init(_ words: String, base: Reading = .panther) throws(Diagnostic) {
    self = base
    var stated: Set<Substring> = []
    for word in words.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace }) {
      let key = word.prefix { $0 != "=" }
      guard let entry = Reading.vocabulary.first(where: { $0.word == word }) else {
        throw .unknown("reading", String(word), among: Reading.vocabulary.map(\.word))
      }
      let isName = key.utf8.count == word.utf8.count
      if isName, !stated.isEmpty { throw .lateReadingName(String(word)) }
      guard stated.insert(key).inserted else { throw .repeatedReadingWord(String(key)) }
      entry.state(&self)
    }
  }
}
