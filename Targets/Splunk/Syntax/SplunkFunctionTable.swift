import ConcordDiagnostics

/// The functions of `eval` that are known.
enum SplunkFunctionTable {
  /// How many arguments each takes (Search Reference, "Evaluation functions").
  static let argumentCounts: [String: ClosedRange<Int>] = [
    "searchmatch": 1...1,
    "if": 3...3, "case": 2...1_000, "coalesce": 1...1_000, "null": 0...0, "true": 0...0, "false": 0...0,
    "isnull": 1...1, "isnotnull": 1...1, "isbool": 1...1, "isnum": 1...1, "isstr": 1...1, "in": 2...1_000_000,
    "match": 2...2, "like": 2...2, "cidrmatch": 2...2, "replace": 3...3, "lower": 1...1, "upper": 1...1,
    "len": 1...1, "tostring": 1...1, "tonumber": 1...1, "mvcount": 1...1, "mvfilter": 1...1, "mvfind": 2...2,
    "mvappend": 1...1_000,
    "mvrange": 2...3,
    "json_extract": 2...2, "json_extract_exact": 2...2, "json_array_to_mv": 1...2, "spath": 2...2,
    "nullif": 2...2, "floor": 1...1,
  ]

  /// Throws where the function is not known, and where it does not take so many arguments.
  static func check(
    _ function: String, _ arguments: [SplunkEval], _ span: Span?
  ) throws(Diagnostic) {
    guard let counts = argumentCounts[function] else { throw .splunkFunction(function, span) }
    guard counts.contains(arguments.count) else {
      throw .splunkArguments(function, arguments.count, span)
    }
  }
}
