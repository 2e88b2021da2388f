import ConcordDiagnostics

// What documents of a collection say of each other.

extension SigmaFile {
  /// Gives rules their filters and looks up what correlations name: in the file, whose name is given, and in the rest
  /// of its collection.
  mutating func resolve(in collection: SigmaCollection?, of source: String) {
    let own = SigmaCollection([.init(self, of: source)])
    applyFilters()
    if let collection { applyFilters(of: collection, source) }
    let names = collection ?? own
    for place in filters.indices {
      filters[place].isAppliedElsewhere = !filters[place].isApplied && names.applies(place, of: source)
      checkNames(ofFilter: place, in: names)
    }
    for place in correlations.indices { checkNames(ofCorrelation: place, in: names) }
    noteRoles(in: collection, source)
  }

  /// The file, each of whose rules has the filters of the file.
  var filteredByItself: SigmaFile {
    var copy = self
    copy.applyFilters()
    return copy
  }

  /// Notes of which correlations each rule is a part: of those of the file, and where there is none, of one elsewhere.
  private mutating func noteRoles(in collection: SigmaCollection?, _ source: String) {
    var placesByName: [ScalarText: [Int]] = [:]
    for (place, rule) in rules.enumerated() {
      for name in rule.document.names { placesByName[ScalarText(name), default: []].append(place) }
    }
    for parsed in correlations.map(\.parsed) where !parsed.generates {
      var seen: Set<Int> = []
      for (name, span) in parsed.references {
        for place in placesByName[ScalarText(name)] ?? [] where seen.insert(place).inserted {
          rules[place].roles.append(.sigmaPartOfCorrelation(name, parsed.metadata.title, at: span))
        }
      }
    }
    guard let collection else { return }
    for place in rules.indices where rules[place].roles.isEmpty {
      guard let found = collection.correlation(of: rules[place].document, notIn: source) else { continue }
      rules[place].roles = [.sigmaPartOfCorrelation(found.name, found.title, at: nil)]
    }
  }

  /// Gives each rule the filters of the file that name it and whose log source covers its own. A rule whose filter is
  /// wrong is wrong too: without the filter it would be another rule.
  private mutating func applyFilters() {
    var numbersByName: [ScalarText: [Int]] = [:]
    for (number, filter) in filters.enumerated() {
      for (name, _) in filter.rules ?? [] { numbersByName[ScalarText(name), default: []].append(number) }
    }
    let numbersOfAny = filters.indices.filter { filters[$0].rules == nil }
    if numbersByName.isEmpty, numbersOfAny.isEmpty { return }
    for index in rules.indices {
      let document = rules[index].document
      let named = document.names.flatMap { numbersByName[ScalarText($0)] ?? [] }
      for number in Set(numbersOfAny + named).sorted() {
        let filter = filters[number]
        guard filter.document.logSource.contains(document.logSource) else { continue }
        filters[number].isApplied = true
        if filter.issues.errors.isEmpty {
          rules[index].filters.append(filter.document)
        } else {
          rules[index].issues.errors.append(
            .sigmaFilterWrong(filter.document.title, at: Span(at: rules[index].start)))
        }
      }
    }
  }

  /// The same of filters that stand in other files of the collection.
  private mutating func applyFilters(of collection: SigmaCollection, _ source: String) {
    for index in rules.indices {
      for filter in collection.filters(of: rules[index].document, notIn: source) {
        if filter.isCorrect {
          rules[index].filtersElsewhere.append(filter.document)
        } else {
          rules[index].issues.errors.append(
            .sigmaFilterWrong(
              filter.document.title, elsewhere: filter.source, at: Span(at: rules[index].start)))
        }
      }
    }
  }

  /// A filter that applies to some rule should apply to all that it names.
  private mutating func checkNames(ofFilter place: Int, in collection: SigmaCollection) {
    let filter = filters[place]
    guard filter.isApplied || filter.isAppliedElsewhere else { return }
    for (name, span) in filter.rules ?? []
    where !collection.hasRule(named: name, in: filter.document.logSource) {
      filters[place].issues.warnings.append(
        collection.hasRule(named: name)
          ? .sigmaFilterElsewhere(name, at: span) : .sigmaFilterUnused(name, at: span))
    }
  }

  private mutating func checkNames(ofCorrelation place: Int, in collection: SigmaCollection) {
    let parsed = correlations[place].parsed
    let targets = parsed.references.map { collection.names(of: $0.name) }
    for (reference, target) in zip(parsed.references, targets) where target == nil {
      correlations[place].issues.warnings.append(.sigmaReferenceUnknown(reference.name, at: reference.span))
    }
    // By whichever of its names a rule is referred to.
    let correlated = Set((parsed.references.map(\.name) + targets.flatMap { $0 ?? [] }).map(ScalarText.init))
    for (alias, rule, span) in parsed.aliased where !correlated.contains(ScalarText(rule)) {
      // A rule that was not found may be called so.
      if collection.names(of: rule) == nil, targets.contains(where: { $0 == nil }) { continue }
      correlations[place].issues.warnings.append(.sigmaAliasUnknown(alias, rule, at: span))
    }
    let names = parsed.metadata.names
    if let reference = parsed.references.first(where: { collection.isCycle(from: names, to: $0.name) }) {
      correlations[place].issues.errors.append(.sigmaCycle(parsed.metadata.title, at: reference.span))
    }
  }
}
