/// A value modifier of specification 2.1. Modifiers apply from left to right.
package enum SigmaModifier: String, Hashable, Sendable, CaseIterable {
  /// The value stands anywhere in the text.
  case contains
  /// The text begins with the value.
  case startswith
  /// The text ends with the value.
  case endswith
  /// All values must match, not any.
  case all
  /// Letter case matters.
  case cased
  /// The item is negated: no value matches.
  case neq
  /// The value is a regular expression, searched for, where letter case matters.
  case re
  /// The expression ignores letter case.
  case i
  /// `^` and `$` of the expression match at line breaks.
  case m
  /// `.` of the expression matches line breaks.
  case s
  /// A long name of `i`.
  case ignorecase
  /// A long name of `m`.
  case multiline
  /// A long name of `s`.
  case dotall
  /// The value is encoded in Base64.
  case base64
  /// The value is encoded in Base64 at each of the three offsets that it can have in a longer text.
  case base64offset
  /// The value is encoded in UTF-16, little endian.
  case wide
  /// The same as `wide`.
  case utf16le
  /// The value is encoded in UTF-16, big endian.
  case utf16be
  /// The value is encoded in UTF-16, little endian, after a byte order mark.
  case utf16
  /// A `-` or `/` where a flag begins stands for each of the dashes that Windows takes there.
  case windash
  /// The value is a network in CIDR notation.
  case cidr
  /// Whether the field is there.
  case exists
  /// `%name%` in the value is a placeholder.
  case expand
  /// The value is the name of another field.
  case fieldref
  /// Less than the value.
  case lt
  /// Less than the value, or equal.
  case lte
  /// Greater than the value.
  case gt
  /// Greater than the value, or equal.
  case gte
  /// The minute of a time.
  case minute
  /// The hour of a time.
  case hour
  /// The day of the month of a time.
  case day
  /// The week of the year of a time.
  case week
  /// The month of a time.
  case month
  /// The year of a time.
  case year
}
