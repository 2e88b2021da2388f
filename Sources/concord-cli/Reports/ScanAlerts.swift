import Concord

/// What `scan` says of the alerts of rules that count.
enum ScanAlerts {
  /// An alert as a line of JSON: the rule, its group, its span, and what was counted.
  static func record(_ raised: AlertCounter.Raised, of rule: Rule, _ aggregate: Aggregate, head: [UInt8])
    -> [UInt8]
  {
    let group = zip(aggregate.group, raised.alert.group).map { key, text in
      Value.Object.Member(key.name, text.map { .string($0.string) } ?? .null)
    }
    let counts = zip(aggregate.columns, raised.counts).map { column, count in
      Value.Object.Member(column.name, .number(Number(count)))
    }
    var members: [Value.Object.Member] = [.init("group", .object(Value.Object(group)))]
    if let start = raised.alert.start, let span = aggregate.period.length {
      members.append(.init("start", .string(Instant(seconds: start).text)))
      members.append(.init("end", .string(Instant(seconds: start + span).text)))
    }
    members.append(.init("counts", .object(Value.Object(counts))))
    if let seconds = raised.seconds {
      members.append(.init("first", .string(Instant(seconds: seconds.lowerBound).text)))
      members.append(.init("last", .string(Instant(seconds: seconds.upperBound).text)))
    }
    return head + Array(",\"alert\":\(Value.object(Value.Object(members)).compactJSON)}\n".utf8)
  }

  /// An alert on a line for people.
  static func line(_ raised: AlertCounter.Raised, _ name: String, _ aggregate: Aggregate) -> String {
    let first = raised.alert.start ?? raised.seconds?.lowerBound
    var parts = [first.map { Instant(seconds: $0).text } ?? "no time", "alert", name]
    for (key, text) in zip(aggregate.group, raised.alert.group) {
      parts.append("\(key.name)=\(shortened(text?.string ?? "absent", to: 60))")
    }
    for (column, count) in zip(aggregate.columns, raised.counts) { parts.append("\(column.name): \(count)") }
    return TextLine(parts.joined(separator: "  ")).drawn(colour: false)
  }
}
