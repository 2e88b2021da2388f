import ConcordDiagnostics

/// What to write for modifiers that Sigma does not have.
enum SigmaForeignModifiers {
  /// What to do about a modifier of that name.
  static func help(for name: String) -> [String] {
    let name = name.lowercased()
    if let modifier = counterparts.first(where: { $0.names.contains(name) })?.modifier {
      return ["did you mean `\(modifier)`?"]
    }
    if let reason = needless.first(where: { $0.names.contains(name) })?.reason {
      return ["leave it out: \(reason)"]
    }
    let known = SigmaModifier.allCases.map(\.rawValue)
    // The flags of one letter are near any name of two.
    let question = Suggestion.question(for: name, among: known.filter { $0.utf8.count > 1 })
    return question.isEmpty ? ["known: \(known.joined(separator: ", "))"] : question
  }

  /// Names of other languages and dialects, and Sigma's own for the same.
  private static let counterparts: [(names: [String], modifier: String)] = [
    (["not", "ne", "not_equal", "not_equals", "notequal", "notequals", "not_in", "notin", "exclude"], "neq"),
    (["regex", "regexp", "rx", "matches", "pattern"], "re"),
    (["begins", "beginswith", "starts", "prefix", "starts_with"], "startswith"),
    (["ends", "suffix", "ends_with"], "endswith"),
    (["substring", "includes", "has", "like"], "contains"),
    (["and", "every"], "all"),
    (["ge", "min", "greater_or_equal"], "gte"), (["le", "max", "less_or_equal"], "lte"),
    (["greater", "greaterthan", "greater_than", "above"], "gt"),
    (["less", "lessthan", "less_than", "below"], "lt"),
    (["case", "casesensitive", "case_sensitive", "cs"], "cased"),
    (["subnet", "network", "ip", "ipcidr"], "cidr"),
    (["b64"], "base64"), (["b64offset"], "base64offset"),
    (["field", "equalsfield", "fieldeq", "fieldequals"], "fieldref"),
    (["placeholder", "placeholders"], "expand"),
  ]

  /// Names of what Sigma does without a modifier.
  private static let needless: [(names: [String], reason: String)] = [
    (["any", "in", "or", "oneof", "one_of", "anyof", "any_of"], "some value of a list must match anyway"),
    (["eq", "is", "equal", "equals", "exact", "exactly", "match"], "a value is compared as a whole anyway"),
    (["nocase", "ci", "icase", "case_insensitive", "insensitive"], "letter case is ignored anyway"),
    (["wildcard", "wildcards", "glob"], "`*` and `?` are wildcards anyway"),
    (["null", "isnull", "empty"], "write the value `null`"),
  ]
}
