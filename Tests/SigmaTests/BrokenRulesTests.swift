import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSigma

/// A way to break a rule: `part` of it is replaced. ⟦…⟧ in the replacement, or else in `place`, a text of the
/// broken rule, stands around what the diagnostic points at.
struct Breakage: Sendable, CustomTestStringConvertible {
  let part: String
  let replacement: String
  let place: String?
  let code: String
  let message: String
  var testDescription: String { "\(part) -> \(replacement)" }

  init(_ part: String, _ replacement: String, at place: String? = nil, _ code: String, _ message: String) {
    self.part = part
    self.replacement = replacement
    self.place = place
    self.code = code
    self.message = message
  }
}

@Suite("Broken rules")
struct BrokenRulesTests {
  static let rule = #"""
    title: Suspicious service account use
    id: 3f8a2a62-3a3e-4d3c-9d35-0b4f4a3d8f01
    status: test
    description: A service account starts a shell.
    references:
        - https://example.org/shells
    author: A. Author
    date: 2024-01-02
    tags:
        - attack.execution
        - attack.t1059.001
    logsource:
        product: windows
        category: process_creation
    detection:
        selection_img:
            - Image|endswith:
                  - '\cmd.exe'
                  - '\powershell.exe'
            - OriginalFileName: 'Cmd.Exe'
        selection_cli:
            CommandLine|contains|all:
                - ' /c '
                - 'net '
        selection_user:
            User|startswith: 'svc_'
            Size|gte: 10
            Address|cidr: 10.0.0.0/8
            Hash|re|i: '^[0-9a-f]{32}$'
            Parent|exists: true
        filter_main_admin:
            User: 'svc_admin'
            Token: null
        condition: all of selection_* and not 1 of filter_main_*
    falsepositives:
        - Unknown
    level: medium

    """#

  static let breakages: [Breakage] = [
    .init("title: Suspicious service account use\n", "", at: "⟦i⟧", "E303", "the rule has no `title`"),
    .init("title: Suspicious service account use\n", "title: ⟦[a]⟧\n", "E304", "`title` must be a text"),
    .init("detection:\n", "detections:\n", at: "⟦t⟧", "E303", "the rule has no `detection`"),
    .init("logsource:\n", "log_source:\n", at: "⟦t⟧", "E303", "the rule has no `logsource`"),
    .init(
      "logsource:\n    product: windows\n    category: process_creation\n", "logsource: ⟦windows⟧\n", "E304",
      "`logsource` must be a map"),
    .init("    product: windows\n", "    product: ⟦[windows]⟧\n", "E304", "`product` must be a text"),
    .init(
      "    category: process_creation\n", "    category: ⟦{a: b}⟧\n", "E304", "`category` must be a text"),
    .init(
      "    product: windows\n", "    product: windows\n    service: ⟦[a, b]⟧\n", "E304",
      "`service` must be a text"),
    .init("id: 3f8a2a62-3a3e-4d3c-9d35-0b4f4a3d8f01\n", "id: ⟦[a]⟧\n", "E304", "`id` must be a text"),
    .init(
      "id: 3f8a2a62-3a3e-4d3c-9d35-0b4f4a3d8f01\n", "name: ⟦{a: b}⟧\n", "E304", "`name` must be a text"),
    .init(
      "    condition: all of selection_* and not 1 of filter_main_*\n", "condition: all of them\n",
      at: "⟦s⟧election_img:", "E306", "the rule has no `condition`"),
    .init(
      "status: test\n", "status: test\n⟦status⟧: test\n", "E110",
      "the key `status` stands twice in one mapping"),
    .init(
      "    selection_cli:\n", "    ⟦selection_img⟧:\n", "E110",
      "the key `selection_img` stands twice in one mapping"),
    .init(
      "        Size|gte: 10\n", "        ⟦User|startswith⟧: 10\n", "E110",
      "the key `User|startswith` stands twice in one mapping"),
    .init(
      "status: test\n", "\tstatus: test\n", at: "⟦\t⟧", "E107", "expected spaces for indentation, found a tab"
    ),
    .init(
      "    - attack.execution\n", "    - attack.execution: [\n", at: "⟦-⟧ attack.t", "E107",
      "expected at least 7 spaces of indentation within brackets, found 4"),
    .init(
      "author: A. Author\n", "author: 'A. Author\n", at: "⟦d⟧a", "E107",
      "expected the quoted text to be indented or to end with `'`, found `date:`"),
    .init(
      "author: A. Author\n", "author: \"A. \\Author\"\n", at: "⟦\\A⟧", "E103",
      "expected an escape that YAML knows, found `\\A`"),
    .init(
      "author: A. Author\n", "author: *nobody\n", at: "⟦*nobody⟧", "E108",
      "no anchor `&nobody` stands before this alias"),
    .init(
      "author: A. Author\n", "author: @nobody\n", at: "⟦@⟧", "E101",
      "a text cannot begin with `@` without quotes"),
    .init(
      "author: A. Author\n", "author: A: Author\n", at: "⟦:⟧ Au", "E101",
      "a mapping cannot begin on the line of its key"),
    .init(
      "    selection_cli:\n", "   selection_cli:\n", at: "⟦selection_cli:⟧", "E107",
      "expected a key at column 1, found `selection_cli:` at column 4"),
    .init(
      "condition: all", "condition all", at: "⟦condition all of selection_* and not 1 of filter_main_*⟧",
      "E101", "expected `: ` after the key `condition all of selection_* and not 1 of filter_main_*`"),
    .init(
      "    - attack.t1059.001\n", "   - attack.t1059.001\n", at: "⟦-⟧ attack.t", "E107",
      "expected a key at column 1, found `-` at column 4"),
    .init(
      "status: test\n", "status: !!int test\n", at: "⟦test⟧", "E109",
      "`test` is not a value of the tag `!!int`"),
    .init(
      "        Size|gte: 10\n", "        Size|gte: .inf\n", at: "⟦.inf⟧", "E111",
      "`.inf` is a number that JSON does not have"),
    .init("|endswith", "|⟦endwith⟧", "E203", "unknown modifier `endwith`"),
    .init("|contains|all", "|⟦contain⟧|all", "E203", "unknown modifier `contain`"),
    .init("|contains|all", "|contains|⟦al⟧", "E203", "unknown modifier `al`"),
    .init("|startswith", "|⟦⟧", "E203", "unknown modifier ``"),
    .init("|startswith", "|⟦StartsWith⟧", "E203", "unknown modifier `StartsWith`"),
    .init("|gte", "|⟦ge⟧", "E203", "unknown modifier `ge`"),
    .init("|cidr", "|⟦cdir⟧", "E203", "unknown modifier `cdir`"),
    .init("|re|i", "|⟦regex⟧", "E203", "unknown modifier `regex`"),
    .init("|re|i", "|re|⟦x⟧", "E203", "unknown modifier `x`"),
    .init("|exists", "|⟦exist⟧", "E203", "unknown modifier `exist`"),
    .init("Hash|re|i", "Hash|contains|⟦re⟧", "E308", "`re` must be the first modifier"),
    .init("Address|cidr", "Address|contains|⟦cidr⟧", "E308", "`cidr` must be the first modifier"),
    .init("Parent|exists", "Parent|neq|⟦exists⟧", "E308", "`exists` must be the first modifier"),
    .init("Size|gte: 10", "Size|gte: ⟦'10'⟧", "E308", "`gte` does not go with text"),
    .init("Size|gte: 10", "Size|gte: ⟦ten⟧", "E308", "`gte` does not go with text"),
    .init("Size|gte: 10", "Size|gte: ⟦true⟧", "E308", "`gte` does not go with a boolean"),
    .init("Size|gte: 10", "Size|lt: ⟦null⟧", "E308", "`lt` does not go with null"),
    .init("Size|gte: 10", "Size|gte|⟦cased⟧: 10", "E308", "`cased` does not go with a comparison"),
    .init("Size|gte: 10", "Size|⟦hour⟧: 10", "E330", "parts of a time (`hour`) are not supported"),
    .init("Size|gte: 10", "Size|⟦year⟧|lt: 10", "E330", "parts of a time (`year`) are not supported"),
    .init("Size|gte: 10", "Size|gte: ⟦{a: 10}⟧", "E304", "`Size|gte` must be a value or a list of values"),
    .init("Size|gte: 10", "Size|gte: [⟦[10]⟧]", "E304", "`Size|gte` must be a value or a list of values"),
    .init("Size|gte: 10", "⟦Size|gte⟧: []", "E307", "`Size|gte` has no value"),
    .init("Size|gte: 10", "⟦Size⟧: []", "E307", "`Size` has no value"),
    .init("Parent|exists: true", "Parent|exists: ⟦'true'⟧", "E308", "`exists` does not go with text"),
    .init("Parent|exists: true", "Parent|exists: ⟦1⟧", "E308", "`exists` does not go with a number"),
    .init("Parent|exists: true", "Parent|exists: ⟦null⟧", "E308", "`exists` does not go with null"),
    .init("10.0.0.0/8", "⟦10.0.0.0/33⟧", "E309", "`10.0.0.0/33` is not a network"),
    .init("10.0.0.0/8", "⟦10.0.0⟧", "E309", "`10.0.0` is not a network"),
    .init("10.0.0.0/8", "⟦10.1.0.0/8⟧", "E309", "`10.1.0.0/8` has bits beyond its prefix"),
    .init("10.0.0.0/8", "⟦'fe80::1/64'⟧", "E309", "`fe80::1/64` has bits beyond its prefix"),
    .init("10.0.0.0/8", "⟦'10.*'⟧", "E309", "`10.*` is not a network"),
    .init("10.0.0.0/8", "⟦5⟧", "E308", "`cidr` does not go with a number"),
    .init("'^[0-9a-f]{32}$'", "'^⟦[⟧0-9a-f{32}$'", "E120", "the expression ends where `]` was expected"),
    .init("'^[0-9a-f]{32}$'", "'⟦(⟧a'", "E120", "the expression ends where `)` was expected"),
    .init("'^[0-9a-f]{32}$'", "'⟦(?=⟧a)b'", "E121", "look-ahead, which engines do not share"),
    .init(
      "'^[0-9a-f]{32}$'", "'(a)⟦\\1⟧'", "E121", "`\\1`, a reference to a group, which engines do not share"),
    .init("'^[0-9a-f]{32}$'", "'a⟦**⟧'", "E120", "a repeat of a repeat"),
    .init("'^[0-9a-f]{32}$'", "⟦null⟧", "E308", "`re` does not go with null"),
    .init("Hash|re|i", "Hash|⟦i⟧", "E308", "`i` does not go with text"),
    .init(
      "Hash|re|i", "Hash|re|⟦cased⟧", "E308",
      "`cased` does not go with a regular expression"),
    .init(
      "Hash|re|i", "Hash|re|⟦startswith⟧", "E308",
      "`startswith` does not go with a regular expression"),
    .init(
      "Hash|re|i", "Hash|re|⟦windash⟧", "E308",
      "`windash` does not go with a regular expression"),
    .init("User|startswith: 'svc_'", "User|startswith: ⟦null⟧", "E308", "`startswith` does not go with null"),
    .init(
      "User|startswith: 'svc_'", "User|expand: ⟦'%accounts%'⟧", "E317",
      "the placeholder `%accounts%` has no values"),
    .init("User|startswith: 'svc_'", "User|fieldref: ⟦'a*'⟧", "E308", "the name of a field has no wildcards"),
    .init(
      "User|startswith: 'svc_'", "User|fieldref|⟦endswith⟧: Parent", "E330",
      "`endswith` with `fieldref` is not supported"),
    .init("User|startswith: 'svc_'", "User|fieldref: ⟦5⟧", "E308", "`fieldref` does not go with a number"),
    .init("User|startswith: 'svc_'", "User|base64: ⟦'a?'⟧", "E308", "`base64` cannot encode a wildcard"),
    .init(
      "User|startswith: 'svc_'", "User|base64offset: ⟦5⟧", "E308", "`base64offset` does not go with a number"),
    .init(
      "User|startswith: 'svc_'", "User|wide|base64offset|contains: ⟦null⟧", "E308",
      "`wide` does not go with null"),
    .init("User|startswith: 'svc_'", "User|utf16: ⟦svc⟧", "E315", "the encoded value is not text"),
    .init(
      "User|startswith: 'svc_'", "User|contains|⟦base64offset⟧: 'svc_'", "E308",
      "`base64offset` cannot encode the wildcards that `contains` adds"),
    .init(
      "User|startswith: 'svc_'", "User|startswith|⟦utf16⟧|base64: 'svc_'", "E308",
      "`utf16` cannot encode the wildcards that `startswith` adds"),
    .init(
      "User|startswith: 'svc_'", "User|base64offset|contains: ⟦'-'⟧", "E315",
      "the value is too short for `base64offset`: at one of three offsets no character of it is fixed"),
    .init(
      "User|startswith: 'svc_'", "User|base64offset|contains: ⟦''⟧", "E315",
      "there is nothing for `base64offset` to encode"),
    .init(
      "User|startswith: 'svc_'", "User|re|expand: ⟦'\\%a%b%'⟧", "E317",
      "the placeholder `%b%` has no values"),
    .init("Size|gte", "Size|⟦in⟧", "E203", "unknown modifier `in`"),
    .init("|contains|all", "|contains|⟦any⟧", "E203", "unknown modifier `any`"),
    .init("User|startswith", "User|⟦not⟧", "E203", "unknown modifier `not`"),
    .init("'^[0-9a-f]{32}$'", "'a⟦{2000⟧}'", "E120", "a count is at most 1000, as some engines have it"),
    .init(
      "title: Suspicious", "action: ⟦correlation⟧\ntitle: Suspicious", "E206", "unknown action `correlation`"),
    .init(
      "User|startswith: 'svc_'", "User|windash: ⟦'-a -b -c -d -e -f'⟧", "E315",
      "the value has more than 5 flags for `windash`"),
    .init("User|startswith: 'svc_'", "⟦User..Name⟧: 'svc_'", "E310", "`User..Name` is not a field's name"),
    .init("User|startswith: 'svc_'", "⟦User.⟧: 'svc_'", "E310", "`User.` is not a field's name"),
    .init(
      "User|startswith: 'svc_'", "'|⟦endswith⟧': 'svc_'", "E330",
      "`endswith` without a field is not supported"),
    .init("User|startswith: 'svc_'", "⟦'|re'⟧: 'svc_'", "E304", "a keyword must be text"),
    .init("User|startswith: 'svc_'", "⟦'|exists'⟧: true", "E304", "a keyword must be text"),
    .init("User|startswith: 'svc_'", "⟦''⟧: null", "E304", "a keyword must be text"),
    .init(
      "        User: 'svc_admin'\n        Token: null\n", "", at: "⟦filter_main_admin⟧", "E307",
      "selection `filter_main_admin` is empty"),
    .init(
      "    filter_main_admin:\n        User: 'svc_admin'\n        Token: null\n",
      "    ⟦filter_main_admin⟧: []\n", "E307", "selection `filter_main_admin` is empty"),
    .init(
      "    filter_main_admin:\n        User: 'svc_admin'\n        Token: null\n",
      "    ⟦filter_main_admin⟧: {}\n", "E307", "selection `filter_main_admin` is empty"),
    .init(
      "    filter_main_admin:\n        User: 'svc_admin'\n        Token: null\n",
      "    filter_main_admin: [a, ⟦null⟧]\n", "E304", "null cannot be a keyword"),
    .init(
      "    filter_main_admin:\n        User: 'svc_admin'\n        Token: null\n",
      "    filter_main_admin: [a, ⟦[]⟧]\n", "E307", "selection `filter_main_admin` is empty"),
    .init(
      "    condition: all of selection_* and not 1 of filter_main_*\n", "", at: "⟦s⟧el", "E306",
      "the rule has no `condition`"),
    .init(
      "all of selection_* and not 1 of filter_main_*", "[[a]]", at: "⟦[a]⟧", "E304",
      "`condition` must be a text or a list of texts"),
    .init(
      "all of selection_* and not 1 of filter_main_*", "", at: "ition:⟦⟧", "E304",
      "`condition` must be a text or a list of texts"),
    .init(
      "all of selection_*", "all of selections_*", at: "⟦all of selections_*⟧", "E202",
      "no selection's name matches `selections_*`"),
    .init("all of selection_*", "⟦all of selectoin_*⟧", "E202", "no selection's name matches `selectoin_*`"),
    .init("all of selection_*", "⟦selection⟧", "E202", "unknown selection `selection`"),
    .init("all of selection_*", "⟦selection_clu⟧", "E202", "unknown selection `selection_clu`"),
    .init("all of selection_*", "⟦selection_*⟧", "E101", "`selection_*` names several selections"),
    .init("all of selection_*", "⟦2⟧ of selection_*", "E206", "`2 of` is not a quantifier"),
    .init("all of selection_*", "⟦most⟧ of selection_*", "E206", "`most of` is not a quantifier"),
    .init("all of selection_*", "⟦ALL⟧ of selection_*", "E101", "`ALL` is written in capitals"),
    .init("all of selection_*", "all ⟦OF⟧ selection_*", "E101", "`OF` is written in capitals"),
    .init("selection_* and not", "selection_* ⟦AND⟧ not", "E101", "`AND` is written in capitals"),
    .init(
      "selection_* and not", "selection_* ⟦&⟧ not", "E101", "expected a name or a parenthesis, found `&`"),
    .init(
      "selection_* and not", "selection_* ⟦,⟧ not", "E101", "expected a name or a parenthesis, found `,`"),
    .init("and not 1", "and ⟦NOT⟧ 1", "E101", "`NOT` is written in capitals"),
    .init("and not 1", "and ⟦!⟧ 1", "E101", "expected a name or a parenthesis, found `!`"),
    .init("and not 1", "not 1", at: "⟦not⟧", "E101", "expected `and`, `or` or the end, found `not`"),
    .init("not 1 of filter_main_*", "not⟦⟧", "E101", "expected a selection, found the end"),
    .init(
      "not 1 of filter_main_*", "not 1 of⟦⟧", "E101",
      "expected `them` or a pattern, found the end"),
    .init("not 1 of filter_main_*", "not ⟦(⟧1 of filter_main_*", "E102", "this parenthesis is not closed"),
    .init(
      "not 1 of filter_main_*", "not 1 of filter_main_*⟦)⟧", "E101",
      "expected `and`, `or` or the end, found `)`"),
    .init(
      "not 1 of filter_main_*", "not 1 of ⟦(⟧filter_main_*)", "E101",
      "expected `them` or a pattern, found `(`"),
    .init(
      "not 1 of filter_main_*", "not 1 of filter_main_* ⟦| count() > 5⟧", "E330",
      "aggregations behind a `|` are no longer part of Sigma"),
    .init(
      "not 1 of filter_main_*", "not 1 of filter_main_* ⟦near⟧ x", "E101",
      "expected `and`, `or` or the end, found `near`"),
    .init(
      "not 1 of filter_main_*", "not 1 of filter_⟦?⟧", "E101", "expected a name or a parenthesis, found `?`"),
    .init(
      "not 1 of filter_main_*", "not filter_mäin", at: "⟦ä⟧", "E101",
      "expected a name or a parenthesis, found `ä`"),
    .init("title: Suspicious", "action: ⟦globl⟧\ntitle: Suspicious", "E206", "unknown action `globl`"),
    .init(
      "title: Suspicious", "action: ⟦repeat⟧\ntitle: Suspicious", "E305",
      "there is no rule before this one to repeat"),
    .init("title: Suspicious", "correlation: ⟦a⟧\ntitle: Suspicious", "E304", "`correlation` must be a map"),
    .init("detection:\n", "filter:\n", at: "⟦s⟧el", "E303", "the filter has no `rules`"),
  ]

  private static func replacing(_ part: String, _ other: String, in text: String) throws -> String {
    var text = text
    text.replaceSubrange(try #require(text.range(of: part)), with: other)
    return text
  }

  @Test("the rule itself is whole") func whole() throws {
    let documents = try Language.sigma.read(
      Source(text: BrokenRulesTests.rule), options: LanguageOptions())
    #expect(documents.count == 1 && documents[0].warnings.isEmpty)
    #expect(BrokenRulesTests.breakages.count >= 120)
  }

  @Test("each has one error, with code, message and place", arguments: breakages)
  func broken(_ breakage: Breakage) throws {
    var marked = try Self.replacing(breakage.part, breakage.replacement, in: BrokenRulesTests.rule)
    if let place = breakage.place {
      let plain = place.filter { $0 != "⟦" && $0 != "⟧" }
      marked = try Self.replacing(plain, place, in: marked)
    }
    let (text, span) = unmarked(marked)
    let source = Source(name: "rule.yml", text: text)
    let collection = Language.sigma.readAll(source, options: LanguageOptions())
    let errors = collection.refused.flatMap(\.errors)
    #expect(collection.documents.isEmpty)
    #expect(errors.map(\.code.rawValue) == [breakage.code])
    #expect(errors.map(\.message) == [breakage.message])
    #expect(errors.first?.labels.first?.span == span)
    #expect(errors.first?.source == source)
  }
}
