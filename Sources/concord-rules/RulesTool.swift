import Concord
import Foundation

/// The tool behind the build plugin: `concord-rules OUTPUT FILE…` writes the rules of these files as predicates,
/// `concord-rules OUTPUT --test MODULE…` tests that replay the fixtures of these modules' rules.
@main
struct RulesTool {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first, arguments.count > 1 else {
      FileHandle.standardError.write(Data("usage: concord-rules OUTPUT FILE… | --test MODULE…\n".utf8))
      exit(3)
    }
    let rest = Array(arguments.dropFirst())
    do {
      let text =
        rest[0] == "--test" ? RulesSource.tests(rest.filter { $0 != "--test" }) : try predicates(rest)
      try text.write(toFile: output, atomically: true, encoding: .utf8)
    } catch let failure as Failure {
      for diagnostic in failure.diagnostics { report(diagnostic) }
      exit(1)
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(3)
    }
  }

  /// What is wrong with the rules.
  private struct Failure: Error {
    let diagnostics: [Diagnostic]
  }

  /// The rules of the files as predicates. Throws everything that is wrong with them, the fixtures that fail included.
  private static func predicates(_ files: [String]) throws -> String {
    var compiler = Compiler()
    let sources = try files.map { Source(name: $0, text: try String(contentsOfFile: $0, encoding: .utf8)) }
      .filter(Compiler.isRule)
    compiler = compiler.collecting(sources)
    var wrong: [Diagnostic] = []
    var rules: [Rule] = []
    for source in sources {
      do throws(Diagnostic) {
        let collection = try compiler.loadAll(source)
        wrong += collection.refused.flatMap(\.refusals).map { $0.located(in: source) }
        for document in collection.documents {
          let report = compiler.check(document)
          wrong += report.outcomes.filter { !$0.holds }.map { .fixtureFails($0, in: document) }
          do throws(Diagnostic) {
            _ = try compiler.write(document.rule, in: .swift)
            rules.append(document.rule)
          } catch {
            wrong.append(error.located(in: document.source))
          }
        }
      } catch {
        wrong.append(error.located(in: source))
      }
    }
    if !wrong.isEmpty { throw Failure(diagnostics: wrong) }
    return try RulesSource.predicates(rules, options: compiler.options)
  }

  /// Prints as compilers do, so that the build shows it at its place.
  private static func report(_ diagnostic: Diagnostic) {
    let place = diagnostic.labels.first.map { ":\($0.span.start.line):\($0.span.start.column)" } ?? ":1:1"
    let name = diagnostic.source.map { "\($0.name)\(place): " } ?? ""
    let text = "\(name)error: \(diagnostic.message) [\(diagnostic.code.rawValue)]\n"
    FileHandle.standardError.write(Data(text.utf8))
  }
}

extension Diagnostic {
  fileprivate static func fixtureFails(_ outcome: CheckReport.Outcome, in document: RuleDocument)
    -> Diagnostic
  {
    Diagnostic(
      .fixtureDiffers,
      "the fixture `\(outcome.fixture.name)` expects \(outcome.fixture.expected), the condition says \(outcome.verdict)",
      in: document.source, at: outcome.fixture.origin)
  }
}
