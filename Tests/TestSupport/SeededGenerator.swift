/// A random number generator that gives the same numbers for the same seed: SplitMix64 (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator of that seed.
  package init(seed: UInt64) { state = seed }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of `range`.
  package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True in `percent` of 100 calls.
  package mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  /// One of the choices; `first` where there are no others.
  package mutating func pick<Element>(_ first: Element, _ others: Element...) -> Element {
    let index = number(0...others.count)
    return index == 0 ? first : others[index - 1]
  }

  /// An element of the collection; `nil` if it has none.
  package mutating func element<Choices: Collection>(of choices: Choices) -> Choices.Element? {
    choices.randomElement(using: &self)
  }
}
