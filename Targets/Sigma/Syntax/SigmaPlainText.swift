import ConcordDiagnostics
import ConcordDocuments

/// Plain scalars that tools read in different ways: YAML 1.1 and 1.2 differ, and so do their readers.
enum SigmaPlainText {
  /// What other tools take a text for: `yes`, `0755`, `12:30`, `2024-01-02`, `=`, `1e3`, `0o17`; `nil` where all
  /// take it for text.
  static func otherKind(_ text: String) -> String? {
    guard let first = text.utf8.first, text.utf8.count > 1 else {
      return text == "=" ? "a mark of its own" : nil
    }
    if text.utf8.count <= 3, ["yes", "no", "on", "off"].contains(text.lowercased()) { return "a boolean" }
    guard
      first.isDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: ".")
    else { return nil }
    if isDate(text) { return "a date" }
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let isSexagesimal =
      digits.contains(UInt8(ascii: ":"))
      && digits.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ":") }
    let octal = digits.dropFirst(2)
    let isOctal =
      digits.starts(with: "0o".utf8) && !octal.isEmpty && octal.allSatisfy { (0x30...0x37).contains($0) }
    return isSexagesimal || isOctal || Number(text) != nil ? "a number" : nil
  }

  /// Whether a plain scalar is another value to other tools, or has a notation that some do not know.
  static func isAmbiguous(_ text: String, _ value: Value) -> Bool {
    if case .number = value { return Number(text) == nil || hasLeadingZero(text) }
    return value.text != nil && otherKind(text) != nil
  }

  /// Whether the text is digits after a leading zero, which are text here: as a number they would lose the zeros,
  /// and no event's number has them.
  static func hasLeadingZero(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    return digits.first == 0x30 && digits.count > 1
      && digits.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "_") }
  }

  /// `2024-01-02`, or a time that begins so.
  private static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(11))
    guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return false }
    let isTime = bytes.count == 10 || [0x20, 0x54, 0x74].contains(bytes[10]) && text.utf8.contains(0x3A)
    return isTime && [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy { bytes[$0].isDigit }
  }
}

extension Value {
  /// The text, if it is one.
  var text: String? { if case .string(let text) = self { text } else { nil } }
}
