import ConcordDiagnostics

/// A table of a page as it comes out in text: cells parted by bars, sometimes a value on lines of its own.
struct CatalogueTable {
  /// A row: field or name, kind or source, values.
  struct Row {
    /// The cells, without outer blanks.
    var cells: [String]
    /// Where the row's first line stands.
    let line: CataloguePage.Line

    /// The cell at `index`, empty where there is none.
    func cell(_ index: Int) -> String { cells.indices.contains(index) ? cells[index] : "" }
    /// The values of a cell that holds one a line.
    var values: [String] = []
  }

  /// The rows below the header.
  private(set) var rows: [Row] = []

  /// Reads the table of a section. Text above the header is skipped. A line that is not a row of its own, by
  /// `isRow`, continues the last cell of the row before it.
  init(_ lines: [CataloguePage.Line], isRow: (Row) -> Bool = { _ in true }) {
    var columns: Int?
    for line in lines where !line.text.isEmpty {
      let cells = CatalogueTable.cells(of: line.text)
      guard let count = columns else {
        if line.text.hasPrefix("|"), cells.count > 1, cells.allSatisfy(CatalogueTable.isRule) {
          columns = cells.count
        }
        continue
      }
      let row = Row(cells: cells, line: line)
      if isRow(row) {
        rows.append(row.keeping(count))
      } else if !rows.isEmpty {
        rows[rows.count - 1].values += cells.filter { !$0.isEmpty }
      }
    }
  }

  /// `---`, as in the line below a header.
  private static func isRule(_ cell: String) -> Bool {
    !cell.isEmpty && cell.allSatisfy { $0 == "-" || $0 == ":" }
  }

  /// The cells of a line; a bar at either end parts nothing.
  private static func cells(of text: String) -> [String] {
    var parts = text.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
    if parts.first == "" { parts.removeFirst() }
    if parts.last == "" { parts.removeLast() }
    return parts
  }

  private static func trimmed(_ text: Substring) -> String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}

extension CatalogueTable.Row {
  /// The row with its third cell's value, which may itself have bars, as a value.
  fileprivate func keeping(_ columns: Int) -> Self {
    var row = self
    let extra = columns > 3 ? min(columns - 3, max(0, cells.count - 3)) : 0
    let value = cells.dropFirst(2).dropLast(extra).joined(separator: "|")
    if !value.isEmpty { row.values = [value] }
    return row
  }
}
