import ConcordDetection
import ConcordDiagnostics

/// Which addresses are private and which are global to Python's `ipaddress`, as of Python 3.11: later releases have taken
/// up changes of the registries of IANA, of few addresses each. [documentation of `ipaddress`; executed: Python 3.11.7]
enum PythonAddresses {
  /// The attributes that are read.
  static let attributes: Set<String> = ["is_private", "is_global"]

  private static let private4 = [
    "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/29",
    "192.0.0.170/31", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "240.0.0.0/4",
  ].compactMap(CIDR.init)

  private static let private6 = [
    "::1/128", "::/128", "100::/64", "2001::/23", "2001:2::/48", "2001:db8::/32", "2001:10::/28", "fc00::/7",
    "fe80::/10",
  ].compactMap(CIDR.init)

  /// Addresses of IPv4 that are neither.
  private static let shared = CIDR("100.64.0.0/10")
  private static let all4 = CIDR("0.0.0.0/0")

  /// Whether the address that a field's text is has the attribute; `isNetwork`: it is asked as a network of that one
  /// address, which is private in all of IPv4 where it is spelled as IPv6.
  static func holds(
    _ attribute: String, at path: FieldPath, isNetwork: Bool, origin: Span?
  ) -> Condition {
    func inside(_ network: CIDR?) -> Condition {
      network.map { .test(path, .network($0), origin: origin) } ?? .always(false)
    }
    let isSpelledAsSix = Condition.test(path, .text(.contains(":"), .exact), origin: origin)
    var known = (private4 + private6).map(inside)
    if isNetwork { known.append(.all([inside(all4), isSpelledAsSix])) }
    if attribute == "is_private" { return .any(known) }
    return .all([.not(.any(known)), .not(.all([inside(shared), .not(isSpelledAsSix)]))])
  }

  /// Whether a network has it: with all its addresses.
  static func holds(_ attribute: String, of network: CIDR) -> Bool {
    func isWithin(_ other: CIDR) -> Bool {
      other.prefixLength <= network.prefixLength && other.contains(network.address)
    }
    let isPrivate = (private4 + private6).contains(where: isWithin)
    if attribute == "is_private" { return isPrivate }
    return !isPrivate && !(shared.map(isWithin) ?? false)
  }
}
