import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

extension AthenaValue {
  /// How two values compare; unknown where one is NULL.
  static func compare(
    _ comparison: ComparisonOperator, _ left: AthenaValue, _ right: AthenaValue
  ) -> Bool? {
    switch (left, right) {
    case (.null, _), (_, .null): return nil
    case (.bigint(let a), .bigint(let b)): return comparison.holds(a, b)
    case (.varchar(let a), .varchar(let b)) where comparison == .equal: return a.sameScalars(as: b)
    case (.varchar(let a), .varchar(let b)):
      return comparison.holds(AthenaBytes(Array(a.utf8)), AthenaBytes(Array(b.utf8)))
    case (.boolean(let a), .boolean(let b)): return comparison.holds(a ? 1 : 0, b ? 1 : 0)
    case (.ipaddress(let a), .ipaddress(let b)): return comparison.holds(a.wide, b.wide)
    case (.json(let a), .json(let b)): return a.sameScalars(as: b) == (comparison == .equal)
    case (.decimal(let a), .decimal(let b)): return comparison.holds(a, b)
    case (.double(let a), .double(let b)): return comparison.holds(a, b)
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
