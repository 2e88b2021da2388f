import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordEngines

/// What a language does with packs: statements that ask the questions of several rules at once, so that the data is
/// read once for all of them.
package struct PackRole: Sendable {
  /// Writes rules as few statements, each over the events of one place and time window. What the language cannot say
  /// beside other rules stands alone, with the reason.
  package let write: @Sendable ([PackMember], LanguageOptions) -> Packing
  /// Reads what a statement asks for each label that it gives, in the statement's order: which events it gives with that
  /// label among the others. Throws where the text is no pack.
  package let read: @Sendable (Source, LanguageOptions) throws(Diagnostic) -> [PackedRule]
  /// Executes a statement on events by the platform's own rules: for each event the labels that it is given with, `nil`
  /// where it is not given. Parses the text itself and never sees a rule. Throws where the platform would refuse the
  /// statement, or fail on an event.
  package let run: @Sendable (String, [Event], LanguageOptions) throws(Diagnostic) -> [[String]?]
  /// The statement of a text over rows of its own, for an engine; `nil` where no engine takes any.
  package let trial: PackTrialWriter?

  /// A role of these parts.
  package init(
    write: @escaping @Sendable ([PackMember], LanguageOptions) -> Packing,
    read: @escaping @Sendable (Source, LanguageOptions) throws(Diagnostic) -> [PackedRule],
    run: @escaping @Sendable (String, [Event], LanguageOptions) throws(Diagnostic) -> [[String]?],
    trial: PackTrialWriter? = nil
  ) {
    (self.write, self.read, self.run, self.trial) = (write, read, run, trial)
  }
}

/// Writes a statement for several rules, with these labels, over rows of its own: a row for each event that is given, the
/// column `fixture` with the event's place from 1 on, `count` with the number of its labels, and `1`, `2` and so on with
/// whether it has the label of that place. Throws what cannot stand in one statement.
package typealias PackTrialWriter =
  @Sendable (String, [String], [Event], EngineKind, LanguageOptions) throws(Diagnostic) -> String

extension PackRole {
  /// The labels with which each of so many events is given, in the rows that an engine answers such a statement with;
  /// `nil` where it is not given. Labels that are none of these are shown as `?`.
  package static func lists(in rows: [Value.Object], _ labels: [String], events count: Int) -> [[String]?] {
    var lists: [[String]?] = Array(repeating: nil, count: count)
    for row in rows {
      guard let place = row["fixture"]?.comparedText.flatMap(Int.init), lists.indices.contains(place - 1)
      else {
        continue
      }
      let own = labels.indices.filter { row["\($0 + 1)"]?.comparedText == "true" }
      let others = (row["count"]?.comparedText.flatMap(Int.init) ?? 0) - own.count
      lists[place - 1] = own.map { labels[$0] } + (others == 0 ? [] : ["?"])
    }
    return lists
  }
}

/// A rule that is to stand in a statement with others.
package struct PackMember: Sendable {
  /// The rule, where the platform keeps its events.
  package let rule: Rule
  /// What statements call it: its id, with a number behind it where an earlier rule has that id.
  package let label: String
  /// The options, with what the project says of the rule's logs.
  package let options: LanguageOptions
}

/// What a rule asks in a statement for several, and what stands for the rule where the answer is yes.
package struct Labelled<Question: Hashable>: Hashable {
  /// What the rule asks.
  package var condition: Question
  /// What the statement calls the rule.
  package var label: String

  /// The question of the rule of that label.
  package init(condition: Question, label: String) { (self.condition, self.label) = (condition, label) }

  /// Whether both ask the same and have the same label, scalar by scalar.
  package static func == (left: Labelled, right: Labelled) -> Bool {
    left.condition == right.condition && left.label.sameScalars(as: right.label)
  }

  /// Hashes the label.
  package func hash(into hasher: inout Hasher) { hasher.combine(ScalarText(label)) }
}

/// A rule as it was read from a statement for several.
package struct PackedRule: Sendable {
  /// What was read.
  package enum Question: Sendable {
    /// What the statement asks for the label.
    case document(RuleDocument)
    /// A query, to be read in the statement's stead, that gives no event which the statement does not give with the
    /// label.
    case query(String)
  }

  /// What the statement calls it.
  package let label: String
  /// What the statement asks for it.
  package let question: Question

  /// A rule of that label.
  package init(label: String, _ question: Question) { (self.label, self.question) = (label, question) }
}

/// Rules as statements for several.
package struct Packing: Sendable {
  /// A statement.
  package struct Statement: Sendable {
    /// Its text, and what the user should know.
    package var query: Query
    /// The rules that it asks for, by place in the list that was given, in the statement's order.
    package var members: [Int]

    /// How its rows are read back, where the options ask for what rules look at.
    package var evidence: Evidence?

    /// A statement for these rules.
    package init(query: Query, members: [Int], evidence: Evidence? = nil) {
      (self.query, self.members, self.evidence) = (query, members, evidence)
    }
  }

  /// The statements.
  package var statements: [Statement] = []
  /// The rules that stand in none, by place in the list, and why.
  package var alone: [Int: Diagnostic] = [:]

  /// What statements call each of the rules that `Language.pack` was given.
  package fileprivate(set) var labels: [String] = []

  /// No statement yet.
  package init() {}

  /// The parts of statements that are made of the members, those with the same key together, in order. A member of which
  /// none is made stands alone.
  package mutating func groups<Part>(
    of members: [PackMember], by key: (Part) -> String,
    _ part: (PackMember, Int) throws(Diagnostic) -> Part
  ) -> [[Part]] {
    var groups: [[Part]] = []
    var places: [ScalarText: Int] = [:]
    for (place, member) in members.enumerated() {
      do throws(Diagnostic) {
        let made = try part(member, place)
        if let group = places[ScalarText(key(made))] {
          groups[group].append(made)
        } else {
          places[ScalarText(key(made))] = groups.count
          groups.append([made])
        }
      } catch {
        alone[place] = error
      }
    }
    return groups
  }

  /// Notes on what statements call rules otherwise than by their ids, by place in the list.
  package func notes(on rules: [Rule]) -> [Int: Diagnostic] {
    var notes: [Int: Diagnostic] = [:]
    for (place, rule) in rules.enumerated()
    where labels.indices.contains(place) && !labels[place].sameScalars(as: rule.id) {
      notes[place] = Diagnostic(
        .labelTaken, "another rule has the id `\(rule.id)` too, so this one is called `\(labels[place])`")
    }
    return notes
  }
}

extension Language {
  /// The rules as statements for several. The places in the result are those in `rules`,
  /// which statements call by these labels, or by their ids with numbers. A rule that counts stands alone, and so does what is not said of its logs. Throws `E903` where the
  /// language has no packs.
  package func pack(
    _ rules: [Rule], called given: [String]? = nil, options: LanguageOptions
  ) throws(Diagnostic) -> Packing {
    guard let packs else { throw .lacks(.unknownLanguage, self, "has no packs") }
    let labels = given ?? Language.labels(of: rules)
    var members: [(place: Int, member: PackMember)] = []
    var packing = Packing()
    packing.labels = labels
    for (place, rule) in rules.enumerated() {
      do throws(Diagnostic) {
        if rule.aggregate != nil { throw .aloneInPack("counts events") }
        let member = PackMember(
          rule: try rule.placed(in: self, options), label: labels[place],
          options: try options.resolved(for: rule, in: self))
        members.append((place, member))
      } catch {
        packing.alone[place] = error
      }
    }
    let written = packs.write(members.map(\.member), options)
    packing.statements = written.statements.map { statement in
      .init(
        query: statement.query, members: statement.members.map { members[$0].place },
        evidence: statement.evidence)
    }
    for (place, reason) in written.alone { packing.alone[members[place].place] = reason }
    return packing
  }

  /// What statements call rules: their ids, and where an earlier one has that id, with a number behind it that makes it
  /// no other's.
  package static func labels(of rules: [Rule]) -> [String] {
    var taken: Set<ScalarText> = []
    let ids = Set(rules.map { ScalarText($0.id) })
    var numbers: [ScalarText: Int] = [:]
    return rules.map { rule in
      if taken.insert(ScalarText(rule.id)).inserted { return rule.id }
      while true {
        let number = numbers[ScalarText(rule.id), default: 1] + 1
        numbers[ScalarText(rule.id)] = number
        let label = "\(rule.id) (\(number))"
        if !ids.contains(ScalarText(label)), taken.insert(ScalarText(label)).inserted { return label }
      }
    }
  }
}

extension Diagnostic {
  /// Why a rule stands in no statement with others.
  package static func aloneInPack(_ why: String) -> Diagnostic {
    Diagnostic(
      .aloneInPack, "the rule \(why), so it stands in no statement with others",
      help: ["`concord compile` writes it as a query of its own"])
  }
}
