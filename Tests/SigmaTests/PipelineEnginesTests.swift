import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSigma
import Foundation
import TestSupport
import Testing

/// The same pipelines on the same rules by pySigma: `Tests/Engines/sigma_pipelines.py`.
@Suite("Processing pipelines beside pySigma's", .waitsForPrograms)
struct PipelineEnginesTests {
  private struct Request: Encodable {
    var pipeline: String
    var rules: [String]
  }

  private struct Answer: Decodable {
    struct Result: Decodable {
      var detection: String?
      var error: String?
    }
    var results: [Result]
  }

  /// Steps of every kind that changes a value or a condition, for rules of any product. Null is set before
  /// a field gets two names: of null we say that both are absent, where pySigma says that either is.
  static let everything = """
    name: everything
    vars: {a: [x, 'y*'], 'place:*': any}
    transformations:
      - type: set_value
        value: set
        detection_item_conditions: [{type: is_null, cond: any}]
      - id: image
        type: field_name_mapping
        mapping: {Image: [process.executable, exe], CommandLine: process.command_line, eventName: event.action}
      - type: field_name_prefix_mapping
        mapping: {Parent: parent., 'userIdentity.': user.}
      - id: low
        type: case
        method: lower
        field_name_conditions: [{type: include_fields, fields: ['process.*', parent.Image], mode: re}]
      - type: replace_string
        regex: '\\\\([a-z]+)[.]exe'
        replacement: '/\\1'
        detection_item_conditions: [{type: match_string, cond: any, pattern: '.*[.]exe'}]
      - type: convert_type
        target_type: str
        field_name_conditions: [{type: exclude_fields, fields: [EventID]}]
      - type: map_string
        mapping: {'*\\\\AppData\\\\*': [one, 'two*'], ec2.amazonaws.com: ec2}
      - type: regex
        method: ignore_case_flag
        field_name_conditions: [{type: include_fields, fields: [OriginalFileName, TargetFilename]}]
      - type: drop_detection_item
        field_name_conditions: [{type: include_fields, fields: [Description]}]
      - type: add_condition
        conditions: {source: '$product', n: [1, 2]}
        template: true
        rule_conditions: [{type: logsource, category: process_creation}]
      - type: add_condition
        negated: true
        conditions: {seen: 'yes'}
        rule_cond_expr: level and not tag
        rule_conditions:
          level: {type: rule_attribute, attribute: level, value: high, op: gte}
          tag: {type: tag, tag: attack.execution}
      - type: nest
        items:
          - type: field_name_suffix
            suffix: .keyword
            detection_item_cond_not: true
            detection_item_conditions: [{type: processing_item_applied, processing_item_id: image}]
    """

  /// The pipeline with every name a spelling of one name: pySigma knows no places.
  private static func withoutPlaces(_ pipeline: Source) -> Source {
    let lines = pipeline.text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { line in
      line == "vars:" ? "vars:\n  'place:*': any" : line.hasPrefix("  'place:") ? "" : String(line)
    }.joined(separator: "\n")
    return Source(name: pipeline.name, text: text)
  }

  @Test("the same fields, values and conditions on a hundred public rules")
  func agrees() throws {
    guard let rules = Shared.url("corpora/sigma/rules") else {
      Engine.note("skipped 300 rules through pipelines: no corpus")
      return
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: rules.path).filter {
      $0.hasSuffix(".yml")
    }
    let sample = files.sorted().enumerated().filter { $0.offset % 31 == 7 }.map(\.element)
    let texts = try sample.map { try String(contentsOf: rules.appendingPathComponent($0), encoding: .utf8) }
    let shipped = Language.sigma.shippedPipelines.map { PipelineEnginesTests.withoutPlaces($0.pipeline) }
    let pipelines = shipped + [Source(name: "everything", text: PipelineEnginesTests.everything)]
    let requests = pipelines.map { Request(pipeline: $0.text, rules: texts) }
    guard
      let answers = try Engine.run(
        "sigma_pipelines.py", requests, as: Answer.self, skipping: "\(texts.count) rules through pipelines")
    else { return }
    var generator = SeededGenerator(seed: 20_240_506)
    for (pipeline, answer) in zip(pipelines, answers) {
      var (same, refused) = (0, 0)
      for (index, result) in answer.results.enumerated() {
        var options = LanguageOptions()
        options.sigma.pipelines = [pipeline]
        let source = Source(name: sample[index], text: texts[index])
        let ours: Condition
        do {
          ours = try Language.sigma.read(source, options: options)[0].rule.condition
        } catch {
          // What we refuse, they refuse too.
          #expect(result.error != nil, "\(pipeline.name) \(sample[index]): \(error.message)")
          refused += 1
          continue
        }
        guard let detection = result.detection else {
          Issue.record("\(pipeline.name) \(sample[index]): only pySigma refuses, \(result.error ?? "")")
          continue
        }
        let text = "title: t\nlogsource: {product: p}\ndetection: \(detection)\n"
        let theirs = try Language.sigma.read(Source(text: text), options: LanguageOptions())[0].rule
          .condition
        let difference = Truths.difference(ours, theirs, using: &generator)
        #expect(difference == nil, "\(pipeline.name) \(sample[index]): \(difference ?? "")")
        same += difference == nil ? 1 : 0
      }
      print("\(pipeline.name): \(same) rules the same as by pySigma, \(refused) refused by both")
    }
    #expect(texts.count >= 100)
  }
}

/// Compares two conditions as functions of their questions.
enum Truths {
  struct Question: Hashable {
    var path: FieldPath?
    var atom: Atom?
    var keyword: Pattern?
  }

  /// What differs: a question that only one asks, or an assignment of answers under which the verdicts differ.
  static func difference(
    _ left: Condition, _ right: Condition, using generator: inout SeededGenerator
  ) -> String? {
    var (own, other) = (Set<Question>(), Set<Question>())
    _ = holds(left) { question in
      own.insert(question)
      return false
    }
    _ = holds(right) { question in
      other.insert(question)
      return false
    }
    if own != other {
      let only = { (a: Set<Question>, b: Set<Question>) in a.subtracting(b).map { "\($0)" }.sorted().prefix(3)
      }
      return "only ours: \(only(own, other)), only theirs: \(only(other, own))"
    }
    for round in 0..<64 {
      // Few true answers, then many: conditions are mostly conjunctions of long disjunctions.
      let share = Double(round % 8 + 1) / 9
      var answers: [Question: Bool] = [:]
      for question in own { answers[question] = Double.random(in: 0..<1, using: &generator) < share }
      if holds(left, { answers[$0] ?? false }) != holds(right, { answers[$0] ?? false }) {
        return "verdicts differ where \(answers.filter(\.value).keys.map { "\($0)" }.sorted().prefix(4)) hold"
      }
    }
    return nil
  }

  /// The condition's verdict; every question is asked.
  static func holds(_ condition: Condition, _ ask: (Question) -> Bool) -> Bool {
    switch condition.kind {
    case .always(let value): return value
    case .anywhere(let pattern, _): return ask(Question(path: nil, atom: nil, keyword: pattern))
    case .place(let fact, let atom):
      return ask(Question(path: FieldPath("place", fact.name), atom: atom, keyword: nil))
    case .test(let path, .oneOf(let texts, let letterCase)):
      return texts.map { ask(Question(path: path, atom: .text(.equals($0), letterCase), keyword: nil)) }
        .contains(true)
    case .test(let path, let atom): return ask(Question(path: path, atom: atom, keyword: nil))
    case .some(let path, _): return ask(Question(path: path, atom: nil, keyword: nil))
    case .not(let operand): return !holds(operand, ask)
    case .all(let operands): return !operands.map { holds($0, ask) }.contains(false)
    case .any(let operands): return operands.map { holds($0, ask) }.contains(true)
    }
  }
}
