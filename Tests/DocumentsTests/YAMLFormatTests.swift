import ConcordDiagnostics
import ConcordDocuments
import TestSupport
import Testing

@Suite("YAML is laid out anew and stays the same")
struct YAMLFormatTests {
  private static func format(_ text: String) throws(Diagnostic) -> String {
    try YAML.formatted(Source(text: text))
  }

  /// A text, and how it is laid out.
  @Test(arguments: [
    // Indentation: mappings, lists below their key, lists in lists, items with keys.
    ("a:\n    b:\n        c: 1\n", "a:\n  b:\n    c: 1\n"), ("a:\n- x\n- y\n", "a:\n  - x\n  - y\n"),
    ("a:\n    - x\n    -   y\n", "a:\n  - x\n  - y\n"),
    ("-   - x\n    -   y\n", "- - x\n  - y\n"),
    ("a:\n- k: 1\n  l:\n  - 2\nb: 3\n", "a:\n  - k: 1\n    l:\n      - 2\nb: 3\n"),
    ("-   k: 1\n    l: 2\n", "- k: 1\n  l: 2\n"), ("-\n    k: 1\n    l: 2\n", "-\n  k: 1\n  l: 2\n"),
    // A value on the line below its key.
    ("a:\n     text\nb:\n     [x]\n", "a:\n  text\nb:\n  [x]\n"),
    // Spaces.
    ("a:   1\nb :  'x'\n\"c\"  :\t2\n", "a: 1\nb: 'x'\n\"c\": 2\n"),
    ("a: 1   \nb:   \n  c: 2\t\n", "a: 1\nb:\n  c: 2\n"),
    // The end of the text.
    ("a: 1", "a: 1\n"), ("a: 1\n\n\n", "a: 1\n"), ("a: 1\r\nb:  2", "a: 1\r\nb: 2\r\n"), ("", ""),
    // Comments stand as the line below them, else as what they stood with.
    ("a:\n    # one\n    b: 1\n    # two\n# three\nc: 2\n", "a:\n  # one\n  b: 1\n  # two\n# three\nc: 2\n"),
    ("a:\n# one\n- x\n# two\n- y\n# three\nb: 1\n", "a:\n  # one\n  - x\n  # two\n  - y\n# three\nb: 1\n"),
    ("a:\n  # at its key\n    b: 1\n", "a:\n  # at its key\n  b: 1\n"),
    ("a: 1   # kept   \n", "a: 1   # kept\n"),
    ("a:    # kept\n    - x\n", "a:    # kept\n  - x\n"), ("-   # kept\n  x: 1\n", "-   # kept\n  x: 1\n"),
    // Block scalars keep their lines.
    (
      "a:\n    b: |\n        one\n          two\n\n        three\n",
      "a:\n  b: |\n    one\n      two\n\n    three\n"
    ),
    ("a:\n    b: >2\n        one\n      two\n", "a:\n  b: >2\n      one\n    two\n"),
    ("a:\n- |-\n      x\n", "a:\n  - |-\n    x\n"), ("a: |+\n    x\n\n\n", "a: |+\n  x\n\n\n"),
    ("a: |\n    x  \n       \n    y\n", "a: |\n  x  \n     \n  y\n"), ("a: |\n   x", "a: |\n  x"),
    ("a:\n    b: |\n        x\n    # behind\n    c: 1\n", "a:\n  b: |\n    x\n  # behind\n  c: 1\n"),
    // Texts over several lines.
    ("a: one\n     two\n       three\nb: 1\n", "a: one\n  two\n    three\nb: 1\n"),
    ("a: 'one  \n\n      two'\n", "a: 'one\n\n  two'\n"),
    ("a: \"one \\\n      two\"\n", "a: \"one \\\n  two\"\n"),
    ("a: \"one\\ \n      two\"\n", "a: \"one\\ \n  two\"\n"),
    // Brackets: what is in them moves with what is around them.
    ("a:\n    b: [x,\n        y]\n", "a:\n  b: [x,\n      y]\n"),
    ("a:   {b:   1,c: 2}\n", "a: {b:   1,c: 2}\n"),
    ("a:\n    b: [\n        x, # kept\n    ]\n", "a:\n  b: [\n      x, # kept\n  ]\n"),
    // What is rare.
    ("a: &x\n    b: 1\nc:   *x\n*x : 2\n", "a: &x\n  b: 1\nc: *x\n*x : 2\n"),
    ("a: !!str   1\n", "a: !!str   1\n"), ("- &x   a:  1\n  b: 2\n", "- &x   a: 1\n  b: 2\n"),
    ("---\na:\n    b: 1\n...\n---\n-   x\n", "---\na:\n  b: 1\n...\n---\n- x\n"),
    ("%YAML 1.2\n---\na:  1\n", "%YAML 1.2\n---\na: 1\n"), ("\u{FEFF}a:  1\n", "\u{FEFF}a: 1\n"),
    ("? a\n: b\n", "? a\n: b\n"),
  ])
  func isLaidOutSo(before: String, after: String) throws {
    let text = try Self.format(before)
    #expect(text == after)
    #expect(try Self.format(text) == text)
  }

  @Test func aLevelHasTheColumnsThatAreAskedFor() throws {
    let source = Source(text: "a:\n- k: 1\n  l: |\n   x\n- y\n")
    #expect(
      try YAML.formatted(source, indent: 4) == "a:\n    - k: 1\n      l: |\n          x\n    - y\n")
  }

  @Test("what is no YAML is not laid out", arguments: ["a: [", "a: 1\n\tb: 2\n", "a: 'x"])
  func isRefused(text: String) { #expect(throws: Diagnostic.self) { try Self.format(text) } }

  /// The official suite has what is rare: every text stays the same steps of reading, and is laid out once for all; or
  /// it is left as it is, by `W919`.
  @Test func theOfficialSuiteStaysTheSame() throws {
    guard let root = Shared.url("corpora/yaml-test-suite") else {
      print("YAML test suite: skipped, not on this machine")
      return
    }
    var (total, left) = (0, [String]())
    for item in try YAMLSuiteTests.cases(in: root) where !item.isError {
      total += 1
      do throws(Diagnostic) {
        let text = try Self.format(item.text)
        let again = try Self.format(text)
        #expect(again == text, "\(item.name)")
      } catch {
        #expect(error.code == .notFormatted, "\(item.name)")
        left.append(item.name)
      }
    }
    print("YAML test suite: \(total) texts laid out, \(left.count) left: \(left)")
    #expect(left.count <= 12)
  }
}
