import Concord

/// The Swift that stands for a package's rules.
enum RulesSource {
  /// The rules as types with a predicate each, and `Rules`, which has them by name.
  static func predicates(_ rules: [Rule], options: LanguageOptions) throws(Diagnostic) -> String {
    let (text, types) = try SwiftSource.write(all: rules, options: options)
    var lines = [
      "", "/// The rules of this module.", "public enum Rules {",
      "  /// A rule with the fixtures that its author gave it.", "  public struct Rule: Sendable {",
      "    /// The rule's stable name.", "    public let id: String", "    /// The rule's title.",
      "    public let title: String", "    /// Whether the rule fires on an event.",
      "    public let matches: @Sendable (Event) -> Bool", "    /// Its fixtures.",
      "    public let fixtures: [Fixture]", "  }", "",
      "  /// An event with the verdict that the rule is to have.",
      "  public struct Fixture: Sendable {", "    /// What the event shows.", "    public let name: String",
      "    /// The event, as JSON.", "    public let json: String", "    /// The verdict.",
      "    public let expected: Bool", "  }",
    ]
    for (rule, type) in zip(rules, types) {
      lines += [
        "", "  /// Whether \(SwiftSource.literal(rule.title)) fires on an event.",
        "  public static func \(name(type))(_ event: Event) -> Bool { \(type).matches(event) }",
      ]
    }
    lines += ["", "  /// All of them, in the order of their files.", "  public static let all: [Rule] = ["]
    for (rule, type) in zip(rules, types) {
      lines.append("    Rule(id: \(type).id, title: \(type).title, matches: \(type).matches, fixtures: [")
      for fixture in rule.fixtures where fixture.log.isEmpty {
        let json = Value.object(fixture.event.object).compactJSON
        lines.append(
          "      Fixture(name: \(SwiftSource.literal(fixture.name)), json: \(SwiftSource.literal(json)), expected: \(fixture.expected)),"
        )
      }
      lines.append("    ]),")
    }
    return text + (lines + ["  ]", "}", ""]).joined(separator: "\n")
  }

  /// Tests that replay the fixtures of these modules' rules through the predicates.
  static func tests(_ modules: [String]) -> String {
    var text = "import Testing\n"
    for module in modules { text += "import \(module)\n" }
    for module in modules {
      text += """

        @Suite("Rules of \(module)")
        struct \(module)RuleTests {
          @Test(arguments: \(module).Rules.all.indices)
          func fixtures(_ index: Int) throws {
            let rule = \(module).Rules.all[index]
            for fixture in rule.fixtures {
              let read = \(module).Event(json: fixture.json)
              let event = try #require(read)
              #expect(rule.matches(event) == fixture.expected, "\\(rule.title): \\(fixture.name)")
            }
          }
        }

        """
    }
    return text
  }

  /// The type's name as that of a function; a number in front is none.
  private static func name(_ type: String) -> String {
    // A run of capitals begins with a small letter as a whole: `AWSRoot` becomes `awsRoot`.
    let capitals = type.prefix { $0.isUppercase }
    let head = capitals.count > 1 && capitals.count < type.count ? capitals.dropLast() : capitals
    let name = head.lowercased() + type.dropFirst(head.count)
    return ["all"].contains(name) ? name + "Rule" : "`\(name)`"
  }
}
