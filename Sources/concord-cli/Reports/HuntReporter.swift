import Concord
import Foundation

/// Prints what a run finds, slice by slice, and sums it up at the end.
final class HuntReporter: @unchecked Sendable {
  /// What is printed of an event.
  let render: @Sendable (Hunt.Hit) -> [UInt8]
  private let format: RunFormat
  private let engine: String
  // Used by the main thread alone.
  private var writeError: Int32 = 0
  private var reported = 0

  /// How many events that disagree are shown.
  private static let shown = 10

  init(_ rules: [Rule], _ format: RunFormat, _ engine: String) {
    (self.format, self.engine) = (format, engine)
    switch format {
    case .ndjson:
      let heads = rules.map(ScanRecord.head)
      render = { hit in HuntText.record(hit, rules, heads) }
    case .text: render = { hit in HuntText.lines(hit, rules) }
    case .table, .markdown, .html, .sarif: render = { _ in [] }
    }
  }

  /// Whether it prints what is found slice by slice, not all of it at the end.
  var printsSlices: Bool {
    switch format {
    case .ndjson, .text: true
    case .table, .markdown, .html, .sarif: false
    }
  }

  /// Whether nobody reads the output any more.
  var isPipeClosed: Bool { writeError == EPIPE }

  /// Prints a slice that is whole. Throws where that cannot be.
  func print(_ result: SliceResult, of slice: TimeSlice, _ terminal: Terminal) throws(Diagnostic) {
    terminal.endProgress()
    for disagreement in result.disagreements where reported < HuntReporter.shown {
      reported += 1
      terminal.report(disagreement.diagnostic(engine))
    }
    try result.forEachPiece { piece in
      writeError = terminal.write(piece)
      return writeError == 0
    }
    if writeError != 0 {
      throw Diagnostic(
        .cannotWrite, "cannot write to standard output: \(String(cString: strerror(writeError)).lowercased())"
      )
    }
  }

  /// Prints what there is at the end. Throws where that cannot be written.
  func end(_ report: HuntReport, _ terminal: Terminal, isQuiet: Bool) throws(Diagnostic) {
    if writeError != 0 { return }
    switch format {
    case .ndjson: report.closing.forEach(terminal.remark)
    case .text:
      if !isQuiet { try terminal.print(HuntText.table(report, terminal)) }
      report.closing.forEach(terminal.remark)
    case .table: try terminal.print(HuntText.table(report, terminal) + HuntText.closing(report))
    case .markdown: try terminal.print(HuntPages.markdown(report))
    case .html: try terminal.print(HuntPages.html(report))
    case .sarif:
      try terminal.print(HuntSARIF.render(report))
      report.closing.forEach(terminal.remark)
    }
  }
}
