import ConcordDetection
import Testing

@Suite("Semantics: networks")
struct NetworkTests {
  static let rows: [(String, [String], [String])] = [
    (
      "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3", "::FFFF:0a01:0203"],
      ["9.255.255.255", "11.0.0.0", "::10.0.0.1", "::1"]
    ),
    ("10.1.2.3/8", ["10.0.0.0"], ["11.1.2.3"]),
    ("10.1.2.3", ["10.1.2.3"], ["10.1.2.2", "10.1.2.4"]),
    ("10.1.2.128/25", ["10.1.2.128", "10.1.2.255"], ["10.1.2.127", "10.1.3.128"]),
    ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "x"]),
    (
      "2001:db8::/32", ["2001:db8::", "2001:DB8:ffff::1", "2001:0db8:0:0:0:0:0:1"],
      ["2001:db9::", "32.1.13.184"]
    ),
    ("::/0", ["::", "::1", "ffff::"], ["::ffff:10.0.0.1", "10.0.0.1"]),
    ("::1/128", ["::1", "0:0:0:0:0:0:0:1"], ["::2", "::"]),
    ("::ffff:10.0.0.0/104", ["10.9.9.9"], ["11.0.0.0"]),
    ("fe80::/10", ["fe80::1", "febf::"], ["fec0::"]),
  ]

  @Test("addresses of a network", arguments: rows)
  func networks(_ network: String, _ inside: [String], _ outside: [String]) throws {
    let network = try #require(CIDR(network))
    for text in inside { #expect(IPAddress(text).map(network.contains) == true, "\(text)") }
    for text in outside { #expect(IPAddress(text).map(network.contains) != true, "\(text)") }
  }

  @Test(
    "what is no address",
    arguments: [
      "", "10.0.0", "10.0.0.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.01", "10.0.0.1 ", " 10.0.0.1",
      "10.0.0.1:80",
      "10.0.0.0/8", "10.0.0.x", "+1.0.0.1", "-1.0.0.1", "1..2.3", "167772161", "0x0a.0.0.1", "AWS Internal",
      ":",
      ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::",
      "fe80::1%eth0",
      "::10.0.0", "1.2.3.4::", "::+1", "::-0", "[::1]", "::1/128", "١.0.0.1",
    ])
  func notAddresses(_ text: String) { #expect(IPAddress(text) == nil) }

  @Test(
    "what is no network",
    arguments: [
      "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8", "x/8",
      "::/129", "::ffff:10.0.0.0/95", "10.0.0.0/0008",
    ])
  func notNetworks(_ text: String) { #expect(CIDR(text) == nil) }

  @Test(
    "spelling",
    arguments: [
      ("10.1.2.3/8", "10.0.0.0/8"), ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1/128"), ("::/0", "::/0"),
      ("::ffff:10.1.2.3/128", "10.1.2.3/32"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3/128"),
      ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7/128"),
    ])
  func spelling(_ text: String, _ expected: String) throws {
    #expect(try #require(CIDR(text)).description == expected)
  }

  @Test(
    "IPv6 networks that have the mapped addresses",
    arguments: [
      ("::/0", true), ("::/80", true), ("::8000:0:0/81", true), ("::fffe:0:0/95", true), ("::/81", false),
      ("::/96", false), ("fe80::/10", false), ("0.0.0.0/0", false), ("8000::/1", false),
    ])
  func mapped(_ network: String, _ expected: Bool) {
    #expect(CIDR(network)?.hasMappedAddresses == expected)
  }
}
