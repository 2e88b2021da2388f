import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A target's wrong verdict, made small enough to look at.
package struct Disagreement: Sendable {
  /// The language's identifier.
  package let language: String
  /// The smallest event that was found on which they differ.
  package let event: Event
  /// What the condition means of it.
  package let meaning: Bool
  /// The smallest part of the condition whose own translation gives a wrong verdict; the whole condition where
  /// every part by itself is right.
  package let part: Condition
  /// The query of that part.
  package let query: String

  /// Makes a disagreement small; `nil` where the target agrees on the event after all.
  package init?(
    of rule: Rule, on event: Event, target: Language, options: LanguageOptions
  ) {
    let examiner = Examiner(rule: rule, target: target, options: options)
    guard examiner.differs(rule.condition, on: event) else { return nil }
    var smallest = event
    var part = rule.condition
    // A smaller part may allow a smaller event, and that again a smaller part.
    for _ in 0..<3 {
      smallest = examiner.reduce(smallest, for: part)
      let smaller = examiner.smallestPart(of: part, on: smallest)
      if smaller == part { break }
      part = smaller
    }
    guard let query = examiner.query(part) else { return nil }
    language = target.identifier
    self.event = smallest
    meaning = part.holds(of: smallest)
    self.part = part
    self.query = query
  }
}

/// Asks a target about parts of a rule's condition.
private struct Examiner {
  let rule: Rule
  let target: Language
  let options: LanguageOptions

  func query(_ condition: Condition) -> String? {
    var part = rule
    part.condition = condition
    do throws(Diagnostic) { return try target.write(part, options: options).text } catch { return nil }
  }

  func differs(_ condition: Condition, on event: Event) -> Bool {
    guard let query = query(condition) else { return false }
    do throws(Diagnostic) {
      return try target.run(query, on: [event], options: options) != [condition.holds(of: event)]
    } catch {
      return false
    }
  }

  /// The event without the members that the difference does not need.
  func reduce(_ event: Event, for condition: Condition) -> Event {
    var object = event.object
    for member in object.members.reversed() {
      var fewer = object
      fewer[member.key] = nil
      if differs(condition, on: Event(fewer, in: event.place)) { object = fewer }
    }
    for member in object.members {
      guard case .object(let inner) = member.value else { continue }
      var kept = inner
      for innerMember in inner.members.reversed() {
        var fewer = kept
        fewer[innerMember.key] = nil
        var whole = object
        whole[member.key] = .object(fewer)
        if differs(condition, on: Event(whole, in: event.place)) { kept = fewer }
      }
      object[member.key] = .object(kept)
    }
    return Event(object, in: event.place)
  }

  func smallestPart(of condition: Condition, on event: Event) -> Condition {
    let operands: [Condition]
    switch condition.kind {
    case .always, .test, .some, .anywhere, .place: return condition
    case .not(let operand): operands = [operand]
    case .all(let parts), .any(let parts): operands = parts
    }
    for operand in operands where differs(operand, on: event) {
      return smallestPart(of: operand, on: event)
    }
    return condition
  }
}
