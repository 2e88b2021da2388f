import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages
import ConcordNotation
import ConcordPanther
import Testing

@Suite struct PythonModuleTests {
  @Test func helpersAreFoundBesideAndAbove() throws {
    let text = """
      from my_helpers import is_x, LIST as L
      import other as o
      X = [y + '1' for y in L]
      def rule(event):
          return is_x(event, key='k') or event.get('b') in X or o.f(event)
      """
    let helpers = [
      "global_helpers/my_helpers.py":
        "LIST = ['p', 'q']\ndef is_x(event, key='a'):\n    return event.get(key) == 'x'\n",
      "rules/other.py":
        "def f(event):\n    if event.get('c') == 'z':\n        return True\n    return False\n",
    ]
    let document = try #require(PythonCase(program: text, helpers: helpers).read().documents.first)
    #expect(Notation.print(document.rule.condition) == #"k eq "x" or b in ["p1", "q1"] or c eq "z""#)
  }

  @Test func aRefusalInAHelperNamesTheCall() throws {
    let helper = "def f(event):\n    return event.get('a')[-1] == 'x'\n"
    let text = "from h import f\ndef rule(event):\n    return f(event)\n"
    let collection = PythonCase(program: text, helpers: ["rules/h.py": helper]).read()
    let refusal = try #require(collection.refused.first?.refusals.first)
    #expect(refusal.code.rawValue == "E344")
    #expect(refusal.source?.name == "rules/h.py")
    #expect(refusal.labels.first?.span.start == Position(line: 2, column: 12))
    #expect(refusal.help.contains { $0.contains("`f`") && $0.contains("line 3") })
  }

  @Test func aModelMapsNames() throws {
    let helpers = [
      "data_models/more/a.yml": """
      AnalysisType: datamodel
      LogTypes: [Log.A]
      Filename: a.py
      Mappings:
        - {Name: ip, Path: $.src.ip}
        - {Name: kind, Method: kind}
      """,
      "data_models/more/a.py":
        "def kind(event):\n    if event.get('n') == 'login':\n        return 'IN'\n    return None\n",
    ]
    let text = program("return event.udm('ip') == '::1' and event.udm('kind') == 'IN'")
    let document = try #require(PythonCase(program: text, helpers: helpers).read().documents.first)
    #expect(Notation.print(document.rule.condition) == "src.ip eq \"::1\"\nn eq \"login\"")
  }

  /// Data models of three logs, of which that of `Log.C` decodes a text.
  static let models = [
    "data_models/a.yml": "LogTypes: [Log.A]\nMappings:\n  - {Name: ip, Path: src}\n",
    "data_models/b.yml": "LogTypes: [Log.B]\nMappings:\n  - {Name: ip, Path: from}\n",
    "data_models/c.yml": "LogTypes: [Log.C]\nFilename: c.py\nMappings:\n  - {Name: ip, Method: ip}\n",
    "data_models/c.py": "import json\ndef ip(event):\n    return json.loads(event.get('m', '')).get('ip')\n",
  ]

  /// The logs of a rule, the logs of its tests, the condition, the logs that it is of, and how many tests are left.
  static let logs: [(rule: String, tests: [String], condition: String?, kept: [String], fixtures: Int)] = [
    (
      "Log.A, Log.B", ["Log.A", "Log.B"],
      #"(p_log_type eq "Log.A" and src eq "::1") or (p_log_type eq "Log.B" and from eq "::1")"#,
      ["Log.A", "Log.B"], 2
    ),
    (
      "Log.A, Log.C", ["Log.A", "Log.C"], #"p_log_type eq "Log.A" & src eq "::1""#, ["Log.A"], 1
    ),
    (
      "Log.C, Log.A, Log.B", ["Log.A", "Log.C", "Log.B", "Log.C"],
      #"(p_log_type eq "Log.A" and src eq "::1") or (p_log_type eq "Log.B" and from eq "::1")"#,
      ["Log.A", "Log.B"], 2
    ),
    ("Log.C", ["Log.C"], nil, [], 0),
    ("Log.C, Log.C", ["Log.C"], nil, [], 0),
    // Without the column nothing tells which event is of which log.
    ("Log.A, Log.C", ["Log.A", ""], nil, [], 0),
  ]

  @Test(arguments: logs) func aLogWhoseModelIsNotReadIsLeftOut(
    _ rule: String, _ tests: [String], _ condition: String?, _ kept: [String], _ fixtures: Int
  ) throws {
    let events = tests.map { $0.isEmpty ? #"{"x": "y"}"# : #"{"p_log_type": "\#($0)"}"# }
    let text = program("return event.udm('ip') == '::1'")
    let collection = PythonCase(program: text, events: events, helpers: Self.models, logTypes: rule).read()
    guard let condition else {
      #expect(collection.refused.first?.refusals.first?.code.rawValue == "E349")
      return
    }
    let document = try #require(collection.documents.first, "\(collection.refused.first?.refusals ?? [])")
    let printed = Notation.print(document.rule.condition).split(separator: "\n").joined(separator: " & ")
    #expect(printed == condition)
    #expect(document.rule.logSources.compactMap(\.platformName) == kept)
    #expect(document.rule.fixtures.count == fixtures)
    let left = document.warnings.filter { $0.code.rawValue == "W328" }
    #expect(left.count == (rule.contains("Log.C") ? 1 : 0))
    for warning in left {
      #expect(warning.source?.name == "rules/../data_models/c.py")
      #expect(warning.labels.first?.span.start == Position(line: 3, column: 12))
      let count = tests.count { $0 == "Log.C" }
      #expect(
        warning.message.hasPrefix(
          "events of `Log.C` are left out, \(count == 1 ? "one test" : "2 tests") among them: "))
      // A rule file's log types would claim what the condition is not about.
      #expect(throws: Diagnostic.self) { try Language.panther.stating(document) }
    }
  }

  @Test func aModelThatIsMissingIsNamed() {
    let refusal = PythonCase(program: program("return event.udm('ip') == '::1'")).read().refused.first?
      .refusals.first
    #expect(refusal?.code.rawValue == "E213")
  }

  @Test func stateBetweenEventsIsRefused() throws {
    let text =
      "N = 0\ndef rule(event):\n    global N\n    if N == 1:\n        return True\n    N = 1\n    return False\n"
    let refusal = PythonCase(program: text).read().refused.first?.refusals.first
    #expect(refusal?.code.rawValue == "E345")
    let mock = """
      import json
      from unittest.mock import MagicMock
      N = ['x']
      def rule(event):
          global N
          if isinstance(N, MagicMock):
              N = set(json.loads(N()))
          return event.get('a') in N
      """
    let document = try #require(PythonCase(program: mock).read().documents.first)
    #expect(Notation.print(document.rule.condition) == #"a eq "x""#)
  }

  @Test func classesAreRules() throws {
    let text = """
      from pypanther import LogType, Rule, RuleMock, RuleTest, Severity

      class Base(Rule):
          id = "Base"
          log_types = [LogType.AWS_CLOUDTRAIL]
          default_severity = Severity.HIGH
          reports = {"MITRE ATT&CK": ["TA0005:T1578"]}
          NAMES = ["x", "y"]
          tests = [
              RuleTest(name="one", expected_result=True, log={"a": "x", "b": None, "c": [1, 2.5, True]}),
              RuleTest(name="two", expected_result=False, log='{"a": "z"}'),
              RuleTest(name="three", expected_result=True, log={"a": "z"}, mocks=[RuleMock("f", return_value=1)]),
          ]

          def rule(self, event):
              return event.get("a") in self.NAMES

      class Other(Base):
          id = "Other"
          NAMES = ["z"]
      """
    let collection = panther.readAll(Source(name: "rules.py", text: text), options: LanguageOptions())
    #expect(collection.documents.map(\.rule.id) == ["Base", "Other"])
    let first = try #require(collection.documents.first)
    #expect(Notation.print(first.rule.condition) == #"a in ["x", "y"]"#)
    #expect(first.rule.severity == .high)
    #expect(first.rule.logSources.first?.platformName == "AWS.CloudTrail")
    #expect(first.rule.attack.map(\.technique) == ["T1578"])
    #expect(first.rule.fixtures.map(\.name) == ["one", "two"])
    #expect(first.rule.fixtures.allSatisfy { first.rule.condition.holds(of: $0.event) == $0.expected })
    #expect(first.warnings.map(\.code.rawValue) == ["N396", "W324"])
    #expect(collection.documents.last.map { Notation.print($0.rule.condition) } == #"a eq "z""#)
  }

  /// Lines of a class, or below it, that change the rule in ways that are not read.
  static let changes = [
    "    include_filters = [lambda event: event.get('a') == 'b']\n", "X.override(enabled=False)\n",
    "X.extend(tags=['a'])\n", "X.rule = lambda self, event: False\n",
    "setattr(X, 'rule', lambda self, event: False)\n", "for c in [X]:\n    c.rule = None\n",
  ]

  @Test(arguments: changes) func aChangedClassIsRefused(_ lines: String) {
    let text = """
      from pypanther import Rule
      class X(Rule):
          id = "X"
          def rule(self, event):
              return True

      """
    let collection = panther.readAll(Source(name: "a.py", text: text + lines), options: LanguageOptions())
    #expect(collection.documents.isEmpty)
    #expect(collection.refused.first?.refusals.first?.code.rawValue == "E344")
  }

  @Test func aFileWithoutRuleSaysSo() {
    let collection = panther.readAll(Source(name: "a.py", text: "x = 1\n"), options: LanguageOptions())
    #expect(collection.refused.first?.refusals.first?.code.rawValue == "E305")
  }
}
