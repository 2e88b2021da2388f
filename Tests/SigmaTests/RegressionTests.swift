import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSigma
import Foundation
import TestSupport
import Testing

/// How the fields of Windows' rules meet a recorded event: the rules speak of flat names, the events are XML as
/// JSON. The names of `EventData` and `UserData` come first, without spaces, then the scalars of `System`, then
/// its attributes as `Provider_Name`; process creation is also known by the names of Security event 4688.
private func flattened(_ event: Value) -> Event {
  var object = Value.Object()
  func put(_ name: String, _ value: Value) {
    let name = name.replacing(" ", with: "")
    if object[name] == nil { object[name] = value }
  }
  func walk(_ value: Value) {
    guard case .object(let inner) = value else { return }
    for member in inner.members {
      if case .object = member.value { walk(member.value) } else { put(member.key, member.value) }
    }
  }
  guard case .object(let root) = event, case .object(let record)? = root["Event"] else {
    return Event(object)
  }
  for part in ["EventData", "UserData"] { if let data = record[part] { walk(data) } }
  if case .object(let system)? = record["System"] {
    for member in system.members {
      if case .object(let inner) = member.value {
        guard case .object(let attributes)? = inner["#attributes"] else { continue }
        for attribute in attributes.members { put("\(member.key)_\(attribute.key)", attribute.value) }
      } else {
        put(member.key, member.value)
      }
    }
  }
  for (name, other) in [("Image", "NewProcessName"), ("ParentImage", "ParentProcessName")] {
    if let value = object[other] { put(name, value) }
  }
  return Event(object)
}

@Suite("Recorded events that the public rules must match")
struct RegressionTests {
  @Test("natively and by the runner")
  func matches() throws {
    guard let file = Shared.url("corpora/sigma-regression/cases.jsonl"),
      let rules = Shared.url("corpora/sigma")
    else {
      Engine.note("skipped the regression cases: no corpus")
      return
    }
    var (cases, events, natively, bySigma) = (0, 0, 0, 0)
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      guard case .object(let object) = try JSON.parse(String(line)),
        case .string(let path)? = object["rule"], case .array(let recorded)? = object["events"],
        case .number(let minimum)? = object["min_matches"]
      else { throw CocoaError(.coderInvalidValue) }
      let text = try String(contentsOf: rules.appendingPathComponent(path), encoding: .utf8)
      let documents = try SigmaLanguage().read(Source(name: path, text: text), options: LanguageOptions())
      let flat = recorded.map(flattened)
      let native = flat.count { event in documents.contains { $0.rule.condition.holds(of: event) } }
      let run = try SigmaLanguage().run(text, on: flat, options: LanguageOptions()).count { $0 }
      #expect(Double(native) >= minimum.double, "\(path)")
      #expect(run == native, "\(path)")
      cases += 1
      events += flat.count
      natively += Double(native) >= minimum.double ? 1 : 0
      bySigma += Double(run) >= minimum.double ? 1 : 0
    }
    print(
      "regression: \(cases) cases, \(events) events; match natively \(natively), by the runner \(bySigma)")
    #expect(cases == 87)
  }
}
