import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import Foundation
import TestSupport
import Testing

@testable import ConcordSigma

/// A detection in which ⟦…⟧ stands around what the diagnostic points at.
struct BadRow: Sendable, CustomTestStringConvertible {
  let text: String
  let code: String
  let message: String
  let help: String?
  var testDescription: String { text }

  init(_ text: String, _ code: String, _ message: String, _ help: String? = nil) {
    self.text = text
    self.code = code
    self.message = message
    self.help = help
  }
}

/// The text without its markers, and the stretch between them.
func unmarked(_ marked: String) -> (text: String, span: Span?) {
  var text = String.UnicodeScalarView()
  var places: [Position] = []
  var position = Position.start
  for scalar in marked.unicodeScalars {
    if scalar == "⟦" || scalar == "⟧" {
      places.append(position)
      continue
    }
    text.append(scalar)
    position =
      scalar == "\n"
      ? Position(line: position.line + 1, column: 1)
      : Position(line: position.line, column: position.column + 1)
  }
  return (String(text), places.count == 2 ? Span(places[0], places[1]) : nil)
}

@Suite("What is wrong with a Sigma rule")
struct DiagnosticTests {
  static let known = "known: \(SigmaModifier.allCases.map(\.rawValue).joined(separator: ", "))"

  static let errors: [BadRow] = [
    .init("s: {'f|⟦⟧': a}\ncondition: s", "E203", "unknown modifier ``"),
    .init(
      "s: {f|⟦contain⟧: a}\ncondition: s", "E203", "unknown modifier `contain`", "did you mean `contains`?"),
    .init(
      "s: {f|all|⟦startwith⟧: a}\ncondition: s", "E203", "unknown modifier `startwith`",
      "did you mean `startswith`?"),
    .init(
      "s: {f|⟦in⟧: [a]}\ncondition: s", "E203", "unknown modifier `in`",
      "leave it out: some value of a list must match anyway"),
    .init(
      "s: {f|contains|⟦any⟧: [a, b]}\ncondition: s", "E203", "unknown modifier `any`",
      "leave it out: some value of a list must match anyway"),
    .init("s: {f|⟦not⟧: a}\ncondition: s", "E203", "unknown modifier `not`", "did you mean `neq`?"),
    .init(
      "s: {f|⟦Equals⟧: a}\ncondition: s", "E203", "unknown modifier `Equals`",
      "leave it out: a value is compared as a whole anyway"),
    .init("s: {f|⟦regex⟧: a}\ncondition: s", "E203", "unknown modifier `regex`", "did you mean `re`?"),
    .init("s: {f|⟦ge⟧: 5}\ncondition: s", "E203", "unknown modifier `ge`", "did you mean `gte`?"),
    .init(
      "s: {f|⟦nocase⟧: a}\ncondition: s", "E203", "unknown modifier `nocase`",
      "leave it out: letter case is ignored anyway"),
    .init("s: {f|⟦i5⟧: a}\ncondition: s", "E203", "unknown modifier `i5`", known),
    .init(
      "s: {f|contains|⟦base64offset⟧: abc}\ncondition: s", "E308",
      "`base64offset` cannot encode the wildcards that `contains` adds",
      "put `base64offset` before `contains`"),
    .init(
      "s: {f|endswith|⟦wide⟧|base64: abc}\ncondition: s", "E308",
      "`wide` cannot encode the wildcards that `endswith` adds", "put `wide` before `endswith`"),
    .init(
      "s: {f|base64offset|contains: ⟦a⟧}\ncondition: s", "E315",
      "the value is too short for `base64offset`: at one of three offsets no character of it is fixed",
      "a query for it would hold of every text; give it at least two bytes"),
    .init(
      "s: {f|base64offset|contains: [abc, ⟦''⟧]}\ncondition: s", "E315",
      "there is nothing for `base64offset` to encode"),
    .init(
      "s: {f|re: 'a⟦(?=⟧.*a)b'}\ncondition: s", "E121", "look-ahead, which engines do not share",
      "ask for both by expressions of their own that must both match"),
    .init(
      "s: {f|re: ⟦(?!⟧a)b}\ncondition: s", "E121", "look-ahead, which engines do not share",
      "ask for one by an expression that must match, and for the other by one that must not"),
    .init(
      "s:\n  f|re: '⟦(?<!⟧a)b'\ncondition: s", "E121", "look-behind, which engines do not share"),
    .init(
      "s: {f|re: ⟦'it''s (?=a)'⟧}\ncondition: s", "E121", "look-ahead, which engines do not share"),
    .init(
      "s: {f|re: 'x⟦{1500⟧}'}\ncondition: s", "E120", "a count is at most 1000, as some engines have it",
      "repeat one after the other: `x{1500,}` is `x{1000}x{500,}`"),
    .init(
      "s: {f|gt: ⟦'5'⟧}\ncondition: s", "E308", "`gt` does not go with text",
      "write the number without quotes"),
    .init(
      "s: {f|gt: ⟦null⟧}\ncondition: s", "E308", "`gt` does not go with null", "write a number"),
    .init(
      "s: {f|gt: ⟦abc⟧}\ncondition: s", "E308", "`gt` does not go with text", "`abc` is not a number"),
    .init(
      "s: {f|lte: ⟦'five'⟧}\ncondition: s", "E308", "`lte` does not go with text", "`five` is not a number"),
    .init(
      "s: {f|exists: ⟦'true'⟧}\ncondition: s", "E308", "`exists` does not go with text",
      "write `true` or `false` without quotes"),
    .init("s: {f|contains|⟦re⟧: a}\ncondition: s", "E308", "`re` must be the first modifier"),
    .init("s: {f|cased|⟦cidr⟧: a}\ncondition: s", "E308", "`cidr` must be the first modifier"),
    .init(
      "s: {f|⟦i⟧: a}\ncondition: s", "E308", "`i` does not go with text",
      "it is a flag of expressions, `re|i`"),
    .init(
      "s: {f|re|⟦startswith⟧: a}\ncondition: s", "E308", "`startswith` does not go with a regular expression",
      "anchor the expression with `^` or `$`"),
    .init("s: {f|re|⟦cased⟧: a}\ncondition: s", "E308", "`cased` does not go with a regular expression"),
    .init("s: {f|contains: ⟦null⟧}\ncondition: s", "E308", "`contains` does not go with null"),
    .init("s: {f|cased: ⟦5⟧}\ncondition: s", "E308", "`cased` does not go with a number"),
    .init(
      "s: {f|base64: ⟦'a*'⟧}\ncondition: s", "E308", "`base64` cannot encode a wildcard",
      "escape it (`\\*`, `\\?`) if the character is meant"),
    .init("s: {f|fieldref: ⟦'a*'⟧}\ncondition: s", "E308", "the name of a field has no wildcards"),
    .init("s: {f|fieldref|⟦cased⟧: g}\ncondition: s", "E308", "`cased` does not go with a field's name"),
    .init("s: {f|cased|fieldref: ⟦g⟧}\ncondition: s", "E308", "`fieldref` does not go with text"),
    .init(
      "s: {f|fieldref|⟦endswith⟧: g}\ncondition: s", "E330", "`endswith` with `fieldref` is not supported",
      "fields can be compared as a whole"),
    .init(
      "s: {f|⟦hour⟧: 5}\ncondition: s", "E330", "parts of a time (`hour`) are not supported",
      "the specification does not say in which time zone they are"),
    .init(
      "s: {⟦f⟧: []}\ncondition: s", "E307", "`f` has no value", "write `null` if the field must be absent"),
    .init(
      "s: {f|cidr: ⟦10.0.0⟧}\ncondition: s", "E309", "`10.0.0` is not a network",
      "write an address and a prefix length, `10.0.0.0/8`"),
    .init(
      "s: {f|cidr: ⟦10.1.2.3/8⟧}\ncondition: s", "E309", "`10.1.2.3/8` has bits beyond its prefix",
      "the network is `10.0.0.0/8`"),
    .init(
      "s: {f|wide: ⟦ä⟧}\ncondition: s", "E315", "the encoded value is not text",
      "encode it further, `wide|base64offset|contains`"),
    .init(
      "s: {f|windash: ⟦'-a -b -c -d -e -f'⟧}\ncondition: s", "E315",
      "the value has more than 5 flags for `windash`",
      "each multiplies the texts to look for by five; split it into several values"),
    .init(
      "s: {f|expand: ⟦'100% of %admins%'⟧}\ncondition: s", "E317",
      "the placeholder `% of %` has no values"),
    .init(
      "s: {f|contains|expand: ⟦'100\\% of %admins%'⟧}\ncondition: s", "E317",
      "the placeholder `%admins%` has no values"),
    .init(
      "s: {f|re|expand: ⟦'a\\\\%admins%'⟧}\ncondition: s", "E317",
      "the placeholder `%admins%` has no values"),
    .init(
      "s: {f|expand: ⟦'%admins%'⟧}\ncondition: s", "E317",
      "the placeholder `%admins%` has no values",
      "give its values to a processing pipeline (`vars` of that name and `value_placeholders`) or the rule"),
    .init(
      "s: {'|⟦startswith⟧': a}\ncondition: s", "E330", "`startswith` without a field is not supported",
      "a keyword is found anywhere in the event, and the specification does not say where it begins or ends"),
    .init(
      "s: [a, ⟦null⟧]\ncondition: s", "E304", "null cannot be a keyword",
      "name the field that is to be absent"),
    .init("s: {⟦'|gt'⟧: 5}\ncondition: s", "E304", "a keyword must be text"),
    .init("s: {⟦'|cidr'⟧: 10.0.0.0/8}\ncondition: s", "E304", "a keyword must be text"),
    .init("s: {⟦'|fieldref'⟧: g}\ncondition: s", "E304", "a keyword must be text"),
    .init(
      "s: {⟦'|re'⟧: a}\ncondition: s", "E304", "a keyword must be text",
      "name the field that is to be compared so"),
    .init(
      "s: {⟦a..b⟧: x}\ncondition: s", "E310", "`a..b` is not a field's name",
      "names are joined by single dots, `userIdentity.type`"),
    .init("s: {f: ⟦{a: b}⟧}\ncondition: s", "E304", "`f` must be a value or a list of values"),
    .init("s: {f: [⟦[a]⟧]}\ncondition: s", "E304", "`f` must be a value or a list of values"),
    .init(
      "⟦s⟧: {}\ncondition: s", "E307", "selection `s` is empty", "give it a field or a keyword to ask about"),
    .init(
      "⟦s⟧: []\ncondition: s", "E307", "selection `s` is empty", "give it a field or a keyword to ask about"),
    .init(
      "⟦s⟧:\ncondition: s", "E307", "selection `s` is empty", "give it a field or a keyword to ask about"),
    .init("⟦s⟧: {f: a}", "E306", "the rule has no `condition`"),
    .init("⟦c⟧ondition: s", "E306", "the detection has no selection"),
    .init("s: {f: a}\ncondition: ⟦{a: b}⟧", "E304", "`condition` must be a text or a list of texts"),
    .init("s: {f: a}\ncondition: ⟦t⟧", "E202", "unknown selection `t`"),
    .init(
      "selection: {f: a}\ncondition: not ⟦selecton⟧", "E202", "unknown selection `selecton`",
      "did you mean `selection`?"),
    .init("s: {f: a}\ncondition: s and ⟦1 of zz*⟧", "E202", "no selection's name matches `zz*`"),
    .init("_s: {f: a}\ncondition: ⟦1 of them⟧", "E202", "no selection's name matches `them`"),
    .init(
      "s: {f: a}\ncondition: ⟦s*⟧", "E101", "`s*` names several selections",
      "say how many must hold: `1 of s*` or `all of s*`"),
    .init(
      "s: {f: a}\ncondition: ⟦2⟧ of s*", "E206", "`2 of` is not a quantifier",
      "Sigma has `1 of`, `any of` (the same) and `all of`"),
    .init(
      "s: {f: a}\nt: {f: b}\ncondition: s ⟦AND⟧ t", "E101", "`AND` is written in capitals", "write `and`"),
    .init("s: {f: a}\ncondition: ⟦NOT⟧ s", "E101", "`NOT` is written in capitals", "write `not`"),
    .init("s: {f: a}\ncondition: 1 ⟦OF⟧ them", "E101", "`OF` is written in capitals", "write `of`"),
    .init("s: {f: a}\ncondition: ⟦All⟧ of them", "E101", "`All` is written in capitals", "write `all`"),
    .init("s: {f: a}\ncondition: s ⟦s⟧", "E101", "expected `and`, `or` or the end, found `s`"),
    .init("s: {f: a}\ncondition: ⟦(⟧s", "E102", "this parenthesis is not closed"),
    .init("s: {f: a}\ncondition: s⟦)⟧", "E101", "expected `and`, `or` or the end, found `)`"),
    .init("s: {f: a}\ncondition: s and⟦⟧", "E101", "expected a selection, found the end"),
    .init("s: {f: a}\ncondition: ⟦and⟧ s", "E101", "expected a selection, found `and`"),
    .init("s: {f: a}\ncondition: s ⟦&⟧ s", "E101", "expected a name or a parenthesis, found `&`"),
    .init(
      "s: {f: a}\ncondition: s ⟦| count() > 5⟧", "E330",
      "aggregations behind a `|` are no longer part of Sigma",
      "count with a correlation rule, `event_count` or `value_count`"),
  ]

  @Test("refused with its place", arguments: errors)
  func error(_ row: BadRow) throws {
    let (text, span) = unmarked(ruleText(row.text))
    let source = Source(name: "rule.yml", text: text)
    let diagnostic = try #require(
      #expect(throws: Diagnostic.self) { try Language.sigma.read(source, options: LanguageOptions()) })
    #expect(diagnostic.code.rawValue == row.code)
    #expect(diagnostic.message == row.message)
    #expect(diagnostic.source == source)
    #expect(diagnostic.labels.first?.span == span)
    if let help = row.help { #expect(diagnostic.help.first == help) }
  }

  static let anything = "this value holds of every `f`, whatever its text is"

  static let warnings: [BadRow] = [
    .init("s: {f: a}\n⟦t⟧: {f: b}\ncondition: s", "W222", "selection `t` is not used by the condition"),
    .init("s: {⟦f⟧: [null, a]}\ncondition: s", "W357", "null stands in a list with other values of `f`"),
    .init("s: {⟦f|all⟧: a}\ncondition: s", "W356", "`f|all` has one value, and `all` does nothing"),
    .init("s: {f|contains: ⟦5⟧}\ncondition: s", "W355", "`contains` with a number compares its text"),
    .init("s: {f: ⟦yes⟧}\ncondition: s", "W372", "`yes` is text here, and other tools take it for a boolean"),
    .init(
      "s: {f: ⟦0755⟧}\ncondition: s", "W372", "`0755` is text here, and other tools take it for a number"),
    .init("s: {f: ⟦0_7⟧}\ncondition: s", "W372", "`0_7` is text here, and other tools take it for a number"),
    .init(
      "s: {f: ⟦12:30⟧}\ncondition: s", "W372", "`12:30` is text here, and other tools take it for a number"),
    .init("s: {f: ⟦1e3⟧}\ncondition: s", "W372", "`1e3` is text here, and other tools take it for a number"),
    .init(
      "s: {f: ⟦1.5e3⟧}\ncondition: s", "W372", "`1.5e3` is text here, and other tools take it for a number"),
    .init(
      "s: {f: ⟦0o17⟧}\ncondition: s", "W372", "`0o17` is text here, and other tools take it for a number"),
    .init(
      "s: {f: ⟦2024-01-02⟧}\ncondition: s", "W372",
      "`2024-01-02` is text here, and other tools take it for a date"),
    .init(
      "s: {f: ⟦=⟧}\ncondition: s", "W372", "`=` is text here, and other tools take it for a mark of its own"),
    .init(
      "s: {f: ⟦0x1F⟧}\ncondition: s", "W372",
      "the text `0x1F` and the number `31` are both meant here, and other tools take one of them",
      "put it in quotes if the text alone is meant"),
    .init(
      "s: {f: [a, ⟦1.0⟧]}\ncondition: s", "W372",
      "the text `1.0` and the number `1` are both meant here, and other tools take one of them"),
    .init(
      "s: {f: ⟦1_000⟧}\ncondition: s", "W372",
      "the text `1_000` and the number `1000` are both meant here, and other tools take one of them"),
    .init(
      "s: [a, ⟦1.10⟧]\ncondition: s", "W372",
      "the keyword is the text `1.10`, and other tools look for the number `1.1`"),
    .init(
      "s: {f|⟦wide⟧|contains: ping}\ncondition: s", "W385",
      "`wide` without `base64` or `base64offset` after it asks for a text with NUL characters",
      "to find encoded commands write `wide|base64offset|contains`"),
    .init(
      "s: {f|base64|⟦wide⟧: ping}\ncondition: s", "W385",
      "`wide` without `base64` or `base64offset` after it asks for a text with NUL characters"),
    .init(
      "s: {f|⟦base64offset⟧: abcdef}\ncondition: s", "W385",
      "`base64offset` makes parts of a text, which hardly any field is as a whole",
      "write `base64offset|contains`"),
    .init(
      "s: {f|⟦base64offset⟧|startswith: abcdef}\ncondition: s", "W385",
      "`base64offset` makes parts of a text, which hardly any field is as a whole"),
    .init(
      "s: {f|contains: [⟦''⟧, x]}\ncondition: s", "W386",
      "this value holds of every `f`, whatever its text is",
      "leave it out, or write `f|exists: true` if it is meant"),
    .init("s: {f|startswith: ⟦''⟧}\ncondition: s", "W386", anything),
    .init("s: {f|endswith: ⟦''⟧}\ncondition: s", "W386", anything),
    .init("s: {f|contains: ⟦'*'⟧}\ncondition: s", "W386", anything),
    .init("s: {f: ⟦'**'⟧}\ncondition: s", "W386", anything),
    .init("s: {f|contains|windash: ⟦''⟧}\ncondition: s", "W386", anything),
    .init("s: {f|base64|contains: ⟦''⟧}\ncondition: s", "W386", anything),
    .init("s: {f|re: ⟦'.*'⟧}\ncondition: s", "W386", anything),
    .init("s: {f|re: ⟦'^(a|b?)'⟧}\ncondition: s", "W386", anything),
    .init("s: {f|re: ⟦''⟧}\ncondition: s", "W386", anything),
    .init("s: {f|fieldref: ⟦f⟧}\ncondition: s", "W386", anything),
    .init(
      "s: [⟦''⟧, a]\ncondition: s", "W386", "every event holds this keyword",
      "leave it out, or say which text is meant"),
    .init("s: ⟦'*'⟧\ncondition: s", "W386", "every event holds this keyword"),
    .init(
      "s: {⟦null⟧: x}\ncondition: s", "W388", "a key that is null names no field: its values are keywords",
      "put it in quotes if a field of that name is meant"),
    .init(
      "s: {f|expand: ⟦'\\%plain%'⟧}\ncondition: s", "W389",
      "`\\%` is a percent sign, with which no placeholder begins"),
    .init(
      "s: {f: a}\n⟦timeframe⟧: 5m\ncondition: s", "W358",
      "`timeframe` is no longer part of a detection, and is not read"),
  ]

  @Test("taken with a warning at its place", arguments: warnings)
  func warning(_ row: BadRow) throws {
    let (text, span) = unmarked(ruleText(row.text))
    let document = try #require(
      try Language.sigma.read(Source(text: text), options: LanguageOptions()).first)
    #expect(document.warnings.map(\.code.rawValue) == [row.code])
    #expect(document.warnings.map(\.message) == [row.message])
    #expect(document.warnings.first?.severity == .warning)
    #expect(document.warnings.first?.labels.first?.span == span)
    if let help = row.help { #expect(document.warnings.first?.help == [help]) }
  }

  @Test(
    "no warning for what every version of YAML takes for text",
    arguments: [
      "0x0.st", "0b6edbfa-4a24", "0bin0sh1", "1.2.3.4", "-rf", "on-call", "0x", "10", "-5", "2.5", "'1.0'",
      "!!str 1e3", "1e", "12345678901234567890",
    ])
  func unambiguous(_ text: String) throws {
    let source = Source(text: ruleText("s: {f: \(text)}\ncondition: s"))
    #expect(try Language.sigma.read(source, options: LanguageOptions())[0].warnings.isEmpty)
  }

  @Test(
    "no warning for what asks something of a text",
    arguments: [
      "f: '*'", "f: '?*'", "f|contains: '?'", "f: ''", "f|re: '.'", "f|re: '^$'", "f|re: '^.*$'", "f|gt: 5.0",
      "f|gt: 0x1F", "f|neq: '*'", "f|utf16|base64: a", "'|base64offset': ab", "'null': x", "null|contains: x",
      "f|expand: '50\\% or more'", "f|expand: 'C:\\Users\\x'", "f|fieldref: g",
    ])
  func meaningful(_ item: String) throws {
    let source = Source(text: ruleText("s: {\(item)}\ncondition: s"))
    let warnings = try Language.sigma.read(source, options: LanguageOptions())[0].warnings
    #expect(warnings.isEmpty, "\(warnings.map(\.message))")
  }

  /// Whole files.
  static let files: [(String, String, String)] = [
    ("", "E304", "a Sigma rule is a map of keys such as `title`, `logsource` and `detection`"),
    ("- a", "E304", "a Sigma rule is a map of keys such as `title`, `logsource` and `detection`"),
    ("logsource: {}\ndetection: {s: a, condition: s}", "E303", "the rule has no `title`"),
    ("title: t\nlogsource: {}\ndetections: {}", "E303", "the rule has no `detection`"),
    ("title: t\ntitle: u", "E110", "the key `title` stands twice in one mapping"),
    ("title: t\ndetection: {s: a, condition: s}", "E303", "the rule has no `logsource`"),
    ("title: t\nlogsource: a\ndetection: {s: a, condition: s}", "E304", "`logsource` must be a map"),
    ("title: t\nlogsource: {}\ndetection: a", "E304", "`detection` must be a map"),
    (
      "title: t\nlogsource: {}\nname: {a: b}\ndetection: {s: a, condition: s}", "E304",
      "`name` must be a text"
    ),
    ("action: correlation", "E206", "unknown action `correlation`"),
    ("action: globl", "E206", "unknown action `globl`"),
    ("action: repeat", "E305", "there is no rule before this one to repeat"),
  ]

  @Test("whole files", arguments: files.indices)
  func file(_ index: Int) {
    let (text, code, message) = DiagnosticTests.files[index]
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Language.sigma.read(Source(text: text), options: LanguageOptions())
    }
    #expect(diagnostic?.code.rawValue == code && diagnostic?.message == message)
  }

  @Test(
    "what is said of a whole file, with all its places and what to do",
    arguments: [
      (
        "title: t\nlogsource: {}\ndetection:\n  ⟦a⟧: {f: 1}\n⟦condition⟧: a\n",
        "indent the `condition` so that it stands below `detection`"
      ),
      (
        "title: t\nlogsource: {}\nfilter:\n  ⟦r⟧ules: any\n  a: {f: 1}\n⟦condition⟧: not a\n",
        "indent the `condition` so that it stands below `filter`"
      ),
      (
        "title: t\nlogsource: {category: ⟦[a, b]⟧}\ndetection: {s: a, condition: s}\n",
        "a rule has one log source: write a document for each, after a line `---`"
      ),
      ("⟦⟧action: ⟦correlation⟧\n", "write the key `correlation` at the top of the document in its place"),
      ("action: ⟦filter⟧\n", "write the key `filter` at the top of the document in its place"),
    ])
  func advice(_ marked: String, _ help: String) throws {
    let places = marked.components(separatedBy: "⟧").dropLast().map {
      $0.components(separatedBy: "⟦").last ?? ""
    }
    let (text, _) = unmarked(marked)
    let source = Source(text: text)
    let error = Language.sigma.readAll(source, options: LanguageOptions()).refused.first?.errors.first
    #expect(error?.help == [help])
    let shown = (error?.labels ?? []).map { label in
      let line = Array((source.line(label.span.start.line) ?? "").unicodeScalars)
      return String(
        String.UnicodeScalarView(line[(label.span.start.column - 1)..<(label.span.end.column - 1)]))
    }
    #expect(shown == places.filter { !$0.isEmpty })
  }

  @Test("all that is wrong with a rule is said at once, and with all rules of a file")
  func everything() {
    let one = ruleText("s: {f|contian: a, g|gt: b}\nt: {h|hour: 5}\ncondition: [s AND t, u]")
    let two = "title: v\nlogsource: {product: aws}\ndetection: {s: {f: a}, condition: s}\n"
    let three = "title: w\ndetection: a\n"
    let source = Source(text: [one, two, three].joined(separator: "---\n"))
    let collection = Language.sigma.readAll(source, options: LanguageOptions())
    #expect(collection.documents.map(\.rule.title) == ["v"])
    #expect(
      collection.refused.map { $0.errors.map(\.message) } == [
        [
          "unknown modifier `contian`", "`AND` is written in capitals", "unknown selection `u`",
          "`gt` does not go with text", "parts of a time (`hour`) are not supported",
        ], ["`detection` must be a map", "the rule has no `logsource`"],
      ])
    #expect(collection.refused.flatMap(\.errors).allSatisfy { $0.source == source && !$0.labels.isEmpty })
  }

  @Test("nesting without end is refused")
  func bombs() {
    let deep = String(repeating: "(", count: 100_000)
    let lists = String(repeating: "[", count: 300) + "a" + String(repeating: "]", count: 300)
    let nots = String(repeating: "not ", count: 100_000)
    for text in ["s: a\ncondition: \(deep)s", "s: a\ncondition: \(nots)s", "s: \(lists)\ncondition: s"] {
      #expect(throws: Diagnostic.self) {
        try Language.sigma.read(Source(text: ruleText(text)), options: LanguageOptions())
      }
    }
  }
}
