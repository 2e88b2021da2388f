import ConcordDetection
import ConcordDocuments
import Foundation

/// Recorded events that the public Sigma rules must match: `corpora/sigma-regression`.
public struct RegressionCase: Sendable {
  /// The rule's path in the public rule set.
  public let path: String
  /// The rule's text.
  public let text: String
  /// The events as they were recorded: Windows' XML as JSON.
  public let recorded: [Value]
  /// How many of the events the rule must match at least.
  public let minimum: Int

  /// The events with the flat field names that the rules speak of.
  public var events: [Event] { recorded.map(RegressionCase.flattened) }

  /// All cases; none (with a word on standard error) where this machine has no corpus.
  public static func all() throws -> [RegressionCase] {
    guard let file = Shared.url("corpora/sigma-regression/cases.jsonl"),
      let rules = Shared.url("corpora/sigma")
    else {
      Engine.note("skipped the regression cases: no corpus")
      return []
    }
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      guard case .object(let object) = try JSON.parse(String(line)),
        case .string(let path)? = object["rule"], case .array(let recorded)? = object["events"],
        case .number(let minimum)? = object["min_matches"]
      else { throw CocoaError(.coderInvalidValue) }
      let text = try String(contentsOf: rules.appendingPathComponent(path), encoding: .utf8)
      return RegressionCase(path: path, text: text, recorded: recorded, minimum: Int(minimum.double))
    }
  }

  /// How the fields of Windows' rules meet a recorded event: the rules speak of flat names, the events are XML as
  /// JSON. The names of `EventData` and `UserData` come first, without spaces, then the scalars of `System`, then
  /// its attributes as `Provider_Name`; process creation is also known by the names of Security event 4688.
  private static func flattened(_ event: Value) -> Event {
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
}
