import Concord

/// One option of a command, as help, completion and parsing see it.
struct OptionSpec: Sendable {
  /// The long name, without the dashes.
  let name: String
  /// The one-letter name.
  let short: Character?
  /// What its value is; `nil` for a switch.
  let value: Value?
  /// Whether it may be given several times.
  let repeats: Bool
  /// One line for the help.
  let help: String

  /// The value of an option.
  struct Value: Sendable {
    /// What the help calls it, `FILE`.
    let name: String
    /// What a shell can offer for it.
    let kind: Kind
    /// What is wrong with a text that it does not take; `nil` where it takes the text.
    let fault: @Sendable (String) -> Fault?

    /// A value of that name and kind; one of `Kind.choice` takes its words only, any other what has no fault.
    init(
      _ name: String, _ kind: Kind = .text, fault: @escaping @Sendable (String) -> Fault? = { _ in nil }
    ) {
      self.name = name
      self.kind = kind
      self.fault = { text in
        guard case .choice(let words) = kind, !words.contains(text) else { return fault(text) }
        return Fault(
          "does not take `\(text)`",
          help: Suggestion.question(for: text, among: words) + ["it takes \(words.joined(separator: ", "))"])
      }
    }
  }

  /// What a value stands for.
  enum Kind: Sendable {
    case text
    case file
    case folder
    /// One of these words.
    case choice([String])
    /// Some of these words, separated by commas.
    case list([String])
    /// A file, or one of these words.
    case fileOr([String])
  }

  /// Why a value is not taken: what follows the option's name in the message, and help.
  struct Fault: Sendable {
    let words: String
    let help: [String]

    init(_ words: String, help: [String] = []) {
      self.words = words
      self.help = help
    }
  }

  /// Whether it is spelled so on the command line, dashes included.
  func matches(_ spelled: String) -> Bool {
    spelled == "--\(name)" || short.map { spelled == "-\($0)" } ?? false
  }
}

/// An option together with the type of what it says, declared once: a command lists its keys, and reads its
/// arguments by nothing else, so that what is looked up is what is specified.
///
/// ```swift
/// extension OptionKey where Value == Bool {
///   static var strict: Self { .flag("strict", help: "take a warning for a finding") }
/// }
/// let isStrict = arguments[.strict]
/// ```
struct OptionKey<Value>: Sendable {
  let spec: OptionSpec
  /// What its values say; there is none where it was not given, and an empty one for each time that a switch was.
  let read: @Sendable ([String]) -> Value

  /// The options of these keys, in order: what a command takes.
  static func specs<each Other>(_ keys: repeat OptionKey<each Other>) -> [OptionSpec] where Value == Never {
    var specs: [OptionSpec] = []
    for key in repeat each keys { specs.append(key.spec) }
    return specs
  }
}

extension OptionKey where Value == Bool {
  /// A switch.
  static func flag(_ name: String, short: Character? = nil, help: String) -> Self {
    OptionKey(spec: OptionSpec(name: name, short: short, value: nil, repeats: false, help: help)) {
      !$0.isEmpty
    }
  }
}

extension OptionKey where Value == String? {
  /// An option with one value.
  static func text(
    _ name: String, short: Character? = nil, _ value: OptionSpec.Value, help: String
  ) -> Self {
    OptionKey(spec: OptionSpec(name: name, short: short, value: value, repeats: false, help: help)) {
      $0.last
    }
  }
}

extension OptionKey where Value == [String] {
  /// An option that may be given several times.
  static func texts(
    _ name: String, short: Character? = nil, _ value: OptionSpec.Value, help: String
  ) -> Self {
    OptionKey(spec: OptionSpec(name: name, short: short, value: value, repeats: true, help: help)) { $0 }
  }

  /// An option whose values are words separated by commas, and which may be given several times.
  static func words(
    _ name: String, short: Character? = nil, _ value: OptionSpec.Value, help: String
  ) -> Self {
    OptionKey(spec: OptionSpec(name: name, short: short, value: value, repeats: true, help: help)) { values in
      values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { word in
        String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
  }
}

extension OptionKey where Value == Moment? {
  /// An option with a moment.
  static func moment(_ name: String, help: String) -> Self {
    let value = OptionSpec.Value("TIME") { text in
      Moment(text) == nil
        ? OptionSpec.Fault(
          "needs a moment, not `\(text)`", help: ["as 2024-06-01T00:00:00Z, or before the run as -24h"]) : nil
    }
    return OptionKey(spec: OptionSpec(name: name, short: nil, value: value, repeats: false, help: help)) {
      $0.last.flatMap { Moment($0) }
    }
  }
}

extension OptionKey where Value == Int? {
  /// An option with a whole number above 0.
  static func number(_ name: String, short: Character? = nil, help: String) -> Self {
    let value = OptionSpec.Value("N") { text in
      Int(text).map { $0 > 0 } ?? false
        ? nil : OptionSpec.Fault("needs a whole number above 0, not `\(text)`")
    }
    return OptionKey(spec: OptionSpec(name: name, short: short, value: value, repeats: false, help: help)) {
      $0.last.flatMap { Int($0) }
    }
  }
}

extension OptionKey {
  /// An option with one of the words of a type; `nil` where it is not given.
  static func choice<Choice: Word>(
    _ name: String, short: Character? = nil, _ value: String, help: String
  ) -> Self where Value == Choice? {
    OptionKey(spec: .choice(name, short, value, Choice.self, help)) {
      $0.last.flatMap { Choice(rawValue: $0) }
    }
  }

  /// A type whose values are words of the command line.
  typealias Word = CaseIterable & RawRepresentable<String> & Sendable
}

extension OptionKey where Value: CaseIterable & RawRepresentable<String> {
  /// An option with one of the words of a type.
  static func choice(
    _ name: String, short: Character? = nil, _ value: String, default standard: Value, help: String
  ) -> Self where Value: Sendable {
    OptionKey(spec: .choice(name, short, value, Value.self, help)) {
      $0.last.flatMap { Value(rawValue: $0) } ?? standard
    }
  }
}

extension OptionSpec {
  fileprivate static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ name: String, _ short: Character?, _ value: String, _ type: Choice.Type, _ help: String
  ) -> OptionSpec {
    let words = Choice.allCases.map(\.rawValue)
    return OptionSpec(
      name: name, short: short, value: Value(value, .choice(words)), repeats: false, help: help)
  }
}
