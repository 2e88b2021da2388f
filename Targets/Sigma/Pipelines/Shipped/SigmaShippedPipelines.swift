import ConcordDiagnostics

/// The pipelines that come with Concord, in Sigma's own form: pySigma reads them too. README.md has their sources.
enum SigmaShippedPipelines {
  static let all: [(pipeline: Source, summary: String)] = [
    (
      pipeline(
        "windows-evtx", PackageResources.windows_evtx_yml,
        WindowsChannel.Spelling(channel: "Channel", eventID: "EventID")),
      "Windows events in JSON as EVTX readers write them, `Event.System` and `Event.EventData`"
    ),
    (
      pipeline(
        "splunk-windows", PackageResources.splunk_windows_yml,
        WindowsChannel.Spelling(
          channel: "source|cased", channelPrefix: "XmlWinEventLog:", eventID: "EventCode")),
      "Windows events as Splunk's add-ons extract them from XML; use it with `--extracted-fields`"
    ),
    (
      Source(name: "cloudtrail-athena", text: text(PackageResources.cloudtrail_athena_yml)),
      "CloudTrail in the table that AWS documents for Athena"
    ),
  ]

  /// The line of a template in whose place the steps of `channels.tsv` stand.
  private static let mark = "  # Here follow the steps of channels.tsv.\n"

  private static func pipeline(
    _ name: String, _ template: [UInt8], _ spelling: WindowsChannel.Spelling
  ) -> Source {
    let parts = text(template).split(separator: mark, maxSplits: 1)
    return Source(name: name, text: parts.joined(separator: WindowsChannel.steps(spelling)))
  }

  /// A resource without the line break that ends it.
  private static func text(_ resource: [UInt8]) -> String {
    String(decoding: resource.dropLast(), as: UTF8.self)
  }
}
