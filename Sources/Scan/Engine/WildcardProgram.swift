import ConcordDetection

/// A pattern with wildcards, matched on UTF-8.
final class WildcardProgram: Sendable {
  private enum Unit: BitwiseCopyable, Sendable {
    case byte(UInt8)
    case one
    case run
  }

  private let units: Frozen<Unit>

  init(_ pattern: Pattern, _ letterCase: LetterCase) {
    var units: [Unit] = []
    for piece in pattern.pieces {
      switch piece {
      case .literal(let text): units += comparedBytes(text, letterCase).map(Unit.byte)
      case .anyOne: units.append(.one)
      case .anyRun: units.append(.run)
      }
    }
    self.units = Frozen(units)
  }

  deinit { units.free() }

  /// Whether the text matches from end to end. No scalar's bytes begin inside another's, so bytes are found only
  /// where their scalars are, and only `one` and a new attempt after a run must keep to whole scalars.
  func matches(_ text: Bytes) -> Bool {
    var (at, unit) = (0, 0)
    var (retryAt, retryUnit) = (0, -1)
    while at < text.count {
      var fits = false
      if unit < units.count {
        switch units[unit] {
        case .run:
          unit += 1
          if unit == units.count { return true }
          (retryAt, retryUnit) = (at, unit)
          continue
        case .one:
          at += WildcardProgram.length(text[at])
          unit += 1
          fits = true
        case .byte(let byte):
          if text[at] == byte {
            at += 1
            unit += 1
            fits = true
          }
        }
      }
      if !fits {
        if retryUnit < 0 { return false }
        retryAt += WildcardProgram.length(text[retryAt])
        (at, unit) = (retryAt, retryUnit)
      }
    }
    while unit < units.count, case .run = units[unit] { unit += 1 }
    return unit == units.count
  }

  /// How many bytes the scalar has that begins with this one.
  @inline(__always)
  static func length(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }
}
