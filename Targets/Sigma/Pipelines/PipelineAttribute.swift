import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// An attribute of a rule as the condition `rule_attribute` compares it.
enum PipelineAttribute {
  /// Equal or not, scalar by scalar.
  case text(String)
  /// Numbers are ordered.
  case number(Number)
  /// One of an ordered list of words: levels from informational, statuses from unsupported.
  case word(Int, among: [String])
  /// A date, `YYYY-MM-DD`.
  case date(String)
  /// Texts, of which one may be asked for.
  case list([String])
  /// Something that has no order and no text.
  case other

  /// The statuses in pySigma's order.
  private static let statuses = ["unsupported", "deprecated", "experimental", "test", "stable"]
  private static let levels = Rule.Severity.allCases.map(\.rawValue)

  /// The attribute of that name; `nil` where the rule has none.
  init?(_ name: String, of document: SigmaDocument) {
    func text(_ text: String?) -> PipelineAttribute? { text.map(PipelineAttribute.text) }
    func word(_ text: String?, _ words: [String]) -> PipelineAttribute? {
      text.map { text in words.firstIndex(of: text).map { .word($0, among: words) } ?? .text(text) }
    }
    let found: PipelineAttribute? =
      switch name {
      case "title": .text(document.title)
      case "id": text(document.id)
      case "name": text(document.name)
      case "description": text(document.description)
      case "author": text(document.author)
      case "status": word(document.status, PipelineAttribute.statuses)
      case "level": word(document.level, PipelineAttribute.levels)
      case "date": document.date.map { .date($0.replacingSlashes) }
      case "modified": document.modified.map { .date($0.replacingSlashes) }
      case "references": .list(document.references)
      case "fields": .list(document.fields)
      case "falsepositives": .list(document.falsePositives)
      case _: document.other[name].map(PipelineAttribute.custom)
      }
    guard let found else { return nil }
    self = found
  }

  private static func custom(_ value: Value) -> PipelineAttribute {
    switch value {
    case .string(let text): .text(text)
    case .number(let number): .number(number)
    case .array(let items): .list(items.compactMap(\.text))
    case .null, .bool, .malformedString, .object: .other
    }
  }

  /// Whether the attribute compares so with the value of the condition. Throws `E341` where they do not compare.
  func holds(
    _ operation: PipelineComparison, _ value: Value, step: PipelineStep
  ) throws(Diagnostic) -> Bool {
    let wanted: String =
      switch value {
      case .string(let text): text
      case .number(let number): number.written
      case .bool(let flag): flag ? "true" : "false"
      case .null, .malformedString, .array, .object: ""
      }
    switch self {
    case .list(let texts):
      switch operation {
      case .in: return texts.contains { $0.sameScalars(as: wanted) }
      case .not_in: return !texts.contains { $0.sameScalars(as: wanted) }
      case .ne: return true
      case .eq, .gte, .gt, .lte, .lt: return false
      }
    case .text(let text):
      switch operation {
      case .eq: return text.sameScalars(as: wanted)
      case .ne: return !text.sameScalars(as: wanted)
      case .gte, .gt, .lte, .lt, .in, .not_in: throw incomparable(operation, step)
      }
    case .number(let number):
      guard let bound = Number(wanted) else { throw notOne("a number", wanted, step) }
      if case .in = operation { return false }
      return operation.orders(number.double, bound.double)
    case .word(let index, let words):
      guard let bound = words.firstIndex(of: wanted.lowercased()) else {
        throw notOne("one of \(words.joined(separator: ", "))", wanted, step)
      }
      return operation.orders(index, bound)
    case .date(let date):
      guard wanted.utf8.count == 10 else { throw notOne("a date, `YYYY-MM-DD`", wanted, step) }
      return operation.orders(Array(date.unicodeScalars), Array(wanted.unicodeScalars))
    case .other: throw incomparable(operation, step)
    }
  }

  private func incomparable(_ operation: PipelineComparison, _ step: PipelineStep) -> Diagnostic {
    .pipelineCannot("the rule's attribute cannot be compared by `\(operation.rawValue)`", step: step, at: nil)
  }

  private func notOne(_ what: String, _ found: String, _ step: PipelineStep) -> Diagnostic {
    .pipelineCannot(
      "a rule's attribute is compared with `\(found)`, which is not \(what)", step: step, at: nil)
  }
}

extension String {
  /// A date with `-` for the `/` that older rules have.
  fileprivate var replacingSlashes: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0 == "/" ? "-" : $0 }))
  }
}
