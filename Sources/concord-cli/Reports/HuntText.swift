import Concord

/// `run`'s output for people and as lines of JSON.
enum HuntText {
  /// How many columns of days are shown with their numbers.
  private static let numbered = 7

  /// An event as lines of JSON, one for each rule that holds of it: as `scan` has them.
  static func record(_ hit: Hunt.Hit, _ rules: [Rule], _ heads: [[UInt8]]) -> [UInt8] {
    var output: [UInt8] = []
    let event = Array(Value.object(hit.event.object).compactJSON.utf8)
    for rule in hit.rules {
      output += heads[rule]
      if let time = hit.time { output += ",\"time\":\"\(time.text)\"".utf8 }
      output += ",\"explanation\":\(rules[rule].condition.explanationJSON(hit.event).compactJSON)".utf8
      output += ",\"event\":".utf8
      output += event
      output += "}\n".utf8
    }
    return output
  }

  /// An event for people: a line for each rule that holds of it, and below it the tests that decided.
  static func lines(_ hit: Hunt.Hit, _ rules: [Rule]) -> [UInt8] {
    let text = hit.rules.map { place in
      let rule = rules[place]
      var parts = [hit.time.map(\.text) ?? "no time", ScanText.name(rule)]
      for field in rule.outputFields {
        let texts = hit.event.values(at: field.path).compactMap(\.value.comparedText)
        if !texts.isEmpty { parts.append("\(field.name)=\(shortened(texts.joined(separator: ","), to: 60))") }
      }
      let lines = rule.condition.explanation(hit.event).map { TextLine("    \($0)") }
      return ([TextLine(parts.joined(separator: "  "))] + lines).map { $0.drawn(colour: false) }.joined()
    }
    return Array(text.joined().utf8)
  }

  /// A row for each rule: how many events it holds of, and when. Rules that hold of none are counted where there are many.
  static func table(_ report: HuntReport, _ terminal: Terminal) -> String {
    let found = report.order.filter { report.tally.count(of: $0) > 0 }
    let shown = report.rules.count <= 20 ? report.order : found
    let columns = report.columns(atMost: 60)
    let isNumbered = columns.count <= numbered
    var rows = [["rule", "events"] + (isNumbered ? columns.map(\.name) : ["\(columns.first?.name ?? "")…"])]
    for rule in shown {
      let counts = report.counts(of: rule, in: columns)
      let days =
        isNumbered
        ? counts.map { $0 == 0 ? "·" : ScanText.number($0) }
        : [ScanText.sparkline(counts, blocks: terminal.hasBlocks)]
      rows.append([ScanText.name(report.rules[rule]), ScanText.number(report.tally.count(of: rule))] + days)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for row in rows {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 || !isNumbered && column == 2 ? cell + padding : padding + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    let others = report.rules.count - shown.count
    if others > 0 {
      text += "\(ScanText.number(others)) \(others == 1 ? "rule" : "rules") without an event\n"
    }
    return text
  }

  /// What was done, found, and not looked at.
  static func closing(_ report: HuntReport) -> String { report.closing.map { $0 + "\n" }.joined() }

  /// One line for the terminal.
  static func progress(_ report: HuntReport, _ state: (bytes: Int?, events: Int, retries: Int)) -> String {
    var parts = ["\(report.whole) of \(counted(report.slices.count, "slice"))"]
    if let bytes = state.bytes { parts.append("\(ScanText.bytes(bytes)) read") }
    parts.append("\(ScanText.number(state.events)) \(state.events == 1 ? "event" : "events")")
    if state.retries > 0 { parts.append("\(counted(state.retries, "query", "queries")) tried again") }
    return parts.joined(separator: ", ")
  }
}
