import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Testing

/// Semantics rows 16 to 18.
@Suite("Alerts of a log")
struct AggregationTests {
  /// The log of these lines, each the second of an event, a blank and its JSON; `-` for an unknown time.
  private func log(_ lines: [String]) throws -> [LoggedEvent] {
    try lines.map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      let event = try #require(Event(try JSON.parse(String(parts[1]))))
      return LoggedEvent(event, at: Int(parts[0]))
    }
  }

  /// The alerts as `start:text,text`, absent groups as `~`.
  private func alerts(_ aggregate: Aggregate, _ lines: [String]) throws -> [String] {
    let log = try log(lines)
    return aggregate.alerts(of: log).map { alert in
      let group = alert.group.map { $0?.string ?? "~" }.joined(separator: ",")
      return alert.start.map { "\($0):\(group)" } ?? group
    }
  }

  private static let a = Aggregate.Key(FieldPath("a"))
  private static let b = Aggregate.Key(FieldPath("b"))
  private static let aOrAbsent = Aggregate.Key(FieldPath("a"), keepsAbsent: true)

  @Test(
    "groups",
    arguments: [
      ([a], [#"0 {"a":"x"}"#, #"1 {"a":"y"}"#, #"2 {"a":"x"}"#], ["x", "y"]),
      ([a], [#"0 {"a":"x"}"#, #"1 {"a":"X"}"#], ["x", "X"]),
      ([a], [#"0 {"a":5}"#, #"1 {"a":5.0}"#, #"2 {"a":"5"}"#, #"3 {"a":"5.0"}"#], ["5", "5.0"]),
      ([a], [#"0 {"b":"x"}"#, #"1 {"a":null}"#, #"2 {"a":[]}"#, #"3 {"a":[null]}"#], []),
      ([aOrAbsent], [#"0 {"b":"x"}"#, #"1 {"a":null}"#, #"2 {"a":"z"}"#], ["~", "z"]),
      ([a], [#"0 {"a":""}"#], [""]),
      ([a], [#"0 {"a":["x","y","x"]}"#], ["x", "y"]),
      ([a, b], [#"0 {"a":["x","y"],"b":[1,2]}"#], ["x,1", "x,2", "y,1", "y,2"]),
      ([a, b], [#"0 {"a":"x"}"#, #"1 {"a":"x","b":"y"}"#], ["x,y"]),
      ([aOrAbsent, b], [#"0 {"b":"y"}"#], ["~,y"]),
      ([], [#"0 {"a":"x"}"#], [""]),
      ([], [], [""]),
      ([a], [], []),
    ] as [([Aggregate.Key], [String], [String])])
  func groups(_ keys: [Aggregate.Key], _ lines: [String], _ expected: [String]) throws {
    #expect(try alerts(Aggregate(by: keys), lines) == expected)
  }

  @Test(
    "spans",
    arguments: [
      (["0 {}", "599 {}", "600 {}"], ["0:", "600:"]),
      (["-1 {}", "-600 {}", "-601 {}"], ["-600:", "-1200:"]),
      (["- {}"], []),
      ([], []),
      (["700 {}", "1 {}", "2 {}"], ["600:", "0:"]),
    ])
  func spans(_ lines: [String], _ expected: [String]) throws {
    #expect(try alerts(Aggregate(span: 600), lines) == expected)
  }

  @Test(
    "measures",
    arguments: [
      (.count, 4), (.present(FieldPath("a")), 3), (.distinct(FieldPath("a")), 3),
      (.matching(.test(FieldPath("a"), .text(.equals("x"), .exact))), 2),
      (.matching(.not(.test(FieldPath("a"), .present))), 1),
      (.distinct(FieldPath("b")), 0), (.present(FieldPath("b")), 0),
    ] as [(Aggregate.Measure, Int)])
  func measures(_ measure: Aggregate.Measure, _ expected: Int) throws {
    let events = try log([#"0 {"a":"x"}"#, #"0 {"a":["x","X",5]}"#, #"0 {"a":5.0}"#, #"0 {"b":null}"#])
    #expect(measure.count(of: events.map(\.event)) == expected)
  }

  @Test(
    "thresholds",
    arguments: [
      (Aggregate.atLeast(2, "n"), [false, false, true, true]),
      (.not(Aggregate.atLeast(2, "n")), [true, true, false, false]),
      (.all([Aggregate.atLeast(1, "n"), .not(Aggregate.atLeast(2, "n"))]), [false, true, false, false]),
      (Aggregate.atLeast(0, "n"), [true, true, true, true]),
      (Aggregate.atLeast(-1, "n"), [true, true, true, true]),
    ])
  func thresholds(_ threshold: Condition, _ expected: [Bool]) throws {
    let aggregate = Aggregate(columns: [.init("n", .count)], threshold: threshold)
    let verdicts = try expected.indices.map { count in
      try !alerts(aggregate, Array(repeating: "0 {}", count: count)).isEmpty
    }
    #expect(verdicts == expected)
  }

  @Test func canonicalForm() {
    let count = Aggregate.Column("n", .count)
    let users = Aggregate.Column("users", .distinct(FieldPath("user")))
    let one = Aggregate(
      by: [AggregationTests.b, AggregationTests.a], span: 60, columns: [count, users],
      threshold: .all([Aggregate.atLeast(5, "n"), Aggregate.atLeast(2, "users")]))
    let other = Aggregate(
      by: [AggregationTests.a, AggregationTests.b], span: 60,
      columns: [
        .init("x", .distinct(FieldPath("user"))), .init("shown", .present(FieldPath("c"))),
        .init("y", .count),
      ],
      threshold: .all([Aggregate.atLeast(5, "y"), Aggregate.atLeast(2, "x")]))
    #expect(one != other)
    #expect(one.canonical == other.canonical)
    #expect(one.canonicalOrder == [1, 0])
    for changed in [
      Aggregate(by: one.group, span: 61, columns: one.columns, threshold: one.threshold),
      Aggregate(by: [one.group[0]], span: 60, columns: one.columns, threshold: one.threshold),
      Aggregate(
        by: [one.group[0], AggregationTests.aOrAbsent], span: 60, columns: one.columns,
        threshold: one.threshold),
      Aggregate(by: one.group, span: 60, columns: one.columns, threshold: Aggregate.atLeast(5, "n")),
    ] {
      #expect(changed.canonical != other.canonical)
    }
    // A group that is there has an event, one that nothing divides may have none.
    let least = Aggregate.atLeast(1, "n")
    #expect(Aggregate(by: one.group, columns: [count], threshold: least).threshold == .always(true))
    #expect(Aggregate(columns: [count], threshold: least).threshold == least)
  }

  @Test("a condition counts alike wherever it was written")
  func conditionsOfMeasures() {
    let span = Span(Position(line: 1, column: 4), Position(line: 1, column: 5))
    func counting(_ origin: Span?) -> Aggregate {
      let asked = Condition.test(FieldPath("a"), .text(.equals("x"), .exact), origin: origin)
      return Aggregate(
        by: [AggregationTests.b], columns: [.init("n", .matching(asked))],
        threshold: Aggregate.atLeast(2, "n"))
    }
    #expect(counting(span).canonical == counting(nil).canonical)
  }

  @Test("the alerts of a detection are of its events alone")
  func detections() throws {
    var detection = Detection(condition: .test(FieldPath("e"), .text(.equals("fail"), .exact)))
    let lines = [#"0 {"e":"fail","a":"x"}"#, #"1 {"e":"ok","a":"x"}"#, #"2 {"e":"fail","a":"x"}"#]
    #expect(detection.alerts(in: try log(lines)) == [])
    detection.aggregate = Aggregate(
      by: [AggregationTests.a], columns: [.init("n", .count)], threshold: Aggregate.atLeast(2, "n"))
    #expect(detection.alerts(in: try log(lines)) == [Alert(group: [ScalarText("x")], start: nil)])
    #expect(detection.alerts(in: try log(Array(lines.dropFirst()))) == [])
  }
}
