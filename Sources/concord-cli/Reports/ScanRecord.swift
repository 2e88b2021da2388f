import Concord

/// A match as a line of JSON: the rule, the place, the time, and the event with its own bytes.
enum ScanRecord {
  /// What every match of a rule begins with.
  static func head(_ rule: Rule) -> [UInt8] {
    var members: [Value.Object.Member] = [
      .init("rule", .string(rule.id)), .init("title", .string(rule.title)),
    ]
    if let severity = rule.severity { members.append(.init("severity", .string(severity.rawValue))) }
    return Array(Value.object(Value.Object(members)).compactJSON.utf8.dropLast())
  }

  static func append(
    to output: inout [UInt8], head: [UInt8], _ match: ScanBatch.Match, _ batch: ScanBatch,
    explanation: Value?
  ) {
    output += head
    output += ",\"source\":\(Value.string(batch.name).compactJSON)".utf8
    switch match.place {
    case .line(let line): output += ",\"line\":\(line)".utf8
    case .event(let event): output += ",\"number\":\(event)".utf8
    }
    if let time = match.time { output += ",\"time\":\"\(time.text)\"".utf8 }
    if let explanation { output += ",\"explanation\":\(explanation.compactJSON)".utf8 }
    output += ",\"event\":".utf8
    output += batch.event(match)
    output += "}\n".utf8
  }
}

extension Condition {
  /// The tests that decided, each with the values of its fields, as JSON.
  func explanationJSON(_ event: Event) -> Value {
    .array(
      deciding(event).map { test in
        let values = test.paths.map { path in
          Value.Object.Member(path.description, .array(event.values(at: path).map(\.value)))
        }
        return .object(
          Value.Object([
            .init("test", .string(Notation.print(test))), .init("values", .object(Value.Object(values))),
          ]))
      })
  }

  /// The same for people, a line each.
  func explanation(_ event: Event) -> [String] {
    deciding(event).map { test in
      let values = test.paths.map { path in
        let texts = event.values(at: path).map(\.value.compactJSON)
        return "\(path) = \(texts.isEmpty ? "absent" : shortened(texts.joined(separator: ", "), to: 100))"
      }
      return ([shortened(Notation.print(test), to: 120)] + values).joined(separator: "    ")
    }
  }
}
