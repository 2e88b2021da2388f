import ConcordDiagnostics

/// Where the names stand that pipelines give to fields: of which log source the events are that have them.
///
/// A pipeline says it in variables, which every reader of pipelines takes: `'place:NewProcessName': windows/security`.
/// A `*` at the end stands for any rest of a name; of several the longest counts.
struct PipelinePlaces: Sendable {
  /// A log source as a pipeline writes it, `windows/security`.
  typealias Name = String

  private static let prefix = "place:"
  private var exact: [ScalarText: Name] = [:]
  private var beginnings: [(beginning: String, place: Name)] = []
  /// What a pipeline asks of events of that log source.
  private var conditions: [ScalarText: SigmaSelectionBody] = [:]

  /// No name has a place.
  init() {}

  /// The places that variables state. `condition`: what the pipelines ask of events of a log source; `nil` for nothing.
  init(_ variables: [ScalarText: [String]], condition: (SigmaLogSource) -> SigmaSelectionBody?) {
    for (key, values) in variables {
      guard key.string.hasPrefix(PipelinePlaces.prefix), let place = values.first, values.count == 1 else {
        continue
      }
      let name = String(key.string.dropFirst(PipelinePlaces.prefix.count))
      if name.hasSuffix("*") {
        beginnings.append((String(name.dropLast()), place))
      } else {
        exact[ScalarText(name)] = place
      }
      if conditions[ScalarText(place)] == nil {
        conditions[ScalarText(place)] = condition(PipelinePlaces.logSource(place))
      }
    }
    beginnings.sort { $0.beginning.utf8.count > $1.beginning.utf8.count }
  }

  /// The place of a name; `nil` where no pipeline says it.
  func place(of name: String) -> Name? {
    exact[ScalarText(name)] ?? beginnings.first { name.utf8.starts(with: $0.beginning.utf8) }?.place
  }

  /// What is asked of events that stand in a place; `nil` where the pipelines ask nothing of them.
  func condition(of place: Name) -> SigmaSelectionBody? { conditions[ScalarText(place)] }

  private static func logSource(_ place: Name) -> SigmaLogSource {
    let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
    return SigmaLogSource(product: parts.first, service: parts.dropFirst().first)
  }
}
