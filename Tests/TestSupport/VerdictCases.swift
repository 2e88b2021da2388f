import ConcordDetection
import ConcordDocuments

/// Events on which a way to evaluate conditions may go astray, a condition, and what it says.
package enum VerdictCases {
  /// Keys twice, malformed text, canonical equivalence, emptiness, fan-out, folded case, numbers in texts.
  package static let corners: [(String, Condition, Bool)] = [
    (#"{"a":1,"a":2}"#, .test(FieldPath("a"), .text(.equals("2"), .exact)), true),
    (#"{"a":1,"a":2}"#, .test(FieldPath("a"), .text(.equals("1"), .exact)), false),
    (#"{"a":1,"a":null}"#, .test(FieldPath("a"), .present), false),
    (#"{"\ud800":1}"#, .test(FieldPath("\u{FFFD}"), .present), false),
    (#"{"a":"\ud800"}"#, .test(FieldPath("a"), .text(.equals("\u{FFFD}"), .exact)), true),
    (#"{"a":"é"}"#, .test(FieldPath("a"), .text(.equals("e\u{301}"), .exact)), false),
    (#"{"a":"x\r\ny"}"#, .test(FieldPath("a"), .text(.contains("\n"), .exact)), true),
    (#"{"a":["x"]}"#, .test(FieldPath("a"), .truthy), true),
    (#"{"a":[0]}"#, .test(FieldPath("a"), .truthy), true),
    (#"{"a":[]}"#, .test(FieldPath("a"), .truthy), false),
    (#"{"a":{}}"#, .test(FieldPath("a"), .truthy), true),
    (#"{"a":[]}"#, .test(FieldPath("a"), .array), true),
    (#"{"a":[{"b":[]}]}"#, .test(FieldPath("a", "b"), .array), true),
    (#"{"a":["x"]}"#, .not(.test(FieldPath("a"), .array)), false),
    (#"{"a":"x"}"#, .any([.test(FieldPath("a"), .array), .test(FieldPath("b"), .present)]), false),
    (#"{"a":0.0}"#, .test(FieldPath("a"), .truthy), false),
    (#"{"a":{"b":1.50}}"#, .test(FieldPath("a"), .text(.equals(#"{"b":1.50}"#), .exact)), true),
    (#"{"a":[{"b":["x","y"]}]}"#, .test(FieldPath("a", "b"), .text(.equals("y"), .exact)), true),
    (#"{"a":"KELVIN \u212a"}"#, .test(FieldPath("a"), .text(.suffix("k"), .ignored)), true),
    (#"{"a":"x","b":["X",null]}"#, .test(FieldPath("a"), .sameAs(FieldPath("b"), .ignored)), true),
    (#"{"a":"x","b":["X",null]}"#, .test(FieldPath("a"), .sameAs(FieldPath("b"), .exact)), false),
    (#"{"a":"1e400"}"#, .test(FieldPath("a"), .number(.greater, Number(5))), true),
    (#"{"a":" 5 "}"#, .test(FieldPath("a"), .number(.greater, Number(1))), false),
    (#"{"b":{"c":"x"},"a":1}"#, .anywhere(.equals("x"), .exact), true),
    (#"{"b":"x","b":"y"}"#, .anywhere(.equals("x"), .exact), false),
    (#"{"b":"x","b":"y"}"#, .anywhere(.equals("y"), .exact), true),
    (#"{"a b":"x","a":{"b":"y"}}"#, .test(FieldPath("a b"), .text(.equals("x"), .exact)), true),
    (#"{"é":"x"}"#, .test(FieldPath("e\u{301}"), .present), false),
    (#"{"a":"\"\\\u0001"}"#, .test(FieldPath("a"), .text(.equals("\"\\\u{1}"), .exact)), true),
    (#"{}"#, .not(.test(FieldPath("a"), .present)), true),
    (#"{}"#, .always(true), true),
  ]
}
