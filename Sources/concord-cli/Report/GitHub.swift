import Concord

/// Findings as workflow commands, which GitHub shows beside the changed lines.
enum GitHub {
  /// A command for each finding of an entry.
  static func annotations(_ entry: Report.Entry) -> String {
    entry.findings.filter { $0.setAside == nil }.map { annotation($0.diagnostic, path: entry.path) }.joined()
  }

  /// A command that says at the end how much was set aside.
  static func notice(_ words: String) -> String {
    "::notice title=concord baseline::\(data(words.visible(keepingBreaks: true)))\n"
  }

  private static func annotation(_ diagnostic: Diagnostic, path: String) -> String {
    let kind =
      switch diagnostic.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    var properties = ["file=\(property(ReportPath(path).text))"]
    if let span = diagnostic.labels.first?.span {
      properties += ["line=\(span.start.line)", "col=\(span.start.column)"]
    }
    properties.append("title=\(property("concord \(diagnostic.code.rawValue)"))")
    let text = ([diagnostic.message] + diagnostic.help).joined(separator: "\n")
    return "::\(kind) \(properties.joined(separator: ","))::\(data(text.visible(keepingBreaks: true)))\n"
  }

  private static func data(_ text: String) -> String { encoded(text, "%\n") }

  private static func property(_ text: String) -> String { encoded(text.visible(), "%\n:,") }

  /// The text with some ASCII scalars as `%` and their number.
  private static func encoded(_ text: String, _ special: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      guard special.unicodeScalars.contains(scalar) else { return result.unicodeScalars.append(scalar) }
      result += "%" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
    }
  }
}
