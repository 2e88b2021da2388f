import Foundation
import PackagePlugin

/// Makes Swift of the rules that stand in a target's folder `Rules`.
///
/// Of a module, predicates: `Rules.<name>(event)`. Of a test target, a test that replays the fixtures of the rules of the
/// modules that it depends on. A rule that is wrong, that Swift cannot say, or whose fixture fails, fails the build.
@main
struct ConcordRules: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let module = target as? SwiftSourceModuleTarget else { return [] }
    let isTest = module.kind == .test
    let sources = isTest ? module.dependencies.flatMap(modules) : [module]
    let output = context.pluginWorkDirectoryURL.appending(path: isTest ? "RuleTests.swift" : "Rules.swift")
    let rules = sources.map { ($0.moduleName, ConcordRules.rules(in: $0.directoryURL)) }.filter {
      !$0.1.isEmpty
    }
    if rules.isEmpty { return [] }
    let names = isTest ? rules.map(\.0) : []
    return [
      .buildCommand(
        displayName: "Compiling the rules of \(module.name)",
        executable: try context.tool(named: "concord-rules").url,
        arguments: [output.path] + names.flatMap { ["--test", $0] }
          + (isTest ? [] : rules.flatMap(\.1).map(\.path)),
        inputFiles: rules.flatMap(\.1), outputFiles: [output])
    ]
  }

  /// The modules of this package that a dependency stands for.
  private func modules(_ dependency: TargetDependency) -> [SwiftSourceModuleTarget] {
    switch dependency {
    case .target(let target): [target as? SwiftSourceModuleTarget].compactMap { $0 }
    case .product: []
    @unknown default: []
    }
  }

  /// The files of rules below a target's folder, in order. Which of them hold rules, the tool finds out.
  private static func rules(in folder: URL) -> [URL] {
    let folder = folder.appending(path: "Rules")
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let endings = ["yml", "yaml", "spl", "sql", "py"]
    return (found?.compactMap { $0 as? URL } ?? []).filter { endings.contains($0.pathExtension.lowercased()) }
      .sorted { $0.path < $1.path }
  }
}
