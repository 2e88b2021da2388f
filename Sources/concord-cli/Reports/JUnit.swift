import Concord

/// Results as JUnit XML, as CI systems read it.
enum JUnit {
  /// A suite: one rule.
  struct Suite {
    /// The file, as the user named it.
    let name: String
    /// Its cases, in order.
    let cases: [Case]
  }

  /// A case: one fixture, or one target.
  struct Case {
    /// What the case belongs to.
    let group: String
    /// Its name.
    let name: String
    /// How it ended.
    let outcome: Outcome
  }

  /// How a case ended.
  enum Outcome {
    case passed
    case failed(message: String, body: String)
    case error(message: String, body: String)
    case skipped(message: String)
  }

  /// The report of these suites.
  static func render(_ suites: [Suite], name: String) -> String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"\(name)\">\n"
    for suite in suites { text += render(suite) }
    return text + "</testsuites>\n"
  }

  private static func render(_ suite: Suite) -> String {
    var (failures, errors, skipped) = (0, 0, 0)
    var cases = ""
    for example in suite.cases {
      cases += "    <testcase classname=\"\(attribute(example.group))\" name=\"\(attribute(example.name))\""
      switch example.outcome {
      case .passed: cases += "/>\n"
      case .failed(let message, let body):
        failures += 1
        cases += "><failure message=\"\(attribute(message))\">\(escaped(body))</failure></testcase>\n"
      case .error(let message, let body):
        errors += 1
        cases += "><error message=\"\(attribute(message))\">\(escaped(body))</error></testcase>\n"
      case .skipped(let message):
        skipped += 1
        cases += "><skipped message=\"\(attribute(message))\"/></testcase>\n"
      }
    }
    return
      "  <testsuite name=\"\(attribute(suite.name))\" tests=\"\(suite.cases.count)\" failures=\"\(failures)\" "
      + "errors=\"\(errors)\" skipped=\"\(skipped)\">\n\(cases)  </testsuite>\n"
  }

  private static func attribute(_ text: String) -> String {
    escaped(text).unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  /// XML 1.0 has no way to write most control characters at all: they become U+FFFD.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      default:
        let isCharacter = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        result.unicodeScalars.append(isCharacter ? scalar : "\u{FFFD}")
      }
    }
  }
}
