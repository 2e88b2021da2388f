import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Testing

/// Semantics rows 16 to 19.
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
    "windows that end at any event",
    arguments: [
      // The first second of each window of which the threshold, two or more, holds.
      (["0 {}", "10 {}"], ["0:"]),
      (["0 {}", "11 {}"], []),
      (["-5 {}", "5 {}"], ["-5:"]),
      (["9 {}", "10 {}"], ["0:"]),
      (["3 {}", "3 {}"], ["-7:"]),
      (["3 {}", "3 {}", "8 {}", "19 {}"], ["-7:", "-2:"]),
      (["8 {}", "3 {}"], ["-2:"]),
      (["- {}", "3 {}"], []),
      (["3 {}"], []),
      ([], []),
    ])
  func windows(_ lines: [String], _ expected: [String]) throws {
    let count = Aggregate.Column("n", .count)
    let aggregate = Aggregate(in: .windows(10), columns: [count], threshold: Aggregate.atLeast(2, "n"))
    #expect(try alerts(aggregate, lines) == expected)
    var counter = AlertCounter(aggregate)
    for logged in try log(lines).reversed() { counter.add(logged) }
    // Of windows that overlap a counter names the first.
    #expect(counter.raised.compactMap(\.alert.start).map { "\($0):" } == Array(expected.prefix(1)))
  }

  @Test("windows of groups, and runs of windows")
  func groupedWindows() throws {
    let count = Aggregate.Column("n", .count)
    let aggregate = Aggregate(
      by: [AggregationTests.a], in: .windows(10), columns: [count], threshold: Aggregate.atLeast(2, "n"))
    let lines = [
      #"0 {"a":"x"}"#, #"1 {"a":"y"}"#, #"9 {"a":"x"}"#, #"15 {"a":"x"}"#, #"40 {"a":["x","y"]}"#,
      #"41 {"a":"x"}"#,
    ]
    #expect(try alerts(aggregate, lines) == ["-1:x", "5:x", "31:x"])
    var counter = AlertCounter(aggregate)
    for logged in try log(lines) { counter.add(logged) }
    #expect(counter.raised.map(\.alert.start) == [-1, 31])
    #expect(counter.raised.map(\.seconds) == [0...15, 40...41])
    #expect(counter.raised.map(\.counts) == [[2], [2]])
  }

  @Test(
    "events in order",
    arguments: [
      (["0 ab"], 2), (["0 a", "1 b"], 2), (["1 b", "0 a"], 2), (["0 b", "1 a"], 1), (["0 b"], 0),
      (["5 a", "5 b"], 2), (["5 b", "5 a"], 2), (["0 a", "1 b", "2 c"], 3), (["0 a", "2 b", "1 c"], 2),
      (["0 a", "1 c", "2 b", "3 a"], 2), (["- a", "1 b"], 0), ([], 0), (["0 c", "1 b", "2 a"], 1),
    ])
  func inOrder(_ lines: [String], _ expected: Int) throws {
    let steps = ["a", "b", "c"].map { Condition.test(FieldPath("s"), .text(.contains($0), .exact)) }
    let log = try log(
      lines.map { line in
        let parts = line.split(separator: " ")
        return "\(parts[0]) {\"s\":\"\(parts[1])\"}"
      })
    #expect(Aggregate.Measure.inOrder(steps).count(of: log) == expected)
    let column = Aggregate.Column("steps", .inOrder(steps))
    for period in [Aggregate.Period.whole, .windows(100)] {
      for bound in 1...3 {
        let aggregate = Aggregate(
          in: period, columns: [column], threshold: Aggregate.atLeast(bound, "steps"))
        var counter = AlertCounter(aggregate)
        for logged in log { counter.add(logged) }
        #expect(counter.raised.isEmpty == (bound > expected), "\(period) \(bound)")
        #expect(aggregate.alerts(of: log).isEmpty == (bound > expected), "\(period) \(bound)")
      }
    }
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
    #expect(measure.count(of: events) == expected)
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
