import ConcordDiagnostics
import ConcordDocuments

/// Events balance, nodes stand in order, and the value of every document survives being written and read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAML(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let source = Source(text: String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
  do {
    checkBalance(try YAML.events(source))
    for node in try YAML.documents(source) {
      let value = node.value
      let text = try YAML.write(value)
      let again = try? YAML.documents(Source(text: text)).map(\.value)
      precondition(again == [value], text)
    }
  } catch {
    _ = DiagnosticRenderer().render(error)
  }
  return 0
}

private func checkBalance(_ events: [YAMLEvent]) {
  var open = 0
  for (event, next) in zip(events, events.dropFirst()) {
    precondition(event.span.start <= event.span.end && event.span.start <= next.span.start)
    switch event.kind {
    case .sequenceStart, .mappingStart, .documentStart: open += 1
    case .sequenceEnd, .mappingEnd, .documentEnd: open -= 1
    case .alias, .scalar, .streamStart, .streamEnd: break
    }
    precondition(open >= 0)
  }
  precondition(open == 0)
}
