import ConcordDiagnostics
import ConcordDocuments

/// Whatever is read is written back as the same value, by every way of reading.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let source = Source(text: String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
  _ = try? JSON.lines(source)
  do {
    let value = try JSON.parse(source)
    let others = [
      try JSON.node(source).value, try JSON.parse(value.compactJSON), try JSON.parse(value.prettyJSON),
    ]
    let lines = try JSON.lines(Source(text: value.compactJSON))
    precondition(others.allSatisfy { $0 == value } && lines.map(\.value) == [value])
  } catch {
    _ = DiagnosticRenderer().render(error)
    precondition((try? JSON.node(source)) == nil)
  }
  return 0
}
