import ConcordDiagnostics

/// The pipelines that come with Concord, in Sigma's own form: pySigma reads them too.
enum SigmaShippedPipelines {
  static let all: [(pipeline: Source, summary: String)] = [
    (
      Source(name: "windows-evtx", text: windowsEvents),
      "Windows events in JSON as EVTX readers write them, `Event.System` and `Event.EventData`"
    ),
    (
      Source(name: "splunk-windows", text: splunkWindows),
      "Windows events as Splunk's add-ons extract them from XML; use it with `--extracted-fields`"
    ),
    (
      Source(name: "cloudtrail-athena", text: cloudTrailAthena),
      "CloudTrail in the table that AWS documents for Athena"
    ),
  ]
}
