import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Writes several rules as few searches: one for the rules of a source and time window, several where it would be too
/// large. Rules that imply no term which the index knows stand apart from those that do, whose search they would make one
/// of every event.
enum SplunkPacks {
  /// How many bytes a search has at most: as many as other searches have without a note.
  private static let sizeLimit = 262_144

  /// The searches for these rules.
  static func write(_ members: [PackMember], _ options: LanguageOptions) -> Packing {
    var packing = Packing()
    let groups = packing.groups(of: members, by: { $0.key }) {
      (member, place) throws(Diagnostic) -> SplunkPackPart in
      // A label is told from none by its being a text with something in it.
      if member.label.isEmpty { throw .aloneInPack("has an empty id") }
      return try SplunkWriter.part(member, at: place)
    }
    for group in groups { write(group, options, to: &packing) }
    return packing
  }

  private static func write(_ parts: [SplunkPackPart], _ options: LanguageOptions, to packing: inout Packing)
  {
    // Of a search whose rows are read back, one rule is not too few.
    if parts.count == 1, options.evidence == nil {
      packing.alone[parts[0].place] = .aloneInPack("is the only one of its source, terms and time window")
      return
    }
    // A text may be a little shorter than its parts, whose fields get other names in it.
    let isLikely =
      parts.reduce(0, { $0 + $1.weight }) / 2 <= sizeLimit
      && parts.reduce(0, { $0 + ($1.implied?.alternatives.count ?? 0) }) <= SplunkBaseSearch.limit
    if isLikely {
      let search = SplunkPackSearch(parts)
      let query = search.query(options)
      if query.text.utf8.count <= sizeLimit {
        let evidence = options.evidence.map { search.evidence($0) }
        return packing.statements.append(
          .init(query: query, members: parts.map(\.place), evidence: evidence))
      }
    }
    if parts.count == 1 {
      packing.alone[parts[0].place] = .aloneInPack("is too large to have others beside it")
      return
    }
    let middle = parts.count / 2
    for half in [Array(parts[..<middle]), Array(parts[middle...])] { write(half, options, to: &packing) }
  }
}

/// A rule as a part of a search.
struct SplunkPackPart {
  /// Its place in the list of rules.
  let place: Int
  /// What the search calls it.
  let label: String
  let rule: Rule
  /// Where its events are, and when.
  let source: [SplunkSearch]
  /// Whether values are fields of their own, as an add-on extracts them.
  let isExtracted: Bool
  /// What the index can tell of its events; `nil` for nothing.
  let implied: SplunkSearch?
  /// The fields that it reads from the event's text.
  let reads: [SplunkCommand.Assignment]
  /// What it asks of an event.
  let predicate: SplunkEval
  /// The commands that make what it shows.
  let output: [SplunkCommand]
  /// Notes of what is left out of its place and time window.
  let aside: [Diagnostic]
  /// What the user should know.
  let notes: [Diagnostic]

  /// How many bytes its question takes, about.
  let weight: Int

  /// What is the same of all rules of a search.
  var key: String {
    SplunkPrinter.inline(SplunkSearch(.all(source))) + (implied == nil ? " of every event" : "")
      + (isExtracted ? " by fields" : "")
  }
}

/// One search for several rules: each event that some of them meets, with the list of their labels.
struct SplunkPackSearch {
  private let parts: [SplunkPackPart]
  /// The field of labels: a name that no other field has.
  private let list: String

  /// The search for these rules.
  init(_ parts: [SplunkPackPart]) {
    self.parts = parts
    var names: Set<String> = []
    for part in parts {
      names.formUnion(part.predicate.fields)
      for assignment in part.reads { names.insert(assignment.name) }
      for command in part.output {
        if case .table(let own) = command.kind { names.formUnion(own) }
        if case .eval(let own) = command.kind { names.formUnion(own.map(\.name)) }
      }
    }
    var list = "rules"
    while names.contains(list) { list += "_" }
    self.list = list
  }

  /// The text, and what the user should know.
  func query(_ options: LanguageOptions) -> Query {
    var terms = parts[0].source
    let implied = parts.compactMap(\.implied)
    if implied.count == parts.count {
      var seen: Set<SplunkSearch> = []
      let all = implied.flatMap(\.alternatives).filter { seen.insert($0).inserted }
      terms.append(all.count == 1 ? all[0] : SplunkSearch(.any(all)))
    }
    let (reads, rules) = shared()
    var commands = [SplunkCommand(.search(terms.count == 1 ? terms[0] : SplunkSearch(.all(terms))))]
    if !reads.isEmpty { commands.append(SplunkCommand(.eval(reads))) }
    commands += [
      SplunkCommand(.eval([.init(name: list, value: SplunkIdioms.labels.make(rules))])),
      SplunkCommand(.eval([.init(name: list, value: SplunkIdioms.filled.make(list))])),
      SplunkCommand(.filter(SplunkIdioms.hasValues.make(list))),
    ]
    if options.evidence == nil {
      commands += output(reads.map(\.name), list)
    } else {
      let shown = SplunkEvidence(parts).shown
      commands.append(SplunkCommand(.table(["_time", list] + shown)))
    }
    var notes: [Diagnostic] = []
    for note in parts.flatMap(\.notes) { notes.appendOnce(note) }
    let aside = parts.flatMap(\.aside) + parts.flatMap(\.rule.limitAside)
    let comments = QueryHeader.lines(about: "\(parts.count) rules", options, aside: aside).map {
      " \(SplunkLiteral.comment($0)) "
    }
    return Query(text: SplunkPrinter.print(SplunkQuery(comments: comments, commands: commands)), notes: notes)
  }

  /// How the rows of the search are read back where it shows what the rules look at.
  func evidence(_ request: EvidenceRequest) -> Evidence {
    SplunkEvidence(parts).evidence(labels: list, request)
  }

  /// The fields that the rules read, each once, and what the rules ask of them.
  private func shared() -> (reads: [SplunkCommand.Assignment], rules: [SplunkIdioms.Labelled]) {
    var reads: [SplunkCommand.Assignment] = []
    var known: [SplunkEval: String] = [:]
    var taken: Set<String> = []
    let rules = parts.map { part in
      var renamed: [String: String] = [:]
      for read in part.reads {
        if let name = known[read.value] {
          renamed[read.name] = name
          continue
        }
        var (name, number) = (read.name, 1)
        while !taken.insert(name).inserted {
          number += 1
          name = "\(read.name)_\(number)"
        }
        (known[read.value], renamed[read.name]) = (name, name)
        reads.append(.init(name: name, value: read.value))
      }
      return SplunkIdioms.Labelled(condition: part.predicate.renaming(renamed), label: part.label)
    }
    return (reads, rules)
  }

  /// The commands that make what any of the rules shows; where two show other things by one name, the later one has a
  /// number behind it.
  private func output(_ temporary: [String], _ list: String) -> [SplunkCommand] {
    var values: [String: SplunkEval] = [:]
    var assignments: [SplunkCommand.Assignment] = []
    var shown = ["_time", list]
    for part in parts {
      var own: [String: SplunkEval] = [:]
      for case .eval(let made) in part.output.map(\.kind) { for one in made { own[one.name] = one.value } }
      for case .table(let names) in part.output.map(\.kind) {
        for name in names where name != "_time" {
          let value = own[name] ?? .field(name)
          var (free, number) = (name, 1)
          while let other = values[free], other != value {
            number += 1
            free = "\(name)_\(number)"
          }
          guard values.updateValue(value, forKey: free) == nil else { continue }
          if own[name] != nil || free != name { assignments.append(.init(name: free, value: value)) }
          shown.append(free)
        }
      }
    }
    let eval = assignments.isEmpty ? [] : [SplunkCommand(.eval(assignments))]
    if shown.count > 2 { return eval + [SplunkCommand(.table(shown))] }
    return temporary.isEmpty ? [] : [SplunkCommand(.fields(keep: false, temporary))]
  }
}

extension SplunkSearch {
  /// Its operands where it is joined by OR, else itself.
  var alternatives: [SplunkSearch] { if case .any(let operands) = kind { operands } else { [self] } }
}

extension SplunkEval {
  /// The expression with other names for fields.
  fileprivate func renaming(_ names: [String: String]) -> SplunkEval {
    func one(_ operand: SplunkEval) -> SplunkEval { operand.renaming(names) }
    let kind: Kind =
      switch self.kind {
      case .string, .number: self.kind
      case .field(let name): .field(names[name] ?? name)
      case .call(let function, let operands): .call(function, operands.map(one))
      case .not(let operand): .not(one(operand))
      case .all(let operands): .all(operands.map(one))
      case .any(let operands): .any(operands.map(one))
      case .exclusive(let left, let right): .exclusive(one(left), one(right))
      case .comparison(let operation, let left, let right): .comparison(operation, one(left), one(right))
      case .membership(let value, let list): .membership(one(value), list.map(one))
      case .like(let value, let pattern): .like(one(value), one(pattern))
      case .arithmetic(let operation, let left, let right): .arithmetic(operation, one(left), one(right))
      }
    return SplunkEval(kind, at: span)
  }
}
