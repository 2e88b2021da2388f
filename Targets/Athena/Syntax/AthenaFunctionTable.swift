import ConcordDiagnostics

/// The functions that are known.
enum AthenaFunctionTable {
  /// How many arguments each takes. [Trino docs, functions]
  static let argumentCounts: [String: ClosedRange<Int>] = [
    "all_match": 2...2, "any_match": 2...2, "cardinality": 1...1, "coalesce": 2...Int.max,
    "concat": 2...Int.max, "contains": 2...2,
    "element_at": 2...2, "filter": 2...2, "if": 2...3, "json_extract": 2...2, "json_extract_scalar": 2...2,
    "json_format": 1...1, "json_parse": 1...1, "length": 1...1, "lower": 1...1, "map": 2...2,
    "none_match": 2...2, "nullif": 2...2, "regexp_like": 2...2, "split": 2...2, "starts_with": 2...2,
    "strpos": 2...2, "substr": 2...3,
    "substring": 2...3, "transform": 2...2, "try": 1...1, "upper": 1...1,
  ]

  /// The functions that make one row of many. [Trino docs, aggregate functions; Trino 414, `SHOW FUNCTIONS`]
  static let aggregates: Set<String> = [
    "any_value", "approx_distinct", "approx_most_frequent", "approx_percentile", "approx_set",
    "arbitrary", "array_agg", "avg", "bitwise_and_agg", "bitwise_or_agg", "bitwise_xor_agg", "bool_and",
    "bool_or", "checksum", "corr", "count", "count_if", "covar_pop", "covar_samp", "entropy", "every",
    "geometric_mean", "histogram", "kurtosis", "learn_classifier", "learn_libsvm_classifier",
    "learn_libsvm_regressor", "learn_regressor", "listagg", "make_set_digest", "map_agg", "map_union",
    "max", "max_by", "merge", "merge_set_digest", "min", "min_by", "multimap_agg", "numeric_histogram",
    "qdigest_agg", "reduce_agg", "regr_intercept", "regr_slope", "set_agg", "set_union", "skewness",
    "stddev", "stddev_pop", "stddev_samp", "sum", "tdigest_agg", "var_pop", "var_samp", "variance",
  ]

  /// Throws where the function is not known, and where it does not take so many arguments.
  static func check(
    _ function: String, _ arguments: [AthenaExpression], _ expression: AthenaExpression, in source: Source
  ) throws(Diagnostic) {
    guard let counts = argumentCounts[function] else {
      throw .unknownFunction(function, in: source, at: expression.span)
    }
    guard counts.contains(arguments.count) else {
      throw .typeMismatch(
        "`\(function)` does not take \(arguments.count) arguments", in: source, at: expression.span)
    }
  }
}
