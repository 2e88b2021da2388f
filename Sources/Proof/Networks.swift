import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

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
  static func narrowest(_ positive: [Claim]) -> (Claim?, Claim?) {
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
      let groups = address.spelledGroups.joined(separator: ":")
      texts +=
        address.bytes.count == 4
        ? ["::ffff:\(address)", "::FFFF:\(address)", "::ffff:\(groups)"] : [groups, groups.uppercased()]
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
    // A group that is not zero, and those before it, must be spelled; the last two may be in IPv4's way.
    let leading = address.spelledGroups.prefix(min(6, prefixLength / 16)).prefix { $0 != "0" }
    if !leading.isEmpty {
      let padded = leading.map { $0.utf8.count == 4 ? $0 : "0{0,\(4 - $0.utf8.count)}\($0)" }
      return "(?i)\\A\(padded.joined(separator: ":"))(:[0-9a-f:.]*)?\\z"
    }
    let groups = "\(group)(:\(group))*"
    let ending = "(\(groups)|(\(group):)*\(CIDR.anyDotted))"
    return "\\A((\(groups))?::\(ending)?|\(groups)|(\(group):)*\(CIDR.anyDotted))\\z"
  }

  /// Regular parts of the network's addresses, and maybe others.
  var regularParts: [String] {
    if address.bytes.count == 4 { return ["\\A\(dotted)\\z", "\\A(0*:)*:[fF]{4}:\(dotted)\\z"] }
    let fixed = address.spelledGroups.prefix(prefixLength / 16)
    let full = fixed + Array(repeating: CIDR.group, count: 8 - fixed.count)
    return [
      "(?i)\\A\(full.joined(separator: ":"))\\z",
      "(?i)\\A\(fixed.joined(separator: ":"))::(\(CIDR.group):){0,4}\(CIDR.group)\\z",
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
    return [low, CIDR("\(IPAddress(bytes: bytes))/\(prefixLength + 1)")].compactMap { $0 }
  }
}
