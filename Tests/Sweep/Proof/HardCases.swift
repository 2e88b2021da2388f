import Concord
import Foundation
import TestSupport

/// Conditions made to be hard, each in a process of its own: `sweep proof hard`. Every one must end in a verdict, or
/// in `unknown` with a bound, within the limits stated here.
enum HardCases {
  static let seconds = 20.0
  static let megabytes = 600

  struct Case: Sendable {
    let name: String
    let arrays: Prover.Arrays
    /// The verdicts that are right: the true one, and `unknown` where a bound may be met.
    let verdicts: [String]
    let pair: @Sendable () -> (Condition, Condition)

    init(
      _ name: String, _ verdicts: String..., arrays: Prover.Arrays = .anywhere,
      pair: @escaping @Sendable () -> (Condition, Condition)
    ) {
      self.name = name
      self.verdicts = verdicts
      self.arrays = arrays
      self.pair = pair
    }
  }

  private static let x = FieldPath("x")
  private static func text(_ pattern: Pattern, _ letterCase: LetterCase = .exact, _ path: FieldPath = x)
    -> Condition
  {
    .test(path, .text(pattern, letterCase))
  }
  private static func contains(_ count: Int) -> [Condition] {
    // Each is in ten others.
    (0..<count).map { text(.contains("a\($0)")) }
  }
  private static func regex(_ pattern: String) -> Condition {
    (try? PortableRegex(pattern)).map { .test(x, .regex($0)) } ?? .always(true)
  }
  private static func wildcard(_ texts: [String]) -> Pattern {
    Pattern(texts.flatMap { [.literal($0), .anyRun] })
  }
  private static func atom(_ number: Int) -> Condition { text(.equals("v"), .exact, FieldPath("f\(number)")) }

  static let all: [Case] = [
    Case("4,432 texts, as a list and one by one", "equal") {
      let texts = (0..<4432).map { "text \($0)" }
      return (.test(x, .oneOf(texts, .exact)), .any(texts.reversed().map { text(.equals($0)) }))
    },
    Case("4,432 texts, one less", "narrower") {
      let texts = (0..<4432).map { "text \($0)" }
      return (.test(x, .oneOf(texts, .ignored)), .test(x, .oneOf(Array(texts.dropLast()), .ignored)))
    },
    Case("4,432 `contains` apart, one less", "narrower") {
      let atoms = (0..<4432).map { text(.contains("<\($0)>")) }
      return (.any(atoms), .any(Array(atoms.dropLast())))
    },
    Case("4,432 `contains` apart, all but one required", "wider") {
      let atoms = (0..<4432).map { text(.contains("<\($0)>")) }
      return (.all(atoms), .all(Array(atoms.dropLast())))
    },
    Case("4,432 `contains` that overlap, shuffled", "equal") {
      let atoms = contains(4432)
      return (.any(atoms), .any(atoms.reversed()))
    },
    Case("2,000 `contains` that overlap, and the shortest", "equal") {
      (.any(contains(2000)), .any(contains(10)))
    },
    Case("2,000 `contains` that overlap, all required", "equal", "unknown") {
      (.all(contains(2000)), .all(Array(contains(2000).suffix(1990)) + contains(10)))
    },
    Case("2,000 `contains` that overlap, one not", "wider") {
      (.any(contains(1000) + [.not(text(.contains("zz")))]), .always(true))
    },
    Case("100 lists of 1,000 texts that overlap", "equal") {
      let lists = (0..<100).map { list in
        Condition.test(x, .oneOf((0..<1000).map { "\($0 + list * 37)" }, .exact))
      }
      return (.any(lists), .any(lists.reversed() + lists))
    },
    Case("all casings of 11 letters", "equal", "unknown") {
      let letters = Array("bcdefghjlmn".unicodeScalars)
      let all = (0..<(1 << letters.count)).map { bits in
        String(
          String.UnicodeScalarView(
            letters.enumerated().map { index, letter in
              bits >> index & 1 == 0 ? letter : Unicode.Scalar(letter.value - 32) ?? letter
            }))
      }
      return (text(.equals("bcdefghjlmn"), .ignored), .test(x, .oneOf(all, .exact)))
    },
    Case("nested wildcards", "different") {
      let one = (0..<20).map { "a\($0)" }
      return (text(wildcard(one)), text(wildcard(Array(one.reversed()))))
    },
    Case("nested wildcards, one more", "wider") {
      let one = (0..<20).map { "a\($0)" }
      return (text(wildcard(one)), text(wildcard(Array(one.dropLast()))))
    },
    Case("wildcards of one letter", "wider") {
      (
        text(Pattern((0..<30).flatMap { _ in [.literal("a"), .anyRun] })),
        text(Pattern((0..<29).flatMap { _ in [.literal("a"), .anyRun] }))
      )
    },
    Case("an automaton of 2^24 states", "wider", "unknown") {
      (regex("\\A(a|b)*a(a|b){24}\\z"), regex("\\A(a|b)*(a|b){24}\\z"))
    },
    Case("an automaton of 2^24 states, said otherwise", "equal", "unknown") {
      (regex("\\A(a|b)*a(a|b){24}\\z"), regex("\\A[ab]*a[ab]{12}[ab]{12}\\z"))
    },
    Case("counted repeats", "wider") { (regex("\\Aa{1,1000}\\z"), regex("\\Aa{1,1000}a?\\z")) },
    Case("counted repeats within counted repeats", "narrower", "unknown") {
      (regex("(a{1,100}b){1,60}"), regex("(a{1,99}b){2,60}"))
    },
    Case("nested repeats", "equal") { (regex("\\A((a*)*)*\\z"), regex("\\Aa*\\z")) },
    Case("12 `contains` of one value, none of 12 others", "wider", "unknown", arrays: .onlyWhereWritten) {
      let atoms = contains(12) + (20..<32).map { .not(text(.contains("a\($0)"))) }
      return (.all(atoms), .all(Array(atoms.dropLast())))
    },
    Case("60 `contains` of one value, none of 60 others", "wider", "unknown", arrays: .onlyWhereWritten) {
      let atoms =
        (0..<60).map { text(.contains("<\($0)>")) } + (60..<120).map { .not(text(.contains("<\($0)>"))) }
      return (.all(atoms), .all(Array(atoms.dropLast())))
    },
    Case("300 contradictions", "equal") {
      let parts = (0..<300).map { number in
        Condition.all([text(.prefix("p\(number)-")), .not(text(.contains("\(number)-")))])
      }
      return (.any(parts), .always(false))
    },
    Case("300 contradictions of ignored case", "equal") {
      let parts = (0..<300).map { number in
        Condition.all([text(.prefix("p\(number)-")), .not(text(.contains("P\(number)"), .ignored))])
      }
      return (.any(parts), .always(false))
    },
    Case("2,000 thresholds", "wider") {
      let atoms = (1...2000).map { Condition.test(x, .number(.greater, Number($0))) }
      return (.all(atoms), .any(atoms))
    },
    Case("2,000 networks, cut in halves", "equal") {
      let whole = (0..<1000).compactMap { CIDR("10.\($0 / 250).\($0 % 250).0/24") }
      let halves = (0..<1000).flatMap { number in
        [0, 128].compactMap { CIDR("10.\(number / 250).\(number % 250).\($0)/25") }
      }
      return (.any(whole.map { .test(x, .network($0)) }), .any(halves.map { .test(x, .network($0)) }))
    },
    Case("nested 300 deep", "narrower") { (nested(300), .all([nested(300), atom(1)])) },
    Case("nested 5,000 deep", "unknown") { (nested(5000), nested(4999)) },
    Case("pairs in an order that is bad for one side", "different", "narrower", "wider", "unknown") {
      let pairs = (0..<60).map { Condition.all([atom($0), atom($0 + 60)]) }
      return (
        .all([.any((0..<60).map(atom)), .any((60..<120).map(atom)), .any(pairs)]), .any(pairs.dropLast())
      )
    },
    Case("clauses without structure", "narrower", "equal", "unknown") {
      var random = SeededGenerator(seed: 3)
      let clauses = (0..<252).map { _ in
        Condition.any(
          (0..<3).map { _ in
            let literal = atom(random.number(0...59))
            return random.chance(50) ? literal : .not(literal)
          })
      }
      return (.all(clauses), .always(false))
    },
    Case("pigeons", "equal", "unknown") {
      let pigeon = { (pigeon: Int, hole: Int) in text(.equals("\(hole)"), .exact, FieldPath("p\(pigeon)")) }
      let placed = (0..<9).map { one in Condition.any((0..<8).map { pigeon(one, $0) }) }
      let alone = (0..<8).flatMap { hole in
        (0..<9).flatMap { one in (0..<one).map { Condition.not(.all([pigeon(one, hole), pigeon($0, hole)])) }
        }
      }
      return (.all(placed + alone), .always(false))
    },
    Case("1,000 fields", "wider") {
      let atoms = (0..<1000).map(atom)
      return (.all(atoms), .any(atoms))
    },
    Case("30 fields compared with each other", "wider", "unknown") {
      let same = (0..<29).map {
        Condition.test(FieldPath("f\($0)"), .sameAs(FieldPath("f\($0 + 1)"), .exact))
      }
      return (.all(same), .all(Array(same.dropLast())))
    },
  ]

  private static func nested(_ depth: Int) -> Condition {
    (0..<depth).reduce(atom(0)) { inner, level in
      level % 2 == 0 ? .any([atom(level + 2), inner]) : .all([atom(level + 2), inner])
    }
  }

  /// Runs the case of that number and prints its line; 1 where a limit is exceeded or the verdict is wrong.
  static func run(_ number: Int) -> Int32 {
    guard all.indices.contains(number) else { return 3 }
    let given = all[number]
    let (first, second) = given.pair()
    let start = ContinuousClock.now
    let proof = Prover(arrays: given.arrays).compare(first, second)
    let took = ContinuousClock.now - start
    let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
    let peak = peakMegabytes
    var problems: [String] = []
    if !given.verdicts.contains(proof.verdict.name) { problems.append("expected \(given.verdicts)") }
    if seconds > HardCases.seconds { problems.append("more than \(HardCases.seconds) s") }
    if peak > megabytes { problems.append("more than \(megabytes) MB") }
    var verdict = proof.verdict.name
    if case .unknown(let bound) = proof.verdict { verdict = "unknown: \(bound)" }
    let cost = "\((seconds * 1000).rounded() / 1000) s, \(peak) MB"
    let size =
      "\(proof.statistics.atoms) atoms, \(proof.statistics.nodes) nodes, \(proof.statistics.cases) cases"
    print("\(given.name): \(verdict); \(cost); \(size)\(problems.isEmpty ? "" : " FAILED: \(problems)")")
    return problems.isEmpty ? 0 : 1
  }

  private static var peakMegabytes: Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") }),
      let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
    else { return 0 }
    return kilobytes / 1024
  }

  /// Runs all cases, each in a process of its own.
  static func runAll() -> Int32 {
    let progress = Progress<Counts>("proof hard", of: all.count) { print($0.line) }
    for number in all.indices {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
      process.arguments = ["proof", "hard", "\(number)"]
      guard (try? process.run()) != nil else { return 3 }
      process.waitUntilExit()
      let failed = process.terminationStatus != 0
      let crashed = process.terminationReason == .uncaughtSignal
      progress.add(
        failed
          ? Counts("failed", faults: ["\(all[number].name): \(crashed ? "crashed" : "failed")"])
          : Counts("right"))
    }
    print("limits \(seconds) s, \(megabytes) MB")
    return progress.finish().faults.isEmpty ? 0 : 1
  }
}
