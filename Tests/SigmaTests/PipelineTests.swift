import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages
import ConcordSigma
import Testing

@Suite("Processing pipelines: what a rule asks after one")
struct PipelineTests {
  static let fields: [PipelineCase] = [
    .init(
      "one to one", "- {type: field_name_mapping, mapping: {a: b}}", "s: {a: x, c: y}", "s: {b: x, c: y}"),
    .init(
      "one to many is OR", "- {type: field_name_mapping, mapping: {a: [b, c]}}", "s: {a: [x, z], d: y}",
      "s: {d: y}\nt: [{b: [x, z]}, {c: [x, z]}]\ncondition: t and s"),
    .init(
      "spellings of one name under not",
      "vars: {'place:*': windows}\ntransformations:\n- {type: field_name_mapping, mapping: {a: [b, c]}}",
      "s: {d: y}\nf: {a: x}\ncondition: s and not f", "s: {d: y}\nf: [{b: x}, {c: x}]\ncondition: s and not f"
    ),
    .init(
      "spellings of one name keep a negated item negated as a whole",
      "vars: {'place:*': windows}\ntransformations:\n- {type: field_name_mapping, mapping: {a: [b, c]}}",
      "s: {a|neq: x}", "s: {b|neq: x, c|neq: x}"),
    .init(
      "one to many with all", "- {type: field_name_mapping, mapping: {a: [b, c]}}",
      "s: {a|contains|all: [x, y]}", "s: [{b|contains|all: [x, y]}, {c|contains|all: [x, y]}]"),
    .init(
      "a list of maps", "- {type: field_name_mapping, mapping: {a: b}}", "s: [{a: x}, {a: y, c: z}]",
      "s: [{b: x}, {b: y, c: z}]"),
    .init(
      "keywords become a question of a field", "- {type: field_name_mapping, mapping: {null: m}}",
      "s: [x, 'y*', 5]", "s: {m|contains: [x, 'y*', '5']}"),
    .init(
      "keywords joined by all", "- {type: field_name_mapping, mapping: {null: m}}", "s: {'|all': [x, y]}",
      "s: {m|contains|all: [x, y]}"),
    .init(
      "a reference", "- {type: field_name_mapping, mapping: {a: b, c: d}}", "s: {a|fieldref: c}",
      "s: {b|fieldref: d}"),
    .init(
      "a reference to one that becomes many", "- {type: field_name_mapping, mapping: {c: [d, e]}}",
      "s: {a|fieldref: c}", "s: {a|fieldref: [d, e]}"),
    .init(
      "prefixes, the first that fits", "- {type: field_name_prefix_mapping, mapping: {win.: w., wi: z}}",
      "s: {win.a: x, wib: y, c: z}", "s: {w.a: x, zb: y, c: z}"),
    .init(
      "prefix and suffix", "- {type: field_name_prefix, prefix: p.}\n- {type: field_name_suffix, suffix: .k}",
      "s: {a: x}", "s: {p.a.k: x}"),
    .init(
      "prefix of all but some",
      """
      - type: field_name_prefix
        prefix: p.
        field_name_conditions: [{type: exclude_fields, fields: ['c.*', d], mode: re}]
      """, "s: {a: x, cc: y, bc: z}", "s: {p.a: x, cc: y, p.bc: z}"),
    .init(
      "hostile names and values stay data", "- {type: field_name_mapping, mapping: {a: \"x y'\\\"`\"}}",
      #"s: {a: "it's\n\"%' \\ | ` \u0001"}"#, #"s: {"x y'\"`": "it's\n\"%' \\ | ` \u0001"}"#),
  ]

  static let values: [PipelineCase] = [
    .init("lower", "- {type: case}", "s: {a|cased: 'AbÇ*'}", "s: {a|cased: 'abç*'}"),
    .init("upper", "- {type: case, method: upper}", "s: {a|contains|cased: ab}", "s: {a|contains|cased: AB}"),
    .init("snake case", "- {type: case, method: snake_case}", "s: {a: FooBarB}", "s: {a: foo_bar_b}"),
    .init(
      "mapped texts, wildcards and all", "- {type: map_string, mapping: {'*x*': [y, 'z*'], k: l}}",
      "s: {a|contains: [x, w], b: [k, 5]}", "s: {a: [y, 'z*', '*w*'], b: [l, 5]}"),
    .init("a value set", "- {type: set_value, value: 7}", "s: {a|re: 'x+', b: [y, z]}", "s: {a: 7, b: 7}"),
    .init(
      "a value forced to be text", "- {type: set_value, value: 1.50, force_type: str}", "s: {a: x}",
      "s: {a: '1.50'}"),
    .init(
      "numbers to text", "- {type: convert_type, target_type: str}", "s: {a: [5, x]}", "s: {a: ['5', x]}"),
    .init("text to numbers", "- {type: convert_type, target_type: num}", "s: {a: '5.0'}", "s: {a: 5}"),
    .init(
      "regex, plain", "- {type: regex, method: plain}", #"s: {a|endswith: '\b.c'}"#, #"s: {a|re: '.*\\b\.c'}"#
    ),
    .init(
      "regex with a flag", "- {type: regex, method: ignore_case_flag}", "s: {a: ['b?', 5]}",
      "s: [{a|re|i: 'b.'}, {a: 5}]"),
    .init("regex with brackets", "- {type: regex}", "s: {a: 'b1'}", "s: {a|re: '[bB]1'}"),
    .init(
      "replaced in the plain text", #"- {type: replace_string, regex: '\\', replacement: '/'}"#,
      #"s: {a|startswith: 'C:\b\'}"#, "s: {a|startswith: 'C:/b/'}"),
    .init(
      "replaced with groups", #"- {type: replace_string, regex: '(\w+)=(\w+)', replacement: '\2:\g<1>'}"#,
      "s: {a: 'k=v'}", "s: {a: 'v:k'}"),
    .init(
      "replaced by a wildcard", "- {type: replace_string, regex: '^(.+)$', replacement: '?\\1?'}",
      "s: {a: b}",
      "s: {a: '?b?'}"),
    .init(
      "replaced beside wildcards",
      "- {type: replace_string, regex: '[*]', replacement: '+', skip_special: true}", #"s: {a: 'x\**'}"#,
      #"s: {a: 'x+*'}"#),
    .init(
      "an escaped wildcard that is not replaced stays one",
      "- {type: replace_string, regex: z, replacement: y}", #"s: {a: 'z\*\\*'}"#, #"s: {a: 'y\*\\*'}"#),
    .init(
      "only texts that match",
      """
      - type: set_value
        value: q
        detection_item_conditions: [{type: match_string, cond: any, pattern: 'x|y'}]
      """, "s: {a: [xx, z], b: 'zx'}", "s: {a: q, b: 'zx'}"),
    .init(
      "only with a wildcard",
      """
      - type: set_value
        value: q
        detection_item_conditions: [{type: contains_wildcard, cond: all}]
      """, "s: {a: ['x*', z], b: 'z*', c|contains: k}", "s: {a: ['x*', z], b: q, c: q}"),
    .init(
      "only null",
      """
      - type: set_value
        value: ''
        detection_item_conditions: [{type: is_null, cond: any}]
      """, "s: {a: null, b: x}", "s: {a: '', b: x}"),
    .init(
      "only that value",
      """
      - type: drop_detection_item
        detection_item_conditions: [{type: match_value, cond: any, value: 5}]
      """, "s: {a: 5, b: '5', c: x}", "s: {b: '5', c: x}"),
    .init(
      "hashes", "- {type: hashes_fields, valid_hash_algos: [MD5, SHA1], field_prefix: File}",
      """
      s: {Hashes|contains: ['MD5=0123456789abcdef0123456789abcdef', 'SHA1=aa'], a: x}
      """,
      """
      s: {a: x}
      t: [{FileMD5: 0123456789abcdef0123456789abcdef}, {FileSHA1: aa}]
      condition: t and s
      """),
  ]

  static let placeholders: [PipelineCase] = [
    .init(
      "values", "vars: {u: [x, 'y*'], v: 5}\ntransformations: [{type: value_placeholders}]",
      "s: {a|expand: 'p%u%-%v%'}", "s: {a: ['px-5', 'py*-5']}"),
    .init(
      "values with contains", "vars: {u: [x, y]}\ntransformations: [{type: value_placeholders}]",
      "s: {a|contains|expand: '%u%', b: '%u%'}", "s: {a|contains: [x, y], b: '%u%'}"),
    .init("wildcards", "- {type: wildcard_placeholders}", "s: {a|expand: 'p%u%'}", "s: {a: 'p*'}"),
    .init(
      "an escaped percent sign", "vars: {u: [x, y]}\ntransformations: [{type: value_placeholders}]",
      #"s: {a|expand: '\%plain%u%'}"#, "s: {a: ['%plainx', '%plainy']}"),
    .init(
      "an escaped percent sign before text", "vars: {u: x}\ntransformations: [{type: value_placeholders}]",
      #"s: {a|expand: '100\% of %u%', b|contains|expand: '50\%'}"#, "s: {a: '100% of x', b|contains: '50%'}"),
    .init(
      "an escaped percent sign of an expression",
      "vars: {u: x}\ntransformations: [{type: value_placeholders}]",
      #"s: {a|re|expand: 'a\%x%u%\d'}"#, #"s: {a|re: 'a%xx\d'}"#),
    .init(
      "a backslash before a placeholder", "vars: {u: x}\ntransformations: [{type: value_placeholders}]",
      #"s: {a|expand: 'C:\\%u%\*'}"#, #"s: {a: 'C:\x\*'}"#),
    .init(
      "escaped percent signs of the values beside it",
      "vars: {u: x}\ntransformations: [{type: value_placeholders}]",
      #"s: {a|expand: ['%u%', '50\%', '%%', '5%', 7]}"#, "s: {a: [x, '50%', '%%', '5%', 7]}"),
    .init(
      "several placeholders and steps, percent signs in the values",
      "vars: {u: '%w%', w: '5%'}\ntransformations: "
        + "[{type: value_placeholders, include: [u]}, {type: value_placeholders, include: [w]}]",
      #"s: {a|expand: '\%u%u%-\\%w%-%w%'}"#, #"s: {a: '%u%w%-\5%-5%'}"#),
    .init(
      "several placeholders of an expression and steps",
      "vars: {u: '%w%', w: '5%'}\ntransformations: "
        + "[{type: value_placeholders, include: [u]}, {type: value_placeholders, include: [w]}]",
      #"s: {a|re|expand: '\%u%u%-\\%w%'}"#, #"s: {a|re: '%u%w%-\\5%'}"#),
    .init(
      "values, then wildcards",
      "vars: {u: x}\ntransformations: [{type: value_placeholders, include: [u]}, {type: wildcard_placeholders}]",
      "s: {a|expand: ['%u%', '%w%z']}", "s: {a: [x, '*z']}"),
    .init(
      "all but some",
      "vars: {u: x}\ntransformations: [{type: wildcard_placeholders, exclude: [u]}, {type: value_placeholders}]",
      "s: {a|expand: ['%u%', '%w%z']}", "s: {a: [x, '*z']}"),
  ]

  static let rules: [PipelineCase] = [
    .init(
      "a condition for a log source",
      """
      - type: add_condition
        conditions: {EventID: 1, src: ['$product-$category', b]}
        template: true
        rule_conditions: [{type: logsource, product: windows}]
      - type: add_condition
        conditions: {never: 1}
        rule_conditions: [{type: logsource, product: linux}]
      """, "s: {a: x}\nt: {b: y}\ncondition: s or t",
      "c: {EventID: 1, src: [windows-process_creation, b]}\ns: {a: x}\nt: {b: y}\ncondition: c and (s or t)"),
    .init(
      "a negated condition of several maps",
      """
      - {type: add_condition, negated: true, conditions: [{x: 1}, {y: 2}]}
      """, "s: {a: x}", "c: [{x: 1}, {y: 2}]\ns: {a: x}\ncondition: not c and s"),
    .init(
      "an added condition goes through later steps",
      "- {type: add_condition, conditions: {a: 1}}\n- {type: field_name_mapping, mapping: {a: b}}",
      "s: {a: x}", "c: {b: 1}\ns: {b: x}\ncondition: c and s"),
    .init(
      "an added condition is not one of `them`", "- {type: add_condition, conditions: {k: 1}}",
      "s: {a: x}\nt: {b: y}\ncondition: 1 of them",
      "c: {k: 1}\ns: {a: x}\nt: {b: y}\ncondition: c and (s or t)"),
    .init(
      "a dropped selection goes with its not",
      "- {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [b]}]}",
      "s: {a: x, b: z}\nf_1: {b: y}\nf_2: {b: z}\ncondition: s and not 1 of f_*", "s: {a: x}"),
    .init(
      "steps that depend on others",
      """
      - id: one
        type: field_name_mapping
        mapping: {a: z}
      - type: set_value
        value: q
        detection_item_conditions: [{type: processing_item_applied, processing_item_id: one}]
      - type: add_condition
        conditions: {k: 1}
        rule_conditions: [{type: processing_item_applied, processing_item_id: one}]
      """, "s: {a: x, b: y}", "c: {k: 1}\ns: {z: q, b: y}\ncondition: c and s"),
    .init(
      "state",
      """
      - {type: set_state, key: n, val: 3}
      - type: add_condition
        conditions: {k: 1}
        rule_conditions: [{type: processing_state, key: n, val: 2, op: gt}]
      - type: add_condition
        conditions: {never: 1}
        rule_conditions: [{type: processing_state, key: m, val: 2, op: ne}]
      """, "s: {a: x}", "c: {k: 1}\ns: {a: x}\ncondition: c and s"),
    .init(
      "attributes and tags",
      """
      - {type: set_custom_attribute, attribute: mine, value: 'yes'}
      - type: add_condition
        conditions: {k: 1}
        rule_cond_expr: (level and not old) and (tag or none) and date and mine
        rule_conditions:
          level: {type: rule_attribute, attribute: level, value: medium, op: gte}
          old: {type: rule_attribute, attribute: status, value: deprecated}
          tag: {type: tag, tag: attack.t1059}
          none: {type: is_sigma_correlation_rule}
          date: {type: rule_attribute, attribute: date, value: '2024-01-01', op: gt}
          mine: {type: rule_attribute, attribute: mine, value: 'yes'}
      """, "s: {a: x}", "c: {k: 1}\ns: {a: x}\ncondition: c and s"),
    .init(
      "what a rule contains",
      """
      - type: add_condition
        conditions: {k: 1}
        rule_cond_op: or
        rule_conditions:
          - {type: contains_field, field: zz}
          - {type: contains_detection_item, field: a, value: '*x'}
      - type: add_condition
        conditions: {never: 1}
        rule_cond_not: true
        rule_conditions: [{type: contains_field, field: a}]
      """, "s: {a|endswith: [w, x]}", "c: {k: 1}\ns: {a|endswith: [w, x]}\ncondition: c and s"),
    .init(
      "steps of their own",
      """
      - type: nest
        rule_conditions: [{type: is_sigma_rule}]
        items:
          - {id: in, type: field_name_mapping, mapping: {a: b}}
          - {type: field_name_suffix, suffix: .k}
      - type: add_condition
        conditions: {k: 1}
        rule_conditions: [{type: processing_item_applied, processing_item_id: in}]
      """, "s: {a: x}", "c: {k: 1}\ns: {b.k: x}\ncondition: c and s"),
    .init(
      "no condition holds, and a negated one does not",
      """
      - {type: set_value, value: q, detection_item_cond_not: true}
      - {type: set_value, value: q, field_name_cond_op: or}
      """, "s: {a: x}", "s: {a: x}"),
  ]

  @Test("asks the same as", arguments: fields + values + placeholders + rules)
  func asks(_ row: PipelineCase) throws {
    let document = try PipelineSupport.read([row.pipeline], row.detection)
    #expect(document.rule.condition == (try PipelineSupport.condition(row.expected)))
  }

  @Test("applies pipelines by priority, then in the order given; the last variable counts")
  func order() throws {
    let late = "priority: 20\nvars: {u: late}\ntransformations: [{type: field_name_suffix, suffix: .late}]"
    let early = "priority: 10\nvars: {u: early}\ntransformations: [{type: field_name_suffix, suffix: .early}]"
    let plain = "transformations: [{type: field_name_suffix, suffix: .plain}, {type: value_placeholders}]"
    let document = try PipelineSupport.read([late, early, plain], "s: {a|expand: '%u%'}")
    #expect(document.rule.condition == (try PipelineSupport.condition("s: {a.plain.early.late: late}")))
  }

  @Test("changes the output fields, the log source and the custom keys")
  func metadata() throws {
    let document = try PipelineSupport.read(
      [
        """
        - {type: field_name_mapping, mapping: {a: [b, b2]}}
        - {type: add_field, field: [k, l]}
        - {type: remove_field, field: c}
        - {type: change_logsource, category: other}
        - {type: set_custom_attribute, attribute: mine, value: [1, x]}
        """
      ], "s: {a: x}")
    #expect(document.rule.outputFields.map(\.name) == ["b", "b2", "k", "l"])
    #expect(document.rule.logSources == [LogSource(category: "other")])
    #expect(document.rule.unknown["mine"] == .array([.number(Number(1)), .string("x")]))
    let set = try PipelineSupport.read(["- {type: set_field, fields: [z]}"], "s: {a: x}")
    #expect(set.rule.outputFields.map(\.name) == ["z"])
  }

  @Test("goes through the filters that apply to a rule")
  func filters() throws {
    let rule = PipelineSupport.rule("s: {a: x}").text
    let filter = """
      ---
      title: f
      logsource: {product: windows}
      filter:
        rules: any
        f: {a: y}
        condition: not f
      """
    var options = LanguageOptions()
    options.sigma.pipelines = [PipelineSupport.pipeline("- {type: field_name_mapping, mapping: {a: b}}")]
    let document = try Language.sigma.read(Source(name: "r.yml", text: rule + filter), options: options)[0]
    #expect(
      document.rule.condition
        == (try PipelineSupport.condition("s: {b: x}\nf: {b: y}\ncondition: s and not f")))
  }

  @Test("is read once for many rules, and again where it changed")
  func prepared() throws {
    var options = LanguageOptions()
    options.sigma.pipelines = [PipelineSupport.pipeline("- {type: field_name_mapping, mapping: {a: b}}")]
    options = try Language.sigma.prepared(options)
    let rule = PipelineSupport.rule("s: {a: x}")
    let first = try Language.sigma.read(rule, options: options)[0].rule.condition
    #expect(first == (try PipelineSupport.condition("s: {b: x}")))
    options.sigma.pipelines = [PipelineSupport.pipeline("- {type: field_name_mapping, mapping: {a: c}}")]
    let second = try Language.sigma.read(rule, options: options)[0].rule.condition
    #expect(second == (try PipelineSupport.condition("s: {c: x}")))
  }
}
