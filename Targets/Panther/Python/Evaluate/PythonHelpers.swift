/// Helper functions that are known by name.
enum PythonHelpers {
  /// Their names.
  static let names: Set<String> = [
    "deep_get", "deep_walk", "pattern_match", "pattern_match_list", "is_ip_in_network",
  ]
}
