import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// What a search for several rules shows of each event besides the labels, so that the rules can be asked of it again: the
/// event's own text, or, where an add-on extracts values, the fields that the rules look at and show.
struct SplunkEvidence {
  /// The field that has the event's own text.
  private static let text = "_raw"

  private let parts: [SplunkPackPart]
  private let columns: [Evidence.Column]
  private var readsText: Bool { !parts[0].isExtracted }

  /// What is shown for the rules of a search.
  init(_ parts: [SplunkPackPart]) {
    self.parts = parts
    guard parts[0].isExtracted else {
      columns = []
      return
    }
    var paths: [FieldPath] = []
    var seen: Set<String> = []
    for path in parts.flatMap({ $0.rule.condition.paths + $0.rule.outputFields.map(\.path) }) {
      // A path that SPL has no name for is refused where the condition is written.
      if let name = try? SplunkPaths.extractedName(path), seen.insert(name).inserted { paths.append(path) }
    }
    columns = paths.map { path in
      Evidence.Column(
        name: path.names.joined(separator: "."), keys: [path.names.last ?? ""],
        around: Array(path.names.dropLast()), type: .text, holdsJSON: (false, false), names: [])
    }
  }

  /// The fields.
  var shown: [String] { readsText ? [SplunkEvidence.text] : columns.map(\.name) }

  /// How the rows of a search with these fields and labels are read. A field with one value comes as a text, one with
  /// several as a list. [REST API Reference, search/v2/jobs/{search_id}/results]
  func evidence(labels: String, _ request: EvidenceRequest) -> Evidence {
    Evidence(
      labels: labels, labelsStandAlone: true, event: readsText ? SplunkEvidence.text : nil, columns: columns,
      time: "_time", sample: request.sample.map { sample($0) })
  }

  /// So many events of the place and time.
  private func sample(_ count: Int) -> Query {
    let terms = parts[0].source
    let commands = [
      SplunkCommand(.search(terms.count == 1 ? terms[0] : SplunkSearch(.all(terms)))),
      SplunkCommand(.display(SplunkDisplay(name: "head", text: " \(count)", changes: []))),
      SplunkCommand(.table(["_time"] + shown)),
    ]
    return Query(text: SplunkPrinter.print(SplunkQuery(comments: [], commands: commands)))
  }
}
