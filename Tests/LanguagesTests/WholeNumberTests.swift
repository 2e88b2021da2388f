import ConcordDetection
import ConcordDocuments
import ConcordLanguages
import Testing

/// The question whether there is a number to add up, beside what is added up.
@Suite("Whole numbers")
struct WholeNumberTests {
  @Test(
    "a value is asked for as a number where a sum adds it, and only there",
    arguments: [
      ("5", true), ("007", true), ("999999999999999", true), ("5\n", false), ("\n5", false), (" 5", false),
      ("1000000000000000", false), ("-5", false), ("1.5", false), ("1e3", false), ("", false), ("٣", false),
    ])
  func asked(_ text: String, _ isNumber: Bool) {
    let path = FieldPath("bytes")
    let event = Event(Value.Object([.init("bytes", .string(text))]))
    #expect(event.wholeNumbers(at: path).isEmpty != isNumber)
    #expect(Condition.wholeNumber(path).holds(of: event) == isNumber)
  }
}
