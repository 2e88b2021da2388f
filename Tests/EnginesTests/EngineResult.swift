import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines

/// What a query gave: its rows as JSON, or a diagnostic's code and message.
enum EngineResult: CustomStringConvertible {
  case rows(String)
  case diagnostic(Diagnostic)

  init(_ engine: any QueryEngine, _ query: String) {
    do {
      self = .rows(Value.array(try engine.rows(of: query).map(Value.object)).compactJSON)
    } catch {
      self = .diagnostic(error)
    }
  }

  /// The rows, or the code, a space and the message.
  var description: String {
    switch self {
    case .rows(let rows): rows
    case .diagnostic(let diagnostic): "\(diagnostic.code.rawValue) \(diagnostic.message)"
    }
  }
}
