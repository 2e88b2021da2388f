import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Where the events are: the first terms of the base search.
enum SplunkSource {
  /// The terms for the options' source, else for the rule's own place and log source, and what the user should know
  /// about it. Throws `E423` for a fact of another platform's places, unless the user names the source.
  static func terms(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (terms: [SplunkSearch], notes: [Diagnostic]) {
    let window = try times(options.window)
    if let text = options.source {
      let aside = try rule.placeAside(from: "Splunk SPL", rule.place.facts, isPlaceGiven: true)
      return (try parse(text) + window, aside)
    }
    let places = try SplunkPlaceSpelling.terms(rule.place)
    let namesIndexes = rule.place.facts.contains {
      $0 == SplunkPlaces.fact("index") || $0 == SplunkPlaces.macro
    }
    let notes: [Diagnostic] = namesIndexes ? [] : [.splunkDefaultIndexes]
    if rule.logSources.contains(where: SplunkCloudTrail.log.covers) {
      return (places + [equal("sourcetype", SplunkPlaces.cloudTrail)] + window, notes)
    }
    if !places.isEmpty { return (places + window, notes) }
    let everywhere = SplunkSearch(.comparison("index", .equal, SplunkSearchValue(text: "*", isQuoted: false)))
    return ([everywhere] + window, [.splunkNoSource])
  }

  static func equal(_ field: String, _ value: String) -> SplunkSearch {
    SplunkSearch(
      .comparison(field, .equal, SplunkSearchValue(text: value, isQuoted: !SplunkLiteral.isWord(value))))
  }

  /// `index=NAME sourcetype="NAME"`, or a macro between backticks.
  private static func parse(_ text: String) throws(Diagnostic) -> [SplunkSearch] {
    let bad = text.unicodeScalars.contains {
      $0.value < 0x20 || $0.value == 0x7F || "|[]()\\$".unicodeScalars.contains($0)
    }
    if bad { throw .splunkSource(text) }
    var terms: [SplunkSearch] = []
    for word in words(text) {
      let utf8 = Array(word.utf8)
      if utf8.count > 2, utf8.first == 0x60, utf8.last == 0x60 {
        let name = String(word.dropFirst().dropLast())
        guard SplunkLiteral.isWord(name) else { throw .splunkSource(text) }
        terms.append(SplunkSearch(.macro(name)))
        continue
      }
      guard let split = word.firstIndex(of: "=") else { throw .splunkSource(text) }
      let key = String(word[..<split])
      var value = String(word[word.index(after: split)...])
      if value.utf8.count >= 2, value.utf8.first == 0x22, value.utf8.last == 0x22 {
        value = String(value.dropFirst().dropLast())
      }
      guard ["index", "sourcetype", "source", "host", "eventtype"].contains(key), !value.isEmpty,
        !value.utf8.contains(0x22), !value.utf8.contains(0x60)
      else { throw .splunkSource(text) }
      terms.append(equal(key, value))
    }
    if terms.isEmpty { throw .splunkSource(text) }
    return terms
  }

  /// The text's words; a quoted part may hold spaces.
  private static func words(_ text: String) -> [String] {
    var words: [String] = [""]
    var isQuoted = false
    for scalar in text.unicodeScalars {
      if scalar == "\"" { isQuoted.toggle() }
      if scalar == " ", !isQuoted {
        words.append("")
      } else {
        words[words.count - 1].unicodeScalars.append(scalar)
      }
    }
    return words.filter { !$0.isEmpty }
  }

  /// The window's bounds, as seconds since 1970.
  private static func times(_ window: TimeWindow) throws(Diagnostic) -> [SplunkSearch] {
    var terms: [SplunkSearch] = []
    for (name, instant) in [("earliest", window.since), ("latest", window.until)] {
      guard let instant else { continue }
      guard instant.nanoseconds == 0, instant.seconds >= 0 else { throw .splunkTime(instant) }
      let value = SplunkSearchValue(text: String(instant.seconds), isQuoted: false)
      terms.append(SplunkSearch(.comparison(name, .equal, value)))
    }
    return terms
  }
}
