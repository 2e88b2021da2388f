import ConcordDetection
import ConcordDiagnostics
import ConcordNotation

/// Compares the condition of a page with the page's own tables: what top-level `not` excludes, what the rest asks.
struct CataloguePageCheck {
  private let page: CataloguePage
  private let asked: [Asked]

  /// A question of the condition.
  private struct Asked {
    let test: NotationTest
    let span: Span
    /// Whether it stands below a top-level `not`.
    let isExcluded: Bool
    /// Whether another `not` stands above it.
    let isNested: Bool

    var isNegated: Bool { test.isNegated }

    /// Whether a table's row asks it. `ne` excludes what `eq` asks.
    func isAsked(by row: CatalogueTable.Row, excluding: Bool) -> Bool {
      guard case .field(let path) = test.subject else { return false }
      let field = row.cell(0).split(separator: ":").joined(separator: ".")
      guard field.sameScalars(as: Notation.print(path)) else { return false }
      let kind = row.kind
      if kind == test.operator.rawValue { return !excluding || isExcluded || isNegated }
      return excluding && !isExcluded && kind == "eq" && test.operator == .ne
    }

    /// Whether it compares with the value of a table's cell, or with each of several.
    func has(_ value: String) -> Bool {
      let own: [String]
      switch test.operand {
      case .none: own = []
      case .values(let values): own = values.map(\.text)
      case .field(let path): own = [Notation.print(path)]
      }
      let isOwn = { (text: String) in own.contains { $0.sameScalars(as: text) } }
      return isOwn(value)
        || value.split(separator: ",").allSatisfy { part in isOwn(String(part.drop { $0 == " " })) }
    }

    var values: String {
      switch test.operand {
      case .none: ""
      case .values(let values): values.map { "\"\($0.text)\"" }.joined(separator: ", ")
      case .field(let path): Notation.print(path)
      }
    }
  }

  init(page: CataloguePage, tree: NotationTree) {
    self.page = page
    var asked: [Asked] = []
    for line in tree.lines { CataloguePageCheck.collect(line, into: &asked) }
    self.asked = asked
  }

  /// The parser bounds how deep this goes.
  private static func collect(
    _ node: NotationSyntax, isExcluded: Bool = false, isNested: Bool = false, isTop: Bool = true,
    into asked: inout [Asked]
  ) {
    switch node.kind {
    case .constant: break
    case .test(let test):
      asked.append(Asked(test: test, span: node.span, isExcluded: isExcluded, isNested: isNested))
    case .some(_, let operand):
      collect(operand, isExcluded: isExcluded, isNested: true, isTop: false, into: &asked)
    case .not(let operand):
      collect(
        operand, isExcluded: isTop || isExcluded, isNested: isNested || !isTop, isTop: false, into: &asked)
    case .all(let operands):
      for operand in operands {
        collect(operand, isExcluded: isExcluded, isNested: isNested, isTop: isTop, into: &asked)
      }
    case .any(let operands):
      for operand in operands {
        collect(operand, isExcluded: isExcluded, isNested: isNested, isTop: false, into: &asked)
      }
    }
  }

  /// What the tables leave out. Throws a row that the condition contradicts.
  func warnings() throws(Diagnostic) -> [Diagnostic] {
    try warnings(of: .exclusions, excluding: true) + warnings(of: .indicators, excluding: false)
  }

  private func warnings(
    of section: CataloguePage.Section, excluding: Bool
  ) throws(Diagnostic) -> [Diagnostic] {
    guard page.headings[section] != nil else { return [] }
    let rows = CatalogueTable(page[section], isRow: { NotationOperator(rawValue: $0.kind) != nil }).rows
    if rows.isEmpty { return [] }
    let candidates = asked.filter { excluding || !$0.isExcluded }
    for row in rows {
      let fitting = candidates.filter { $0.isAsked(by: row, excluding: excluding) }
      guard let first = fitting.first else {
        throw .tableRowNotInCondition(section, row, page.headings[.condition]?.span, in: page.source)
      }
      for value in row.comparedValues where !fitting.contains(where: { $0.has(value) }) {
        throw .tableValueDiffers(section, row, value, first.values, first.span, in: page.source)
      }
    }
    return asked.compactMap { question in
      let isListed = rows.contains { question.isAsked(by: $0, excluding: excluding) }
      let belongs = question.isExcluded == excluding && !question.isNested && !question.isNegated
      guard belongs, !isListed, case .field(let path) = question.test.subject else { return nil }
      if case .field = question.test.operand { return nil }
      return .notInTable(
        section, "\(Notation.print(path)) \(question.test.operator.rawValue)", question.span,
        page.headings[section]?.span, in: page.source)
    }
  }
}

extension CatalogueTable.Row {
  /// The operator without `not`, which the tables print or leave out.
  var kind: String {
    let kind = cell(1)
    return kind.hasPrefix("not ") ? String(kind.dropFirst(4)) : kind
  }

  /// The values without the notes that the catalogue adds; none where the stored page lost them.
  var comparedValues: [String] {
    values.compactMap { value in
      var text = value[...]
      if let note = text.range(of: "transforms:") { text = text[..<note.lowerBound] }
      while text.last == " " || text.last == "(" { text = text.dropLast() }
      return text.isEmpty || text.hasPrefix("(no value") ? nil : String(text)
    }
  }
}

extension Substring {
  /// Where `text` stands, byte by byte.
  fileprivate func range(of text: String) -> Range<Index>? {
    let wanted = Array(text.utf8)
    var start = utf8.startIndex
    while start < utf8.endIndex {
      if utf8[start...].starts(with: wanted) {
        return start..<utf8.index(start, offsetBy: wanted.count)
      }
      start = utf8.index(after: start)
    }
    return nil
  }
}
