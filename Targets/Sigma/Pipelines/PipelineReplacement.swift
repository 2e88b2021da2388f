import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// The transformation `replace_string`: what a regular expression finds in a text becomes another text.
///
/// The expression must be of the portable subset, where Python's engine and Swift's agree on what is found.
struct PipelineReplacement: Sendable {
  /// A piece of the new text.
  private enum Piece: Sendable {
    case text(String)
    case group(Int)
  }

  private let pattern: String
  private let template: [Piece]
  /// Whether wildcards are left out of the search.
  private let skipsSpecial: Bool
  /// Whether `*` and `?` of the new text are wildcards where `skipsSpecial` is set.
  private let readsSpecial: Bool

  init(
    regex: String, at span: Span, template: String, templateAt: Span, skipsSpecial: Bool, readsSpecial: Bool
  ) throws(Diagnostic) {
    do { _ = try PortableRegex(regex) } catch { throw .pipelineRegex(error, at: span) }
    guard (try? Regex<AnyRegexOutput>(regex)) != nil else {
      throw .pipelineBadValue("the regular expression cannot be searched with", at: span)
    }
    pattern = regex
    self.skipsSpecial = skipsSpecial
    self.readsSpecial = readsSpecial
    self.template = try PipelineReplacement.pieces(
      template, groups: PipelineReplacement.groups(in: regex), at: templateAt)
  }

  /// How many groups of the expression capture: `(` that is neither escaped, nor in a class, nor followed by
  /// `?`, or followed by a name.
  private static func groups(in regex: String) -> Int {
    let scalars = Array(regex.unicodeScalars)
    var (count, at, inClass) = (0, 0, false)
    while at < scalars.count {
      switch scalars[at] {
      case "\\": at += 1
      case "[": inClass = true
      case "]": inClass = false
      case "(" where !inClass:
        let rest = scalars[(at + 1)...].prefix(3)
        let isNamed = rest.starts(with: "?P<".unicodeScalars) || rest.starts(with: "?<".unicodeScalars)
        if rest.first != "?" || isNamed { count += 1 }
      case _: break
      }
      at += 1
    }
    return count
  }

  /// The pieces of a template: `\1` and `\g<1>` are groups, `\\` is a backslash, `\n`, `\r` and `\t` are what they
  /// are elsewhere.
  private static func pieces(_ template: String, groups: Int, at span: Span) throws(Diagnostic) -> [Piece] {
    var pieces: [Piece] = []
    var plain = String.UnicodeScalarView()
    var rest = Array(template.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        plain.append(scalar)
        continue
      }
      if let group = try group(&rest, groups: groups, at: span) {
        pieces += [.text(String(plain)), .group(group)]
        plain = String.UnicodeScalarView()
      } else if let escaped = rest.popFirst() {
        plain.append(contentsOf: try unescaped(escaped, at: span))
      } else {
        throw .pipelineBadValue("the replacement ends in a backslash", at: span, "write `\\\\` for one")
      }
    }
    return pieces + [.text(String(plain))]
  }

  /// Passes over what refers to a group behind a backslash, `1`, `12` or `g<1>`; `nil` where it is another escape.
  private static func group(
    _ rest: inout ArraySlice<Unicode.Scalar>, groups: Int, at span: Span
  ) throws(Diagnostic) -> Int? {
    let digits: ArraySlice<Unicode.Scalar>
    if rest.first == "g" {
      let inner = rest.dropFirst(2)
      guard rest.dropFirst().first == "<", let end = inner.firstIndex(of: ">"),
        inner[..<end].allSatisfy({ $0.isDigit })
      else {
        throw .pipelineBadValue(
          "groups are referred to by number", at: span, "write `\\g<1>` for the first group")
      }
      digits = inner[..<end]
      rest = inner[(end + 1)...]
    } else {
      if rest.first == "0" { return nil }
      digits = rest.prefix(2).prefix { $0.isDigit }
      if digits.isEmpty { return nil }
      rest = rest.dropFirst(digits.count)
    }
    let text = String(String.UnicodeScalarView(digits))
    guard let number = Int(text), number <= groups else {
      throw .pipelineBadValue("the regular expression has no group `\(text)`", at: span)
    }
    return number
  }

  private static func unescaped(
    _ scalar: Unicode.Scalar, at span: Span
  ) throws(Diagnostic) -> [Unicode.Scalar] {
    switch scalar {
    case "\\": return ["\\"]
    case "n": return ["\n"]
    case "r": return ["\r"]
    case "t": return ["\t"]
    case _ where scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil):
      throw .pipelineBadValue("`\\\(scalar)` is not an escape of a replacement", at: span)
    case _: return ["\\", scalar]
    }
  }

  /// What becomes of a value; `nil` for what is neither text nor number. Letter case keeps mattering where it did.
  func applied(to value: PipelineValue, step: PipelineStep, at span: Span?) throws(Diagnostic)
    -> [PipelineValue]?
  {
    let (before, letterCase): (Pattern, LetterCase)
    switch value {
    case .text(let pattern, let own): (before, letterCase) = (pattern, own)
    case .number(let number): (before, letterCase) = (.equals(number.shortest), .ignored)
    case .regex, .bool, .null, .other: return nil
    }
    let pieces =
      skipsSpecial
      ? try piecewise(before.pieces, step, span) : try replacedInPlain(before.pieces, step, span)
    return [.text(Pattern(pieces), letterCase)]
  }

  private func piecewise(
    _ pieces: [Pattern.Piece], _ step: PipelineStep, _ span: Span?
  ) throws(Diagnostic) -> [Pattern.Piece] {
    var result: [Pattern.Piece] = []
    for piece in pieces {
      guard case .literal(let text) = piece else {
        result.append(piece)
        continue
      }
      var new = ""
      var at = text.startIndex
      for (range, replacement) in try found(in: text, step, span) {
        new += text[at..<range.lowerBound] + replacement
        at = range.upperBound
      }
      new += text[at...]
      result += readsSpecial ? SigmaLiteral.pattern(new).pieces : [.literal(new)]
    }
    return result
  }

  /// Searches the text with its wildcards in it, literal ones escaped. What is not found stays as it was; what
  /// comes in is read again, so that it may bring wildcards.
  private func replacedInPlain(
    _ pieces: [Pattern.Piece], _ step: PipelineStep, _ span: Span?
  ) throws(Diagnostic) -> [Pattern.Piece] {
    // Each scalar or wildcard of the text, with the place of the plain text that stands for it.
    var parts: [(range: Range<Int>, piece: Pattern.Piece)] = []
    var plain = ""
    var end = 0
    func add(_ text: String, _ piece: Pattern.Piece) {
      let start = end
      end += text.unicodeScalars.count
      plain += text
      parts.append((start..<end, piece))
    }
    for piece in pieces {
      switch piece {
      case .anyRun: add("*", piece)
      case .anyOne: add("?", piece)
      case .literal(let text):
        for scalar in text.unicodeScalars {
          add((scalar == "*" || scalar == "?" ? "\\" : "") + String(scalar), .literal(String(scalar)))
        }
      }
    }
    return try joined(parts, plain, step, span)
  }

  private func joined(
    _ parts: [(range: Range<Int>, piece: Pattern.Piece)], _ plain: String, _ step: PipelineStep, _ span: Span?
  ) throws(Diagnostic) -> [Pattern.Piece] {
    let scalars = Array(plain.unicodeScalars)
    var result = PieceBuilder()
    var pending = String.UnicodeScalarView()
    func flush() {
      PipelineReplacement.read(pending, into: &result)
      pending = String.UnicodeScalarView()
    }
    func keep(_ start: Int, _ end: Int) {
      for (range, piece) in parts where range.upperBound > start && range.lowerBound < end {
        if range.lowerBound >= start, range.upperBound <= end {
          flush()
          result.append(piece)
        } else {
          pending.append(contentsOf: scalars[max(range.lowerBound, start)..<min(range.upperBound, end)])
        }
      }
    }
    var at = 0
    for (range, replacement) in try found(in: plain, step, span) {
      let view = plain.unicodeScalars
      let start = view.distance(from: view.startIndex, to: range.lowerBound)
      keep(at, start)
      pending.append(contentsOf: replacement.unicodeScalars)
      at = view.distance(from: view.startIndex, to: range.upperBound)
    }
    keep(at, scalars.count)
    flush()
    return result.pieces
  }

  /// A text as it comes in: `*` and `?` are wildcards unless a backslash stands before them; any other backslash is
  /// itself.
  private static func read(_ text: String.UnicodeScalarView, into result: inout PieceBuilder) {
    var isEscaped = false
    for scalar in text {
      let isSpecial = scalar == "*" || scalar == "?"
      if isEscaped, !isSpecial { result.append("\\") }
      if scalar == "\\" {
        isEscaped = true
        continue
      }
      if isSpecial, !isEscaped {
        result.append(scalar == "*" ? Pattern.Piece.anyRun : .anyOne)
      } else {
        result.append(scalar)
      }
      isEscaped = false
    }
    if isEscaped { result.append("\\") }
  }

  /// Pieces of a pattern, scalars side by side joined to one text.
  private struct PieceBuilder {
    private var done: [Pattern.Piece] = []
    private var text = String.UnicodeScalarView()

    mutating func append(_ scalar: Unicode.Scalar) { text.append(scalar) }

    mutating func append(_ piece: Pattern.Piece) {
      if case .literal(let literal) = piece {
        text.append(contentsOf: literal.unicodeScalars)
        return
      }
      if !text.isEmpty { done.append(.literal(String(text))) }
      text = String.UnicodeScalarView()
      done.append(piece)
    }

    var pieces: [Pattern.Piece] { text.isEmpty ? done : done + [.literal(String(text))] }
  }

  /// Where the expression is found, and what comes there.
  private func found(
    in text: String, _ step: PipelineStep, _ span: Span?
  ) throws(Diagnostic) -> [(range: Range<String.Index>, replacement: String)] {
    // The initializer has compiled it before; a compiled one cannot be shared.
    guard let regex = try? Regex<AnyRegexOutput>(pattern) else { return [] }
    var result: [(range: Range<String.Index>, replacement: String)] = []
    for match in text.matches(of: regex.matchingSemantics(.unicodeScalar)) {
      if match.range.isEmpty {
        throw .pipelineCannot(
          "the regular expression of `replace_string` finds empty texts", step: step, at: span)
      }
      var replacement = ""
      for piece in template {
        switch piece {
        case .text(let text): replacement += text
        case .group(let number):
          if match.output.indices.contains(number) { replacement += match.output[number].substring ?? "" }
        }
      }
      result.append((match.range, replacement))
    }
    return result
  }
}
