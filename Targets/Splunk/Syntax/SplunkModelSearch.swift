import ConcordDetection
import ConcordDiagnostics

/// `tstats OPTION… FUNCTION, … FROM datamodel=DATA-SET WHERE EXPRESSION BY FIELD, … span=SPAN`: a row for each group of
/// the events of a data model.
struct SplunkModelSearch: Hashable, Sendable {
  /// `NAME=VALUE`.
  struct Option: Hashable, Sendable {
    /// The name in lower case.
    var name: String
    var value: String

    /// Whether it is one of Splunk's words for yes.
    var isOn: Bool { ["t", "true", "1"].contains(value.lowercased()) }
  }

  /// The options before the functions.
  var options: [Option] = []
  /// What is computed of each group, and the fields that tell groups apart.
  var statistics = SplunkStatistics(measures: [], group: [])
  /// The data set as it is written.
  var model = ""
  /// What the events must satisfy, in the `search` language.
  var condition: SplunkSearch?
  /// The span of `_time` in `BY` as it is written.
  var span: String?

  /// The text that stands in `BY` for a field without a value; `nil` where such events are in no group.
  var fill: String? { options.last { $0.name == "fillnull_value" }?.value }

  /// How many seconds of `_time` are counted together, as `bin` tells.
  var seconds: Int? { SplunkBin(field: "_time", span: span).seconds }

  /// The fields that say which rows there are, in order.
  var askedFields: [String] { (condition?.fields ?? []) + statistics.group }

  /// The fields that functions are of, in order.
  var countedFields: [String] {
    statistics.measures.compactMap { measure in
      if case .field(let name)? = measure.argument { name } else { nil }
    }
  }
}

/// A data set of a data model: where events are, and under which name their fields stand.
struct SplunkDataSet: Hashable, Sendable {
  /// The model and the data set, as `Endpoint.Processes`.
  let name: String
  /// What stands before the names of its fields: `Processes.`.
  var prefix: String { root + "." }
  /// The data set's own name, as `Processes`.
  let root: String

  /// The only data set at the root of a model (Common Information Model Add-on Manual): the model alone names it too.
  private static let roots = [
    "Alerts": "Alerts", "Authentication": "Authentication", "Certificates": "All_Certificates",
    "Change": "All_Changes", "Change_Analysis": "All_Changes", "Intrusion_Detection": "IDS_Attacks",
    "Network_Resolution": "DNS", "Network_Sessions": "All_Sessions", "Network_Traffic": "All_Traffic",
    "Risk": "All_Risk", "Updates": "Updates", "Vulnerabilities": "Vulnerabilities", "Web": "Web",
  ]

  /// The data set that `datamodel=` names; `nil` of a model with several at its root, and of one below another.
  init?(_ written: String) {
    let parts = written.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let model = parts.first, parts.count <= 2,
      let root = parts.count == 2 ? parts[1] : SplunkDataSet.roots[model],
      [model, root].allSatisfy(SplunkLiteral.isWord)
    else { return nil }
    (name, self.root) = ("\(model).\(root)", root)
  }

  /// The field of an event that the data set calls so; `nil` of a name that is none of its fields.
  func path(_ name: String) -> FieldPath? {
    let own = String(name.dropFirst(prefix.count))
    guard name.hasPrefix(prefix), !own.contains("*"), !own.isEmpty, SplunkPlaces.fact(own) == nil else {
      return nil
    }
    return FieldPath(steps: [.name(own)])
  }

  /// How a search calls a field of an event; what Splunk itself knows of the place stands under its own name.
  func name(_ field: String) -> String { SplunkPlaces.fact(field) == nil ? prefix + field : field }
}

extension SplunkSearch {
  /// The fields that the expression names, in order.
  var fields: [String] {
    switch kind {
    case .comparison(let field, _, _), .membership(let field, _): [field]
    case .not(let operand): operand.fields
    case .all(let operands), .any(let operands): operands.flatMap(\.fields)
    case .keyword, .term, .macro: []
    }
  }

  /// Whether a field is compared with what `search` takes for a network.
  var namesNetwork: Bool {
    func isNetwork(_ value: SplunkSearchValue) -> Bool {
      value.text.utf8.contains(0x2F) && CIDR(value.text) != nil
    }
    return switch kind {
    case .comparison(_, _, let value): isNetwork(value)
    case .membership(_, let values): values.contains(where: isNetwork)
    case .not(let operand): operand.namesNetwork
    case .all(let operands), .any(let operands): operands.contains(where: \.namesNetwork)
    case .keyword, .term, .macro: false
    }
  }
}
