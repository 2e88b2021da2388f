import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordNotation

/// Finds a rule's condition and reads it under the reading that was asked for.
struct PantherCondition {
  let source: Source
  let options: LanguageOptions

  /// A condition, how it was read, and what else it may mean.
  struct Result {
    var condition: Condition
    /// `nil` for a condition that a program amounts to.
    var reading: Reading?
    /// The text that the condition's places are of, where that is neither the rule's nor given by the user.
    var source: Source?
    var alternatives: [RuleDocument.Alternative]
    var warnings: [Diagnostic]
    /// The fields that a match shows by a program.
    var outputFields: [OutputField] = []
    /// What a program makes for alerts; `nil` where none was read.
    var metadata: PythonMetadata?
    /// The logs for whose events a program is not read.
    var leftOut: [PythonLogLeftOut] = []
    /// What the program amounts to that the rule file names beside its own condition.
    var program: (@Sendable () throws(Diagnostic) -> Condition)?
  }

  /// The condition that stands on a page, was given by the user, or is in the rule file, whichever is first.
  /// Throws where there is none, and what is wrong with it.
  func read(
    _ root: YAMLNode, _ onPage: NotationTree?, _ fixtures: [Fixture]
  ) throws(Diagnostic) -> Result {
    let reading = try reading(root["Reading"])
    var warnings: [Diagnostic] = []
    let tree: NotationTree
    if let onPage {
      tree = onPage
    } else if let given = options.condition {
      tree = try Notation.parse(given)
      if let own = root.keyNode(of: "Condition") {
        warnings.append(.conditionReplaced(own.span, by: given, in: source))
      }
    } else if let node = root["Condition"], !node.isNull {
      var stated = try read(try parse(node), reading, fixtures, warnings)
      stated.program = programBeside(root, fixtures)
      return stated
    } else if let program = try program(root, fixtures) {
      return Result(
        condition: program.condition, source: program.source, alternatives: [], warnings: program.warnings,
        outputFields: program.outputFields, metadata: program.metadata, leftOut: program.leftOut)
    } else {
      throw .noCondition(root, in: source)
    }
    return try read(tree, reading, fixtures, warnings)
  }

  /// The program that the rule file names, where files may be read.
  private func program(_ root: YAMLNode, _ fixtures: [Fixture]) throws(Diagnostic) -> PantherProgram? {
    guard let files = options.files, let node = root["Filename"], let file = node.scalar, !node.isNull else {
      return nil
    }
    let logTypes = root["LogTypes"]?.sequence?.compactMap(\.scalar) ?? []
    return try PantherProgram.read(
      file, at: node.span, of: source, logTypes: logTypes, events: fixtures.map(\.event), files: files)
  }

  /// What the program amounts to that stands beside a stated condition; it is read when that is asked.
  private func programBeside(
    _ root: YAMLNode, _ fixtures: [Fixture]
  ) -> (@Sendable () throws(Diagnostic) -> Condition)? {
    guard let files = options.files, let node = root["Filename"], let file = node.scalar, !node.isNull else {
      return nil
    }
    let (source, span, events) = (source, node.span, fixtures.map(\.event))
    let logTypes = root["LogTypes"]?.sequence?.compactMap(\.scalar) ?? []
    return { () throws(Diagnostic) in
      let program = try PantherProgram.read(
        file, at: span, of: source, logTypes: logTypes, events: events, files: files)
      // A part of the program is nothing to compare the whole with.
      if let left = program.leftOut.first { throw left.why }
      return program.condition
    }
  }

  /// The condition of a tree under a reading. Where the reading refuses it, the fixtures may tell which to state.
  func read(
    _ tree: NotationTree, _ reading: Reading, _ fixtures: [Fixture], _ warnings: [Diagnostic] = []
  ) throws(Diagnostic) -> Result {
    let others = alternatives(tree, reading)
    do throws(Diagnostic) {
      let condition = try tree.condition(reading: reading)
      return Result(
        condition: condition, reading: reading,
        alternatives: others.filter { $0.condition != condition }, warnings: warnings)
    } catch {
      var error = error
      let fitting = others.first { other in
        fixtures.allSatisfy { other.condition.holds(of: $0.event) == $0.expected }
      }
      if let fitting, !fixtures.isEmpty {
        error.help.append("all fixtures hold under `Reading: \(fitting.reading)`")
      }
      throw error
    }
  }

  /// What the text means under every other reading, each meaning once.
  private func alternatives(_ tree: NotationTree, _ reading: Reading) -> [RuleDocument.Alternative] {
    var seen: Set<Condition> = []
    return tree.readings(near: reading).dropFirst().compactMap { other in
      guard let condition = try? tree.condition(reading: other), seen.insert(condition).inserted else {
        return nil
      }
      // A reading's words start from Panther's, so what differs from that must be said besides what is new.
      return RuleDocument.Alternative(
        reading: other.changes(fromAny: .panther, reading), condition: condition)
    }
  }

  private func reading(_ node: YAMLNode?) throws(Diagnostic) -> Reading {
    if let words = options.reading { return try Reading(words) }
    guard let node, !node.isNull else { return .panther }
    guard let words = node.scalar else { throw .wrongKind("Reading", "a text", node, in: source) }
    do throws(Diagnostic) {
      return try Reading(words)
    } catch {
      throw error.located(in: source, at: node.span)
    }
  }

  private func parse(_ node: YAMLNode) throws(Diagnostic) -> NotationTree {
    guard let text = node.scalar else { throw .wrongKind("Condition", "a text", node, in: source) }
    if node.style == .folded { throw .foldedCondition(node.span, in: source) }
    if let origin = node.origin { return try Notation.parse(text, origin: origin) }
    do throws(Diagnostic) {
      return try Notation.parse(text, origin: Origin(source, start: node.span.start))
    } catch {
      var located = error
      located.labels = [.init(node.span)]
      throw located
    }
  }
}
