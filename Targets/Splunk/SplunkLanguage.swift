import ConcordLanguages

extension Language {
  /// Splunk SPL: searches over JSON events, or over the fields that an add-on extracts.
  public static let splunk = Language(
    identifier: "splunk", name: "Splunk SPL", endings: ["spl"],
    traits: [.countsEvents, .countsInWindows, .countsInSpans, .countsInHops],
    writer: SplunkWriter.write, formats: [SplunkSavedSearches.file, SplunkSavedSearches.app],
    reader: SplunkReader.readAll, runner: SplunkRunner.run(_:on:options:),
    alertRunner: SplunkRunner.alerts(_:options:),
    store: SplunkStore.stored, selfTestWriter: SplunkSelfTest.write,
    packs: PackRole(write: SplunkPacks.write, read: SplunkPackReader.read, run: SplunkRunner.lists),
    prefilter: SplunkPrefilter.condition,
    engines: [SplunkEngine.kind],
    options: SplunkOptions.specs, preparation: SplunkOptions.prepared,
    project: SplunkProject.role, knownSource: SplunkCloudTrail.log)
}
