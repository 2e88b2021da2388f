/// The logical operators of a language: the word of each and how tightly it binds.
///
/// A language states one table. `LogicGrammar` parses from it and its printer prints from it, so that text which was
/// printed is read back as it was meant.
@usableFromInline package struct LogicTable: Hashable, Sendable {
  /// The word of an operator and how tightly it binds.
  @usableFromInline package struct Operator: Hashable, Sendable {
    /// The word as the language's printer writes it.
    @usableFromInline package let word: String
    /// How tightly it binds; a higher number binds tighter.
    @usableFromInline package let strength: Int

    /// An operator of that word and strength.
    package init(word: String, strength: Int) { (self.word, self.strength) = (word, strength) }
  }

  /// Some operand holds.
  @usableFromInline package let or: Operator
  /// Every operand holds.
  @usableFromInline package let and: Operator
  /// The operand, which follows, does not hold.
  @usableFromInline package let not: Operator
  /// Just one of two operands holds; `nil` where the language has no such operator.
  @usableFromInline package let xor: Operator?

  /// The table of these words and strengths, which all differ. `NOT`, which stands before its operand, binds
  /// tightest.
  package init(
    or: (word: String, strength: Int), and: (word: String, strength: Int), not: (word: String, strength: Int),
    xor: Operator? = nil
  ) {
    self.or = Operator(word: or.word, strength: or.strength)
    self.and = Operator(word: and.word, strength: and.strength)
    self.not = Operator(word: not.word, strength: not.strength)
    self.xor = xor
  }

  /// The least strength above the logical operators: what a comparison has, or anything else that they join.
  @usableFromInline package var operand: Int { not.strength + 1 }

  /// The strength of the loosest operator: an expression that needs no parentheses at all has at least this.
  @usableFromInline package var loosest: Int { min(or.strength, and.strength, xor?.strength ?? .max) }
}
