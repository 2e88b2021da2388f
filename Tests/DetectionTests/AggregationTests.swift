import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Testing

/// Semantics rows 16 to 20.
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

  private static func asks(_ text: String) -> Condition {
    .test(FieldPath("k"), .text(.equals(text), .exact))
  }
  private static let chosen = Aggregate.Key(
    named: "who", [.init(asks("1"), FieldPath("a")), .init(asks("2"), FieldPath("b"))])

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
      (
        [chosen],
        [#"0 {"k":1,"a":"x","b":"y"}"#, #"1 {"k":2,"a":"z","b":"x"}"#, #"2 {"k":3,"a":"u","b":"u"}"#],
        ["x"]
      ),
      ([chosen], [#"0 {"k":[1,2],"a":"x","b":"y"}"#, #"1 {"k":1,"b":"y"}"#], ["x"]),
      ([chosen.keepingAbsent(true)], [#"0 {"k":3,"a":"u"}"#, #"1 {"k":2,"a":"u"}"#], ["~"]),
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

  @Test(
    "spans that end every so many seconds",
    arguments: [
      // The first second of each span of which the threshold, two or more, holds.
      (30, 20, ["0 {}", "19 {}"], ["-10:"]),
      (30, 20, ["0 {}", "20 {}"], []),
      (30, 20, ["10 {}", "19 {}"], ["-10:", "10:"]),
      (30, 20, ["10 {}", "39 {}"], ["10:"]),
      (30, 20, ["9 {}", "39 {}"], []),
      (30, 20, ["39 {}", "10 {}"], ["10:"]),
      (30, 20, ["-1 {}", "-20 {}"], ["-30:"]),
      (30, 20, ["-1 {}", "9 {}"], ["-10:"]),
      (20, 20, ["0 {}", "19 {}", "20 {}"], ["0:"]),
      (5, 20, ["15 {}", "19 {}"], ["15:"]),
      (5, 20, ["14 {}", "14 {}"], []),
      (30, 20, ["- {}", "3 {}"], []),
      (30, 20, [], []),
    ])
  func hops(_ length: Int, _ every: Int, _ lines: [String], _ expected: [String]) throws {
    let count = Aggregate.Column("n", .count)
    let aggregate = Aggregate(
      in: .hops(length, every: every), columns: [count], threshold: Aggregate.atLeast(2, "n"))
    #expect(try alerts(aggregate, lines) == expected)
    var counter = AlertCounter(aggregate)
    for logged in try log(lines) { counter.add(logged) }
    #expect(counter.raised.compactMap(\.alert.start).map { "\($0):" } == expected)
  }

  @Test("a key of cases has a form of its own")
  func cases() {
    let a = FieldPath("a")
    let (one, two) = (Self.asks("1"), Self.asks("2"))
    #expect(Aggregate.Key(named: "x", [.init(.always(true), a)]) == Aggregate.Key(a))
    #expect(Aggregate.Key(named: "x", [.init(one, a), .init(two, a)]).cases == [.init(.any([one, two]), a)])
    #expect(
      Aggregate.Key(
        named: "x", [.init(.always(false), a), .init(.always(true), a), .init(one, FieldPath("b"))])
        == Aggregate.Key(a))
    #expect(Aggregate.Key(named: "x", []).path(of: Event(Value.Object())) == nil)
    #expect(Self.chosen.path == nil && Self.chosen.description == "who (a or b)")
    #expect(Self.chosen == Aggregate.Key(named: "other", Self.chosen.cases))
    let there = Condition.any([
      .all([one, .test(a, .present)]),
      .all([.not(one), two, .test(FieldPath("b"), .present)]),
    ])
    #expect(Self.chosen.isThere == there)
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

  /// Puts events in order and against it to the meaning and to a counter, in all time and in windows.
  private func expectCount(_ measure: Aggregate.Measure, of lines: [String], is expected: Int) throws {
    let log = try log(lines)
    #expect(measure.count(of: log) == expected)
    for period in [Aggregate.Period.whole, .spans(100), .windows(100)] {
      for events in [log, log.reversed()] where !events.isEmpty {
        let aggregate = Aggregate(
          in: period, columns: [Aggregate.Column("m", measure)], threshold: Aggregate.atLeast(expected, "m"))
        var counter = AlertCounter(aggregate)
        for logged in events { counter.add(logged) }
        #expect(counter.raised.first?.counts == [expected], "\(period)")
        let above = Aggregate(
          in: period, columns: aggregate.columns, threshold: Aggregate.atLeast(expected + 1, "m"))
        #expect(above.alerts(of: events).isEmpty)
        var none = AlertCounter(above)
        for logged in events { none.add(logged) }
        #expect(none.raised.isEmpty)
      }
    }
  }

  @Test(
    "sums",
    arguments: [
      ([#"0 {"a":5}"#, #"0 {"a":"7"}"#], 12), ([#"0 {"a":5.0}"#, #"0 {"a":"007"}"#], 12),
      ([#"0 {"a":1.5}"#, #"0 {"a":-5}"#, #"0 {"a":"1e3"}"#, #"0 {"a":" 5"}"#, #"0 {"a":"x"}"#], 0),
      ([#"0 {"a":1e3}"#], 1000), ([#"0 {"a":true}"#, #"0 {"a":null}"#, #"0 {}"#], 0),
      ([#"0 {"a":[1,2,2,"x"]}"#], 5), ([], 0),
      ([#"0 {"a":999999999999999}"#, #"0 {"a":1000000000000000}"#], 999_999_999_999_999),
    ] as [([String], Int)])
  func sums(_ lines: [String], _ expected: Int) throws {
    try expectCount(.sum(FieldPath("a")), of: lines, is: expected)
  }

  @Test("a sum that leaves its window, and one beyond every number")
  func slidingSums() throws {
    let lines = [#"0 {"a":5}"#, #"60 {"a":"x"}"#, #"120 {"a":6}"#, #"130 {"a":1}"#]
    let aggregate = Aggregate(
      in: .windows(100), columns: [Aggregate.Column("m", .sum(FieldPath("a")))],
      threshold: Aggregate.atLeast(7, "m"))
    #expect(try alerts(aggregate, lines) == ["30:"])
    var counter = AlertCounter(aggregate)
    for logged in try log(lines) { counter.add(logged) }
    #expect(counter.raised.map(\.alert.start) == [30])
    var sum = WholeSum()
    for _ in 0..<20_000 { sum.add(999_999_999_999_999) }
    #expect(sum.clamped == .max)
  }

  @Test(
    "averages",
    arguments: [
      // Values, a comparison with a bound, whether it holds.
      ("5 6", ">", "5", true), ("5 5", ">", "5", false), ("5 5", ">=", "5", true), ("5 6", ">=", "5.5", true),
      ("5 6", ">", "5.5", false), ("5 6", "<=", "5.5", true), ("5 6", "<", "5.5", false),
      ("0 1", ">", "-1", true),
      ("", "<", "5", false), ("x", "<=", "5", false), ("1 x 2.5", "<=", "1", true),
      ("1 1 2", ">", "1.333", true),
      ("1 1 2", "<", "1.334", true), ("0", "<=", "0", true),
      ("999999999999999", ">", "999999999999.999", true),
    ])
  func averages(_ values: String, _ sign: String, _ bound: String, _ expected: Bool) throws {
    let lines = values.split(separator: " ").map { "0 {\"a\":\"\($0)\"}" }
    let comparison = try #require(Comparison(rawValue: sign))
    let limit = try #require(Number(bound).flatMap(AverageBound.init))
    try expectCount(.average(FieldPath("a"), comparison, limit), of: lines, is: expected ? 1 : 0)
  }

  @Test("what an average is compared with", arguments: ["1234567890123", "0.0001", "1e20", "-1234567890123"])
  func boundsOfAverages(_ text: String) throws {
    #expect(AverageBound(try #require(Number(text))) == nil)
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
