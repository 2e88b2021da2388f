import Concord
import Foundation

// Which events of a log match a rule? Asked twice: of the rule, read when the program runs, and of the Swift source
// that `concord compile --to swift` made of it, which is compiled into this program (AWSModify….swift).

guard CommandLine.arguments.count == 3 else {
  print("usage: embed RULE EVENTS")
  exit(3)
}

func text(_ path: String) throws -> Source {
  Source(name: path, text: try String(contentsOfFile: path, encoding: .utf8))
}

do {
  let rule = try Compiler().load(try text(CommandLine.arguments[1]))[0].rule
  let fires = rule.predicate()
  print(rule.title)
  for document in try JSON.lines(try text(CommandLine.arguments[2])) {
    guard let event = Event(document.value) else { continue }
    let generated = AWSModifyCloudComputeInfrastructure.Event(json: document.value.compactJSON)
      .map(AWSModifyCloudComputeInfrastructure.matches)
    let name = event.object["eventName"]?.comparedText ?? "?"
    print("line \(document.line), \(name): \(fires(event)), generated: \(generated == true)")
  }
} catch let error as Diagnostic {
  print(DiagnosticRenderer().render(error), terminator: "")
  exit(2)
} catch {
  print(error)
  exit(3)
}
