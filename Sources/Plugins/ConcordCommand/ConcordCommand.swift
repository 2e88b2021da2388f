import Foundation
import PackagePlugin

/// `swift package concord COMMAND …`: the command line on a package's rules. Where no file is named, those of the folders
/// `Rules` of its targets.
@main
struct ConcordCommand: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    let tool = try context.tool(named: "concord-cli")
    var arguments = arguments
    let commands = ["check", "verify", "lint"]
    // Which words are values of options only the tool knows: a file is what is there.
    let names = arguments.dropFirst().filter { name in
      let path = URL(filePath: name, relativeTo: context.package.directoryURL).path
      return !name.hasPrefix("-") && FileManager.default.fileExists(atPath: path)
    }
    if let command = arguments.first, commands.contains(command), names.isEmpty {
      let folders = context.package.targets.map { $0.directoryURL.appending(path: "Rules").path }
        .filter { FileManager.default.fileExists(atPath: $0) }
      arguments += folders
    }
    let process = Process()
    process.executableURL = tool.url
    process.arguments = arguments
    process.currentDirectoryURL = context.package.directoryURL
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      Diagnostics.error("concord ended with exit code \(process.terminationStatus)")
    }
  }
}
