import Concord
import Foundation

/// `scan`'s output for people.
enum ScanText {
  /// A match on a line, its rule's output fields beside it; the tests that decided below.
  static func match(
    _ match: ScanBatch.Match, _ batch: ScanBatch, _ rule: Rule, _ event: Event, explains: Bool
  ) -> String {
    let place =
      switch match.place {
      case .line(let line): "\(batch.name):\(line)"
      case .event(let number): "\(batch.name): event \(number)"
      }
    var parts = [match.time.map(\.text) ?? "no time", place, name(rule)]
    for field in rule.outputFields {
      let texts = event.values(at: field.path).compactMap(\.value.comparedText)
      if !texts.isEmpty { parts.append("\(field.name)=\(shortened(texts.joined(separator: ","), to: 60))") }
    }
    let lines = explains ? rule.condition.explanation(event).map { TextLine("    \($0)") } : []
    return ([TextLine(parts.joined(separator: "  "))] + lines).map { $0.drawn(colour: false) }.joined()
  }

  /// What people know a rule by: its id, or its title where the id is a UUID; control characters spelled out.
  static func name(_ rule: Rule) -> String {
    shortened(UUID(uuidString: rule.id) == nil || rule.title.isEmpty ? rule.id : rule.title, to: 60).visible()
  }

  /// A number a rule, of one that counts that of its alerts; the number alone where there is one rule.
  static func counts(_ report: ScanReport) -> String {
    let numbers = report.summary.rules.enumerated().map { report.alerts[$0] ?? $1.matches }
    if numbers.count == 1 { return "\(numbers[0])\n" }
    return zip(report.rules, numbers).map { "\($1)\t\(name($0))\n" }.joined()
  }

  /// A row a rule with its first and last match and a histogram over time, and what was scanned.
  static func table(_ report: ScanReport, _ terminal: Terminal) -> String {
    let matched = report.rules.indices.filter { report.summary.rules[$0].matches > 0 }
    let shown = report.rules.count <= 10 ? Array(report.rules.indices) : matched
    var text = rows(shown, report, terminal)
    let others = report.rules.count - shown.count
    if others > 0 { text += "\(number(others)) \(others == 1 ? "rule" : "rules") without a match\n" }
    for (place, count) in report.alerts.sorted(by: { $0.key < $1.key }) {
      text += "\(name(report.rules[place])): \(number(count)) \(count == 1 ? "alert" : "alerts")\n"
    }
    return text + footer(report) + "\n"
  }

  private static func rows(_ shown: [Int], _ report: ScanReport, _ terminal: Terminal) -> String {
    if shown.isEmpty { return "" }
    let names = shown.map { name(report.rules[$0]) }
    let tallies = shown.map { report.summary.rules[$0] }
    let nameWidth = max(4, names.map(\.count).max() ?? 0)
    let countWidth = max(7, tallies.map { number($0.matches).count }.max() ?? 0)
    let columns = min(120, max(20, terminal.width - 2))
    let span = report.summary.span
    var lines = [
      padded("rule", nameWidth) + "  " + padded("matches", countWidth, right: true)
        + (span == nil ? "" : "  \(padded("first", 20))  last")
    ]
    for (name, tally) in zip(names, tallies) {
      var line = padded(name, nameWidth) + "  " + padded(number(tally.matches), countWidth, right: true)
      guard let span, let first = tally.times.first, let last = tally.times.last else {
        lines.append(line)
        continue
      }
      line += "  \(first.text)  \(last.text)"
      lines.append(line)
      if span.first < span.last {
        let bars = tally.times.bars(columns, from: span.first, to: span.last)
        lines.append("  " + sparkline(bars, blocks: terminal.hasBlocks))
      }
    }
    if let span, span.first < span.last {
      let seconds = Double(span.last.milliseconds - span.first.milliseconds) / 1000
      lines.append(
        "  \(span.first.text) to \(span.last.text), \(duration(seconds / Double(columns))) a column")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Numbers as a line of bars.
  static func sparkline(_ bars: [Int], blocks: Bool) -> String {
    let levels = Array(blocks ? "▁▂▃▄▅▆▇█" : ".:-=+*%#")
    let highest = max(1, bars.max() ?? 1)
    return String(
      bars.map { $0 == 0 ? (blocks ? "·" : " ") : levels[min(7, ($0 * 8 - 1) / highest)] })
  }

  private static func footer(_ report: ScanReport) -> String {
    let summary = report.summary
    let logs = "\(number(summary.logs)) \(summary.logs == 1 ? "log" : "logs")"
    let rate = report.seconds > 0.05 ? ", \(bytes(Int(Double(summary.bytes) / report.seconds)))/s" : ""
    let stop =
      report.isInterrupted
      ? "; interrupted, not all was scanned" : report.isFull ? "; stopped there" : ""
    return "\(number(summary.matchingEvents)) of \(number(summary.events)) events match; \(logs), "
      + "\(bytes(summary.bytes)), \(duration(report.seconds))\(rate)\(stop)"
  }

  /// One line for a run in which something could not be read.
  static func incomplete(_ report: ScanReport) -> String {
    let count = report.summary.problems
    return "incomplete: \(number(count)) \(count == 1 ? "error" : "errors"), "
      + "\(number(report.summary.events)) events evaluated"
  }

  /// A number with its thousands apart.
  static func number(_ value: Int) -> String {
    var digits = String(value)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  /// A size in decimal units.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "kB", "MB", "GB"] {
      if value < 1000 || unit == "GB" {
        return unit == "bytes" ? "\(count) bytes" : "\(decimal(value)) \(unit)"
      }
      value /= 1000
    }
    return "\(count) bytes"
  }

  /// A time span, in the unit that fits it.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.9995: "\(Int((seconds * 1000).rounded())) ms"
    case ..<90: "\(decimal(seconds)) s"
    case ..<5400: "\(decimal(seconds / 60)) min"
    case ..<129_600: "\(decimal(seconds / 3600)) h"
    default: "\(decimal(seconds / 86_400)) days"
    }
  }

  private static func decimal(_ value: Double) -> String {
    value >= 100 ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)"
  }

  private static func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, width - text.count))
    return right ? padding + text : text + padding
  }
}

extension Terminal {
  /// How many columns there are; 100 where nobody knows.
  var width: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 100
  }

  /// Whether the block characters of Unicode can be shown.
  var hasBlocks: Bool {
    let environment = ProcessInfo.processInfo.environment
    if let plain = environment["NO_COLOR"], !plain.isEmpty { return false }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    return locale.map { $0.uppercased().contains("UTF-8") || $0.uppercased().contains("UTF8") } ?? false
  }
}
