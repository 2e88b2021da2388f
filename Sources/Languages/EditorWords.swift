import ConcordDetection

/// The words of a language's rule files that an editor offers, and by which it finds its way.
package struct EditorWords: Sendable {
  /// The keys of a rule's file at its outermost level.
  package let keys: [String]
  /// What may stand behind a field's name and `|`; none where nothing may.
  package let modifiers: [String]
  /// What the value of a key may be, by key.
  package let values: [String: [String]]
  /// The keys whose values name a rule: other files lead to them.
  package let names: [String]
  /// The key whose value is a condition of the notation; `nil` where there is none.
  package let condition: String?

  /// These words.
  package init(
    keys: [String], modifiers: [String] = [], values: [String: [String]], names: [String],
    condition: String? = nil
  ) {
    (self.keys, self.modifiers, self.values) = (keys, modifiers, values)
    (self.names, self.condition) = (names, condition)
  }
}

/// The fields of a rule's log that the options know, as rules spell them: the columns of its table, the fields that a
/// pipeline maps. Without a rule, those of any log. None where the options cannot be read, which is said elsewhere.
package typealias FieldNames = @Sendable (Rule?, LanguageOptions) -> [String]
