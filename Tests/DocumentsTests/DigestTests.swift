import ConcordDocuments
import Testing

@Suite("Digests")
struct DigestTests {
  /// The examples of FIPS 180-4 (NIST, "Examples with Intermediate Values"), and the empty message.
  static let cases: [(String, sha1: String, sha256: String)] = [
    (
      "", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba",
      "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
    ),
  ]

  @Test(arguments: cases)
  func digests(_ message: String, sha1: String, sha256: String) {
    func hexadecimal(_ bytes: [UInt8]) -> String {
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    #expect(hexadecimal(SHA1.digest(Array(message.utf8))) == sha1)
    #expect(hexadecimal(SHA256.digest(Array(message.utf8))) == sha256)
  }
}
