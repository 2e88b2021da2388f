import Concord
import Foundation

/// What a run of `compile` did, in figures: of each language how many rules it says exactly and how many it refuses,
/// and of each reason how often it was met.
struct CompileSummary {
  private var rules = 0
  private var bad = 0
  private var exact: [String: Int] = [:]
  /// How many queries are not exact, by the user's leave.
  private var approximateCount = 0
  private var refused: [String: Int] = [:]
  private var refusals = Tally()
  private var notes = Tally()
  private let languages: [Language]

  /// Counts for these languages.
  init(_ languages: [Language]) { self.languages = languages }

  /// How many queries were made, over all languages.
  var queryCount: Int { exactCount + approximateCount }

  private var exactCount: Int { exact.values.reduce(0, +) }

  /// Whether every rule was read and written exactly.
  var isClean: Bool { bad == 0 && refused.isEmpty && approximateCount == 0 }

  /// Counts a file or a document that is wrong.
  mutating func countBad() { bad += 1 }

  /// Counts a document that no language is asked to say, and says whether its reason is the first of its kind.
  mutating func countRefusal(_ reason: Diagnostic, isAllowed: Bool) -> Bool {
    refused["", default: 0] += 1
    return refusals.add(reason, isAllowed: isAllowed)
  }

  mutating func countRule() { rules += 1 }

  /// Counts a query that was written.
  mutating func count(_ query: Query, _ language: Language) {
    if query.notes.contains(where: { $0.code == .windowApproximated }) {
      approximateCount += 1
    } else {
      exact[language.identifier, default: 0] += 1
    }
  }

  /// Counts a rule that a language does not say, and says whether the reason is the first of its kind.
  mutating func countRefusal(
    _ reason: Diagnostic, _ language: Language, isAllowed: Bool
  ) -> Bool {
    refused[language.identifier, default: 0] += 1
    return refusals.add(reason, isAllowed: isAllowed)
  }

  /// Counts a note and says whether it is the first of its kind.
  mutating func isNew(_ note: Diagnostic) -> Bool { notes.add(note) }

  /// The summary for people; of a run over one file the last line alone.
  func text(files: Int) -> String {
    let refusedCount = refused.values.reduce(0, +)
    let approximate = approximateCount == 0 ? "" : "\(approximateCount) approximate, "
    let total = "\(exactCount) exact, \(approximate)\(refusedCount) refused, \(bad) bad"
    guard files > 1 else { return total }
    var lines = ["", "\(counted(files, "file")), \(counted(rules, "rule"))"]
    let names = languages.map(\.name)
    let width = names.map(\.count).max() ?? 0
    lines.append("  " + padded("", width) + "     exact   refused")
    for language in languages {
      let counts = [exact, refused].map { aligned($0[language.identifier] ?? 0, 10) }
      lines.append("  " + padded(language.name, width) + counts.joined())
    }
    lines += refusals.lines(titled: "refused, by reason:")
    lines += notes.lines(titled: "notes, each shown once:")
    return (lines + [total]).joined(separator: "\n")
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// A number in a column.
private func aligned(_ number: Int, _ width: Int) -> String {
  let text = String(number)
  return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// How often each kind of diagnostic was met. Two are of one kind where they differ in what they quote alone.
private struct Tally {
  private struct Entry {
    let code: String
    let message: String
    let isAllowed: Bool
    var count: Int
  }

  private var entries: [Entry] = []
  private var places: [String: Int] = [:]

  /// Counts a diagnostic and says whether it is the first of its kind.
  mutating func add(_ diagnostic: Diagnostic, isAllowed: Bool = false) -> Bool {
    let parts = diagnostic.message.utf8.split(separator: UInt8(ascii: "`"), omittingEmptySubsequences: false)
    var message = ""
    for (place, part) in parts.enumerated() where place % 2 == 0 {
      // A list of quotes counts as one.
      if place > 0, place < parts.count - 1, part.elementsEqual(", ".utf8) { continue }
      if place > 0 { message += "…" }
      message += String(Substring(part))
    }
    if parts.count % 2 == 0 { message += "…" }
    let key = "\(diagnostic.code.rawValue) \(isAllowed) \(message)"
    if let place = places[key] {
      entries[place].count += 1
      return false
    }
    places[key] = entries.count
    entries.append(Entry(code: diagnostic.code.rawValue, message: message, isAllowed: isAllowed, count: 1))
    return true
  }

  /// A line for each kind, the most frequent first; what the user allows before the rest, so that what fails the run is
  /// last.
  func lines(titled title: String) -> [String] {
    if entries.isEmpty { return [] }
    let sorted = entries.enumerated().sorted {
      if $0.element.isAllowed != $1.element.isAllowed { return $0.element.isAllowed }
      return ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    return [title]
      + sorted.map { _, entry in
        "  \(aligned(entry.count, 6))  \(entry.code)  \(entry.message.visible())\(entry.isAllowed ? " (allowed)" : "")"
      }
  }
}
