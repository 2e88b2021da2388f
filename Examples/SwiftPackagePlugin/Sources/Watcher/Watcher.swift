/// Which of the module's rules fire on an event, by title.
public func alerts(for json: String) -> [String] {
  guard let event = Event(json: json) else { return [] }
  return Rules.all.filter { $0.matches(event) }.map(\.title)
}

/// Whether somebody stops a trail: the one rule, by its name.
public func isTrailStopped(_ json: String) -> Bool {
  Event(json: json).map(Rules.trailStopped) ?? false
}
