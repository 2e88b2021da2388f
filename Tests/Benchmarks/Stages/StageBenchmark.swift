import Concord
import Foundation

/// Times the stages of compiling a folder of rules, in this process, on one thread, with the files' text in memory.
///
/// `stage-benchmark FOLDER STAGE [SECONDS]` prints a line of tab-separated fields: the stage, the number of files,
/// how many it did, the best and the median round in seconds. Stages are `yaml`, `read`, the languages that rules
/// are written in, and `all`, which reads once and writes to each of these; `none` does nothing, which is what starting
/// and reading the files costs. For 0 seconds there are three rounds. `stage-benchmark FOLDER dump FILE` writes
/// down all that is made of the rules instead, so that two builds can be compared.
@main
struct StageBenchmark {
  private let sources: [Source]
  private let compiler: Compiler

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: stage-benchmark FOLDER none|yaml|read|all|LANGUAGE [SECONDS], or FOLDER dump FILE")
      exit(2)
    }
    let benchmark = try StageBenchmark(folder: arguments[1])
    if arguments[2] == "dump" {
      try Dump(benchmark.compiler).text(of: benchmark.sources).write(
        toFile: arguments.count > 3 ? arguments[3] : "/dev/stdout", atomically: false, encoding: .utf8)
    } else {
      benchmark.measure(arguments[2], seconds: arguments.count > 3 ? Double(arguments[3]) ?? 3 : 3)
    }
  }

  private init(folder: String) throws {
    let root = URL(fileURLWithPath: folder)
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    sources = try names.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted().map {
      Source(name: $0, text: try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8))
    }
    var options = LanguageOptions()
    options.athena.untyped = true
    compiler = Compiler(options: options)
  }

  private func measure(_ stage: String, seconds: Double) {
    let end = StageBenchmark.processorTime + seconds
    var rounds: [Double] = []
    var done = 0
    repeat {
      done = 0
      let start = StageBenchmark.processorTime
      for source in sources { done += run(stage, source) }
      rounds.append(StageBenchmark.processorTime - start)
    } while StageBenchmark.processorTime < end || rounds.count < 3
    rounds.sort()
    let figures = [rounds[0], rounds[rounds.count / 2]].map { String(format: "%.5f", $0) }
    print("\(stage)\t\(sources.count)\t\(done)\t\(figures.joined(separator: "\t"))")
  }

  /// How long this process has run, in seconds: what others do on the machine in the meantime does not count.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Runs a stage on one file; how many results it gave.
  private func run(_ stage: String, _ source: Source) -> Int {
    if stage == "none" { return 0 }
    if stage == "yaml" { return (try? YAML.documents(source))?.count ?? 0 }
    guard let documents = try? compiler.load(source) else { return 0 }
    if stage == "read" { return documents.count }
    let languages = Registry.writers.filter { stage == "all" || $0.identifier == stage }
    return documents.reduce(0) { done, document in
      done + languages.count { (try? compiler.write(document.rule, in: $0)) != nil }
    }
  }
}

/// All that is made of rules, as text.
struct Dump {
  private let compiler: Compiler
  private let renderer = DiagnosticRenderer()

  init(_ compiler: Compiler) { self.compiler = compiler }

  func text(of sources: [Source]) -> String {
    var text = ""
    for source in sources {
      text += "=== \(source.name)\n"
      do throws(Diagnostic) {
        for node in try YAML.documents(source) { text += "\(tree(node))\n" }
        for document in try compiler.load(source) { text += made(of: document) }
      } catch {
        text += renderer.render(error)
      }
    }
    return text
  }

  private func made(of document: RuleDocument) -> String {
    var text = document.warnings.map(renderer.render).joined()
    text += "condition \(places(document.rule.condition))\n"
    for language in Registry.writers {
      text += "--- \(language.identifier)\n"
      do throws(Diagnostic) {
        let query = try compiler.write(document.rule, in: language)
        text += query.notes.map(renderer.render).joined() + query.text
      } catch {
        text += renderer.render(error.located(in: document.conditionSource))
      }
    }
    return text
  }

  /// The places and values of a tree.
  private func tree(_ node: YAMLNode) -> String {
    let origin = node.origin.map { " from \($0.start.line):\($0.start.column)+\($0.indent)" } ?? ""
    let head = "\(place(node.span))\(origin)\(node.tag.map { " !\($0)" } ?? "") "
    switch node.kind {
    case .scalar(let text, let style):
      return head + "\(style) \(text.debugDescription) = \(node.value.compactJSON)"
    case .sequence(let items): return head + "[" + items.map(tree).joined(separator: "\n") + "]"
    case .mapping(let entries):
      return head + "{" + entries.map { "\(tree($0.key)): \(tree($0.value))" }.joined(separator: "\n") + "}"
    }
  }

  /// The shape of a condition and the places that it came from.
  private func places(_ condition: Condition) -> String {
    let head = condition.origin.map(place) ?? "-"
    switch condition.kind {
    case .always, .test, .anywhere, .place: return head
    case .some(_, let operand): return "\(head) some(\(places(operand)))"
    case .not(let operand): return "\(head) not(\(places(operand)))"
    case .all(let operands): return "\(head) all(\(operands.map(places).joined(separator: " ")))"
    case .any(let operands): return "\(head) any(\(operands.map(places).joined(separator: " ")))"
    }
  }

  private func place(_ span: Span) -> String {
    "\(span.start.line):\(span.start.column)-\(span.end.line):\(span.end.column)"
  }
}
