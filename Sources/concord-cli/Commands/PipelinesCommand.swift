import Concord

/// `concord pipelines`: the processing pipelines that come with Concord.
enum PipelinesCommand {
  static let spec = CommandSpec(
    name: "pipelines", summary: "List the processing pipelines that come with Concord, or print one.",
    positional: "[NAME]", words: Registry.pipelines.map(\.pipeline.name), options: [],
    examples: [
      ("concord pipelines", "list them"),
      ("concord pipelines windows-evtx > mine.yml", "take one as the start of your own"),
    ]
  ) { (arguments, terminal) throws(Diagnostic) in
    if arguments.positionals.count > 1 {
      throw Diagnostic(.usage, "name one pipeline", help: ["`concord pipelines NAME`"])
    }
    guard let name = arguments.positionals.first else {
      let width = Registry.pipelines.map(\.pipeline.name.count).max() ?? 0
      for (pipeline, summary) in Registry.pipelines {
        let padding = String(repeating: " ", count: width - pipeline.name.count)
        try terminal.print("\(pipeline.name)\(padding)  \(summary)\n")
      }
      return .clean
    }
    guard let found = Registry.pipelines.first(where: { $0.pipeline.name == name }) else {
      throw .unknown("pipeline", name, among: Registry.pipelines.map(\.pipeline.name), .unknownPipeline)
    }
    try terminal.print("# \(found.summary)\n\(found.pipeline.text)")
    return .clean
  }
}
