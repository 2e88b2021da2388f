import ConcordDetection
import ConcordDiagnostics
import ConcordNotation
import Testing

@Test func everyReadingIsSaidInWords() throws {
  #expect(Reading.panther.all.count == 48)
  #expect(Set(Reading.panther.all).count == 48)
  for reading in Reading.panther.all {
    #expect(try Reading(reading.description, base: .literal) == reading)
    #expect(try Reading(reading.changes(from: .kusto), base: .kusto) == reading)
  }
}

@Test func wordsChangeTheBase() throws {
  #expect(
    try Reading("is_null=absent, case=ignored, empty=itself, cross_field=differs")
      == Reading(isNull: .absent, letterCase: .ignored, emptyText: .onlyItself, crossFieldCompare: .differs))
  #expect(try Reading("") == .panther)
  #expect(try Reading("sql cross_field=same", base: .panther).crossFieldCompare == .same)
  #expect(
    Reading.panther.description
      == "is_null=falsy, case=exact, empty=absent, cross_field=refused, booleans=boolean")
  #expect(Reading.sql.changes(from: .panther) == "is_null=absent, empty=itself")
}

@Test func nearReadingsComeFirst() {
  let all = Reading.panther.all
  let changes = all.map { $0.changes(from: .panther).split(separator: ",").count }
  #expect(all.first == .panther)
  #expect(changes == changes.sorted())
}

@Test(arguments: [
  ("a eq \"x\" cased", 1), ("a eq \"x\"", 2), ("a is_null", 2), ("a eq \"\" cased", 2),
  ("a eq \"True\" cased", 2), ("a eq True cased", 1), ("a contains \"True\" cased", 1), ("a exists", 1),
  ("a cross_field_compare \"b\"", 6), ("a gt 5", 1), ("anywhere eq \"\" cased", 1),
  ("not (a is_null or a eq \"\")", 8),
])
func onlyWhatTheTextLeavesOpenIsVaried(_ text: String, _ count: Int) throws {
  #expect(try Notation.parse(Source(text: text)).readings(near: .panther).count == count)
}

@Test(arguments: [
  (
    "is_null=flasy", "E206", "unknown reading `is_null=flasy`",
    "did you mean `is_null=falsy`?"
  ),
  ("case", "E206", "unknown reading `case`", "known: is_null=falsy"),
  ("splunk", "E206", "unknown reading `splunk`", "known: is_null=falsy"),
  ("is_null=absent, is_null=falsy", "E110", "the reading states `is_null` twice", "keep one of them"),
  (
    "case=exact, sql", "E313", "the reading `sql` states every decision, also those before it",
    "write `sql` first, then what differs from it"
  ),
])
func badReadingsSayWhy(_ words: String, _ code: String, _ message: String, _ help: String) {
  let error = #expect(throws: Diagnostic.self) { try Reading(words) }
  #expect(error?.code.rawValue == code)
  #expect(error?.message == message)
  #expect(error?.help.first?.hasPrefix(help) == true, "\(error?.help ?? [])")
}
