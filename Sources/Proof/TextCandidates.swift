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

  private func textCandidates(_ tests: [TextTest]) -> [String] {
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
    var cores: [String] = []
    for (index, core) in parts.cores.enumerated() where !core.isEmpty {
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
      String(Minterms([ScalarRanges(scalars.effectiveRanges)]).representative(of: scalars))
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

// MARK: Numbers

extension TextSolver {
  /// The numbers that the tests leave, once the text must be a number, and the claims that bound them.
  private struct Interval {
    var low = -Double.infinity
    var high = Double.infinity
    var lowClaim: Claim?
    var highClaim: Claim?
    var isEmpty = false

    mutating func atLeast(_ bound: Double, _ claim: Claim) {
      if bound > low || lowClaim == nil { (low, lowClaim) = (bound, claim) }
    }

    mutating func atMost(_ bound: Double, _ claim: Claim) {
      if bound < high || highClaim == nil { (high, highClaim) = (bound, claim) }
    }

    init(_ positive: [Claim], _ negative: [Claim]) {
      for claim in positive {
        if case .atLeast(let bound) = claim.test { atLeast(bound, claim) }
        if case .atMost(let bound) = claim.test { atMost(bound, claim) }
      }
      for claim in negative {
        if case .atLeast(let bound) = claim.test {
          if bound == -.infinity { isEmpty = true }
          atMost(bound.nextDown, claim)
        }
        if case .atMost(let bound) = claim.test {
          if bound == .infinity { isEmpty = true }
          atLeast(bound.nextUp, claim)
        }
      }
      if low > high { isEmpty = true }
    }
  }

  /// The claims that leave no number.
  static func numberConflict(_ positive: [Claim], _ negative: [Claim]) -> [Int]? {
    guard let number = positive.first(where: { $0.test.isNumeric }) else { return nil }
    if let network = positive.first(where: { $0.test.isNetwork }) {
      return literals([number, network])
    }
    let interval = Interval(positive, negative)
    guard interval.isEmpty else { return nil }
    return literals([number] + [interval.lowClaim, interval.highClaim].compactMap { $0 })
  }

  /// What negative bounds say of a text that is a number: not below is at least.
  static func numbersImplied(_ positive: [Claim], _ negative: [Claim]) -> [Claim] {
    guard let number = positive.first(where: { $0.test.isNumeric }) else { return [] }
    let interval = Interval(positive, negative)
    var claims: [Claim] = []
    if let claim = interval.lowClaim, interval.low > -.infinity {
      claims.append(Claim(literals: literals([number, claim]), test: .atLeast(interval.low)))
    }
    if let claim = interval.highClaim, interval.high < .infinity {
      claims.append(Claim(literals: literals([number, claim]), test: .atMost(interval.high)))
    }
    return claims
  }

  private func numberCandidates(_ positive: [Claim], _ negative: [Claim]) -> [String] {
    let interval = Interval(positive, negative)
    let values = TextSolver.values(interval.low, interval.high)
    var texts: [String] = []
    for value in values {
      guard let text = TextSolver.decimal(value) else { continue }
      texts.append(text)
    }
    let plain = texts
    for text in plain.prefix(12) {
      let point = text.contains(".") ? text : text + ".0"
      texts += [point, point + "0", text + "e0", text + "E+0"]
      texts +=
        text.hasPrefix("-") ? ["-0" + text.dropFirst(), "-00" + text.dropFirst()] : ["+" + text, "0" + text]
    }
    // Digits that other tests ask for, in numbers of several lengths.
    let parts = textCandidates(positive.map(\.test)).filter { !$0.isEmpty }.prefix(6)
    for part in parts {
      for power in ["1", "2", "3", "9", "400"] {
        texts += [part + "0e-" + power, part + "e-" + power, "-" + part + "0e-" + power, part + "e" + power]
      }
      for zeros in ["", "0", "00", "000", "000000"] {
        texts += [
          part + zeros, "1" + zeros + part, "-" + part + zeros, "9" + zeros + part, "-9" + zeros + part,
        ]
        for text in plain.prefix(4) { texts += [text + "." + part, text + "." + zeros + part] }
      }
    }
    return texts
  }

  private static func values(_ low: Double, _ high: Double) -> [Double] {
    var values: [Double] = [0, 1, -1]
    if low.isFinite {
      values +=
        [low, low.rounded(.up)] + (1...6).map { low.rounded(.up) + Double($0) } + [
          low + 0.5, low * 10, low * 100,
        ]
    }
    if high.isFinite {
      values +=
        [high, high.rounded(.down)] + (1...6).map { high.rounded(.down) - Double($0) } + [
          high - 0.5, high * 10,
        ]
    }
    if low.isFinite, high.isFinite { values += [low / 2 + high / 2, low.nextUp, high.nextDown] }
    if high == .infinity { values += [.greatestFiniteMagnitude, .infinity] }
    if low == -.infinity { values += [-.greatestFiniteMagnitude, -.infinity] }
    // Whole numbers first: they read best.
    let fitting = values.filter { $0 >= low && $0 <= high }
    return fitting.filter { $0.rounded() == $0 } + fitting.filter { $0.rounded() != $0 }
  }

  private static func decimal(_ value: Double) -> String? {
    if value == .infinity { return "1e999" }
    if value == -.infinity { return "-1e999" }
    return Number("\(value)")?.shortest
  }
}

// MARK: Networks

extension TextSolver {
  /// The claims that leave no address.
  static func networkConflict(_ positive: [Claim], _ negative: [Claim]) -> [Int]? {
    let (narrow, other) = narrowest(positive)
    guard let narrow, case .network(let network) = narrow.test else { return nil }
    if let other { return literals([narrow, other]) }
    let inner = negative.filter { claim in
      guard case .network(let taken) = claim.test else { return false }
      return network.overlaps(taken)
    }
    if freeAddress(network, inner.compactMap(\.test.asNetwork)) != nil { return nil }
    // A network around the whole needs no others.
    let around = inner.first { claim in
      claim.test.asNetwork.map { $0.prefixLength <= network.prefixLength } ?? false
    }
    return literals([narrow] + (around.map { [$0] } ?? inner))
  }

  /// The smallest of the networks, and one that is apart from it.
  private static func narrowest(_ positive: [Claim]) -> (Claim?, Claim?) {
    let all = positive.filter(\.test.isNetwork)
    let narrow = all.max { ($0.test.asNetwork?.prefixLength ?? 0) < ($1.test.asNetwork?.prefixLength ?? 0) }
    guard let network = narrow?.test.asNetwork else { return (nil, nil) }
    return (narrow, all.first { $0.test.asNetwork.map { !$0.overlaps(network) } ?? false })
  }

  /// An address of the network that is in none of the others.
  private static func freeAddress(_ network: CIDR, _ taken: [CIDR]) -> IPAddress? {
    let inside = taken.filter { $0.overlaps(network) }
    if inside.isEmpty { return network.address }
    if inside.contains(where: { $0.prefixLength <= network.prefixLength }) { return nil }
    for half in network.halves {
      if let found = freeAddress(half, inside) { return found }
    }
    return nil
  }

  static func networkCandidates(_ positive: [Claim], _ negative: [Claim]) -> [String] {
    guard let network = narrowest(positive).0?.test.asNetwork else { return [] }
    var taken = negative.compactMap(\.test.asNetwork)
    var addresses: [IPAddress] = []
    for _ in 0..<6 {
      guard let free = freeAddress(network, taken), let single = CIDR(free.description) else { break }
      addresses.append(free)
      taken.append(single)
    }
    for literal in (positive + negative).flatMap(\.test.literals).prefix(64) {
      if let address = IPAddress(literal) { addresses.append(address) }
    }
    var texts = addresses.map(\.description)
    for address in addresses {
      let bytes = address.bytes
      if bytes.count == 4 {
        let groups = [bytes[0], bytes[2]].indices.map {
          String(Int(bytes[$0 * 2]) << 8 | Int(bytes[$0 * 2 + 1]), radix: 16)
        }
        texts += ["::ffff:\(address)", "::FFFF:\(address)", "::ffff:" + groups.joined(separator: ":")]
      } else {
        let groups = stride(from: 0, to: 16, by: 2).map {
          String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
        }
        texts += [groups.joined(separator: ":"), groups.joined(separator: ":").uppercased()]
      }
    }
    return texts
  }

  /// Regular sets of numbers or addresses that the positive tests may accept.
  static func regularParts(_ positive: [Claim], _ negative: [Claim]) -> [PortableRegex] {
    var patterns: [String] = []
    if positive.contains(where: { $0.test.isNumeric }) {
      let interval = Interval(positive, negative)
      patterns += (0..<8).flatMap { ["\\A[1-9][0-9]{\($0)}\\z", "\\A-[1-9][0-9]{\($0)}\\z"] }
      for value in values(interval.low, interval.high).prefix(8) {
        guard let text = decimal(value) else { continue }
        let quoted = RegexDialect.portable.quoted(text)
        patterns += ["\\A\(quoted)(\\.[0-9]*)?\\z", "\\A[+-]?0*\(quoted)(\\.0*)?([eE][+-]?0+)?\\z"]
      }
    } else if let network = narrowest(positive).0?.test.asNetwork {
      patterns += network.regularParts
    }
    return patterns.compactMap { try? PortableRegex($0) }
  }
}

extension RegexDialect {
  fileprivate func quoted(_ text: String) -> String { text.unicodeScalars.map(literal).joined() }
}

extension TextTest {
  var asNetwork: CIDR? { if case .network(let network) = self { network } else { nil } }
}

extension CIDR {
  /// The dotted texts of the addresses of an IPv4 network.
  private var dotted: String {
    address.bytes.enumerated().map { index, byte in
      let free = min(8, max(0, (index + 1) * 8 - prefixLength))
      if free == 8 { return "(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])" }
      let all = (Int(byte)...(Int(byte) | ((1 << free) - 1))).map(String.init)
      return "(" + all.joined(separator: "|") + ")"
    }.joined(separator: "\\.")
  }

  private static let group = "[0-9a-fA-F]{1,4}"
  private static let anyDotted = "[0-9]{1,3}(\\.[0-9]{1,3}){3}"

  /// An expression that every address of the network matches, and others too.
  var grammar: String {
    let group = CIDR.group
    if address.bytes.count == 4 {
      let mapped = "[0:]*:[fF]{4}:(\(dotted)|\(group):\(group)|(\(group))?::?(\(group))?)"
      return "\\A(\(dotted)|\(mapped))\\z"
    }
    let groups = "\(group)(:\(group))*"
    let ending = "(\(groups)|(\(group):)*\(CIDR.anyDotted))"
    return "\\A((\(groups))?::\(ending)?|\(groups)|(\(group):)*\(CIDR.anyDotted))\\z"
  }

  /// Regular parts of the network's addresses, and maybe others.
  var regularParts: [String] {
    if address.bytes.count == 4 { return ["\\A\(dotted)\\z", "\\A(0*:)*:[fF]{4}:\(dotted)\\z"] }
    let fixed = (0..<prefixLength / 16).map { index in
      String(Int(address.bytes[index * 2]) << 8 | Int(address.bytes[index * 2 + 1]), radix: 16)
    }
    let full = fixed + (0..<(8 - fixed.count)).map { _ in CIDR.group }
    let short = fixed.isEmpty ? "" : fixed.joined(separator: ":")
    return [
      "(?i)\\A" + full.joined(separator: ":") + "\\z",
      "(?i)\\A\(short)::(\(CIDR.group):){0,4}\(CIDR.group)\\z",
    ]
  }

  /// Whether one of both is in the other.
  func overlaps(_ other: CIDR) -> Bool {
    prefixLength <= other.prefixLength ? contains(other.address) : other.contains(address)
  }

  /// The two networks that make up this one; none for a lone address.
  var halves: [CIDR] {
    guard prefixLength < address.bytes.count * 8 else { return [] }
    let low = CIDR("\(address)/\(prefixLength + 1)")
    var bytes = address.bytes
    bytes[prefixLength / 8] |= 0x80 >> UInt8(prefixLength % 8)
    let text =
      bytes.count == 4
      ? bytes.map(String.init).joined(separator: ".")
      : stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        .joined(separator: ":")
    return [low, CIDR("\(text)/\(prefixLength + 1)")].compactMap { $0 }
  }
}
