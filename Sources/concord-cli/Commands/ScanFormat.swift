/// How `scan` prints.
enum ScanFormat: String, CaseIterable, Sendable {
  case text, ndjson, table, json, count
}
