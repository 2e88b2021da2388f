extension Condition {
  /// Why the condition says what it says of the event: the questions that decided, as the condition asks them. Each is
  /// answered as the whole condition is, so all of them hold, or none does.
  ///
  /// Of an `all` that fails these are the questions of every operand that fails, since each must change before it
  /// holds; of an `any` that holds those of the first operand that does.
  public func deciding(_ event: Event) -> [Condition] { deciding(event, holds: holds(of: event)) }

  private func deciding(_ event: Event, holds: Bool) -> [Condition] {
    switch kind {
    case .always: []
    case .test, .some, .anywhere, .place: [self]
    case .not(let operand): operand.deciding(event, holds: !holds).map { .not($0) }
    case .all(let operands):
      operands.filter { $0.holds(of: event) == holds }.flatMap { $0.deciding(event, holds: holds) }
    case .any(let operands):
      operands.filter { $0.holds(of: event) == holds }.prefix(holds ? 1 : .max)
        .flatMap { $0.deciding(event, holds: holds) }
    }
  }
}
