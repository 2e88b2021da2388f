import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

extension AthenaValue {
  /// How two values compare; unknown where one is NULL.
  static func compare(
    _ comparison: AthenaExpression.Operator, _ left: AthenaValue, _ right: AthenaValue
  ) -> Bool? {
    switch (left, right) {
    case (.null, _), (_, .null): return nil
    case (.bigint(let a), .bigint(let b)): return holds(comparison, a, b)
    case (.varchar(let a), .varchar(let b)):
      return holds(comparison, AthenaBytes(Array(a.utf8)), AthenaBytes(Array(b.utf8)))
    case (.boolean(let a), .boolean(let b)): return holds(comparison, a ? 1 : 0, b ? 1 : 0)
    case (.ipaddress(let a), .ipaddress(let b)): return holds(comparison, a.wide, b.wide)
    case (.json(let a), .json(let b)): return a.sameScalars(as: b) == (comparison == .equal)
    case (.decimal(let a), .decimal(let b)): return holds(comparison, a, b)
    case (.double(let a), .double(let b)): return holds(comparison, a, b)
    case (.boolean, _), (.bigint, _), (.decimal, _), (.double, _), (.varchar, _), (.json, _), (.ipaddress, _),
      (.array, _), (.map, _), (.row, _):
      return nil
    }
  }

  /// `IS DISTINCT FROM`, which is never unknown; NaN is not distinct from itself. [executed: Trino 414, 482]
  static func isDistinct(_ left: AthenaValue, _ right: AthenaValue) -> Bool {
    if left.isNull || right.isNull { return left.isNull != right.isNull }
    if case .double(let a) = left, case .double(let b) = right, a.isNaN, b.isNaN { return false }
    return compare(.equal, left, right) != true
  }

  private static func holds<T: Comparable>(_ comparison: AthenaExpression.Operator, _ a: T, _ b: T) -> Bool {
    switch comparison {
    case .equal: a == b
    case .unequal: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}

extension IPAddress {
  /// The address in the 16 bytes in which Trino keeps every address.
  fileprivate var wide: AthenaBytes {
    AthenaBytes(bytes.count == 4 ? Array(repeating: 0, count: 10) + [0xFF, 0xFF] + bytes : bytes)
  }
}

/// Texts and addresses compare by their bytes.
private struct AthenaBytes: Comparable {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  static func < (left: AthenaBytes, right: AthenaBytes) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
