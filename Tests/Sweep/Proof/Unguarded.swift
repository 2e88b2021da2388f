import Concord
import Foundation
import TestSupport

/// Rules as the usual SQL without guards against NULL: `sweep proof unguarded FOLDER`.
///
/// Of each rule with `not` the plain query is read back and compared with the rule, and all witnesses are put to
/// DuckDB: it must miss each of them where our own query finds it.
struct Unguarded {
  let corpus: Corpus

  func run() -> Bool {
    var counts = Counts()
    var requests: [AthenaOnDuckDB] = []
    var names: [String] = []
    let rules = corpus.rules.filter(\.rule.condition.hasNegation)
    let progress = Progress<Counts>("proof unguarded", of: rules.count) { print($0.line) }
    for (name, rule) in rules {
      progress.add(Counts("rules"))
      counts.add("with not")
      guard let ours = try? corpus.compiler.write(rule, in: .athena),
        let ddl = try? corpus.compiler.schema(for: [rule], in: .athena)
      else {
        counts.add("refused by our writer")
        continue
      }
      guard let plain = plainQuery(ours.text, rule.condition) else {
        counts.add("no plain form (regex, number, network, field, nested path)")
        continue
      }
      let proof = TranslationProof(
        of: Query(text: plain), for: rule, in: .athena,
        options: corpus.compiler.options)
      switch proof.outcome {
      case .proved: counts.add("the same")
      case .unread(let reason):
        counts.add("not read")
        print("\(name): \(reason)")
      case .unknown(let reason):
        counts.add("unknown")
        print("\(name): \(reason)")
      case .different(let missed, let extra):
        counts.add(extra == nil ? "narrower" : missed == nil ? "wider" : "different")
        guard let missed else { continue }
        names.append(name)
        requests.append(
          AthenaOnDuckDB(
            ddl: ddl.text, events: [Value.object(missed.object).compactJSON], queries: [plain, ours.text]))
        if names.count <= 3 { print("  \(name) misses \(requests[names.count - 1].events[0])") }
      }
      if let witness = minimal(rule.condition) {
        counts.add("with a smallest event")
        let verdict = (try? Language.athena.run(plain, on: [witness], options: corpus.compiler.options)) ?? []
        if verdict == [false] { counts.add("smallest event missed") }
      }
    }
    progress.finish()
    print(counts.line)
    return confirm(requests, names)
  }

  /// The smallest event that the rule holds of: fields that it does not need are absent.
  private func minimal(_ condition: Condition) -> Event? {
    Prover.singleValued([condition], []).event(where: condition).event
  }

  /// Whether DuckDB misses each event by the plain query, and finds it by ours.
  private func confirm(_ requests: [AthenaOnDuckDB], _ names: [String]) -> Bool {
    guard
      let answers = try? Engine.run(
        "athena_duckdb.py", requests, as: AthenaOnDuckDB.Answer.self,
        skipping: "\(requests.count) unguarded queries")
    else { return true }
    var counts = Counts()
    for (name, answer) in zip(names, answers) {
      guard answer.leftOut.isEmpty, let plain = answer.results[0].rows, let ours = answer.results[1].rows
      else {
        counts.add("not run")
        print("  \(name): \(answer.leftOut) \(answer.results.compactMap(\.error))")
        continue
      }
      counts.add(plain.isEmpty && ours == [0] ? "confirmed" : "not confirmed")
      if !(plain.isEmpty && ours == [0]) { print("  \(name): plain \(plain), ours \(ours)") }
    }
    print("DuckDB, witnesses of \(requests.count) rules: \(counts.line)")
    return counts["not confirmed"] == 0
  }

  /// Our query with the condition said the usual way; `nil` where there is no usual way.
  private func plainQuery(_ ours: String, _ condition: Condition) -> String? {
    guard let head = ours.range(of: "\nWHERE "), !ours.contains("\"cloudtrail_logs\""),
      let text = plain(condition)
    else { return nil }
    return ours[..<head.lowerBound] + "\nWHERE " + text + "\n"
  }

  private func plain(_ condition: Condition) -> String? {
    func joined(_ operands: [Condition], _ word: String) -> String? {
      let texts = operands.compactMap(plain)
      return texts.count == operands.count ? "(" + texts.joined(separator: " \(word) ") + ")" : nil
    }
    switch condition.kind {
    case .always, .some, .anywhere, .place: return nil
    case .not(let operand): return plain(operand).map { "NOT (\($0))" }
    case .all(let operands): return joined(operands, "AND")
    case .any(let operands): return joined(operands, "OR")
    case .test(let path, let atom):
      guard path.steps.count == 1, let name = path.names.first else { return nil }
      return plain(atom, "\"\(name)\"")
    }
  }

  private func plain(_ atom: Atom, _ column: String) -> String? {
    func literal(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "''") + "'" }
    switch atom {
    case .present: return "\(column) IS NOT NULL"
    case .text(let pattern, let letterCase):
      var like = ""
      for piece in pattern.pieces {
        switch piece {
        case .literal(let text):
          like += text.unicodeScalars.reduce(into: "") { result, scalar in
            if "\\%_".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
          }
        case .anyRun: like += "%"
        case .anyOne: like += "_"
        }
      }
      let (left, right): (String, (String) -> String) =
        letterCase == .ignored
        ? ("lower(\(column))", { "lower(\(literal($0)))" }) : (column, literal)
      if case .equals(let text) = pattern.shape { return "\(left) = \(right(text))" }
      return "\(left) LIKE \(right(like)) ESCAPE '\\'"
    case .oneOf(let texts, let letterCase):
      let items = texts.map { letterCase == .ignored ? "lower(\(literal($0)))" : literal($0) }
      return "\(letterCase == .ignored ? "lower(\(column))" : column) IN (\(items.joined(separator: ", ")))"
    case .truthy, .regex, .number, .network, .sameAs, .array: return nil
    }
  }
}

extension Condition {
  fileprivate var hasNegation: Bool {
    switch kind {
    case .always, .test, .some, .anywhere, .place: false
    case .not: true
    case .all(let operands), .any(let operands): operands.contains(where: \.hasNegation)
    }
  }
}
