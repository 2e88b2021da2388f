import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// One comparison: two conditions as functions of the same variables, and what was learnt of these on the way.
struct ProofSession {
  /// A side of the comparison.
  struct Side {
    let condition: Condition
    var function: DecisionDiagram.Reference
  }

  private(set) var first: Side
  private(set) var second: Side
  private(set) var statistics = Proof.Statistics()
  private let limits: Prover.Limits
  private var variables: Variables
  private var diagram: DecisionDiagram
  private var theory: Theory
  /// Lists of literals that cannot hold together, for questions that come later.
  private var conflicts: [[Int]] = []

  /// Whether both are the same function, whatever its variables mean.
  var isSame: Bool { first.function == second.function }

  init(_ one: Condition, _ other: Condition, _ prover: Prover) throws(Bound) {
    var formulas = Formulas(prover.arrays)
    let roots = [try formulas.formula(one), try formulas.formula(other)]
    limits = prover.limits
    diagram = DecisionDiagram(nodeLimit: limits.nodes)
    if roots[0] == roots[1] {
      first = Side(condition: one, function: DecisionDiagram.always)
      second = Side(condition: other, function: DecisionDiagram.always)
      variables = Variables(Formulas(prover.arrays), [])
      theory = Theory(leaves: [], paths: Paths(), prover)
      return
    }
    formulas.paths.relate(prover.arrays)
    variables = Variables(formulas, roots)
    var functions: [DecisionDiagram.Reference]
    do {
      functions = try ProofSession.build(formulas, roots, variables, &diagram)
    } catch {
      // Another order may be much better: one that keeps each field's questions together.
      variables.groupByPath()
      diagram = DecisionDiagram(nodeLimit: limits.nodes)
      functions = try ProofSession.build(formulas, roots, variables, &diagram)
    }
    first = Side(condition: one, function: functions[0])
    second = Side(condition: other, function: functions[1])
    theory = Theory(leaves: variables.all, paths: formulas.paths, prover)
    statistics.atoms = variables.all.count
    statistics.nodes = diagram.nodeCount
  }

  private static func build(
    _ formulas: Formulas, _ roots: [Formulas.Edge], _ variables: Variables, _ diagram: inout DecisionDiagram
  ) throws(Bound) -> [DecisionDiagram.Reference] {
    var functions: [Int: DecisionDiagram.Reference] = [0: DecisionDiagram.always]
    for node in variables.nodes {
      switch formulas.nodes[node] {
      case .always: break
      case .leaf:
        var none: [DecisionDiagram.Reference] = []
        for variable in variables.ofNode[node] ?? [] {
          none.append(try diagram.variable(variables.levels[variable]) ^ 1)
        }
        functions[node] = try diagram.and(none) ^ 1
      case .and(let edges):
        functions[node] = try diagram.and(edges.map { (functions[$0 / 2] ?? 0) ^ Int32($0 % 2) })
      }
    }
    return roots.map { (functions[$0 / 2] ?? 0) ^ Int32($0 % 2) }
  }

  /// An event that one side holds of and the other does not.
  mutating func answer(_ side: Side, but other: Side) -> Answer {
    search(side.function, other.function ^ 1) { event in
      side.condition.holds(of: event) && !other.condition.holds(of: event)
    }
  }

  /// An event that both sides hold of.
  mutating func answer(_ side: Side, and other: Side) -> Answer {
    search(side.function, other.function) { event in
      side.condition.holds(of: event) && other.condition.holds(of: event)
    }
  }

  /// Tries cases of the function, the simplest first, until one is an event or none is left.
  private mutating func search(
    _ left: DecisionDiagram.Reference, _ right: DecisionDiagram.Reference, _ confirms: (Event) -> Bool
  ) -> Answer {
    var undecided: Bound?
    var passedOver = 0
    do {
      var function = try diagram.and(left, right)
      for _ in 0..<limits.cases {
        guard let path = diagram.cheapestPath(function) else {
          return undecided.map(Answer.unknown) ?? .never
        }
        let literals = path.map { variables.atLevel[$0.level] * 2 + ($0.isTrue ? 0 : 1) }
        let known = violated(Set(literals))
        if !known.isEmpty {
          for conflict in known { function = try exclude(conflict, from: function) }
          continue
        }
        statistics.cases += 1
        switch theory.check(literals) {
        case .conflicts(let found):
          for conflict in Set(found) {
            conflicts.append(conflict)
            statistics.conflicts += 1
            function = try exclude(conflict, from: function)
          }
          continue
        case .event(let event):
          if confirms(event) {
            return .event(
              Shrinker.shrink(
                event, tries: limits.shrinks, questions: variables.all.count, confirms))
          }
          undecided = undecided ?? .interplay
        case .unknown(let bound): undecided = undecided ?? bound
        }
        passedOver += 1
        guard passedOver < limits.undecided else { return .unknown(undecided ?? .interplay) }
        function = try exclude(literals, from: function)
      }
      return .unknown(.cases(limits.cases))
    } catch {
      return .unknown(error)
    }
  }

  private func violated(_ literals: Set<Int>) -> [[Int]] {
    conflicts.filter { conflict in conflict.allSatisfy(literals.contains) }
  }

  private mutating func exclude(
    _ literals: [Int], from function: DecisionDiagram.Reference
  ) throws(Bound) -> DecisionDiagram.Reference {
    var references: [DecisionDiagram.Reference] = []
    for literal in literals {
      references.append(try diagram.variable(variables.levels[literal / 2]) ^ Int32(literal % 2))
    }
    let result = try diagram.and(function, try diagram.and(references) ^ 1)
    statistics.nodes = max(statistics.nodes, diagram.nodeCount)
    guard diagram.isWorthCompacting else { return result }
    let moved = diagram.compact([first.function, second.function, result])
    (first.function, second.function) = (moved[0], moved[1])
    return moved[2]
  }
}
