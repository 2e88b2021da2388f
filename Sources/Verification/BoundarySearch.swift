import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Looks for events in which chosen questions are answered as wished.
///
/// A wish is a part of the condition and the value it should have. Wishes are taken apart down to single
/// questions; where one operand of several suffices, each is tried, those that hold already first. Each field
/// keeps its value while that agrees with all that is asked of it, else the first candidate that does is taken.
/// The search is not complete, and bounded; whatever it finds is checked by evaluating the condition.
struct BoundarySearch {
  typealias Wish = (part: AtomSites.Part, value: Bool)

  let sites: AtomSites
  let shapes: [FieldPath: PathShape]
  /// The values that the fixtures have at each path.
  let hints: [FieldPath: [Value]]
  /// For each site that asks several questions of one value, values that answer them.
  let elements: [Int: ElementExamples]
  /// A path that the condition does not ask about, for keywords.
  let spare: FieldPath
  /// For each path, what may change with what is there.
  let dependents: [FieldPath: AtomSites.Dependents]

  /// How many events one search may try, beside one for each question.
  static let effortLimit = 400
  /// How many operands of one `any` are tried.
  static let branchLimit = 24

  /// What a search may still try.
  final class Effort {
    var left: Int
    init(_ left: Int) { self.left = left }
  }

  /// An event and what is asked of it.
  struct State {
    var sheet: AnswerSheet
    /// Questions of one field, with the wished answer.
    var literals: [FieldPath: [(site: Int, value: Bool)]] = [:]
    /// Questions of two fields or of the whole event, with the wished answer.
    var joints: [(site: Int, value: Bool)] = []
    let effort: Effort
  }

  /// The path at which a site's question is put: its own, or the spare one for a keyword.
  func path(of site: Int) -> FieldPath { sites.sites[site].path ?? spare }

  func shape(of path: FieldPath) -> PathShape { shapes[path] ?? path.shape() }

  /// The sheet with something else at a path; the sheet itself where that is an array, and fixtures show one value there.
  func placing(_ placement: Placement, at path: FieldPath, _ sheet: AnswerSheet) -> AnswerSheet {
    if case .value(.array) = placement, shape(of: path).arrays.last == false { return sheet }
    let event = sheet.event.placing(placement, at: path, shape(of: path))
    return dependents[path].map { AnswerSheet(sheet, event, changed: $0) } ?? AnswerSheet(sites, event)
  }

  /// Calls `accept` with states, from `event` on, in which all wishes hold, until it returns a value.
  func find<Found>(_ wishes: [Wish], from sheet: AnswerSheet, accept: (State) -> Found?) -> Found? {
    let effort = Effort(BoundarySearch.effortLimit + 4 * sites.sites.count)
    var frames = [(wishes: wishes, state: State(sheet: sheet, effort: effort))]
    while var (pending, state) = frames.popLast() {
      var fits = true
      while fits, let wish = pending.popLast() {
        effort.left -= 1
        if effort.left < 0 { return nil }
        switch (sites.kinds[wish.part], wish.value) {
        case (.always(let value), _): fits = value == wish.value
        case (.site(let site), _): fits = add(site, wish.value, to: &state)
        case (.not(let operand), let value): pending.append((operand, !value))
        case (.all(let operands), true): pending += ordered(operands.map { ($0, true) })
        case (.any(let operands), false): pending += ordered(operands.map { ($0, false) })
        case (.all(let operands), false):
          frames += branches(operands, false, state.sheet).map { (pending + [$0], state) }
          fits = false
        case (.any(let operands), true):
          frames += branches(operands, true, state.sheet).map { (pending + [$0], state) }
          fits = false
        }
      }
      if fits, settle(&state), let found = accept(state) { return found }
    }
    return nil
  }

  /// Wishes such that the ones without a choice are taken first, from the end.
  private func ordered(_ wishes: [Wish]) -> [Wish] {
    wishes.filter { !isSite($0.part) } + wishes.reversed().filter { isSite($0.part) }
  }

  private func isSite(_ part: AtomSites.Part) -> Bool {
    switch sites.kinds[part] {
    case .site, .always: true
    case .not(let operand): isSite(operand)
    case .all, .any: false
    }
  }

  /// The operands to try, the best last.
  private func branches(_ operands: Range<AtomSites.Part>, _ value: Bool, _ sheet: AnswerSheet) -> [Wish] {
    let (holding, others) = operands.reduce(into: ([Wish](), [Wish]())) { parts, operand in
      if sheet.evaluate(operand) == value {
        parts.0.append((operand, value))
      } else {
        parts.1.append((operand, value))
      }
    }
    return Array((holding + others).prefix(BoundarySearch.branchLimit).reversed())
  }

  /// Adds what is asked of one field; `false` where no candidate agrees with all of it.
  private func add(_ site: Int, _ value: Bool, to state: inout State) -> Bool {
    switch sites.sites[site].question.kind {
    case .test(_, .sameAs), .anywhere, .place:
      state.joints.append((site, value))
      return true
    case .test(let path, _), .some(let path, _):
      state.literals[path, default: []].append((site, value))
      if state.sheet[site] == value { return true }
      let literals = state.literals[path] ?? []
      for candidate in candidates(at: path, state) {
        state.effort.left -= 1
        guard literals.allSatisfy({ sites.mayAnswer($0.site, $0.value, candidate) }) else { continue }
        let sheet = placing(candidate, at: path, state.sheet)
        if agrees(sheet, literals) {
          state.sheet = sheet
          return true
        }
      }
      return false
    case .always, .not, .all, .any: return false
    }
  }

  private func agrees(_ sheet: AnswerSheet, _ literals: [(site: Int, value: Bool)]) -> Bool {
    literals.allSatisfy { sheet[$0.site] == $0.value }
  }

  /// Whether all that is asked of single fields holds, of fields that overlap too.
  private func literalsHold(_ sheet: AnswerSheet, _ state: State) -> Bool {
    state.literals.values.allSatisfy { agrees(sheet, $0) }
  }

  /// Candidates for a path, given what is asked of it: the fixtures' values, what answers yes, near misses.
  func candidates(at path: FieldPath, _ state: State) -> [Placement] {
    let own = hints[path] ?? []
    let like = own.first
    let literals = state.literals[path] ?? []
    let yes = literals.filter(\.value).compactMap { atom($0.site) }
    var values = own
    for atom in yes.prefix(16) { values += AtomExamples.yes(atom, like: like) }
    values += AtomExamples.combined(yes).map(Value.string)
    // What answers the other questions, as an array's element.
    if yes.contains(.array) { values += values.prefix(16).map { .array([$0]) } }
    for literal in literals {
      guard let examples = elements[literal.site] else { continue }
      values += literal.value ? examples.yes : examples.no
    }
    for no in literals.suffix(2) where !no.value {
      if let atom = atom(no.site) { values += AtomExamples.no(atom, like: like) }
    }
    values += AtomExamples.others(like)
    return values.map(Placement.value) + [.missing]
  }

  func atom(_ site: Int) -> Atom? {
    if case .test(_, let atom) = sites.sites[site].question.kind { atom } else { nil }
  }
}

// MARK: - Questions of more than one field

extension BoundarySearch {
  /// Makes the joint questions hold, one after the other; `false` where they do not.
  private func settle(_ state: inout State) -> Bool {
    for joint in state.joints where state.sheet[joint.site] != joint.value {
      let options = sheets(joint, state)
      state.effort.left -= options.count
      guard let sheet = options.first(where: { $0[joint.site] == joint.value && literalsHold($0, state) })
      else { return false }
      state.sheet = sheet
    }
    return agrees(state.sheet, state.joints) && literalsHold(state.sheet, state)
  }

  /// Events that may answer a joint question as wished.
  private func sheets(_ joint: (site: Int, value: Bool), _ state: State) -> [AnswerSheet] {
    switch sites.sites[joint.site].question.kind {
    case .test(let path, .sameAs(let other, _)): pairs(path, other, joint.value, state)
    case .anywhere(let pattern, let letterCase): keywords(pattern, letterCase, joint.value, state)
    case .place(let fact, let atom): places(fact, atom, joint.value, state)
    case .always, .test, .some, .not, .all, .any: []
    }
  }

  /// The event in places of which the fact answers as wished.
  private func places(_ fact: PlaceFact, _ atom: Atom, _ holds: Bool, _ state: State) -> [AnswerSheet] {
    let values = holds ? AtomExamples.yes(atom, like: nil) : AtomExamples.no(atom, like: nil)
    return (values.compactMap(\.comparedText).map { [$0] } + [[]]).map { texts in
      var event = state.sheet.event
      event.place[fact] = texts
      return AnswerSheet(sites, event)
    }
  }

  private func pairs(_ path: FieldPath, _ other: FieldPath, _ same: Bool, _ state: State) -> [AnswerSheet] {
    let sheet = state.sheet
    let (ours, theirs) = (candidates(at: path, state), candidates(at: other, state))
    guard same else {
      return ours.prefix(8).map { placing($0, at: path, sheet) }
        + theirs.prefix(8).map { placing($0, at: other, sheet) }
        + [placing(.missing, at: path, sheet), placing(.missing, at: other, sheet)]
    }
    let copies = [(other, path), (path, other)].flatMap { from, to in
      sheet.event.values(at: from).prefix(2).map { placing(.value($0.value), at: to, sheet) }
    }
    return copies
      + (ours.prefix(12) + theirs.prefix(12)).map { placing($0, at: path, placing($0, at: other, sheet)) }
  }

  private func keywords(
    _ pattern: Pattern, _ letterCase: LetterCase, _ isWished: Bool, _ state: State
  ) -> [AnswerSheet] {
    let event = state.sheet.event
    if isWished {
      // Several keywords may be wished at once: what is there already is kept.
      let before = event.values(at: spare).first?.value.comparedText.map { $0 + " " } ?? ""
      return AtomExamples.texts(pattern).flatMap { [before + $0, $0] }.map {
        placing(.value(.string($0)), at: spare, state.sheet)
      }
    }
    let guilty = state.literals.keys.filter { path in
      event.values(at: path).contains { pattern.matches($0.value.comparedText ?? "", letterCase) }
    }
    return [placing(.missing, at: spare, state.sheet)]
      + guilty.sorted { $0.description < $1.description }.prefix(2).flatMap { path in
        candidates(at: path, state).prefix(12).map { placing($0, at: path, state.sheet) }
      }
  }
}
