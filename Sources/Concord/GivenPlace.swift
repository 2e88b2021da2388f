import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

extension Place {
  /// The place of `name=text` pairs, as `sourcetype=aws:cloudtrail` and `product=aws`; what a project says of a log that is
  /// there holds too. Throws for a pair that is none, with the name that was probably meant.
  package init(_ pairs: [String], logs: [ProjectLog]) throws(Diagnostic) {
    self.init()
    for pair in pairs {
      guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
        throw Diagnostic(
          .usage, "`--place` needs `NAME=TEXT`, not `\(pair)`", help: ["as `--place index=aws`"])
      }
      let name = String(pair[..<sign])
      guard let fact = Place.fact(name) else { throw .unknownFact(name) }
      self[fact].append(String(pair[pair.index(after: sign)...]))
    }
    let given = self
    for log in logs {
      let isThere = log.platforms.values.contains {
        $0.place != .always(true) && $0.place.resolved(in: given) == .always(true)
      }
      guard isThere else { continue }
      for (fact, text) in [
        (PlaceFact.product, log.source.product), (.category, log.source.category),
        (.service, log.source.service),
      ] where self[fact].isEmpty {
        self[fact] = text.map { [$0] } ?? []
      }
    }
  }

  private static let shared: [PlaceFact] = [.product, .category, .service, .logType]

  private static func fact(_ name: String) -> PlaceFact? {
    if let fact = shared.first(where: { $0.name == name || $0.name.replacing(" ", with: "-") == name }) {
      return fact
    }
    return Registry.languages.lazy.compactMap { language in
      let own =
        name.hasPrefix("\(language.identifier).")
        ? String(name.dropFirst(language.identifier.count + 1)) : name
      return language.project?.fact(own)
    }.first
  }
}

extension Diagnostic {
  fileprivate static func unknownFact(_ name: String) -> Diagnostic {
    let known =
      ["product", "category", "service", "log-type"]
      + Registry.languages.flatMap { language in
        (language.project?.keys.map(\.name) ?? []).filter { language.project?.fact($0) != nil }
      }
    let near = Suggestion.nearest(to: name, among: known)
    return Diagnostic(
      .usage, "`\(name)` says nothing of a place",
      help: (near.map { ["did you mean `\($0)`?"] } ?? []) + ["known: \(known.joined(separator: ", "))"])
  }
}
