import ConcordDetection
import ConcordDiagnostics

// How selections are called.

extension SigmaSelectionBody {
  /// A word for what the selection is about: its first field in snake case, ASCII letters and digits only.
  var hint: String {
    let scalars = Array((firstField ?? "").unicodeScalars.prefix(60))
    func isUpper(_ index: Int) -> Bool { scalars[index].isLetter && !isLower(index) }
    func isLower(_ index: Int) -> Bool {
      ("a"..."z").contains(scalars[index]) || scalars[index].isDigit
    }
    // The words, `_` before each but the first.
    var words: [UInt8] = []
    var isWithin = false
    for index in scalars.indices {
      guard scalars[index].isLetterOrDigit else {
        isWithin = false
        continue
      }
      let afterLower = index > 0 && isLower(index - 1)
      let beforeLower = index > 0 && isUpper(index - 1) && index + 1 < scalars.count && isLower(index + 1)
      if isUpper(index), afterLower || beforeLower { isWithin = false }
      if !isWithin, !words.isEmpty { words.append(UInt8(ascii: "_")) }
      words.append(UInt8(truncatingIfNeeded: scalars[index].value).lowercased)
      isWithin = true
    }
    let hint = words.isEmpty ? "keywords" : String(decoding: words, as: UTF8.self)
    return SigmaSelectionBody.shortHints[hint] ?? hint
  }

  /// What rule authors write for the fields that they name most.
  private static let shortHints = ["image": "img", "command_line": "cli"]

  var firstField: String? {
    switch self {
    case .map(let items): items.first?.field
    case .list(let bodies), .every(let bodies): bodies.first?.firstField
    case .keyword: nil
    }
  }
}
