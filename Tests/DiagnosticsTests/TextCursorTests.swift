import ConcordDiagnostics
import Testing

@Suite("A place in a text")
struct TextCursorTests {
  /// Where the cursor stands at each scalar, and at the end.
  @Test(arguments: [
    ("", ["1:1"]),
    ("ab", ["1:1", "1:2", "1:3"]),
    ("a\nb", ["1:1", "1:2", "2:1", "2:2"]),
    ("a\rb", ["1:1", "1:2", "2:1", "2:2"]),
    // CRLF is one break, which its second half ends.
    ("a\r\nb", ["1:1", "1:2", "1:3", "2:1", "2:2"]),
    ("\r\r\n\n", ["1:1", "2:1", "2:2", "3:1", "4:1"]),
    // Columns count scalars, of one to four bytes.
    ("aé€😀b\nü", ["1:1", "1:2", "1:3", "1:4", "1:5", "1:6", "2:1", "2:2"]),
    // NEL and LINE SEPARATOR end no line.
    ("\u{85}\u{2028}a", ["1:1", "1:2", "1:3", "1:4"]),
  ])
  func places(_ text: String, _ expected: [String]) {
    var cursor = TextCursor(text)
    var places: [String] = []
    var scalars = String.UnicodeScalarView()
    while let scalar = cursor.next {
      places.append("\(cursor.position.line):\(cursor.position.column)")
      scalars.append(scalar)
      cursor.advance()
    }
    places.append("\(cursor.position.line):\(cursor.position.column)")
    #expect(places == expected)
    #expect(String(scalars).sameScalars(as: text))
    cursor.advance()
    #expect(cursor.isAtEnd && cursor.offset == text.utf8.count)
  }

  @Test func aPlaceCanBeGoneBackTo() {
    var cursor = TextCursor("é\n€ab")
    cursor.advance(3)
    let place = cursor.place
    cursor.advance(2)
    #expect(cursor.isAtEnd && cursor.position == Position(line: 2, column: 4))
    cursor.rewind(to: place)
    #expect(cursor.next == "a" && cursor.position == Position(line: 2, column: 2))
    #expect(cursor.text(from: 0).sameScalars(as: "é\n€"))
  }

  /// The word, and whether the text begins with it.
  @Test(arguments: [
    ("and", true), ("AND x", true), ("aNd(", true), ("andy", false), ("and_", false), ("and1", false),
    ("andé", true), ("an", false), ("", false),
  ])
  func words(_ text: String, _ isWord: Bool) {
    var cursor = TextCursor(text)
    #expect(cursor.takeWord("AND") == isWord)
    #expect(cursor.offset == (isWord ? 3 : 0))
  }

  @Test(arguments: [
    ("", [""]), ("a", ["a"]), ("a\n", ["a", ""]), ("a\r\nb\rc\n\nd", ["a", "b", "c", "", "d"]),
  ])
  func lines(_ text: String, _ lines: [String]) {
    var cursor = TextCursor(text)
    var found: [String] = []
    repeat { found.append(cursor.run { !$0.isLineBreak }) } while cursor.takeLineBreak()
    #expect(found == lines)
    let source = Source(text: text)
    #expect((0...lines.count + 1).map { source.line($0) } == [nil] + lines.map(Optional.some) + [nil])
  }

  /// A byte and the scalar of its number are of the same classes, and these are ASCII's.
  @Test func classes() {
    for value in UInt8.min...UInt8.max {
      let scalar = Unicode.Scalar(value)
      let character = Character(scalar)
      let isLetter = scalar.isASCII && character.isLetter
      let isDigit = scalar.isASCII && character.isNumber
      #expect(value.isLetter == isLetter && scalar.isLetter == isLetter)
      #expect(value.isDigit == isDigit && scalar.isDigit == isDigit)
      #expect(value.isLetterOrDigit == (isLetter || isDigit))
      #expect(scalar.isWord == (isLetter || isDigit || value == UInt8(ascii: "_")))
      #expect(value.isWord == scalar.isWord && value.isLineBreak == scalar.isLineBreak)
      #expect(value.hexValue.map(Int.init) == (scalar.isASCII ? character.hexDigitValue : nil))
      #expect(
        scalar.hexValue == value.hexValue.map(UInt32.init) && value.isHexDigit == (value.hexValue != nil))
      if scalar.isASCII { #expect(String(Unicode.Scalar(value.lowercased)) == character.lowercased()) }
    }
    // Fullwidth digits and letters are none of them.
    for scalar in "１ａé".unicodeScalars { #expect(!scalar.isWord && scalar.hexValue == nil) }
  }
}
