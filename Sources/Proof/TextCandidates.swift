import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension TextSolver {
  /// Texts that are likely to pass the positive tests and no others, the most readable first.
  func candidates(_ positive: [Claim], _ negative: [Claim]) -> [String] {
    var texts: [String] = []
    if positive.contains(where: { $0.test.isNumeric }) {
      texts += numberCandidates(positive, negative)
    } else if positive.contains(where: { $0.test.isNetwork }) {
      texts += TextSolver.networkCandidates(positive, negative)
    } else {
      texts += textCandidates(positive.map(\.test))
    }
    // The texts of scalars that are not truthy may be all that is left.
    if negative.contains(where: { $0.test == .notFalsy }) { texts += ["0", "", "false"] }
    var seen: Set<ScalarText> = []
    return texts.filter { seen.insert(ScalarText($0)).inserted }
  }

  /// A pattern's literals: before its first run, between its runs and after the last.
  private struct Parts {
    var prefix = ""
    var cores: [String] = []
    var suffix = ""
    var wholes: [String] = []
  }

  func textCandidates(_ tests: [TextTest]) -> [String] {
    var parts = Parts()
    var ignoresCase = false
    for test in tests {
      switch test {
      case .pattern(let pattern, let letterCase):
        add(pattern, to: &parts)
        if letterCase == .ignored { ignoresCase = true }
      case .member(let set):
        parts.wholes += set.texts.prefix(64).map(\.string)
        if set.letterCase == .ignored { ignoresCase = true }
      case .regex(let regex):
        if let text = sample(regex) {
          parts.cores.append(text)
          parts.wholes.append(text)
        }
      case .atLeast, .atMost, .network, .notFalsy: break
      }
    }
    let texts = parts.wholes + joined(parts)
    guard ignoresCase else { return texts }
    return texts + texts.map { otherCase($0, every: 1) } + texts.map { otherCase($0, every: 2) }
  }

  /// A text that matches: of the tree's first ways, or else by search.
  private func sample(_ regex: PortableRegex) -> String? {
    let text = regex.tree.sample
    if regex.matches(text) { return text }
    if case .text(let text) = search.find(positive: [.regex(regex)], negative: []) { return text }
    return nil
  }

  private func joined(_ parts: Parts) -> [String] {
    let (prefix, suffix) = (parts.prefix, parts.suffix)
    // A text within another need not stand twice; for thousands, that is not worth finding out.
    var cores = parts.cores.count > 64 ? parts.cores : []
    for (index, core) in parts.cores.enumerated() where !core.isEmpty && parts.cores.count <= 64 {
      let others =
        [prefix, suffix] + parts.cores[..<index] + parts.cores[(index + 1)...].filter { $0 != core }
      if !others.contains(where: { Pattern.contains(core).matches($0, .exact) }) { cores.append(core) }
    }
    var texts: [String] = []
    if cores.isEmpty, Pattern.suffix(suffix).matches(prefix, .exact) { texts.append(prefix) }
    if cores.isEmpty, Pattern.prefix(prefix).matches(suffix, .exact) { texts.append(suffix) }
    let all = [prefix] + cores + [suffix]
    texts.append(all.joined())
    texts.append(all.filter { !$0.isEmpty }.joined(separator: spare))
    texts.append(all.joined(separator: spare))
    if texts[0].isEmpty { texts = [spare] + texts }
    return texts
  }

  private func add(_ pattern: Pattern, to parts: inout Parts) {
    var segments = [""]
    for piece in pattern.pieces {
      switch piece {
      case .literal(let text): segments[segments.count - 1] += text
      case .anyOne: segments[segments.count - 1] += spare
      case .anyRun: segments.append("")
      }
    }
    if segments.count == 1 {
      parts.wholes.append(segments[0])
      return
    }
    if segments[0].unicodeScalars.count > parts.prefix.unicodeScalars.count { parts.prefix = segments[0] }
    let last = segments[segments.count - 1]
    if last.unicodeScalars.count > parts.suffix.unicodeScalars.count { parts.suffix = last }
    parts.cores += segments.dropFirst().dropLast()
  }

  /// The text with every first or every second letter in another case.
  func otherCase(_ text: String, every step: Int) -> String {
    var result = String.UnicodeScalarView()
    var count = 0
    for scalar in text.unicodeScalars {
      let other = LetterCase.ignored.variants(of: scalar).first {
        $0 != scalar && $0.isASCII == scalar.isASCII
      }
      if let other {
        count += 1; result.append(count % step == 0 ? other : scalar)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension RegexNode {
  /// A text of the node's first choices, as long as its anchors hold.
  fileprivate var sample: String {
    switch self {
    case .empty, .anchor: ""
    case .scalar(let scalar, _): String(scalar)
    case .any: "x"
    case .scalars(let scalars, _):
      String(Minterms([ScalarSet(scalars)]).representative(of: scalars))
    case .sequence(let nodes): nodes.map(\.sample).joined()
    case .alternation(let nodes): nodes.map(\.sample).min { $0.utf8.count < $1.utf8.count } ?? ""
    case .repeated(let node, let min, _, _): String(repeating: node.sample, count: min)
    }
  }
}

extension Minterms {
  /// A readable scalar of a class.
  fileprivate func representative(of scalars: ScalarClass) -> Unicode.Scalar {
    let ranges = scalars.effectiveRanges
    return representatives.first { scalar in ranges.contains { $0.contains(scalar) } } ?? "x"
  }
}

extension TextTest {
  var isNumeric: Bool {
    switch self {
    case .atLeast, .atMost: true
    case .pattern, .member, .regex, .network, .notFalsy: false
    }
  }

  var isNetwork: Bool { if case .network = self { true } else { false } }
}
