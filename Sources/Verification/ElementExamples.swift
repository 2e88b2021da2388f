import ConcordDetection
import ConcordDocuments

/// Values that answer the questions of a `some` together, and values that answer most of them: material for the search.
struct ElementExamples: Sendable {
  /// Values of which all holds.
  private(set) var yes: [Value] = []
  /// Values of which it does not, those that are close to holding first.
  private(set) var no: [Value] = []

  /// How many of each there are at most.
  private static let limit = 12

  /// Values for the path, from the boundary events of what is asked of one of them.
  init(at path: FieldPath, _ operand: Condition, fixtures: [Fixture]) {
    let single = PathShape(arrays: path.canonical.steps.map { _ in false })
    let own = fixtures.flatMap { fixture in
      fixture.event.values(at: path).prefix(3).map { found in
        Fixture(
          name: fixture.name, expected: operand.holds(of: fixture.event, with: found.value, at: path),
          event: fixture.event.placing(.value(found.value), at: path, single))
      }
    }
    let events = BoundaryEvents(for: operand, fixtures: Array(own.prefix(6)))
    var seen: Set<Value> = []
    for event in events.pairs.flatMap({ [$0.yes, $0.no] }) + events.events.prefix(60).map(\.event) {
      for found in event.values(at: path) where seen.insert(found.value).inserted {
        if operand.holds(of: event, with: found.value, at: path) {
          yes.append(found.value)
        } else {
          no.append(found.value)
        }
      }
    }
    (yes, no) = (Array(yes.prefix(ElementExamples.limit)), Array(no.prefix(ElementExamples.limit)))
  }
}
