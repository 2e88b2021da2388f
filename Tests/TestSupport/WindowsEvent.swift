import ConcordDetection
import ConcordDocuments

/// Recorded Windows events as public rules name their fields.
package enum WindowsEvent {
  /// The events are XML as JSON, the rules speak of flat names: those of `EventData` and `UserData` come first,
  /// without spaces, then the scalars of `System`, then its attributes as `Provider_Name`; process creation is also
  /// known by the names of Security event 4688.
  package static func flattened(_ event: Value) -> Event {
    var object = Value.Object()
    func put(_ name: String, _ value: Value) {
      let name = String(String.UnicodeScalarView(name.unicodeScalars.filter { $0 != " " }))
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
        guard case .object(let inner) = member.value else {
          put(member.key, member.value)
          continue
        }
        guard case .object(let attributes)? = inner["#attributes"] else { continue }
        for attribute in attributes.members { put("\(member.key)_\(attribute.key)", attribute.value) }
      }
    }
    for (name, other) in [("Image", "NewProcessName"), ("ParentImage", "ParentProcessName")] {
      if let value = object[other] { put(name, value) }
    }
    return Event(object)
  }
}
