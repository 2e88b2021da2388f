import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// The settings of a saved search that decide which of its rows make an alert. [Admin Manual, savedsearches.conf]
enum SplunkAlertSettings {
  /// Whether the alerts of a rule are told apart within its dedup period, by something that is no field of the search.
  static func tellsApart(_ rule: Rule) -> Bool {
    rule.groupsByText || rule.aggregate.map { !$0.group.isEmpty } ?? false
  }

  /// Puts the period for which alerts are held back into the rule, and returns what is set aside. Throws where other rows
  /// than each make an alert.
  static func settle(_ query: DeployedQuery, _ rule: inout Rule) throws(Diagnostic) -> [Diagnostic] {
    func value(_ name: String) -> String? {
      let value = query.settings.last { $0.name == name }?.value ?? ""
      return value.isEmpty ? nil : value
    }
    if let condition = value("alert_condition") {
      throw refused("`\(condition)` finds something in its rows")
    }
    let counted = (value("counttype") ?? "always").lowercased()
    let relation = (value("relation") ?? "greater than").lowercased()
    let quantity = value("quantity") ?? "0"
    let isOfAny =
      counted == "always"
      || counted == "number of events"
        && [("greater than", "0"), ("not equal to", "0")].contains { $0 == (relation, quantity) }
    if !isOfAny { throw refused("the \(counted) is \(relation) \(quantity)") }
    if let ratio = value("dispatch.sample_ratio"), ratio != "1" {
      throw refused("an event is among one of \(ratio) (`dispatch.sample_ratio`)")
    }
    return suppression(&rule, value)
  }

  private static func suppression(_ rule: inout Rule, _ value: (String) -> String?) -> [Diagnostic] {
    guard let isOn = value("alert.suppress"), SplunkConf.isTrue(isOn) else { return [] }
    let period = value("alert.suppress.period")
    if value("alert.suppress.fields") == nil, let minutes = period.flatMap(minutes) {
      rule.dedupPeriodMinutes = minutes
      return []
    }
    let fields = value("alert.suppress.fields").map { " with the same `\($0)`" } ?? ""
    return [
      Diagnostic(
        .suppressionSetAside,
        "the saved search makes no alert\(fields) within \(period ?? "a period") after another, which is set aside"
      )
    ]
  }

  /// A whole number of minutes, as `90m`, `24h` or `7d`.
  private static func minutes(_ period: String) -> Int? {
    guard let unit = period.last, let count = Int(period.dropLast()), count > 0 else { return nil }
    let factors: [Character: Int] = ["m": 1, "h": 60, "d": 1_440]
    return factors[unit].flatMap { factor in
      let (minutes, isTooLarge) = count.multipliedReportingOverflow(by: factor)
      return isTooLarge ? nil : minutes
    }
  }

  private static func refused(_ condition: String) -> Diagnostic {
    Diagnostic(
      .alertCondition, "the saved search makes an alert only where \(condition)",
      help: ["ask it in the search itself, as `| stats count | where count > 100`"])
  }
}
