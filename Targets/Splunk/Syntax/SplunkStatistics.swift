import ConcordDiagnostics

/// `stats FUNCTION(FIELD) AS NAME, … BY FIELD, …`: a row for each group of events.
struct SplunkStatistics: Hashable, Sendable {
  /// One function, such as `dc(user) AS users`.
  struct Measure: Hashable, Sendable {
    /// What a function is of.
    enum Argument: Hashable, Sendable {
      case field(String)
      /// `eval(EXPRESSION)`.
      case expression(SplunkEval)
    }

    /// The function as it is written.
    var function: String
    /// What it is of; `nil` of `count` alone.
    var argument: Argument?
    /// The name after `AS`.
    var alias: String?

    /// The column that it makes: the alias, or what Splunk calls it, as `dc(user)`.
    var name: String {
      if let alias { return alias }
      switch argument {
      case nil: return function
      case .field(let field): return "\(function)(\(field))"
      case .expression(let expression): return "\(function)(eval(\(SplunkPrinter.inline(expression))))"
      }
    }
  }

  /// Adds a measure as `base`, or with a number behind it where that name is taken; returns the column's name.
  mutating func add(_ measure: Measure, as base: String, _ taken: inout Set<String>) -> String {
    var (measure, name, number) = (measure, base, 2)
    while !taken.insert(name).inserted { (name, number) = ("\(base)_\(number)", number + 1) }
    measure.alias = name == measure.function && measure.argument == nil ? nil : name
    measures.append(measure)
    return name
  }

  /// What is computed of each group.
  var measures: [Measure]
  /// The fields whose values tell groups apart.
  var group: [String]
}

extension SplunkStatistics {
  /// The functions of `stats`. [Search Reference, "Statistical and charting functions"]
  private static let functions: Set<String> = [
    "avg", "c", "count", "dc", "distinct_count", "earliest", "earliest_time", "estdc", "estdc_error", "first",
    "last",
    "latest", "latest_time", "list", "max", "mean", "median", "min", "mode", "range", "rate", "rate_avg",
    "rate_sum",
    "sparkline", "stdev", "stdevp", "sum", "sumsq", "values", "var", "varp",
  ]
  /// Those that a percentage follows: `perc95`.
  private static let percentiles = ["exactperc", "upperperc", "perc", "p"]

  /// Whether it is a function of `stats`; only `count` stands without an argument.
  static func isFunction(_ name: String, takesArgument: Bool) -> Bool {
    let name = name.lowercased()
    if !takesArgument { return ["count", "c"].contains(name) }
    if functions.contains(name) { return true }
    return percentiles.contains { prefix in
      name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)).map { (0...100).contains($0) } ?? false
    }
  }
}

/// `bin FIELD span=SPAN AS NAME`: the value rounded down to a multiple of the span.
struct SplunkBin: Hashable, Sendable {
  /// The field that is rounded.
  var field: String
  /// The span as it is written; `nil` where the command has none.
  var span: String?
  /// The field that gets the result.
  var alias: String?

  /// The field that is set.
  var name: String { alias ?? field }

  /// The units of spans of time in seconds. A week, a month and what is longer begin where a calendar says, and a day
  /// where the search's time zone does.
  private static let units: [(names: [String], seconds: Int)] = [
    (["s", "sec", "secs", "second", "seconds"], 1), (["m", "min", "mins", "minute", "minutes"], 60),
    (["h", "hr", "hrs", "hour", "hours"], 3600),
  ]

  /// How many seconds are counted together where spans begin at multiples of them in every time zone of whole hours: the
  /// spans that divide an hour. `nil` of others.
  var seconds: Int? {
    guard let span else { return nil }
    let digits = span.prefix { $0.isASCII && $0.isNumber }
    let word = span.dropFirst(digits.count).lowercased()
    guard let count = digits.isEmpty ? 1 : Int(digits), count > 0,
      let unit = word.isEmpty ? 1 : SplunkBin.units.first(where: { $0.names.contains(word) })?.seconds,
      case let (seconds, overflows) = count.multipliedReportingOverflow(by: unit), !overflows,
      3600.isMultiple(of: seconds)
    else { return nil }
    return seconds
  }
}

/// A command that changes what is shown and neither which rows there are nor any value that is asked later.
struct SplunkDisplay: Hashable, Sendable {
  /// The command's name.
  var name: String
  /// What stands behind it, as it is written.
  var text: String
  /// The fields whose values it may change, `*` for all.
  var changes: [String]

  /// The commands of this kind [Search Reference]: `sort` and `reverse` order rows; `convert`, `fieldformat` and
  /// `fillnull` respell values; `iplocation` and `lookup` add fields.
  private static let plain: Set<String> = [
    "sort", "reverse", "convert", "fieldformat", "fillnull", "iplocation", "lookup",
  ]

  /// The commands that write the rows somewhere and hand them on as they are. [Search Reference, "outputlookup",
  /// "outputcsv", "collect"]
  private static let sinks: Set<String> = ["outputlookup", "outputcsv", "collect"]

  /// The commands that give some of the rows. [Search Reference, "head", "tail", "dedup"]
  private static let limits: Set<String> = ["head", "tail", "dedup"]

  /// All of them.
  static let names = plain.union(sinks).union(limits)

  /// Whether it writes the rows somewhere.
  var isSink: Bool { SplunkDisplay.sinks.contains(name) }

  /// Whether it gives some of the rows only: `sort` does where it says how many.
  var isLimit: Bool { SplunkDisplay.limits.contains(name) || name == "sort" && (sorted ?? 0) != 0 }

  /// How many rows `sort` gives, `0` for all; `nil` where it does not say, and gives 10,000. [Search Reference, "sort"]
  var sorted: Int? {
    guard name == "sort" else { return nil }
    let words = text.lowercased().split { " =,\t\n".contains($0) }
    if let count = words.first.flatMap({ Int($0) }) { return count }
    // A limit that is no number leaves out rows all the same.
    return words.firstIndex(of: "limit").map { words.dropFirst($0 + 1).first.flatMap { Int($0) } ?? 1 }
  }

  /// How many rows it gives at most, as it is written; `nil` where that is not told by a number.
  var count: Int? {
    if name == "sort" { return sorted }
    let words = text.split { " =,\t\n".contains($0) }.filter { $0.lowercased() != "limit" }
    return words.isEmpty ? 10 : words.count == 1 ? Int(words[0]) : nil
  }

  /// The fields of which `dedup` gives one row of each; `nil` where it has options, which change what it gives.
  var fieldsOfDedup: [String]? {
    guard name == "dedup", !text.contains("="), !text.lowercased().contains("sortby") else { return nil }
    return text.split { " ,\t\n".contains($0) }.map(String.init).filter { Int($0) == nil }
  }

  /// The fields that a command may set, by the words behind it; `*` where it may be any. [Search Reference]
  static func changes(of name: String, _ words: [String]) -> [String] {
    switch name {
    case _ where sinks.contains(name) || limits.contains(name): return []
    case "sort", "reverse": return []
    case "convert", "fieldformat": return words
    case "iplocation":
      let isPlain = !words.contains {
        $0.lowercased().hasPrefix("prefix") || $0.lowercased().hasPrefix("allfields")
      }
      return isPlain ? ["City", "Country", "Region", "lat", "lon"] : ["*"]
    case "lookup":
      let outputs = words.firstIndex { ["output", "outputnew"].contains($0.lowercased()) }
      return outputs.map { Array(words[($0 + 1)...]) } ?? ["*"]
    case "fillnull":
      let named = words.filter { !$0.lowercased().hasPrefix("value") }
      // The value behind `value=` is a word too: one name more does no harm, none at all means every field.
      return named.count > (words.count == named.count ? 0 : 1) ? named : ["*"]
    default: return ["*"]
    }
  }
}
