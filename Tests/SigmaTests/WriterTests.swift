import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import TestSupport
import Testing

@testable import ConcordSigma

/// A condition and the detection that it is written as, as compact JSON.
struct DetectionRow: Sendable, CustomTestStringConvertible {
  let name: String
  let condition: Condition
  let detection: String
  var testDescription: String { name }
}

/// A question about the field `f`.
func f(_ atom: Atom) -> Condition { .test(FieldPath("f"), atom) }
/// A question about the field `g`.
func g(_ atom: Atom) -> Condition { .test(FieldPath("g"), atom) }
/// An expression that the test's author knows to be one.
func regex(_ pattern: String, _ flags: PortableRegex.Flags = []) -> Atom {
  (try? PortableRegex(pattern, flags: flags)).map(Atom.regex) ?? .present
}
/// A number that the test's author knows to be one.
func number(_ comparison: Comparison, _ text: String) -> Atom {
  .number(comparison, Number(text) ?? Number(0))
}

/// The detection that a condition is written as.
func detection(_ condition: Condition) throws -> String {
  var rule = Rule(id: "r", title: "t", condition: condition)
  rule.logSources = [.cloudTrail]
  let documents = try SigmaWriter.documents(for: rule).documents
  guard case .object(let object) = documents[0].value, let detection = object["detection"] else { return "" }
  return detection.compactJSON
}

@Suite("Writing conditions as Sigma")
struct WriterTests {
  static let atoms: [DetectionRow] = [
    .init(
      name: "equal", condition: f(.text(.equals("A"), .exact)),
      detection: #"{"selection":{"f|cased":"A"},"condition":"selection"}"#),
    .init(
      name: "equal, letter case ignored", condition: f(.text(.equals("A"), .ignored)),
      detection: #"{"selection":{"f":"A"},"condition":"selection"}"#),
    .init(
      name: "empty text", condition: f(.text(.equals(""), .ignored)),
      detection: #"{"selection":{"f":""},"condition":"selection"}"#),
    .init(
      name: "prefix", condition: f(.text(.prefix("A"), .exact)),
      detection: #"{"selection":{"f|startswith|cased":"A"},"condition":"selection"}"#),
    .init(
      name: "suffix", condition: f(.text(.suffix("A"), .exact)),
      detection: #"{"selection":{"f|endswith|cased":"A"},"condition":"selection"}"#),
    .init(
      name: "contains", condition: f(.text(.contains("A"), .ignored)),
      detection: #"{"selection":{"f|contains":"A"},"condition":"selection"}"#),
    .init(
      name: "wildcards inside",
      condition: f(.text(Pattern([.literal("a"), .anyRun, .literal("b"), .anyOne]), .ignored)),
      detection: #"{"selection":{"f":"a*b?"},"condition":"selection"}"#),
    .init(
      name: "some of a list", condition: f(.oneOf(["a", "b"], .exact)),
      detection: #"{"selection":{"f|cased":["a","b"]},"condition":"selection"}"#),
    .init(
      name: "present", condition: f(.present),
      detection: #"{"selection":{"f|exists":true},"condition":"selection"}"#),
    .init(
      name: "absent", condition: .not(f(.present)),
      detection: #"{"selection":{"f":null},"condition":"selection"}"#),
    .init(
      name: "falsy", condition: .not(f(.truthy)),
      detection: #"{"selection":[{"f":null},{"f|cased":["","false","0"]}],"condition":"selection"}"#),
    .init(
      name: "truthy", condition: f(.truthy),
      detection:
        #"{"filter_main_f":[{"f":null},{"f|cased":["","false","0"]}],"condition":"not filter_main_f"}"#),
    .init(
      name: "expression", condition: f(regex("a.b")),
      detection: #"{"selection":{"f|re":"a.b"},"condition":"selection"}"#),
    .init(
      name: "expression with flags", condition: f(regex("a.b", [.ignoreCase, .dotAll])),
      detection: #"{"selection":{"f|re|i|s":"a.b"},"condition":"selection"}"#),
    .init(
      name: "greater", condition: f(number(.greater, "5")),
      detection: #"{"selection":{"f|gt":5},"condition":"selection"}"#),
    .init(
      name: "at most", condition: f(number(.lessOrEqual, "-1.50")),
      detection: #"{"selection":{"f|lte":-1.5},"condition":"selection"}"#),
    .init(
      name: "a number with an exponent as YAML 1.1 has it", condition: f(number(.less, "1e70")),
      detection: #"{"selection":{"f|lt":1.0e+70},"condition":"selection"}"#),
    .init(
      name: "network", condition: f(CIDR("10.0.0.0/8").map(Atom.network) ?? .present),
      detection: #"{"selection":{"f|cidr":"10.0.0.0/8"},"condition":"selection"}"#),
    .init(
      name: "another field", condition: f(.sameAs(FieldPath("user", "name"), .ignored)),
      detection: #"{"selection":{"f|fieldref":"user.name"},"condition":"selection"}"#),
    .init(
      name: "keyword", condition: .anywhere(.contains("a"), .ignored),
      detection: #"{"selection":"a","condition":"selection"}"#),
    .init(
      name: "keyword, letter case kept", condition: .anywhere(.contains("A"), .exact),
      detection: #"{"selection":{"|cased":"A"},"condition":"selection"}"#),
    .init(
      name: "any text anywhere", condition: .anywhere(.anything, .ignored),
      detection: #"{"selection":"*","condition":"selection"}"#),
    .init(
      name: "`[]` names no more than the field",
      condition: FieldPath(steps: [.name("items"), .each, .name("id")]).map {
        .test($0, .text(.equals("x"), .ignored))
      } ?? f(.present),
      detection: #"{"selection":{"items.id":"x"},"condition":"selection"}"#),
  ]

  @Test("one atom", arguments: atoms)
  func atom(_ row: DetectionRow) throws {
    #expect(try detection(row.condition) == row.detection)
  }

  @Test("a field that passes an array is noted: the platform decides whether one element is enough")
  func arrays() throws {
    let path = try #require(FieldPath(steps: [.name("items"), .each, .name("id")]))
    let rule = Rule(id: "r", title: "t", condition: .test(path, .text(.equals("x"), .ignored)))
    let notes = try SigmaWriter.documents(for: rule).notes
    #expect(notes.map(\.code.rawValue) == ["N442", "N445"])
    #expect(
      notes.map(\.message) == [
        "`items[].id` passes an array: the Sigma field is to match if some element does",
        "the rule names no log source; product `unknown` stands for it",
      ])
  }

  static let a = f(.text(.equals("a"), .ignored))
  static let b = g(.text(.equals("b"), .ignored))

  static let shapes: [DetectionRow] = [
    .init(
      name: "two names that look alike are two fields",
      condition: .any(
        ["\u{E9}", "e\u{301}"].map { .test(FieldPath($0), .text(.equals("a"), .ignored)) }),
      detection: "{\"selection\":[{\"\u{E9}\":\"a\"},{\"e\u{301}\":\"a\"}],\"condition\":\"selection\"}"),
    .init(
      name: "fields that must all match are one map", condition: .all([a, b]),
      detection: #"{"selection":{"f":"a","g":"b"},"condition":"selection"}"#),
    .init(
      name: "a disjunction is a list of maps", condition: .any([a, b]),
      detection: #"{"selection":[{"f":"a"},{"g":"b"}],"condition":"selection"}"#),
    .init(
      name: "maps within a list",
      condition: .any([.all([a, b]), g(.text(.equals("c"), .ignored))]),
      detection: #"{"selection":[{"f":"a","g":"b"},{"g":"c"}],"condition":"selection"}"#),
    .init(
      name: "what must not hold is a filter", condition: .all([a, .not(b)]),
      detection:
        #"{"selection":{"f":"a"},"filter_main_g":{"g":"b"},"condition":"selection and not filter_main_g"}"#
    ),
    .init(
      name: "several filters",
      condition: .all([a, .not(.any([b, .test(FieldPath("errorCode"), regex("x"))]))]),
      detection:
        #"{"selection":{"f":"a"},"filter_main_g":{"g":"b"},"filter_main_error_code":{"errorCode|re":"x"},"#
        + #""condition":"selection and not 1 of filter_main_*"}"#),
    .init(
      name: "an absent field needs no filter",
      condition: .all([a, .not(.test(FieldPath("errorCode"), .present))]),
      detection: #"{"selection":{"f":"a","errorCode":null},"condition":"selection"}"#),
    .init(
      name: "values of one field and one modifier are one list",
      condition: .any([f(.text(.prefix("a"), .ignored)), f(.text(.prefix("b"), .ignored))]),
      detection: #"{"selection":{"f|startswith":["a","b"]},"condition":"selection"}"#),
    .init(
      name: "null stands alone", condition: .any([f(.text(.equals("a"), .ignored)), .not(f(.present))]),
      detection: #"{"selection":[{"f":"a"},{"f":null}],"condition":"selection"}"#),
    .init(
      name: "all of several texts",
      condition: .all([f(.text(.contains("a"), .ignored)), f(.text(.contains("b"), .ignored))]),
      detection: #"{"selection":{"f|contains|all":["a","b"]},"condition":"selection"}"#),
    .init(
      name: "all of several keywords",
      condition: .all([.anywhere(.contains("a"), .ignored), .anywhere(.contains("b"), .ignored)]),
      detection: #"{"selection":{"|all":["a","b"]},"condition":"selection"}"#),
    .init(
      name: "some of several keywords",
      condition: .any([.anywhere(.contains("a"), .ignored), .anywhere(.contains("b"), .ignored)]),
      detection: #"{"selection":["a","b"],"condition":"selection"}"#),
    .init(
      name: "keywords beside fields", condition: .all([a, .anywhere(.contains("k"), .ignored)]),
      detection:
        #"{"selection_main":{"f":"a"},"selection_keywords":"k","condition":"all of selection_*"}"#),
    .init(
      name: "a disjunction beside fields", condition: .all([a, .any([b, f(.present)])]),
      detection:
        #"{"selection_main":{"f":"a"},"selection_g":[{"g":"b"},{"f|exists":true}],"#
        + #""condition":"all of selection_*"}"#),
    .init(
      name: "a negation within a disjunction", condition: .all([a, .any([b, .not(f(regex("x")))])]),
      detection:
        #"{"selection":{"f":"a"},"selection_g":{"g":"b"},"filter_f":{"f|re":"x"},"#
        + #""condition":"selection and (selection_g or not filter_f)"}"#),
    .init(
      name: "whole numbers are numbers", condition: f(.oneOf(["4624", "-1", "007", "1.5", "a"], .ignored)),
      detection: #"{"selection":{"f":[4624,-1,"007","1.5","a"]},"condition":"selection"}"#),
    .init(
      name: "with letter case a number is text", condition: f(.text(.equals("5"), .exact)),
      detection: #"{"selection":{"f|cased":"5"},"condition":"selection"}"#),
    .init(
      name: "modifiers rather than wildcards",
      condition: .all([
        f(.text(Pattern([.anyRun, .literal("a"), .anyOne, .literal("b"), .anyRun]), .ignored)),
        g(.text(Pattern([.literal("a"), .anyRun, .literal("b"), .anyRun]), .ignored)),
      ]),
      detection: #"{"selection":{"f|contains":"a?b","g|startswith":"a*b"},"condition":"selection"}"#),
    .init(
      name: "some of a list and all of another are two keys of one map",
      condition: .all([
        f(.text(.contains("x"), .ignored)), f(.text(.contains("y"), .ignored)),
        .any([f(.text(.contains("a"), .ignored)), f(.text(.contains("b"), .ignored))]),
      ]),
      detection:
        #"{"selection":{"f|contains|all":["x","y"],"f|contains":["a","b"]},"condition":"selection"}"#),
    .init(
      name: "values that differ in letter case only are one",
      condition: .any([f(.text(.contains("a"), .ignored)), f(.text(.contains("A"), .ignored))]),
      detection: #"{"selection":{"f|contains":"a"},"condition":"selection"}"#),
    .init(
      name: "two expressions for one field are two selections",
      condition: .all([f(regex("x")), f(regex("y"))]),
      detection:
        #"{"selection_main":{"f|re":"x"},"selection_f":{"f|re":"y"},"condition":"all of selection_*"}"#),
    .init(
      name: "flags of an expression are modifiers", condition: f(regex("(?im)x", .dotAll)),
      detection: #"{"selection":{"f|re|i|m|s":"x"},"condition":"selection"}"#),
    .init(
      name: "what a list cannot say is a group",
      condition: .all([
        a,
        .any([
          b, .test(FieldPath("Image"), .text(.equals("i"), .ignored)), .all([b, .not(f(regex("x")))]),
          .all([f(regex("x")), f(regex("y"))]),
        ]),
      ]),
      detection:
        #"{"selection":{"f":"a"},"selection_g":[{"g":"b"},{"Image":"i"}],"selection_1_g":{"g":"b"},"#
        + #""filter_1_f":{"f|re":"x"},"selection_2_f":{"f|re":"x"},"selection_2_f_2":{"f|re":"y"},"#
        + #""condition":"selection and (selection_g or selection_1_g and not filter_1_f or all of selection_2_*)"}"#
    ),
    .init(
      name: "no name falls under the pattern of others",
      condition: .all([
        f(regex("x")), f(regex("y")),
        .any([.test(FieldPath("main", "x"), .text(.equals("i"), .ignored)), .not(b)]),
      ]),
      detection:
        #"{"selection_main_f":{"f|re":"x"},"selection_main_f_2":{"f|re":"y"},"part_3":{"main.x":"i"},"#
        + #""filter_g":{"g":"b"},"condition":"all of selection_main_* and (part_3 or not filter_g)"}"#),
    .init(
      name: "a negated conjunction of several selections",
      condition: .all([a, .not(.all([b, f(regex("x")), f(regex("y"))]))]),
      detection:
        #"{"selection":{"f":"a"},"filter_1_g":{"g":"b","f|re":"x"},"filter_1_f":{"f|re":"y"},"#
        + #""condition":"selection and not all of filter_1_*"}"#),
    .init(
      name: "a negated conjunction", condition: .not(.all([a, b])),
      detection: #"{"filter_main_f":{"f":"a","g":"b"},"condition":"not filter_main_f"}"#),
    .init(
      name: "not a, or not b", condition: .any([.not(a), .not(b)]),
      detection: #"{"filter_main_f":{"f":"a","g":"b"},"condition":"not filter_main_f"}"#),
    .init(
      name: "both absent, or one", condition: .any([.not(f(.present)), .all([a, b])]),
      detection: #"{"selection":[{"f":null},{"f":"a","g":"b"}],"condition":"selection"}"#),
    .init(
      name: "two lists for one field",
      condition: .all([f(.oneOf(["a", "b"], .ignored)), f(.oneOf(["b", "c"], .ignored))]),
      detection:
        #"{"selection_main":{"f":["a","b"]},"selection_f":{"f":["b","c"]},"condition":"all of selection_*"}"#),
  ]

  @Test("arranged as rule authors do", arguments: shapes)
  func shape(_ row: DetectionRow) throws {
    #expect(try detection(row.condition) == row.detection)
  }

  /// Text and what is written for it; the rows are those of the specification's table of escapes.
  @Test(
    "escapes",
    arguments: [
      ("a\\b", "a\\b"), ("a*b", "a\\*b"), ("a?b", "a\\?b"), ("a\\*b", "a\\\\\\*b"), ("a\\\\b", "a\\\\\\b"),
      ("a\\", "a\\"), ("a\\\\", "a\\\\\\"), ("C:\\Windows\\", "C:\\Windows\\"),
      ("\\\\server", "\\\\\\server"),
    ])
  func escapes(_ text: String, _ written: String) {
    #expect(SigmaLiteral.written(text) == written)
    #expect(SigmaLiteral.pattern(written) == .equals(text))
  }

  @Test("a backslash before a wildcard is doubled")
  func backslashBeforeWildcard() {
    let pattern = Pattern([.literal("C:\\"), .anyRun, .literal("\\x"), .anyOne])
    #expect(SigmaLiteral.written(pattern.pieces) == "C:\\\\*\\x?")
    #expect(SigmaLiteral.pattern("C:\\\\*\\x?") == pattern)
  }
}

@Suite("What Sigma cannot express")
struct RefusalTests {
  static let rows: [(Condition, String, String)] = [
    (.always(true), "E417", "Sigma cannot express a condition that is true of every event"),
    (
      .some(FieldPath("a"), .not(.test(FieldPath("a", "b"), .present))), "E435",
      "Sigma cannot ask several questions of one value at `a`"
    ),
    (.test(FieldPath("a"), .array), "E436", "Sigma cannot tell whether `a` is an array or one value"),
    (.always(false), "E417", "Sigma cannot express a condition that is false of every event"),
    (
      FieldPath(steps: [.name("a"), .index(0)]).map { .test($0, .present) } ?? .always(true), "E418",
      "Sigma cannot ask for one element of an array, as `a[0]` does"
    ),
    (
      .test(FieldPath("a", "b.c"), .present), "E406",
      "Sigma cannot spell the field `a.\"b.c\"`: the name `b.c` holds a `.`"
    ),
    (
      .test(FieldPath("a|b"), .present), "E406",
      "Sigma cannot spell the field `\"a|b\"`: the name `a|b` holds a `|`"
    ),
    (.test(FieldPath(""), .present), "E406", "Sigma cannot spell the field `\"\"`: the name `` is empty"),
    (
      f(.sameAs(FieldPath("a*b"), .ignored)), "E406",
      "Sigma cannot refer to the field `\"a*b\"`: its name holds a wildcard or a backslash"
    ),
    (
      f(.sameAs(FieldPath("g"), .exact)), "E408",
      "Sigma cannot compare `f` with `g` in exact letter case"
    ),
    (
      .anywhere(.equals("a"), .ignored), "E401",
      "Sigma cannot ask whether some field is, begins or ends with a text"
    ),
    (
      .anywhere(.prefix("a"), .ignored), "E401",
      "Sigma cannot ask whether some field is, begins or ends with a text"
    ),
    (
      FieldPath(steps: [.name("a"), .each, .name("b")]).map { .test($0, .truthy) } ?? .always(true), "E419",
      "Sigma cannot ask whether `a[].b` is truthy: it passes an array"
    ),
    (f(number(.less, "1e400")), "E414", "Sigma cannot compare with `1e400`: it is beyond a double's range"),
  ]

  @Test("refused by name", arguments: rows.indices)
  func refused(_ index: Int) {
    let (condition, code, message) = RefusalTests.rows[index]
    let diagnostic = #expect(throws: Diagnostic.self) { try detection(condition) }
    #expect(diagnostic?.code.rawValue == code)
    #expect(diagnostic?.message == message)
  }
}
