import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordSigma
import TestSupport
import Testing

@Suite("Processing pipelines: diagnostics")
struct PipelineDiagnosticTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let pipeline: String
    let detection: String
    /// The code, the message, and where: in the pipeline `p`, the rule `r`, with line and column.
    let expected: String
    let help: String
    var testDescription: String { expected }
    init(_ pipeline: String, _ expected: String, _ help: String = "", detection: String = "s: {a: x}") {
      (self.pipeline, self.expected, self.help, self.detection) = (pipeline, expected, help, detection)
    }
  }

  static let file: [Row] = [
    .init("transformations: {a: b}", "E304 p:1:18 `transformations` must be a list"),
    .init(
      "- transformations:", "E304 p:1:1 a processing pipeline is one map with a list of `transformations`"),
    .init(
      "transformation: []\nprio: 1 # transformations:",
      "E206 p:1:1 unknown key of the pipeline `transformation`",
      "did you mean `transformations`?"),
    .init("priority: high\ntransformations: []", "E304 p:1:11 `priority` must be a whole number"),
    .init(
      "transformations: []\nfinalizers: [{type: concat}]", "E330 p:2:13 `finalizers` is not supported",
      "it changes the text of a query, which could then mean anything"),
    .init("- {id: x}", "E303 p:2:5 the transformation has no `type`"),
    .init(
      "- {type: field_name_maping, mapping: {a: b}}",
      "E206 p:2:12 unknown transformation `field_name_maping`",
      "did you mean `field_name_mapping`?"),
    .init(
      "- {type: field_name_mapping, maping: {a: b}}",
      "E206 p:2:32 unknown key of the transformation `field_name_mapping` `maping`", "did you mean `mapping`?"
    ),
    .init(
      "- {type: field_name_mapping}", "E303 p:2:5 the transformation `field_name_mapping` has no `mapping`"),
    .init(
      "- {type: field_name_mapping, mapping: {a: []}}", "E315 p:2:45 `a` is mapped to nothing",
      "to leave a field out, use `drop_detection_item`"),
    .init(
      "- {type: query_expression_placeholders}",
      "E330 p:2:12 `query_expression_placeholders` is not supported",
      "it puts text of a query language into the rule; name the values with `value_placeholders`"),
    .init(
      "- {type: field_name_transform}", "E330 p:2:12 `field_name_transform` is not supported",
      "it calls a function of a Python program"),
    .init(
      "- {type: drop_detection_item, rule_conditions: [{type: logsorce, product: x}]}",
      "E206 p:2:58 unknown rule condition `logsorce`", "did you mean `logsource`?"),
    .init(
      "- {type: drop_detection_item, rule_conditions: [{type: logsource}]}",
      "E303 p:2:51 the condition `logsource`, nor `product` nor `service`: it has no `category`"),
    .init(
      "- {type: drop_detection_item, rule_cond_op: xor}", "E206 p:2:47 unknown operator `xor`",
      "did you mean `or`?"),
    .init(
      "- {type: drop_detection_item, rule_cond_expr: a and b, rule_conditions: {a: {type: is_sigma_rule}}}",
      "E206 p:2:55 unknown condition `b`", "known: a"),
    .init(
      "- {type: drop_detection_item, rule_cond_expr: a, rule_conditions: {a: {type: is_sigma_rule}, b: {type: is_sigma_rule}}}",
      "E210 p:2:49 the expression does not use the condition `b`"),
    .init(
      "- {type: drop_detection_item, rule_cond_not: 'yes'}",
      "E304 p:2:48 `rule_cond_not` must be `true` or `false`"),
    .init(
      "- {type: drop_detection_item, detection_item_conditions: [{type: match_string, cond: some, pattern: a}]}",
      "E206 p:2:88 unknown quantifier `some`", "known: any, all"),
    .init(
      "- {type: drop_detection_item, detection_item_conditions: [{type: match_string, cond: any, pattern: '(?=a)'}]}",
      "E121 p:2:102 look-ahead, which engines do not share", "*"),
    .init(
      "- {type: drop_detection_item, rule_conditions: [{type: processing_item_applied, processing_item_id: onne}]}\n- {type: case, id: one}",
      "E208 p:2:12 no transformation has the id `onne`", "did you mean `one`?"),
    .init(
      "- {type: set_value, value: on}", "E315 p:2:30 other tools take `on` for something else",
      "put it in quotes, or write `true` or `false`"),
    .init(
      #"- {type: replace_string, regex: a, replacement: '\1'}"#,
      "E315 p:2:51 the regular expression has no group `1`"),
    .init(
      "- {type: add_condition, conditions: {a|contain: b}}", "E203 p:2:42 unknown modifier `contain`",
      "did you mean `contains`?"),
  ]

  static let rules: [Row] = [
    .init(
      "- {type: rule_failure, message: not for us}", "E341 r:9:3 not for us",
      "the processing pipeline says so, p.yml:2"),
    .init(
      "- {type: detection_item_failure, message: no b, field_name_conditions: [{type: include_fields, fields: [b]}]}",
      "E341 r:9:13 no b", "the processing pipeline says so, p.yml:2", detection: "s: {a: x, b: y}"),
    .init(
      "- {type: field_name_mapping, mapping: {a: k}}\n- {type: strict_field_mapping_failure}",
      "E341 r:9:13 the field `b` is not mapped", "the processing pipeline says so, p.yml:3",
      detection: "s: {a: x, b: y}"),
    .init(
      "- {type: drop_detection_item}",
      "E341 r:9:3 the processing pipeline drops everything that the rule asks"),
    .init(
      "vars: {admins: x}\ntransformations: [{type: value_placeholders}]",
      "E341 r:9:7 `vars` has no values for the placeholder `%admin%`", "did you mean `admins`?",
      detection: "s: {a|expand: '%admin%'}"),
    .init(
      "- {type: convert_type, target_type: num}", "E341 r:9:7 `x` is not a number",
      "in the processing pipeline, p.yml:2"),
    .init(
      "- {type: add_condition, name: s, conditions: {k: 1}}",
      "E341 r:1:1 the rule has a selection `s` already",
      "in the processing pipeline, p.yml:2"),
    .init(
      "- {type: add_condition, template: true, conditions: {k: $service}}",
      "E341 r:1:1 the rule's log source has no `service` for `$service`",
      "in the processing pipeline, p.yml:2"),
    .init(
      "- {type: wildcard_placeholders, include: [z]}",
      "E317 r:9:17 the placeholder `%u%` has no values", "*", detection: "s: {a|expand: '%u%'}"
    ),
  ]

  @Test("says what is wrong, and where", arguments: file + rules)
  func errors(_ row: Row) {
    do {
      _ = try PipelineSupport.read([row.pipeline], row.detection)
      Issue.record("nothing is wrong")
    } catch {
      #expect(PipelineDiagnosticTests.line(error) == row.expected)
      if row.help != "*" { #expect((error.help.first ?? "") == row.help) }
    }
  }

  @Test("strict fields: names the field, its place and the nearest that is mapped")
  func strict() throws {
    let pipeline = "- {type: field_name_mapping, mapping: {CommandLine: cmd, b: b}}"
    _ = try PipelineSupport.read([pipeline], "s: {CommandLine: x, b|fieldref: CommandLine}", strict: true)
    func message(_ detection: String) -> String {
      do {
        _ = try PipelineSupport.read([pipeline], detection, strict: true)
        return ""
      } catch { return "\(PipelineDiagnosticTests.line(error)); \(error.help.first ?? "")" }
    }
    #expect(
      message("s: {CommandLin: x}")
        == "E342 r:9:7 no processing pipeline maps the field `CommandLin`; did you mean `CommandLine`?")
    #expect(
      message("s: {b|fieldref: q}")
        == "E342 r:9:7 no processing pipeline maps the field `q`; map it, to itself if need be, or leave out "
        + "`--strict-fields`")
    #expect(message("s: {b: x}\nunused: {zzzzzz: y}").hasPrefix("E342 r:10:12 no processing pipeline maps"))
  }

  @Test("notes what is dropped, and log sources for which nothing is added")
  func notes() throws {
    let dropped = try PipelineSupport.read(
      ["- {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [b]}]}"],
      "s: {a: x, b: y}")
    #expect(
      dropped.warnings.map(PipelineDiagnosticTests.line) == ["N383 r:9:13 the processing pipeline drops `b`"])
    let other = try PipelineSupport.read(
      ["- {type: add_condition, conditions: {k: 1}, rule_conditions: [{type: logsource, product: linux}]}"],
      "s: {a: x}")
    #expect(
      other.warnings.map(PipelineDiagnosticTests.line) == [
        "N384 r:9:3 the processing pipelines add no condition for the log source category `process_creation`, product `windows`"
      ])
  }

  @Test("a pipeline for other back ends is refused, or noted")
  func backends() throws {
    var options = LanguageOptions()
    options.targets = ["athena", "splunk"]
    options.sigma.pipelines = [PipelineSupport.pipeline("allowed_backends: [elastic]\ntransformations: []")]
    do {
      _ = try Language.sigma.prepared(options)
      Issue.record("nothing is wrong")
    } catch {
      #expect(PipelineDiagnosticTests.line(error) == "E340 p:1:1 the pipeline is for `elastic` alone")
    }
    options.sigma.pipelines = [PipelineSupport.pipeline("allowed_backends: [splunk]\ntransformations: []")]
    let rule = try Language.sigma.read(PipelineSupport.rule("s: {a: x}"), options: options)[0]
    #expect(rule.warnings.map(\.code.rawValue) == ["N382"])
  }

  @Test("steps that make a rule grow without bounds are stopped")
  func growth() {
    let doubling = Array(repeating: "- {type: field_name_mapping, mapping: {z: [z, z]}}", count: 60)
    let longer = Array(
      repeating: #"- {type: replace_string, regex: '^(.+)$', replacement: '\1\1'}"#, count: 60)
    for steps in [doubling, longer] {
      do {
        _ = try PipelineSupport.read([steps.joined(separator: "\n")], "s: {z: x}")
        Issue.record("nothing is wrong")
      } catch {
        #expect(error.code.rawValue == "E341")
        #expect(error.message == "the rule becomes too large")
      }
    }
  }

  @Test("a damaged pipeline is met with a diagnostic that has a place, never with a crash")
  func damaged() throws {
    var generator = SeededGenerator(seed: 20_241_124)
    let rows = PipelineTests.fields + PipelineTests.values + PipelineTests.placeholders + PipelineTests.rules
    let texts =
      rows.map { PipelineSupport.pipeline($0.pipeline).text }
      + Language.sigma.shippedPipelines.map(\.pipeline.text)
    let rule = PipelineSupport.rule(
      "s: {a: ['x*', 5], Hashes: 'MD5=a', b|fieldref: c}\nk: [v]\ncondition: s or k")
    var (read, refused) = (0, 0)
    for text in texts {
      for _ in 0..<12 {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let place = Int.random(in: 0..<scalars.count, using: &generator)
          let other = scalars[Int.random(in: 0..<scalars.count, using: &generator)]
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: scalars[place] = other
          case 1: scalars.insert(other, at: place)
          default: scalars.remove(at: place)
          }
        }
        var options = LanguageOptions()
        options.sigma.pipelines = [Source(name: "p.yml", text: String(String.UnicodeScalarView(scalars)))]
        do {
          _ = try Language.sigma.read(rule, options: options)
          read += 1
        } catch {
          refused += 1
          #expect(error.source != nil, "\(error.message)")
        }
      }
    }
    print("damaged pipelines: \(read) read, \(refused) refused")
    #expect(read > 20 && refused > 100)
  }

  private static func line(_ diagnostic: Diagnostic) -> String {
    let file = diagnostic.source?.name.prefix(1) ?? "?"
    let start = diagnostic.labels.first?.span.start ?? .start
    return "\(diagnostic.code.rawValue) \(file):\(start.line):\(start.column) \(diagnostic.message)"
  }
}
