import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSplunk

private func read(_ text: String) throws(Diagnostic) -> RuleDocument {
  try Language.splunk.read(Source(text: text), options: LanguageOptions())[0]
}

struct HandWritten: Sendable, CustomTestStringConvertible {
  var search: String
  var condition: Condition
  var testDescription: String { search }
  init(_ search: String, _ condition: Condition) {
    self.search = search
    self.condition = condition
  }
}

private let present = Condition.test(field("f"), .present)
private func oneOf(_ texts: [String], _ letterCase: LetterCase) -> Condition {
  .test(field("f"), .oneOf(texts, letterCase))
}

@Test(arguments: [
  // search: letter case ignored, `*` a wildcard, OR before AND, two-valued.
  HandWritten("f=x", equals("f", "x", .ignored)),
  HandWritten("f=CASE(x)", equals("f", "x")),
  HandWritten("f=\"x*\"", matches("f", .prefix("x"), .ignored)),
  HandWritten("f=\"*x*\"", matches("f", .contains("x"), .ignored)),
  HandWritten("f=*", present), HandWritten("NOT f=*", .not(present)),
  HandWritten("NOT f=x", .not(equals("f", "x", .ignored))),
  HandWritten("f!=x", .all([present, .not(equals("f", "x", .ignored))])),
  HandWritten("f IN (x, y)", oneOf(["x", "y"], .ignored)),
  HandWritten("f IN (x, \"y*\")", .any([equals("f", "x", .ignored), matches("f", .prefix("y"), .ignored)])),
  HandWritten("f=\"10.0.0.0/8\"", .any([network("f", "10.0.0.0/8"), equals("f", "10.0.0.0/8", .ignored)])),
  HandWritten(
    "a=1 b=2 OR c=3",
    .all([equals("a", "1", .ignored), .any([equals("b", "2", .ignored), equals("c", "3", .ignored)])])),
  HandWritten(
    "index=main sourcetype=\"aws:cloudtrail\" u.t=Root i{}.id=x",
    .all([equals("u.t", "Root", .ignored), equals("i[].id", "x", .ignored)])),
  HandWritten("f=abc abc", equals("f", "abc", .ignored)),
  HandWritten("f IN (abc, def) (abc OR def OR ghi)", oneOf(["abc", "def"], .ignored)),
  // where: exact, AND before OR, NULL is not true.
  HandWritten("* | where f=\"x\"", equals("f", "x")),
  HandWritten("* | where \"x\"=f", equals("f", "x")),
  HandWritten("* | where f!=\"x\"", .all([present, .not(equals("f", "x"))])),
  HandWritten("* | where isnull(f)", .not(present)),
  HandWritten("* | where NOT isnull(f)", present),
  HandWritten("* | where isnotnull(f) AND NOT f=\"x\"", .all([present, .not(equals("f", "x"))])),
  HandWritten(
    "* | where isnull(f) OR f!=\"x\"", .any([.not(present), .all([present, .not(equals("f", "x"))])])),
  HandWritten("* | where if(f=\"x\", 1, 0)=0", .not(equals("f", "x"))),
  HandWritten(
    "* | where a=\"1\" OR b=\"2\" AND c=\"3\"",
    .any([equals("a", "1"), .all([equals("b", "2"), equals("c", "3")])])),
  HandWritten("* | where like(f, \"a%\")", matches("f", .prefix("a"))),
  HandWritten("* | where f LIKE \"%a_\"", matches("f", Pattern([.anyRun, .literal("a"), .anyOne]))),
  HandWritten("* | where match(f, \"^a\")", matches("f", .prefix("a"))),
  HandWritten("* | where match(f, \"[.]b\\\\z\")", matches("f", .suffix(".b"))),
  HandWritten("* | where in(f, \"a\", \"b\")", oneOf(["a", "b"], .exact)),
  HandWritten("* | where lower(f) IN (\"a\", \"b\")", oneOf(["a", "b"], .ignored)),
  HandWritten("* | where lower(f)=\"a\"", equals("f", "a", .ignored)),
  HandWritten("* | where cidrmatch(\"10.0.0.0/8\", f)", network("f", "10.0.0.0/8")),
  HandWritten("* | where tonumber(f)>5", number("f", .greater, "5")),
  HandWritten("* | where 5<f", number("f", .greater, "5")),
  HandWritten("* | where 'u.t'=\"Root\"", equals("u.t", "Root")),
  HandWritten("* | where mvcount(mvfilter(match('f{}', \"^a\")))>0", matches("f[]", .prefix("a"))),
  HandWritten("* | eval x=json_extract(_raw, \"u.t\") | where x=\"Root\"", equals("u.t", "Root")),
  HandWritten("* | regex f=\"^a\"", matches("f", .prefix("a"))),
  HandWritten("* | regex f!=\"^a\"", .not(matches("f", .prefix("a")))),
  HandWritten("* | spath output=x path=u.t | search x=Root", equals("u.t", "Root", .ignored)),
  HandWritten("* | where 1=0", .always(false)),
])
func readsWhatPeopleWrite(_ reading: HandWritten) throws {
  #expect(try read(reading.search).rule.condition == reading.condition)
}

@Test(arguments: [
  ("error", "E331", "`error` looks in the event's whole text, which no question about fields expresses", 1),
  (
    "f=x other", "E331", "`other` looks in the event's whole text, which no question about fields expresses",
    5
  ),
  ("f=x or g=y", "E331", "`or` looks in the event's whole text, which no question about fields expresses", 5),
  (
    "f>5", "E331",
    "`>` in `search` compares numbers by value and everything else as text, which no condition expresses",
    1
  ),
  ("f=null", "E331", "the text `null` is also what Splunk's own fields hold for JSON null", 1),
  ("f{}!=x", "E332", "what `!=` does with a multivalue field is not documented", 1),
  ("NOT earliest=-1d", "E332", "when an event happened cannot be decided here", 5),
  ("index>main", "E331", "an order of places is not read", 1),
  ("f=É", "E412", "Splunk does not say how it ignores the case of `É`", 1),
  (
    "* | where NOT f=\"x\"",
    "E331", "NOT over a field that may be missing is not read: whether it keeps the event is not documented",
    11
  ),
  (
    "* | where a=b",
    "E331",
    "a comparison of two fields is by value where both look like numbers, which no condition expresses", 11
  ),
  ("* | where lower(f)=\"A\"", "E331", "`A` is not in lower case, so it never equals a `lower(…)`", 11),
  (
    "* | eval x=json_extract(_raw, \"b\") | where x=\"true\"",
    "E331", "how a JSON boolean that `json_extract` read compares with a text is not documented", 44
  ),
  (
    "* | eval x=json_extract(_raw, \"b\") | where x=\"5\"",
    "E331", "how a JSON number that `json_extract` read compares with the text `5` is not documented", 44
  ),
  (
    "* | eval x=json_extract(_raw, \"b\") | where x!=\"y\"", "E331", "`!=` over `json_extract` is not read",
    44
  ),
  ("* | where len(f)>5", "E331", "`len(f)` is not a field of the event", 11),
  ("* | where f<\"x\"", "E331", "the order of texts is not read", 11),
  ("* | where 'f{}'=\"x\"", "E332", "what `where` does with a multivalue field is not documented", 11),
  ("* | eval x=len(f) | where x=\"1\"", "E331", "`x` is not a field of the event", 27),
  ("* | where match(f, \"(?=a)b\")", "E331", "`(?=a)b`: look-ahead, which engines do not share", 11),
  ("f=x | table f | where g=\"y\"", "E331", "a filter after `table`, `fields` or `rename` is not read", 17),
  ("| makeresults format=json data=\"[]\"", "E301", "a search that makes its own results takes no events", 3),
])
func refusesWhatNoConditionSays(_ search: String, _ code: String, _ message: String, _ column: Int) {
  let error = #expect(throws: Diagnostic.self) { try read(search) }
  #expect(error?.code.rawValue == code)
  #expect(error?.message == message)
  #expect(error?.labels.first?.span.start.column == column)
}

@Test func warnsOfWhatSplunkHoldsDifferently() throws {
  let document = try read(
    "sourcetype=\"aws:cloudtrail\" earliest=-1d errorCode=* | table eventName, _time")
  #expect(document.warnings.map(\.code.rawValue) == ["W373"])
  #expect(document.rule.logSources == [.cloudTrail])
  // Where nothing says that the events are CloudTrail's, the add-on may have written the field.
  let computed = try read("errorCode=AccessDenied").warnings
  #expect(computed.map(\.code.rawValue) == ["W374"])
  #expect(computed.first?.labels.first?.span.start == Position(line: 1, column: 1))
  #expect(document.rule.outputFields == [OutputField(name: "eventName", path: field("eventName"))])
}

@Test(
  "what is not `null` is not JSON null either, so `!=null` needs no warning",
  arguments: [
    ("f!=null", true), ("f!=n*", true), ("f!=x", false), ("* | where f!=\"null\"", true),
    ("* | where f!=\"x\"", false),
  ])
func readsWhatIsNotNull(_ search: String, _ isExact: Bool) throws {
  let document = try read(search)
  #expect(document.warnings.isEmpty == isExact)
  let events = [("", false), (#""f": null"#, false), (#""f": "null""#, false), (#""f": "y""#, true)]
  for (members, found) in events where isExact {
    let event = try #require(Event(try JSON.parse(Source(text: "{\(members)}"))))
    #expect(document.rule.condition.holds(of: event) == found, "\(members)")
  }
}

@Test func readsTheFirstRuleBack() throws {
  let query = try Language.splunk.write(modifyCompute, options: LanguageOptions())
  let rule = try read(query.text).rule
  #expect(rule.condition == modifyCompute.condition)
  #expect(rule.id == modifyCompute.id && rule.title == modifyCompute.title)
  #expect(rule.outputFields == modifyCompute.outputFields)
  #expect(try Language.splunk.write(rule, options: LanguageOptions()).text == query.text)
}
