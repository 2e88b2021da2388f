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
    let (window, windowNotes) = try times(rule, options)
    if let text = options.splunk.source {
      let aside = try rule.placeAside(
        from: "Splunk SPL", rule.place.facts, isPlaceGiven: true, help: SplunkPlaces.help)
      return (try parse(text) + window, aside + windowNotes)
    }
    // Beside fields that Splunk extracts, `index` is one of its own.
    let indexes =
      options.splunk.extractedFields ? SplunkBaseSearch.indexes(askedBy: rule.condition) : []
    let places = try indexes + SplunkPlaceSpelling.terms(rule.place)
    let namesIndexes =
      !indexes.isEmpty
      || rule.place.facts.contains { $0 == SplunkPlaces.fact("index") || $0 == SplunkPlaces.macro }
    let notes: [Diagnostic] = (namesIndexes ? [] : [.splunkDefaultIndexes]) + windowNotes
    // Of several logs of which one has no known place, every event is asked.
    let isCloudTrail = !rule.logSources.isEmpty && rule.logSources.allSatisfy(SplunkCloudTrail.log.covers)
    if !options.isPlacedByProject, isCloudTrail {
      return (places + [equal("sourcetype", SplunkPlaces.cloudTrail)] + window, notes)
    }
    if !places.isEmpty { return (places + window, notes) }
    let everywhere = SplunkSearch(.comparison("index", .equal, SplunkSearchValue(text: "*", isQuoted: false)))
    return ([everywhere] + window, [.splunkNoSource] + windowNotes)
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

  /// The window as `earliest` and `latest`, and notes on what of the rule's own Splunk does not say.
  static func times(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (terms: [SplunkSearch], notes: [Diagnostic]) {
    let (window, others) = rule.windows(options)
    var terms: [SplunkSearch] = []
    var notes: [Diagnostic] = []
    for (name, moment) in [("earliest", window.since), ("latest", window.until)] {
      guard let moment else { continue }
      terms.append(time(name, try text(moment)))
    }
    for part in others {
      if case .place(let fact, .text(let pattern, .exact)) = part.kind,
        case .equals(let text) = pattern.shape,
        let name = SplunkPlaces.name(ofTime: fact)
      {
        terms.append(time(name, text))
      } else {
        notes.append(.windowAside(part))
      }
    }
    return (terms, notes)
  }

  private static func time(_ name: String, _ text: String) -> SplunkSearch {
    let isPlain = text.utf8.allSatisfy { $0.isLetterOrDigit || "-+@".utf8.contains($0) }
    return SplunkSearch(.comparison(name, .equal, SplunkSearchValue(text: text, isQuoted: !isPlain)))
  }

  /// A moment: an instant as its seconds since 1970.
  private static func text(_ moment: Moment) throws(Diagnostic) -> String {
    switch moment {
    case .before: return moment.text
    case .at(let instant):
      guard instant.nanoseconds == 0, instant.seconds >= 0 else { throw .splunkTime(instant) }
      return String(instant.seconds)
    }
  }
}
