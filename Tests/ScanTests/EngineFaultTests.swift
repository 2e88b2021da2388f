import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordScan
import Testing

@Suite("Faults of events")
struct EngineFaultTests {
  static let cases: [(String, EventFault.Kind)] = [
    ("", .empty), (" \n", .empty), ("{", .malformed), ("1", .notAnObject), ("[{}]", .notAnObject),
    ("{} {}", .malformed), (#"{"a":01}"#, .malformed), ("[1,]", .malformed), ("tru", .malformed),
  ]

  @Test(arguments: cases)
  func kinds(_ text: String, _ kind: EventFault.Kind) {
    let matcher = RuleSet([.test(FieldPath("a"), .present)]).makeMatcher()
    let fault = #expect(throws: EventFault.self) {
      try Array(text.utf8).withUnsafeBytes { try matcher.matches($0) }
    }
    #expect(fault?.kind == kind)
  }
}
