import ConcordLanguages

/// What an editor offers in Sigma's files.
enum SigmaWords {
  static let words = EditorWords(
    keys: SigmaMetadataRules.keys, modifiers: SigmaModifier.allCases.map(\.rawValue),
    values: [
      "status": SigmaMetadataRules.statuses,
      "level": ["informational", "low", "medium", "high", "critical"],
      "tags": AttackTactics.all.map { "attack.\($0.name)" },
      "product": names(\.product), "category": categories, "service": names(\.service),
      "type": [
        "event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg",
        "value_percentile",
      ],
    ], names: ["id", "name"])

  /// Categories of Sigma's public rules. [Sigma specification, appendix "Taxonomy"]
  private static let categories = [
    "antivirus", "application", "clipboard_capture", "create_remote_thread", "create_stream_hash",
    "database", "dns", "dns_query", "driver_load", "file_access", "file_change", "file_delete", "file_event",
    "file_rename", "firewall", "image_load", "network_connection", "pipe_created", "process_access",
    "process_creation", "process_tampering", "process_termination", "proxy", "ps_classic_start", "ps_module",
    "ps_script", "raw_access_thread", "registry_add", "registry_delete", "registry_event", "registry_rename",
    "registry_set", "sysmon_error", "sysmon_status", "webserver", "wmi_event",
  ]

  /// Products and services of the logs that are known by name, and of Windows, Linux and macOS.
  private static func names(_ part: KeyPath<SigmaLogSource, String?>) -> [String] {
    let known =
      SigmaLogSources.byPlatformName.values.map { $0 }
      + [
        SigmaLogSource(product: "windows", service: "security"),
        SigmaLogSource(product: "windows", service: "sysmon"),
        SigmaLogSource(product: "windows", service: "system"),
        SigmaLogSource(product: "windows", service: "powershell"),
        SigmaLogSource(product: "linux", service: "auditd"),
        SigmaLogSource(product: "linux", service: "sshd"), SigmaLogSource(product: "macos"),
      ]
    return Set(known.compactMap { $0[keyPath: part] }).sorted()
  }
}
