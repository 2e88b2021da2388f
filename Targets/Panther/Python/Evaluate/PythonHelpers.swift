/// Helper functions of public rule sets that are known by name and body: what they do is stated here, since their bodies
/// go over values of any kind, which is not evaluated. A body that is not known is evaluated like any other.
enum PythonHelpers {
  /// Their names.
  static let names: Set<String> = [
    "deep_get", "deep_walk", "pattern_match", "pattern_match_list", "is_ip_in_network",
  ]

  /// The digests of the bodies that do what is stated here.
  private static let digests: Set<String> = [
    "4bb052dcc60aa9e6", "d5f586df6cb0b7ad",  // deep_get
    "845ec8ac1c6d16d3", "b5d134b266def7ab",  // deep_walk
    "1b1913e3ef33a69e",  // is_ip_in_network
    "3e3bd7225451a23e",  // pattern_match
    "32b148892d9b0f27",  // pattern_match_list
  ]

  /// Whether the function is one of them.
  static func isKnown(_ function: PythonFunction) -> Bool { digests.contains(function.digest) }
}
