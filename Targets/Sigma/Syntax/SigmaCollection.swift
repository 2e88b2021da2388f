import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// The documents of one source or of several, as far as one concerns another: rules and correlations by their ids and
/// names, filters, and which document refers to which.
struct SigmaCollection: Sendable {
  /// What a source's documents need to know of those of another.
  struct Contribution: CollectionContribution {
    /// The source's name.
    let source: String
    /// Its rules.
    let rules: [Rule]
    /// Its filters.
    let filters: [Filter]
    /// Its correlations.
    let correlations: [Correlation]
  }

  /// A rule, as far as others refer to it.
  struct Rule: Sendable {
    /// Its id and its name.
    let names: [String]
    /// Which logs it reads.
    let logSource: SigmaLogSource
    /// The rule and the filters of its file, without places: they are places of another text. `nil` where it cannot be
    /// read.
    var part: Part?
  }

  /// A rule of another source that a correlation names, with its filters.
  struct Part: Sendable {
    /// The rule.
    let document: SigmaDocument
    /// The filters of its own file.
    let filters: [SigmaDocument]
    /// The name of its source.
    let source: String
  }

  /// A filter as rules of other sources take it.
  struct Filter: Sendable {
    /// Its detection, without places: they are places of another text.
    let document: SigmaDocument
    /// The rules that it names; `nil` for any.
    let rules: [String]?
    /// Whether it can be read.
    let isCorrect: Bool
    /// The name of its source.
    let source: String
  }

  /// A correlation, as far as others refer to it.
  struct Correlation: Sendable {
    /// Its id and its name.
    let names: [String]
    /// The rules and correlations that it names.
    let references: [String]
    /// Its title.
    let title: String
    /// Whether its rules are meant to be run alone too.
    let generates: Bool
    /// The name of its source.
    let source: String
  }

  /// Which document of which source.
  private struct Key: Hashable {
    let source: String
    let number: Int
  }

  private let rulesByName: [ScalarText: [Rule]]
  private let correlationsByName: [ScalarText: Correlation]
  private let filtersByName: [ScalarText: [Filter]]
  private let filtersOfAny: [Filter]
  private let parts: [ScalarText: Correlation]
  private let applied: Set<Key>
  private let cycles: SigmaCycles

  /// The collection of these sources; one that stands twice counts once.
  init(_ contributions: [Contribution]) {
    var seen: Set<String> = []
    let sources = contributions.filter { seen.insert($0.source).inserted }
    var rulesByName: [ScalarText: [Rule]] = [:]
    for rule in sources.flatMap(\.rules) {
      for name in rule.names { rulesByName[ScalarText(name), default: []].append(rule) }
    }
    var correlationsByName: [ScalarText: Correlation] = [:]
    var parts: [ScalarText: Correlation] = [:]
    let correlations = sources.flatMap(\.correlations)
    for correlation in correlations {
      for name in correlation.names { correlationsByName[ScalarText(name)] = correlation }
      if correlation.generates { continue }
      for name in correlation.references where parts[ScalarText(name)] == nil {
        parts[ScalarText(name)] = correlation
      }
    }
    var filtersByName: [ScalarText: [Filter]] = [:]
    var filtersOfAny: [Filter] = []
    var applied: Set<Key> = []
    // A filter of any rule need not look at each: most read the same few logs.
    let logSources = Set(sources.flatMap(\.rules).map(\.logSource))
    for source in sources {
      for (number, filter) in source.filters.enumerated() {
        let named = filter.rules?.flatMap { rulesByName[ScalarText($0)] ?? [] }
        let covers = filter.document.logSource.contains
        if named?.contains(where: { covers($0.logSource) }) ?? logSources.contains(where: covers) {
          applied.insert(Key(source: source.source, number: number))
        }
        if filter.rules == nil { filtersOfAny.append(filter) }
        for name in filter.rules ?? [] { filtersByName[ScalarText(name), default: []].append(filter) }
      }
    }
    (self.rulesByName, self.correlationsByName, self.parts) = (rulesByName, correlationsByName, parts)
    (self.filtersByName, self.filtersOfAny, self.applied) = (filtersByName, filtersOfAny, applied)
    cycles = SigmaCycles(correlations)
  }

  /// The filters of other sources that apply to a rule, in the order of the sources, each once.
  func filters(of document: SigmaDocument, notIn source: String) -> [Filter] {
    var found: [Filter] = filtersOfAny
    for name in document.names { found += filtersByName[ScalarText(name)] ?? [] }
    var seen: Set<SigmaDocument> = []
    return found.filter {
      $0.source != source && $0.document.logSource.contains(document.logSource)
        && seen.insert($0.document).inserted
    }
  }

  /// Whether the filter of that number in a source applies to some rule.
  func applies(_ number: Int, of source: String) -> Bool {
    applied.contains(Key(source: source, number: number))
  }

  /// Whether a rule is called so.
  func hasRule(named name: String) -> Bool { rulesByName[ScalarText(name)] != nil }

  /// Whether a rule that is called so reads what the log source covers.
  func hasRule(named name: String, in logSource: SigmaLogSource) -> Bool {
    rulesByName[ScalarText(name)]?.contains { logSource.contains($0.logSource) } ?? false
  }

  /// The ids and names of the rule or correlation that is called so; `nil` where none is.
  func names(of name: String) -> [String]? {
    rulesByName[ScalarText(name)]?.first?.names ?? correlationsByName[ScalarText(name)]?.names
  }

  /// The rules of other sources that are called so, with all their filters; `nil` where one of them cannot be read.
  func parts(named name: String, notIn source: String) -> [SigmaFile.Rule]? {
    var found: [SigmaFile.Rule] = []
    for rule in rulesByName[ScalarText(name)] ?? [] {
      guard let part = rule.part else { return nil }
      if part.source == source { continue }
      let elsewhere = filters(of: part.document, notIn: part.source)
      guard elsewhere.allSatisfy(\.isCorrect) else { return nil }
      found.append(
        SigmaFile.Rule(
          document: part.document, filters: part.filters, filtersElsewhere: elsewhere.map(\.document),
          issues: SigmaIssues(), start: .start))
    }
    return found
  }

  /// A correlation of another source that a rule is a part of, and by which name; `nil` where it is of none, or is
  /// meant to be run alone.
  func correlation(of document: SigmaDocument, notIn source: String) -> (name: String, title: String)? {
    for name in document.names {
      if let found = parts[ScalarText(name)], found.source != source { return (name, found.title) }
    }
    return nil
  }

  /// Whether a correlation that is called `from` comes back to itself by naming `to`.
  func isCycle(from: [String], to name: String) -> Bool {
    from.contains { cycles.areInOne($0, name) }
  }
}

extension SigmaCollection {
  /// How Sigma's documents concern those of other sources: filters and correlations do.
  static let reading = CollectionReading(
    concernsOthers: { source in
      guard SigmaCollection.speaksOfOthers(source) else { return false }
      let file = SigmaParser.unresolved(source)
      return !file.filters.isEmpty || !file.correlations.isEmpty
    },
    contribution: { Contribution(SigmaParser.unresolved($0), of: $0.name) },
    options: { contributions, options in
      var copy = options
      copy.sigma.collection = SigmaCollection(contributions.compactMap { $0 as? Contribution })
      return copy
    })

  /// Whether a key of the text may be `filter` or `correlation`: quick, and right where it says no.
  private static func speaksOfOthers(_ source: Source) -> Bool {
    source.text.withBytes { bytes in
      let words = ["filter", "correlation"].map { Array($0.utf8) }
      var index = 0
      while index < bytes.count {
        for word in words where bytes[index] == word[0] && bytes[index...].starts(with: word) {
          var end = index + word.count
          // Quotes, and blanks before the colon.
          while end < bytes.count, bytes[end] <= 0x20 || bytes[end] == 0x22 || bytes[end] == 0x27 { end += 1 }
          if end < bytes.count, bytes[end] == 0x3A { return true }
        }
        index += 1
      }
      return false
    }
  }
}

extension SigmaCollection.Contribution {
  /// What others need to know of a file.
  init(_ file: SigmaFile, of source: String) {
    self.source = source
    let filtered = file.filteredByItself
    rules = filtered.rules.map { rule in
      let part = SigmaCollection.Part(
        document: rule.document.withoutPlaces, filters: rule.filters.map(\.withoutPlaces), source: source)
      return .init(
        names: rule.document.names, logSource: rule.document.logSource,
        part: rule.issues.errors.isEmpty ? part : nil)
    }
    filters = file.filters.map { filter in
      .init(
        document: filter.document.withoutPlaces, rules: filter.rules.map { $0.map(\.name) },
        isCorrect: filter.issues.errors.isEmpty, source: source)
    }
    correlations = file.correlations.map { correlation in
      let metadata = correlation.parsed.metadata
      return .init(
        names: metadata.names, references: correlation.parsed.references.map(\.name), title: metadata.title,
        generates: correlation.parsed.generates, source: source)
    }
  }
}

extension SigmaDocument {
  /// Its id and its name, by which other documents refer to it.
  var names: [String] { [id, name].compactMap { $0 } }

  /// The same without the places of its detection.
  fileprivate var withoutPlaces: SigmaDocument {
    var copy = self
    copy.conditions = conditions.map(\.withoutPlaces)
    copy.selections = selections.map { SigmaSelection($0.name, $0.body.withoutPlaces) }
    return copy
  }
}

extension SigmaExpression {
  fileprivate var withoutPlaces: SigmaExpression {
    switch kind {
    case .selection, .oneOf, .allOf: SigmaExpression(kind)
    case .not(let operand): SigmaExpression(.not(operand.withoutPlaces))
    case .and(let operands): SigmaExpression(.and(operands.map(\.withoutPlaces)))
    case .or(let operands): SigmaExpression(.or(operands.map(\.withoutPlaces)))
    }
  }
}

extension SigmaSelectionBody {
  fileprivate var withoutPlaces: SigmaSelectionBody {
    switch self {
    case .map(let items):
      .map(
        items.map { item in
          var copy = item
          copy.span = nil
          copy.values = item.values.map { SigmaScalar($0.value) }
          return copy
        })
    case .list(let bodies): .list(bodies.map(\.withoutPlaces))
    case .every(let bodies): .every(bodies.map(\.withoutPlaces))
    case .keyword(let scalar): .keyword(SigmaScalar(scalar.value))
    }
  }
}
