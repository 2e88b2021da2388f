import Concord

/// The one loop over rules: reads the inputs on all cores, does a command's work on each rule, and hands out what
/// comes of it in order. What a file or a document that is not a rule costs is decided here, for every command.
///
/// ```swift
/// let run = RuleRun(input, for: .inspection) { compiler.check($0.document) }
/// for found in run { … }
/// code = code.and(run.code)
/// ```
final class RuleRun<Result: Sendable>: Sequence, IteratorProtocol {
  /// What is found in the inputs.
  enum Found: Sendable {
    /// A rule, and what the work made of it.
    case rule(FoundRule, Result)
    /// Something that is not a rule.
    case refused(Refusal)
  }

  /// What is found, or passed over.
  private enum Step: Sendable {
    case found(Found)
    /// A rule of a folder that is switched off.
    case disabled
    /// A file that holds no rule, such as another program's configuration.
    case stranger(RuleFile)
  }

  private let results: ParallelResults<RuleFile, [Step]>
  private let skips: RunSkips
  private var names = RuleNames()
  /// The places of the rules that were handed out: a file that is named twice has the same rules.
  private var places: Set<String> = []
  private var waiting: ArraySlice<Step> = []
  /// How many files were gone through.
  private(set) var fileCount = 0
  /// What the refusals that were handed out cost.
  private(set) var code = ExitCode.clean
  /// What was passed over.
  private(set) var skipped = RunSkips.Count()

  /// Begins to read the inputs, as one collection. `ahead`: how many files may be worked on before their results are
  /// taken.
  init(
    _ input: RuleInput, for purpose: RunPurpose, skips: RunSkips = RunSkips(disabled: false),
    ahead: Int = 256,
    _ work: @escaping @Sendable (FoundRule) -> Result
  ) {
    let input = input.collected()
    self.skips = skips
    skipped.ignored = input.ignored
    results = ParallelResults(of: input.files, ahead: ahead) { file in
      RuleRun.steps(in: file, input, purpose, skips, work)
    }
  }

  /// The next rule or refusal; `nil` after the last.
  func next() -> Found? {
    while true {
      while waiting.isEmpty {
        guard let steps = results.next() else { return nil }
        fileCount += 1
        waiting = steps[...]
      }
      switch waiting.removeFirst() {
      case .found(.refused(let refusal)):
        code = code.and(refusal.code)
        return .refused(refusal)
      case .found(.rule(var rule, let result)):
        if places.insert("\(rule.number ?? 0) \(rule.file.path)").inserted {
          rule.clash = names.clash(of: rule.document, in: ReportPath(rule.file.path).text)
        }
        if skips.disabled, !rule.document.rule.isInUse { skipped.named += 1 }
        return .rule(rule, result)
      case .disabled: skipped.disabled += 1
      case .stranger(let file):
        skipped.strangers += 1
        if skipped.examples.count < RunSkips.Count.shownLimit { skipped.examples.append(file.path) }
      }
    }
  }

  /// Gives up what was not handed out yet.
  var stop: @Sendable () -> Void { { [results] in results.stop() } }

  private static func steps(
    in file: RuleFile, _ input: RuleInput, _ purpose: RunPurpose, _ skips: RunSkips,
    _ work: (FoundRule) -> Result
  ) -> [Step] {
    let source: Source
    do throws(Diagnostic) {
      source = try file.source()
    } catch {
      return [.found(.refused(Refusal(file, unreadable: error, purpose)))]
    }
    if !file.isNamed, !input.isRule(source) {
      let change = Compiler.changeOfRules(source).map { Step.found(.refused(Refusal(file, remarks: [$0]))) }
      return [change ?? .stranger(file)]
    }
    let collection: RuleCollection
    do throws(Diagnostic) {
      collection = try input.read(source)
    } catch {
      return [.found(.refused(Refusal(file, unrecognised: error, purpose)))]
    }
    let documents = collection.documents
    if documents.isEmpty, collection.refused.isEmpty, collection.warnings.isEmpty {
      // A filter has no rule, and is part of some.
      return input.compiler.concernsOthers(source) ? [] : [.stranger(file)]
    }
    let rules = documents.enumerated().map { index, document in
      FoundRule(file: file, document: document, number: documents.count > 1 ? index + 1 : nil)
    }
    return rules.map {
      skips.disabled && !file.isNamed && !$0.document.rule.isInUse ? .disabled : .found(.rule($0, work($0)))
    }
      + collection.refused.map { .found(.refused(Refusal(file, $0, purpose))) }
      + (collection.warnings.isEmpty ? [] : [.found(.refused(Refusal(file, remarks: collection.warnings)))])
  }
}

/// Which rules a run passes over.
struct RunSkips: Sendable {
  /// Whether it passes over rules of folders that are switched off or retired. A file that the user names is meant.
  let disabled: Bool

  /// How much was passed over.
  struct Count {
    /// How many rules are switched off or retired.
    var disabled = 0
    /// How many rules are switched off or retired, and taken since their files are named.
    var named = 0
    /// How many files hold no rule.
    var strangers = 0
    /// The first of these.
    var examples: [String] = []
    /// How many files the user ignores.
    var ignored = 0

    /// How many files without a rule are named.
    static let shownLimit = 3

    /// How many files are ignored, for programs; nothing where none is.
    var counts: [(name: String, count: Int)] { ignored == 0 ? [] : [("ignored", ignored)] }

    /// The count for people; `nil` where there is nothing to say.
    var words: String? {
      let taken = named > 0 ? "taken, since it is named: \(counted(named, "disabled rule"))" : nil
      let lines = [passedOver, taken].compactMap { $0 }
      return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private var passedOver: String? {
      var parts: [String] = []
      if disabled > 0 {
        parts.append("\(counted(disabled, "disabled rule")) (--include-disabled takes them)")
      }
      if strangers > 0 {
        let names = examples.map { ReportPath($0).text.visible() } + (strangers > examples.count ? ["…"] : [])
        parts.append("\(counted(strangers, "file")) without a rule (\(names.joined(separator: ", ")))")
      }
      if ignored > 0 { parts.append("\(counted(ignored, "ignored file"))") }
      return parts.isEmpty ? nil : "skipped: " + parts.joined(separator: ", ")
    }
  }
}

extension OptionKey where Value == Bool {
  /// Whether rules that are switched off or retired are taken as any other.
  static var includeDisabled: Self {
    .flag(
      "include-disabled",
      help: "take rules of folders too that are switched off, or whose status is deprecated or unsupported")
  }
}

/// A rule, and where it was found.
struct FoundRule: Sendable {
  let file: RuleFile
  let document: RuleDocument
  /// Its number in the file, from 1; `nil` where it is the only one.
  let number: Int?
  /// What it has in common with an earlier rule, by which they cannot be told apart.
  fileprivate(set) var clash: RuleNames.Clash?
}

/// What a command wants of rules, which decides what a document costs that is not a rule.
enum RunPurpose: Sendable {
  /// To look at them: a document that is right without being a rule, as a correlation is, is not a fault.
  case inspection
  /// To translate them: a document of which no query can be written is a fault, unless its code is allowed.
  case translation(allowed: Set<String>)
  /// To compare them: where one side cannot be read, or is not a rule, there is no answer. What is wrong with the new
  /// side is a fault.
  case comparison(isOld: Bool)
}

/// What cannot be taken as a rule: a file, or a document in it.
struct Refusal: Sendable {
  /// The file, as the user named it.
  let path: String
  /// What is to be said, at its place in the file.
  let diagnostics: [Diagnostic]
  /// Where the document is right: why it is not a rule.
  let reason: Diagnostic?
  /// What it costs.
  let code: ExitCode

  /// A file that cannot be read.
  init(_ file: RuleFile, unreadable failure: Diagnostic, _ purpose: RunPurpose) {
    self.init(file, [failure], code: Refusal.isOld(purpose) ? .unknown : .usage)
  }

  /// A text that cannot be read at all.
  init(_ file: RuleFile, unrecognised failure: Diagnostic, _ purpose: RunPurpose) {
    self.init(file, [failure], code: Refusal.isOld(purpose) ? .unknown : .badRule)
  }

  /// What is odd about documents that serve rules of other files.
  init(_ file: RuleFile, remarks: [Diagnostic]) {
    self.init(file, remarks, code: .clean)
  }

  /// A document of which no rule was made.
  init(_ file: RuleFile, _ document: RefusedDocument, _ purpose: RunPurpose) {
    guard let reason = document.reason else {
      let code: ExitCode = Refusal.isOld(purpose) ? .unknown : .badRule
      self.init(file, document.warnings + document.errors, code: code)
      return
    }
    var (told, code) = (reason, ExitCode.clean)
    switch purpose {
    case .inspection: told.severity = .note
    case .translation(let allowed):
      if allowed.contains(reason.code.rawValue) { told.severity = .note } else { code = .badRule }
    case .comparison: code = .unknown
    }
    self.init(file, document.warnings + [told], reason: reason, code: code)
  }

  private init(
    _ file: RuleFile, _ diagnostics: [Diagnostic], reason: Diagnostic? = nil, code: ExitCode
  ) {
    path = file.path
    self.diagnostics = diagnostics
    self.reason = reason
    self.code = code
  }

  /// Whether nothing is refused: documents that are right serve rules of other files, and something about them is odd.
  var isRemark: Bool { code == .clean && reason == nil }

  private static func isOld(_ purpose: RunPurpose) -> Bool {
    if case .comparison(isOld: true) = purpose { true } else { false }
  }
}

extension Terminal {
  /// Says what a run passed over, where it did.
  func remark(_ skipped: RunSkips.Count) {
    if let words = skipped.words { remark(words) }
  }
}
