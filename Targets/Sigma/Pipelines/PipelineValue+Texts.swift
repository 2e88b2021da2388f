import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension PipelineValue {
  /// What a keyword asks of a field: that the field holds it anywhere.
  var foundWithin: PipelineValue {
    switch self {
    case .text(let pattern, let letterCase):
      return .text(Pattern([.anyRun] + pattern.pieces + [.anyRun]), letterCase)
    case .number(let number): return PipelineValue.text(.equals(number.written), .ignored).foundWithin
    case .bool(let flag): return PipelineValue.text(.equals(flag ? "true" : "false"), .ignored).foundWithin
    case .regex, .null, .other: return self
    }
  }

  /// The text in another letter case; `nil` for what is not text.
  func spelled(_ method: PipelineLetterCase) -> PipelineValue? {
    guard case .text(let pattern, let letterCase) = self else { return nil }
    let pieces = pattern.pieces.map { piece -> Pattern.Piece in
      guard case .literal(let text) = piece else { return piece }
      switch method {
      case .lower: return .literal(text.lowercased())
      case .upper: return .literal(text.uppercased())
      case .snake_case:
        var words = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
          if index > 0, ("A"..."Z").contains(scalar) { words += "_" }
          words.unicodeScalars.append(scalar)
        }
        return .literal(words.lowercased())
      }
    }
    return .text(Pattern(pieces), letterCase)
  }

  /// The text as a regular expression, which is searched for anywhere; `nil` for what is not text. The empty text
  /// stays a text.
  func regex(_ method: PipelineRegexMethod) -> PipelineValue? {
    guard case .text(let pattern, _) = self, !pattern.pieces.isEmpty else { return nil }
    var regex = ""
    for piece in pattern.pieces {
      switch piece {
      case .anyRun: regex += ".*"
      case .anyOne: regex += "."
      case .literal(let text): regex += PipelineValue.quoted(text, method)
      }
    }
    return .regex(regex, method == .ignore_case_flag ? .ignoreCase : [])
  }

  private static func quoted(_ text: String, _ method: PipelineRegexMethod) -> String {
    var regex = ""
    for scalar in text.unicodeScalars {
      if method == .ignore_case_brackets, scalar.properties.isAlphabetic {
        regex += "[\(scalar.properties.lowercaseMapping)\(scalar.properties.uppercaseMapping)]"
      } else {
        if "\\.*+?^$[](){}|".unicodeScalars.contains(scalar) { regex += "\\" }
        regex.unicodeScalars.append(scalar)
      }
    }
    return regex
  }
}

/// The templates of `add_condition`: `$category`, `$product` and `$service` stand for the rule's log source,
/// `$$` for a dollar sign, any other name for itself.
enum PipelineTemplate {
  static func filled(
    _ text: String, _ source: SigmaLogSource, _ step: PipelineStep
  ) throws(Diagnostic) -> String {
    let parts: [(name: String, value: String?)] = [
      ("category", source.category), ("product", source.product), ("service", source.service),
    ]
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var at = 0
    while at < scalars.count {
      guard scalars[at] == "$", at + 1 < scalars.count else {
        result.append(scalars[at])
        at += 1
        continue
      }
      if scalars[at + 1] == "$" {
        result.append("$")
        at += 2
        continue
      }
      let isBraced = scalars[at + 1] == "{"
      let start = at + (isBraced ? 2 : 1)
      let name = scalars[start...].prefix { isNameScalar($0, atStart: false) }
      let end = start + name.count + (isBraced ? 1 : 0)
      let isClosed = !isBraced || (end <= scalars.count && end > start && scalars[end - 1] == "}")
      let word = String(String.UnicodeScalarView(name))
      guard isClosed, let part = parts.first(where: { $0.name == word }) else {
        result.append(scalars[at])
        at += 1
        continue
      }
      guard let value = part.value else {
        throw .pipelineCannot("the rule's log source has no `\(word)` for `\(text)`", step: step, at: nil)
      }
      result.append(contentsOf: value.unicodeScalars)
      at = end
    }
    return String(result)
  }

  private static func isNameScalar(_ scalar: Unicode.Scalar, atStart: Bool) -> Bool {
    scalar.isWord && !(atStart && scalar.isDigit)
  }
}
