import ConcordDetection

/// Texts in one piece of memory.
struct LiteralPool {
  /// Where a text stands.
  struct Place: BitwiseCopyable, Sendable {
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private(set) var bytes: [UInt8] = []
  private var places: [[UInt8]: Place] = [:]

  mutating func place(_ text: [UInt8]) -> Place {
    if let known = places[text] { return known }
    let place = Place(start: Int32(bytes.count), count: Int32(text.count))
    bytes += text
    places[text] = place
    return place
  }
}

/// The bytes of a text as it is compared.
func comparedBytes(_ text: String, _ letterCase: LetterCase) -> [UInt8] {
  Array(letterCase.folded(text).utf8)
}
