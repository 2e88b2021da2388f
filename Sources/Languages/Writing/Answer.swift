/// What a language says of one question: an expression, and what that expression is where it is not true.
///
/// Many languages know a third truth value: comparing a field that is absent is neither true nor false. As an
/// operand of AND and OR that does no harm, since a query keeps what is *true*. Below NOT it does: NOT of unknown
/// is unknown, and an event without the field would be lost. So whoever spells a question says which of the three
/// its expression is, and `ConditionWriter` alone decides what a NOT over it takes.
@usableFromInline package enum Answer<Expression> {
  /// True exactly where the question's answer is yes, and false everywhere else.
  case total(Expression)
  /// True exactly where the question's answer is yes; elsewhere false or unknown.
  case mayBeUnknown(Expression)
  /// The opposite, where that is what the language can ask in few words: false exactly where the question's answer
  /// is yes, and true everywhere else.
  case opposite(Expression)
}

extension Answer: Sendable where Expression: Sendable {}
