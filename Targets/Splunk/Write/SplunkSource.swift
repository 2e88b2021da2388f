import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Where the events are: the first terms of the base search.
enum SplunkSource {
  /// The terms for the options' source, else for the rule's log source, and what the user should know about it.
  static func terms(
    _ rule: Rule, _ options: LanguageOptions
  ) throws(Diagnostic) -> (terms: [SplunkSearch], notes: [Diagnostic]) {
    let window = try times(options)
    if let text = options.source { return (try parse(text) + window, []) }
    if rule.logSources.contains(where: \.isCloudTrail) {
      return ([equal("sourcetype", "aws:cloudtrail")] + window, [.splunkDefaultIndexes])
    }
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

  private static func times(_ options: LanguageOptions) throws(Diagnostic) -> [SplunkSearch] {
    var terms: [SplunkSearch] = []
    for (name, text) in [("earliest", options.since), ("latest", options.until)] {
      guard let text else { continue }
      guard let seconds = epoch(text) else { throw .splunkTime(text) }
      let value = SplunkSearchValue(text: String(seconds), isQuoted: false)
      terms.append(SplunkSearch(.comparison(name, .equal, value)))
    }
    return terms
  }

  /// The seconds since 1970 of `YYYY-MM-DDThh:mm:ssZ`; `nil` for any other text.
  static func epoch(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return nil }
    for (index, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z")] {
      if bytes[index] != Array(mark.utf8)[0] { return nil }
    }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].allSatisfy { (0x30...0x39).contains($0) }
        ? Int(String(decoding: bytes[range], as: UTF8.self)) : nil
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1970...9999).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...lengths[month - 1]).contains(day) else { return nil }
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400 - 477
    let days = (year - 1970) * 365 + leapDays + lengths[..<(month - 1)].reduce(0, +) + day - 1
    return days * 86_400 + hour * 3_600 + minute * 60 + second
  }
}
