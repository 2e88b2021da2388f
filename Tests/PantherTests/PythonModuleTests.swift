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
