import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines

/// One page of `get-query-results`. All values are texts; SQL's NULL is a cell without one.
struct AthenaPage {
  private let page: Value.Object
  private let voice: EngineVoice

  init(_ page: Value.Object, _ voice: EngineVoice) {
    self.page = page
    self.voice = voice
  }

  func columns() throws(Diagnostic) -> [String] {
    guard case .object(let metadata)? = try resultSet()["ResultSetMetadata"],
      case .array(let items)? = metadata["ColumnInfo"]
    else { throw voice.notUnderstood("it has no `ColumnInfo`") }
    var names: [String] = []
    for item in items {
      guard case .object(let column) = item, case .string(let name)? = column["Name"] else {
        throw voice.notUnderstood("a column has no name")
      }
      names.append(name)
    }
    return names
  }

  func rows() throws(Diagnostic) -> [[Value]] {
    guard case .array(let items)? = try resultSet()["Rows"] else {
      throw voice.notUnderstood("it has no `Rows`")
    }
    var rows: [[Value]] = []
    for item in items {
      guard case .object(let row) = item, case .array(let cells)? = row["Data"] else {
        throw voice.notUnderstood("a row has no `Data`")
      }
      var values: [Value] = []
      for cell in cells {
        guard case .object(let cell) = cell else { throw voice.notUnderstood("a cell is not an object") }
        values.append(cell["VarCharValue"] ?? .null)
      }
      rows.append(values)
    }
    return rows
  }

  func nextToken() throws(Diagnostic) -> String? {
    switch page["NextToken"] {
    case nil, .null?: return nil
    case .string(let token)?: return token
    default: throw voice.notUnderstood("`NextToken` is not a text")
    }
  }

  private func resultSet() throws(Diagnostic) -> Value.Object {
    guard case .object(let set)? = page["ResultSet"] else {
      throw voice.notUnderstood("it has no `ResultSet`")
    }
    return set
  }
}
