import ConcordDetection
import ConcordDiagnostics
import ConcordNotation

/// What is read is printed, and read again as the same condition.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNotation(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let source = Source(text: String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
  do {
    let condition = try Notation.parse(source).condition(reading: .literal)
    let text = Notation.print(condition)
    let again = try? Notation.parse(Source(text: text)).condition(reading: .literal)
    precondition(again == condition, text)
  } catch {
    _ = DiagnosticRenderer().render(error)
  }
  return 0
}
