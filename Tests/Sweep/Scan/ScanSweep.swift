import Concord
import ConcordScan
import TestSupport

/// Asks the engine and the meaning of generated conditions and events and compares: `sweep scan equality [EVENTS]
/// [SEED]`. `sweep scan speed` measures.
enum ScanSweep {
  /// Runs what the first word names. The exit status: 0, 1 on a difference, 3 where the words are wrong.
  static func run(_ words: [String]) throws -> Int32 {
    let operands = Array(words.dropFirst())
    switch words.first {
    case "equality": return equality(operands.compactMap { UInt64($0) }) ? 0 : 1
    case "speed":
      try Speed.run(operands)
      return 0
    default: return 3
    }
  }

  /// Texts with a part in common, which the raw filter searches as one.
  private static let related: [Condition] = [
    .test(FieldPath("eventName"), .oneOf(["RunInstances", "TerminateInstances"], .exact)),
    .test(FieldPath("errorCode"), .oneOf(["TerminateInstances", "runinstances"], .ignored)),
  ]

  /// The wide version of the equality tests.
  private static func equality(_ numbers: [UInt64]) -> Bool {
    let total = Int(numbers.first ?? 1_000_000)
    let seed = numbers.dropFirst().first ?? 1
    let progress = Progress<Counts>("scan equality, seed \(seed)", of: (total + 99) / 100 * 100) { counts in
      print("events of 12 conditions: \(counts.line); \(counts.faults.count) differences")
    }
    var events = 0
    var round = seed &* 1_000_003
    while events < total {
      round &+= 1
      var conditionOptions = ConditionGenerator.Options()
      conditionOptions.depth = 3
      conditionOptions.fields = EventPool.fields
      var conditionGenerator = ConditionGenerator(seed: round, options: conditionOptions)
      var options = EventGenerator.Options()
      options.mistyped = 20
      var eventGenerator = EventGenerator(seed: round &+ 7, options: options)
      var spelling = JSONSpelling(seed: round &+ 13)
      let conditions = conditionGenerator.conditions(10) + related
      let ways = [
        RuleSet(conditions, indexThreshold: 1), RuleSet(conditions, indexThreshold: .max),
        RuleSet(Array(conditions.prefix(1)), indexThreshold: .max),
      ].map { $0.makeMatcher() }
      // Each condition alone, with a raw filter of its own, which may pass over an event with a fault in it.
      let alone = conditions.map { RuleSet([$0], checking: .candidates).makeMatcher() }
      var counts = Counts()
      for event in eventGenerator.events(100) {
        let bytes = spelling.bytes(event)
        let expected = ReferenceVerdict.matches(conditions, bytes)
        events += 1
        counts.add("events")
        if let expected { counts.add("hits", expected.count) } else { counts.add("no events") }
        for (way, matcher) in (ways + alone).enumerated() {
          let wanted =
            switch way {
            case 0, 1: expected
            case 2: expected?.filter { $0 == 0 }
            default: expected.map { $0.contains(way - 3) ? [0] : [] }
            }
          let found = bytes.withUnsafeBytes { try? matcher.matches($0) }
          if found == wanted || (way > 2 && wanted == nil && found == []) { continue }
          var lines = [
            "seed \(round), way \(way): engine \(found.map(String.init(describing:)) ?? "fault"), "
              + "meaning \(wanted.map(String.init(describing:)) ?? "fault")",
            String(decoding: bytes, as: UTF8.self),
          ]
          for index in Set(found ?? []).symmetricDifference(wanted ?? []).prefix(2) {
            lines.append("  \(Notation.print(conditions[way > 2 ? way - 3 : index]))")
          }
          counts.faults.append(lines.joined(separator: "\n"))
        }
      }
      progress.add(counts, of: 100)
    }
    return progress.finish().faults.isEmpty
  }
}
