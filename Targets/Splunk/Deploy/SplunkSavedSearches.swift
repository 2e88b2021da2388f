import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Searches as saved searches: a `savedsearches.conf`, or an app with one. [Admin Manual, savedsearches.conf]
enum SplunkSavedSearches {
  /// One file of stanzas.
  static let file = DeployFormat(
    name: "savedsearches", summary: "a savedsearches.conf, with a stanza for each rule",
    takes: [.schedule, .window], query: query, notes: notes,
    files: { (queries, _) throws(Diagnostic) in [DeployFile(fileName, text(queries))] },
    reading: .init(
      names: [fileName],
      isFile: { source in
        source.name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } == fileName
      },
      queries: read, settle: SplunkAlertSettings.settle))

  /// A folder that is an app. [Admin Manual, app.conf and default.meta.conf]
  static let app = DeployFormat(
    name: "app", summary: "the folder of an app with a savedsearches.conf",
    takes: [.schedule, .window, .folder], query: query, notes: notes,
    files: { (queries, options) throws(Diagnostic) in
      [
        DeployFile("default/\(fileName)", text(queries)),
        DeployFile("default/app.conf", try appConf(options)),
        DeployFile(
          "metadata/default.meta", "[]\naccess = read : [ * ], write : [ admin ]\nexport = system\n"),
      ]
    })

  private static let fileName = "savedsearches.conf"

  private static func appConf(_ options: DeployOptions) throws(Diagnostic) -> String {
    let isName = options.name.utf8.allSatisfy { $0.isLetter || $0.isDigit || "._-".utf8.contains($0) }
    guard isName, !options.name.isEmpty else {
      throw Diagnostic(
        .deploySetting, "the app's folder cannot be called `\(options.name)`",
        help: ["name it by letters, digits, `.`, `_` and `-`"])
    }
    return """
      [install]
      is_configured = 0

      [ui]
      is_visible = 0
      label = \(options.name)

      [launcher]
      version = 1.0.0

      [package]
      id = \(options.name)

      """
  }
}

// A rule as a saved search.
extension SplunkSavedSearches {
  private static func query(
    _ member: DeployMember, _ options: DeployOptions
  ) throws(Diagnostic) -> DeployedQuery {
    let rule = member.rule
    try checkName(rule.title)
    var settings: [DeploySetting] = []
    func add(_ name: String, _ value: String) { settings.append(DeploySetting(name, value)) }
    if let description = rule.description?.withoutLineBreaksAtEnds, !description.isEmpty {
      add("description", description)
    }
    add("disabled", rule.enabled ? "0" : "1")
    if let schedule = options.schedule {
      try checkSchedule(schedule)
      add("enableSched", "1")
      add("cron_schedule", schedule)
    }
    if let since = options.window.since { add("dispatch.earliest_time", try time(since)) }
    if let until = options.window.until { add("dispatch.latest_time", try time(until)) }
    // Each row is an alert: how many events make one, the search itself counts.
    add("counttype", "number of events")
    add("relation", "greater than")
    add("quantity", "0")
    add("alert.track", rule.makesAlerts ? "1" : "0")
    if let severity = rule.severity { add("alert.severity", level(severity)) }
    if let minutes = rule.dedupPeriodMinutes, minutes > 0, !SplunkAlertSettings.tellsApart(rule) {
      add("alert.suppress", "1")
      add("alert.suppress.period", "\(minutes)m")
    }
    if let annotations = annotations(rule) {
      add("action.correlationsearch.enabled", "1")
      add("action.correlationsearch.label", rule.title)
      add("action.correlationsearch.annotations", annotations)
    }
    for setting in options.settings {
      try checkKey(setting.name)
      settings.removeAll { $0.name.sameScalars(as: setting.name) }
      if !setting.value.isEmpty { settings.append(setting) }
    }
    for setting in settings { try checkValue(setting.value, of: setting.name) }
    return DeployedQuery(
      format: file.name, name: rule.title, text: try search(member.text), settings: settings,
      isEnabled: isEnabled(settings))
  }

  private static func notes(_ member: DeployMember, _ options: DeployOptions) -> [Diagnostic] {
    guard let minutes = member.rule.dedupPeriodMinutes, minutes > 0,
      SplunkAlertSettings.tellsApart(member.rule),
      options.setting("alert.suppress") == nil
    else { return [] }
    return [
      Diagnostic(
        .suppressionLeftOut,
        "the dedup period of \(minutes) min is left out: the rule tells alerts apart, and `alert.suppress` would hold "
          + "back all of them after one",
        help: [
          "name the fields that tell them apart: `--setting alert.suppress=1 --setting alert.suppress.fields=…`"
        ])
    ]
  }

  /// The techniques, and the tactics of which no technique is named, as JSON.
  private static func annotations(_ rule: Rule) -> String? {
    func member(_ key: String, _ ids: [String]) -> [Value.Object.Member] {
      var seen: Set<String> = []
      let values = ids.filter { seen.insert($0).inserted }.map(Value.string)
      return values.isEmpty ? [] : [.init(key, .array(values))]
    }
    let members =
      member("mitre_attack", rule.attack.compactMap(\.technique))
      + member("mitre_attack_tactic", rule.attack.compactMap { $0.technique == nil ? $0.tactic : nil })
    return members.isEmpty ? nil : Value.object(Value.Object(members)).compactJSON
  }

  /// `alert.severity` counts from 1, debug, to 6, fatal.
  private static func level(_ severity: Rule.Severity) -> String {
    switch severity {
    case .informational: "2"
    case .low: "3"
    case .medium: "4"
    case .high: "5"
    case .critical: "6"
    }
  }

  /// A moment as the settings have it by their default format, `%FT%T.%Q%:z`: with milliseconds.
  private static func time(_ moment: Moment) throws(Diagnostic) -> String {
    guard case .at(let instant) = moment else { return moment.text }
    guard instant.nanoseconds.isMultiple(of: 1_000_000) else {
      throw .deployValue("the moment `\(instant.text)`", "has more than milliseconds")
    }
    let whole = Instant(seconds: instant.seconds).text.dropLast()
    let fraction = "\(1_000 + instant.nanoseconds / 1_000_000)".dropFirst()
    return "\(whole).\(fraction)+00:00"
  }

  /// The search, with a blank before each break: so it is the same whether a break in a value is kept or is none.
  private static func search(_ text: String) throws(Diagnostic) -> String {
    let lines = text.withoutLineBreaksAtEnds.unicodeScalars.split(separator: "\n").map { String($0) }
    let joined = lines.joined(separator: " \n")
    if joined.unicodeScalars.contains("$") {
      throw .deployValue("the search", "holds `$`, which stands around tokens there")
    }
    try checkValue(joined, of: "search")
    return joined
  }
}

// What may stand in the file.
extension SplunkSavedSearches {
  private static func checkName(_ name: String) throws(Diagnostic) {
    func refuse(_ why: String) -> Diagnostic {
      .deployValue(
        "the name `\(name)`", "\(why), which no stanza's name may", help: ["give the rule another title"])
    }
    let scalars = name.unicodeScalars
    guard let first = scalars.first, let last = scalars.last else {
      throw Diagnostic.deployValue("a saved search", "needs a name", help: ["give the rule a title"])
    }
    if [first, last].contains(where: { $0 == " " || $0 == "\t" }) {
      throw refuse("begins or ends in a blank")
    }
    if scalars.contains(where: { $0 == "[" || $0 == "]" }) { throw refuse("holds a bracket") }
    if scalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw refuse("holds a control character")
    }
    if name.lowercased() == "default" { throw refuse("is that of the settings of all") }
  }

  private static func checkKey(_ key: String) throws(Diagnostic) {
    let isKey = key.utf8.allSatisfy { $0.isLetter || $0.isDigit || "._-:".utf8.contains($0) }
    guard isKey, !key.isEmpty, key != "search" else {
      throw Diagnostic(
        .deploySetting, "`\(key)` is no name of a setting", help: ["as `action.email.to=soc@example.com`"])
    }
  }

  /// Five fields of digits, `*`, `/`, `,` and `-`: names of months and days are not taken. [savedsearches.conf]
  private static func checkSchedule(_ schedule: String) throws(Diagnostic) {
    let fields = schedule.split(separator: " ", omittingEmptySubsequences: false)
    let isCron = fields.allSatisfy {
      !$0.isEmpty && $0.utf8.allSatisfy { $0.isDigit || "*/,-".utf8.contains($0) }
    }
    guard fields.count == 5, isCron else {
      throw Diagnostic(
        .deploySetting, "`\(schedule)` is no schedule of five fields", help: ["as `*/15 * * * *`"])
    }
  }

  private static func checkValue(_ value: String, of key: String) throws(Diagnostic) {
    func refuse(_ why: String) -> Diagnostic { .deployValue("the value of `\(key)`", why) }
    func isBlank(_ scalar: Unicode.Scalar?) -> Bool { scalar == " " || scalar == "\t" }
    let scalars = value.unicodeScalars
    let isControl = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }
    if scalars.contains(where: isControl) {
      throw refuse("holds a control character, which no line of the file may")
    }
    if isBlank(scalars.first) || isBlank(scalars.last) {
      throw refuse("begins or ends in a blank, which is not kept")
    }
    let lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.contains(where: { $0.last == "\\" }) {
      throw refuse("has a line that ends in a backslash, which stands for a line that goes on")
    }
    for line in lines.dropFirst() {
      let first = line.drop { isBlank($0) }.first
      if let first, first == "#" || first == "[" {
        throw refuse("has a line that begins with `\(first)`, as a comment or a stanza does")
      }
    }
  }
}

// The file, both ways.
extension SplunkSavedSearches {
  private static func text(_ queries: [DeployedQuery]) -> String {
    queries.map { query in
      let settings = query.settings + [DeploySetting("search", query.text)]
      let lines = settings.map { setting in
        "\(setting.name) = \(setting.value.replacing("\n", with: "\\\n"))\n"
      }
      return "[\(query.name)]\n\(lines.joined())"
    }.joined(separator: "\n")
  }

  private static func read(_ source: Source) throws(Diagnostic) -> [DeployedQuery] {
    let conf = try SplunkConf(source)
    let defaults = conf.globals + conf.stanzas.filter { $0.name == "default" }.flatMap(\.settings)
    var names: Set<ScalarText> = []
    var queries: [DeployedQuery] = []
    for stanza in conf.stanzas where stanza.name != "default" {
      guard names.insert(ScalarText(stanza.name)).inserted else {
        throw Diagnostic(
          .duplicateName, "the stanza `[\(stanza.name)]` stands twice", in: source, at: stanza.span)
      }
      guard let search = stanza["search"] else {
        throw Diagnostic(
          .missingKey, "a saved search needs `search`", in: source, at: stanza.span,
          help: ["a stanza of `local` without one changes another file's: merge both first"])
      }
      var settings: [DeploySetting] = []
      for setting in defaults + stanza.settings where setting.key != "search" {
        settings.removeAll { $0.name.sameScalars(as: setting.key) }
        settings.append(DeploySetting(setting.key, setting.value))
      }
      queries.append(
        DeployedQuery(
          format: file.name, name: stanza.name, text: search, settings: settings,
          isEnabled: isEnabled(settings)))
    }
    return queries
  }

  private static func isEnabled(_ settings: [DeploySetting]) -> Bool {
    !(settings.last { $0.name == "disabled" }.map { SplunkConf.isTrue($0.value) } ?? false)
  }
}

extension String {
  /// The text without line breaks at its ends: a block of text in YAML ends in one.
  fileprivate var withoutLineBreaksAtEnds: String {
    func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
    var scalars = unicodeScalars.drop(while: isBreak)
    while let last = scalars.last, isBreak(last) { scalars.removeLast() }
    return String(scalars)
  }
}
