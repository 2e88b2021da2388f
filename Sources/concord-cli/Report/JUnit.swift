import Concord

/// Results as JUnit XML, as CI systems read it.
enum JUnit {
  /// The report as a suite for each entry.
  static func render(_ report: Report) -> String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"concord \(report.command)\">\n"
    for entry in report.entries { text += suite(entry) }
    return text + "</testsuites>\n"
  }

  private static func suite(_ entry: Report.Entry) -> String {
    var (failures, errors, skipped) = (0, 0, 0)
    var cases = ""
    for example in entry.cases {
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
      "  <testsuite name=\"\(attribute(entry.path))\" tests=\"\(entry.cases.count)\" failures=\"\(failures)\" "
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
