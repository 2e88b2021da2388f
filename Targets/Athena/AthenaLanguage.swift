import ConcordLanguages

extension Language {
  /// Athena SQL, the dialect of Amazon Athena's engine version 3 (Trino). Names ignore letter case.
  public static let athena = Language(
    identifier: "athena", name: "Athena SQL", endings: ["sql"],
    traits: [.ignoresNameCase, .countsEvents, .countsInWindows, .countsInSpans, .countsInHops],
    writer: AthenaWriter.write,
    formats: [
      AthenaTemplates.namedQueries, AthenaTerraform.format, AthenaViews.format, AthenaTemplates.schedules,
    ],
    reader: AthenaReader.readAll, runner: AthenaRunner.run,
    alertRunner: AthenaRunner.alerts,
    store: AthenaStore.stored, storeNotes: AthenaStore.notes, rowRunner: AthenaRunner.answers,
    selfTestWriter: AthenaSelfTest.write, trialWriter: AthenaTrials.write,
    logTrialWriter: AthenaTrials.log,
    packs: PackRole(
      write: AthenaPacks.write, read: AthenaPackReader.read, run: AthenaRunner.lists, trial: AthenaTrials.pack
    ),
    schemaWriter: AthenaSchemaStatement.write,
    engines: [DuckDBEngine.kind, TrinoEngine.kind, AthenaEngine.kind],
    options: AthenaOptions.specs, preparation: AthenaOptions.checked,
    project: AthenaProject.role, knownSource: CloudTrailTable.log,
    fieldNames: AthenaColumnNames.names
  )
}
