import ConcordDetection
import ConcordDocuments

/// Two events that show one question deciding the verdict: they differ in the field it asks about alone, it is
/// answered yes in one and no in the other, and turning just this answer would turn the verdict of both (masking
/// MC/DC).
package struct DecidingPair: Hashable, Sendable {
  /// The question.
  package let site: AtomSite
  /// The event in which it is answered yes.
  package let yes: Event
  /// The event in which it is answered no.
  package let no: Event
}

extension BoundarySearch {
  /// The sheets of a pair of events.
  typealias Pair = (yes: AnswerSheet, no: AnswerSheet)

  /// A pair of events for a site, made from one of `bases`; `nil` where none was found.
  func pair(for site: Int, from bases: [AnswerSheet]) -> Pair? {
    let goals = sites.goals(for: site)
    for base in bases {
      // The fixture's own answer first: then one event of the pair is, as far as can be, the fixture itself.
      let own = base[site] || base.event.object.members.isEmpty
      for answer in [own, !own] {
        let wishes = goals + [(sites.parts[site], answer)]
        let found = find(wishes, from: base) { state in turned(site, answer, state) }
        if let found { return found }
      }
    }
    return nil
  }

  /// The pair that the state's event is one half of.
  private func turned(_ site: Int, _ answer: Bool, _ state: State) -> Pair? {
    guard state.sheet.decides(site) else { return nil }
    let path = path(of: site)
    for placement in opposites(site, answer, state) {
      guard sites.mayAnswer(site, !answer, placement) else { continue }
      let other = placing(placement, at: path, state.sheet)
      guard other[site] != answer, other.holds != state.sheet.holds, other.decides(site) else { continue }
      return answer ? (state.sheet, other) : (other, state.sheet)
    }
    return nil
  }

  /// What to put at the site's path so that its answer turns.
  private func opposites(_ site: Int, _ answer: Bool, _ state: State) -> [Placement] {
    let path = path(of: site)
    let own = hints[path] ?? []
    switch sites.sites[site].question.kind {
    case .anywhere(let pattern, _):
      let before = state.sheet.event.values(at: path).first?.value.comparedText.map { $0 + " " } ?? ""
      return [.missing]
        + AtomExamples.texts(pattern).flatMap { text in
          [.value(.string(before + text)), .value(.string(text))]
        } + [.value(.string("other"))]
    case .test(_, .sameAs(let other, _)):
      return state.sheet.event.values(at: other).prefix(2).map { .value($0.value) }
        + AtomExamples.others(own.first).map(Placement.value) + [.missing]
    case .test(_, let atom):
      var turned = state
      turned.literals[path, default: []].removeAll { $0.site == site }
      turned.literals[path, default: []].append((site, !answer))
      let first = answer ? AtomExamples.no(atom, like: own.first) : AtomExamples.yes(atom, like: own.first)
      return own.map(Placement.value) + first.map(Placement.value) + candidates(at: path, turned)
    case .some:
      let examples = elements[site]
      return own.map(Placement.value) + ((answer ? examples?.no : examples?.yes) ?? []).map(Placement.value)
        + [.missing]
    case .always, .place, .not, .all, .any: return []
    }
  }
}
