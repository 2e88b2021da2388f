import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordAthena

/// What another compiler writes for a condition (pySigma-backend-athena e8a11bd with pySigma 1.5.1, on columns of
/// CloudTrail's table), and an event that shows the difference.
struct Peer: CustomTestStringConvertible, Sendable {
  let name: String
  let condition: Condition
  let theirs: String
  let json: String
  /// The code with which Athena refuses their text; `nil` where it runs and gives another verdict.
  var refused: String?
  var testDescription: String { name }
}

@Suite("Peers' known faults") struct AthenaPeerTests {
  static let rows: [Peer] = [
    Peer(
      name: "a quote becomes code", condition: text(eventName, .equals("x' OR 1=1 --"), .ignored),
      theirs: #"LOWER(eventName) = 'x\' or 1=1 --'"#, json: #"{"eventName": "anything"}"#),
    Peer(
      name: "a quote breaks the text", condition: text(eventName, .equals("it's"), .ignored),
      theirs: #"LOWER(eventName) = 'it\'s'"#, json: #"{"eventName": "it's"}"#, refused: "E102"),
    Peer(
      name: "NOT loses events without the field",
      condition: .all([
        text(eventName, .equals("ListBuckets"), .ignored),
        .not(text(userType, .equals("AssumedRole"), .ignored)),
      ]),
      theirs: "LOWER(eventName) = 'listbuckets' AND NOT LOWER(userIdentity.type) = 'assumedrole'",
      json: #"{"eventName": "ListBuckets", "userIdentity": {"invokedBy": "x"}}"#),
    Peer(
      name: "a lone star becomes a quote",
      condition: .not(.test(FieldPath("errorMessage"), .present)),
      theirs: #"NOT (LOWER(errorMessage) LIKE '''%' ESCAPE '\')"#, json: #"{"eventName": "a"}"#),
    Peer(
      name: "JSON text is no row",
      condition: text(FieldPath("additionalEventData", "MFAUsed"), .equals("No"), .ignored),
      theirs: "LOWER(additionalEventData.MFAUsed) = 'no'",
      json: #"{"additionalEventData": {"MFAUsed": "No"}}"#,
      refused: "E301"),
    Peer(
      name: "backslashes of an expression are doubled",
      condition: (try? PortableRegex(#"\d+\.exe$"#)).map { .test(eventName, .regex($0)) } ?? .always(false),
      theirs: #"REGEXP_LIKE(eventName, '\\d+\\.exe$')"#, json: #"{"eventName": "a1.exe"}"#),
    Peer(
      name: "backslashes of a text are doubled", condition: text(eventName, .equals(#"C:\a.exe"#), .ignored),
      theirs: #"LOWER(eventName) = 'c:\\a.exe'"#, json: #"{"eventName": "C:\\a.exe"}"#),
    Peer(
      name: "LIKE's escapes leak into a list",
      condition: .test(FieldPath("userAgent"), .oneOf(["aws_sdk", "boto_core"], .ignored)),
      theirs: #"LOWER(userAgent) IN ('aws\_sdk', 'boto\_core')"#, json: #"{"userAgent": "aws_sdk"}"#),
    Peer(
      name: "case folding is not lower case", condition: text(eventName, .equals("Straße"), .ignored),
      theirs: "LOWER(eventName) = 'strasse'", json: #"{"eventName": "Straße"}"#),
    Peer(
      name: "text is not compared with a boolean", condition: text(readOnly, .equals("false")),
      theirs: "readOnly = false", json: #"{"readOnly": false}"#, refused: "E301"),
    Peer(
      name: "text is not compared with numbers",
      condition: .test(FieldPath("apiVersion"), .oneOf(["1", "2"], .ignored)),
      theirs: "LOWER(apiVersion) IN (1, 2)", json: #"{"apiVersion": "1"}"#, refused: "E301"),
    Peer(
      name: "an array is no row", condition: text(FieldPath("resources", "ARN"), .equals("x")),
      theirs: "resources.ARN = 'x'", json: #"{"resources": [{"ARN": "x"}]}"#, refused: "E301"),
    Peer(
      name: "an address is not a text's prefix",
      condition: (CIDR("10.0.0.0/8").map { .test(FieldPath("sourceIPAddress"), .network($0)) })
        ?? .always(false),
      theirs: "LOWER(sourceIPAddress) LIKE '10.%'", json: #"{"sourceIPAddress": "10.example.com"}"#),
    Peer(
      name: "one text that is not a number fails the query",
      condition: .test(FieldPath("apiVersion"), .number(.greater, Number(5))),
      theirs: "CAST(apiversion AS double) > 5", json: #"{"apiVersion": "2014-11-01"}"#, refused: "E302"),
  ]

  @Test("ours agrees with the meaning, theirs does not", arguments: rows) func row(_ row: Peer) throws {
    let language = Language.athena
    let event = try #require(Event(try JSON.parse(row.json)))
    let meant = row.condition.holds(of: event)
    let ours = try language.write(
      Rule.ofCloudTrail(row.condition), options: LanguageOptions())
    #expect(try language.run(ours.text, on: [event], options: LanguageOptions()) == [meant])
    let theirs = "SELECT * FROM cloudtrail_logs WHERE \(row.theirs)"
    if let code = row.refused {
      let error = #expect(throws: Diagnostic.self) {
        try language.run(theirs, on: [event], options: LanguageOptions())
      }
      #expect(error?.code.rawValue == code)
    } else {
      #expect(try language.run(theirs, on: [event], options: LanguageOptions()) == [!meant])
    }
  }
}

@Suite("Broken text") struct AthenaBrokenTextTests {
  /// Queries with pieces cut out, doubled, exchanged and put in: each parses, and then prints to a text of the
  /// same tree, or is refused. None may crash.
  @Test("mutated queries", arguments: [51, 52, 53, 54] as [UInt64]) func mutated(_ seed: UInt64) throws {
    var options = ConditionGenerator.Options()
    options.questions = ConditionGenerator.Question.allCases.filter { $0 != .anywhere }
    var generator = ConditionGenerator(seed: seed, options: options)
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "'", "\"", "(", ")", "--", "/*", "U&'", "\\", "NOT ", " AND ", " IN (", "CASE ", "\u{0}", "é", ".",
      "1E", "ARRAY[", "CAST(",
    ]
    var (parsed, refused) = (0, 0)
    for condition in generator.conditions(60) {
      guard
        let query = try? Language.athena.write(
          Rule.ofCloudTrail(condition), options: PoolTable.options)
      else { continue }
      for _ in 0..<5 {
        var scalars = Array(query.text.unicodeScalars)
        for _ in 0..<random.number(1...3) {
          let place = random.number(0...(scalars.count - 1))
          let end = min(scalars.count, place + random.number(0...12))
          let piece = Array((random.element(of: pieces) ?? "").unicodeScalars)
          scalars.replaceSubrange(place..<end, with: random.chance(50) ? piece : [])
        }
        let source = Source(text: String(String.UnicodeScalarView(scalars)))
        do {
          let tree = try AthenaParser.query(source)
          parsed += 1
          #expect(try AthenaParser.query(Source(text: AthenaPrinter.text(tree))) == tree)
          _ = try? Language.athena.run(source.text, on: [event([])], options: PoolTable.options)
          _ = try? Language.athena.read(source, options: PoolTable.options)
        } catch { refused += 1 }
      }
    }
    print("athena broken text, seed \(seed): \(parsed) parsed, \(refused) refused")
    #expect(parsed > 10 && refused > 50)
  }
}
