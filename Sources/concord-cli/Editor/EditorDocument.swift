import Concord

/// A rule file that is open in an editor, and what is known of it.
struct EditorDocument: Sendable {
  /// Its address, by which the editor calls it.
  let uri: String
  /// Its file's path.
  let name: String
  /// Its version, as the editor counts.
  let version: Value?
  /// Its text.
  let text: EditorText
  /// What is wrong or odd, as `check` says it.
  private(set) var diagnostics: [Diagnostic] = []
  /// The rules in it, with what their fixtures show.
  private(set) var rules: [CheckReport] = []
  /// The compiler by which they were read.
  let compiler: Compiler

  /// Reads a text. `others`: what other files of its folder have to say of its rules.
  init(uri: String, name: String, version: Value?, text: String, _ input: RuleInput, _ others: EditorFolder) {
    (self.uri, self.name, self.version) = (uri, name, version)
    self.text = EditorText(text)
    let source = Source(name: name, text: text)
    var input = input
    input.compiler = others.compiler(for: source, input.compiler)
    compiler = input.compiler
    input.files = [RuleFile(path: name, relative: name, isNamed: true, content: .text(source))]
    let compiler = compiler
    // The same loop as `check` has, so that an editor shows what the gate will say.
    let run = RuleRun(input, for: .inspection) { compiler.check($0.document) }
    for found in run {
      switch found {
      case .refused(let refusal): diagnostics += refusal.diagnostics
      case .rule(let rule, let report):
        rules.append(report)
        diagnostics += CheckEntry(report, path: name, suggests: false).entry.findings.map(\.diagnostic)
        if let clash = rule.clash { diagnostics.append(clash.diagnostic) }
      }
    }
  }

  /// Whether a diagnostic's places are places of this text.
  func holds(_ diagnostic: Diagnostic) -> Bool { diagnostic.source?.text == text.text }

  /// The rule that a position is in: the last whose condition begins before it, else the first.
  func rule(at position: Position) -> CheckReport? {
    rules.last { report in
      guard report.document.conditionSource.text == text.text, let start = report.start else { return false }
      return start.line <= position.line
    } ?? rules.first
  }
}

extension CheckReport {
  /// Where its condition begins; `nil` where that is not known.
  var start: Position? { document.rule.condition.parts.compactMap { $0.origin?.start }.min() }

  /// The smallest part of its condition that stands around a position.
  func part(at position: Position) -> Condition? {
    let around = document.rule.condition.parts.filter { part in
      part.origin.map { $0.start <= position && position < $0.end } ?? false
    }
    return around.min { left, right in
      guard let left = left.origin, let right = right.origin else { return false }
      return right.start <= left.start && left.end <= right.end && left != right
    }
  }
}

extension Condition {
  /// The condition and all within it.
  var parts: [Condition] {
    switch kind {
    case .always, .anywhere, .place, .test: [self]
    case .some(_, let operand), .not(let operand): [self] + operand.parts
    case .all(let operands), .any(let operands): [self] + operands.flatMap(\.parts)
    }
  }
}

/// What the other files of a folder say of the rules of one, such as a filter in a file of its own.
struct EditorFolder: Sendable {
  /// The rule files, but the one itself.
  let files: [Source]
  private let concerns: Bool

  /// Looks at the rule files beside the one at `path`.
  init(beside path: String, _ compiler: Compiler) {
    let folder = Folder.parent(of: path)
    let entries = (try? Folder.entries(of: folder)) ?? []
    let sources = entries.filter { !$0.isFolder && $0.isText && RuleFile.isRuleName($0.name) }
      .map { Folder.path(folder, $0.name) }.filter { $0 != path }.compactMap { try? Files.source($0) }
    files = sources.filter(Compiler.isRule)
    concerns = files.contains { compiler.concernsOthers($0) }
  }

  /// A compiler that reads a source as one of the folder's.
  func compiler(for source: Source, _ compiler: Compiler) -> Compiler {
    guard concerns || compiler.concernsOthers(source) else { return compiler }
    return compiler.collecting(files + [source])
  }
}
