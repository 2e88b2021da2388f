import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordProof
import TestSupport
import Testing

@testable import ConcordSplunk

/// What a search asks of a table that is at hand.
@Suite("Lookups") struct LookupTests {
  private static let tools = Source(
    name: "tools.csv", text: "tool,kind,note\r\npsexec*,remote,\"a, \"\"b\"\"\"\nMIMIKATZ.exe,dump,c\n")
  private static let services = Source(name: "services.csv", text: "service,found\na,TRUE\nb,TRUE\nA*,TRUE\n")
  private static let definitions = Source(
    name: "lookups.yml",
    text: """
      - {name: tools, filename: tools.csv, match_type: WILDCARD(tool), min_matches: 1, default_match: 'no', case_sensitive_match: 'false', max_matches: 1}
      - {name: services, filename: services.csv, match_type: WILDCARD(service)}
      - {name: networks, filename: services.csv, match_type: CIDR(service)}
      - {name: timed, filename: services.csv, time_field: at}
      - {name: gone, filename: gone.csv}
      """)

  private static func rule(_ search: String) throws(Diagnostic) -> Rule {
    var options = LanguageOptions()
    options.splunk.extractedFields = true
    options.splunk.lookups = [tools, services, definitions]
    return try Language.splunk.read(Source(name: "q.spl", text: search), options: options)[0].rule
  }

  private static func holds(_ rule: Rule, _ texts: [String: String]) -> Bool {
    var object = Value.Object()
    for (key, text) in texts { object[key] = .string(text) }
    return rule.condition.holds(of: Event(object))
  }

  static let rows: [(search: String, found: [String], missed: [String])] = [
    ("kind=remote", ["psexec", "PSEXEC64.exe"], ["mimikatz.exe", "xpsexec", "other"]),
    ("kind=dump", ["mimikatz.exe", "Mimikatz.EXE"], ["mimikatz.exe ", "psexec"]),
    ("kind!=no", ["psexec", "mimikatz.exe"], ["other"]), ("kind=no", ["other", "xpsexec"], ["psexec"]),
    ("kind IN (remote, dump)", ["psexec", "mimikatz.exe"], ["other"]),
    ("NOT kind=no", ["psexec"], ["other"]), ("kind=*", ["psexec", "other"], []),
    ("kind=\"never\"", [], ["psexec", "other"]),
  ]

  @Test("questions behind stats are questions about the field that is looked up", arguments: rows)
  func asked(_ row: (search: String, found: [String], missed: [String])) throws {
    let options = "local=true update=true tools"
    let rule = try Self.rule(
      "f=x | stats count BY g | lookup \(options) tool AS g OUTPUT kind, note AS n | search \(row.search)")
    for text in row.found { #expect(Self.holds(rule, ["f": "x", "g": text]), "\(text)") }
    for text in row.missed { #expect(!Self.holds(rule, ["f": "x", "g": text]), "\(text)") }
  }

  @Test("a table's texts are asked by `where`, and by presence")
  func whereQuestions() throws {
    let found = try Self.rule(
      "f=x | stats count BY g | lookup services service AS g OUTPUT found | where found=\"TRUE\"")
    // Without a definition's word letter case counts, and `*` is one of `WILDCARD`.
    for (text, isFound) in ["a": true, "b": true, "Ab": true, "B": false, "ab": false] {
      #expect(Self.holds(found, ["f": "x", "g": text]) == isFound, "\(text)")
    }
    let none = try Self.rule(
      "f=x | stats count BY g | lookup services service AS g OUTPUT found | where isnull(found)")
    #expect(Self.holds(none, ["f": "x", "g": "c"]) && !Self.holds(none, ["f": "x", "g": "a"]))
    let named = try Self.rule(
      "f=x | stats count BY g | lookup tools.csv tool AS g OUTPUT kind | where kind=\"dump\"")
    #expect(
      Self.holds(named, ["f": "x", "g": "MIMIKATZ.exe"])
        && !Self.holds(named, ["f": "x", "g": "mimikatz.exe"]))
    // As a file it has no patterns.
    let plain = try Self.rule(
      "f=x | stats count BY g | lookup tools.csv tool AS g OUTPUT kind | search kind=remote")
    #expect(Self.holds(plain, ["f": "x", "g": "psexec*"]) && !Self.holds(plain, ["f": "x", "g": "psexec1"]))
  }

  @Test(
    "refused",
    arguments: [
      // A table that is not at hand, or is looked into in another way.
      (
        "f=x | stats count BY g | lookup gone service AS g OUTPUT found | search found=TRUE",
        "a question about `found`"
      ),
      (
        "f=x | stats count BY g | lookup other service AS g OUTPUT found | search found=TRUE",
        "a question about `found`"
      ),
      (
        "f=x | stats count BY g | lookup networks service AS g OUTPUT found | search found=TRUE",
        "a question about `found`"
      ),
      (
        "f=x | stats count BY g | lookup timed service AS g OUTPUT found | search found=TRUE",
        "a question about `found`"
      ),
      (
        "f=x | stats count BY g | lookup services service AS g OUTPUT none | search none=TRUE",
        "a question about `none`"
      ),
      (
        "f=x | stats count BY g | lookup services none AS g OUTPUT found | search found=TRUE",
        "a question about `found`"
      ),
      (
        "f=x | stats count BY g | lookup services service AS h OUTPUT found | search found=TRUE",
        "a question about `found`"
      ),
      (
        "f=x | stats count BY g | lookup services service AS g | search found=TRUE",
        "a question about `found`"
      ),
      // What the field held may stay.
      (
        "f=x | stats count BY g found | lookup services service AS g OUTPUTNEW found | search found=TRUE",
        "a question about `found`"
      ),
      // Where the field may be absent.
      ("f=x | lookup tools tool AS g OUTPUT kind | search kind=dump", "`kind` is not a field"),
      (
        "f=x | stats count BY g | lookup services service AS g OUTPUT found | where found>5", "is not a field"
      ),
    ])
  func refusal(_ search: String, _ words: String) {
    let error = #expect(throws: Diagnostic.self) { try Self.rule(search) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test(
    "a table that is none, and cells of which it is not told what they find",
    arguments: [
      ("a,b\n1\n", "this row has 1 cells, the names are 2"), ("", "no line of names"),
      ("service,found\n,TRUE\n", "a question about `found`"),
      ("service,found\na,\n", "a question about `found`"),
      ("service,found\nnu*,TRUE\n", "a question about `found`"),
      ("service,found\na*,TRUE\n*b,FALSE\n", "several values"),
      ("service,found\n\"a\nb\",TRUE\n", ""),
    ])
  func tables(_ text: String, _ words: String) {
    var options = LanguageOptions()
    options.splunk.extractedFields = true
    options.splunk.lookups = [
      Source(name: "d/s.csv", text: text),
      Source(name: "transforms.conf", text: "# it\n[s]\nfilename = s.csv\nmatch_type = WILDCARD(service)\n"),
    ]
    let search = "f=x | stats count BY g | lookup s service AS g OUTPUT found | search found=TRUE"
    do throws(Diagnostic) {
      let rule = try Language.splunk.read(Source(name: "q.spl", text: search), options: options)[0].rule
      #expect(words.isEmpty && Self.holds(rule, ["f": "x", "g": "a\nb"]))
    } catch {
      #expect(!words.isEmpty && error.message.contains(words), "\(error.message)")
    }
  }
}
