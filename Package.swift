// swift-tools-version: 6.1
import PackageDescription

/// With `OPTIMIZE=1` in the environment a debug build optimises what the tests spend their time in, and not the tests,
/// which are a third of the code and take seconds: the build and the tests together take half as long. The checks of a
/// debug build stay. Without it there are no flags, so that the package can be another's dependency.
let settings: [SwiftSetting] =
  Context.environment["OPTIMIZE"] != "1" ? [] : [.unsafeFlags(["-O", "-assert-config", "Debug"])]

/// For packages of others: rules as predicates of their modules, and the command line on them. A build of the whole
/// package compiles every module a second time for the tools that a plugin starts, so work on this package, under
/// `OPTIMIZE` with any value, goes without.
let plugins: (products: [Product], targets: [Target]) =
  Context.environment["OPTIMIZE"] != nil
  ? ([], [])
  : (
    [
      // A plugin finds the tools of its own package by products that are called as their targets.
      .executable(name: "concord-cli", targets: ["concord-cli"]),
      .plugin(name: "ConcordRules", targets: ["ConcordRules"]),
      .plugin(name: "ConcordCommand", targets: ["ConcordCommand"]),
    ],
    [
      .plugin(
        name: "ConcordRules", capability: .buildTool(), dependencies: ["concord-rules"],
        path: "Sources/Plugins/ConcordRules"),
      .plugin(
        name: "ConcordCommand",
        capability: .command(
          intent: .custom(verb: "concord", description: "Check or verify the package's detection rules")),
        dependencies: ["concord-cli"], path: "Sources/Plugins/ConcordCommand"),
    ]
  )

/// A language-neutral module: `Sources/<name>`, imported as `Concord<name>`.
func core(_ name: String, _ dependencies: [Target.Dependency] = [], data: [String] = []) -> Target {
  .target(
    name: "Concord\(name)", dependencies: dependencies, path: "Sources/\(name)",
    resources: data.map { .embedInCode($0) }, swiftSettings: settings)
}

/// All that is known about one language: `Targets/<name>`, imported as `Concord<name>`. Its data files are part of the
/// code, so that an installed `concord` needs no file beside it.
func language(_ name: String, _ more: [Target.Dependency] = [], data: [String] = []) -> Target {
  .target(
    name: "Concord\(name)",
    dependencies: ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordLanguages"] + more,
    path: "Targets/\(name)", exclude: ["README.md"], resources: data.map { .embedInCode($0) },
    swiftSettings: settings)
}

/// The tests of one module: `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)Tests")
}

/// A fuzz target, `Tests/Fuzz/<name>`: built by the gate like all code, linked with libFuzzer by `Tests/Fuzz/run`.
func fuzz(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: "Fuzz\(name)", dependencies: dependencies, path: "Tests/Fuzz/\(name)")
}

let languages: [Target.Dependency] = [
  "ConcordPanther", "ConcordSigma", "ConcordAthena", "ConcordSplunk", "ConcordSwift",
]
let neutral: [Target.Dependency] = [
  "ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordNotation", "ConcordLanguages",
]

let package = Package(
  name: "concord",
  products: [
    .library(name: "Concord", targets: ["Concord"]),
    .library(name: "ConcordTesting", targets: ["ConcordTesting"]),
    .executable(name: "concord", targets: ["concord-cli"]),
  ] + plugins.products,
  dependencies: [],
  targets: [
    core("Diagnostics"),
    core("Documents", ["ConcordDiagnostics"]),
    core("Detection", ["ConcordDiagnostics", "ConcordDocuments"]),
    core(
      "Notation", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordLanguages"]),
    core("Engines", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection"]),
    core("Languages", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordEngines"]),
    core("Proof", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection"]),
    core(
      "Verification",
      ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordLanguages", "ConcordProof"]),
    core(
      "Analysis",
      [
        "ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordNotation", "ConcordLanguages",
        "ConcordProof", "ConcordScan",
      ]),
    core("Scan", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordLanguages"]),
    core(
      "Hunt",
      ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordEngines", "ConcordLanguages"]),

    language("Panther", ["ConcordNotation"]),
    language(
      "Sigma", ["ConcordProof"],
      data: ["channels.tsv", "windows-evtx.yml", "splunk-windows.yml", "cloudtrail-athena.yml"]
        .map { "Pipelines/Shipped/\($0)" }),
    language(
      "Athena", ["ConcordEngines", "ConcordProof"],
      data: ["Store/cloudtrail_logs.sql", "Store/cloudtrail_lake.sql", "Engines/trino_on_duckdb.py"]),
    language("Splunk", ["ConcordEngines", "ConcordProof"]),
    language("Swift", data: ["Runtime/Runtime.swift"]),
    // What the emitted source has at its end, compiled for itself so that the compiler sees it.
    .target(name: "SwiftRuntime", path: "Targets/Swift/Runtime"),

    .target(
      name: "Concord",
      dependencies: neutral + [
        "ConcordEngines", "ConcordAnalysis", "ConcordProof", "ConcordVerification", "ConcordScan",
        "ConcordHunt",
      ]
        + languages,
      path: "Sources/Concord", swiftSettings: settings),
    .executableTarget(
      name: "concord-cli", dependencies: ["Concord"], path: "Sources/concord-cli"),
    core("Testing", ["Concord"]),
    .executableTarget(
      name: "concord-rules", dependencies: ["Concord"], path: "Sources/concord-rules"),

    .target(
      name: "TestSupport",
      dependencies: [
        "ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordEngines", "ConcordProof",
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    // The writing kit's proof: a language that is written in some hundred lines.
    .target(
      name: "SQLiteLanguage",
      dependencies: ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordLanguages"],
      path: "Tests/SQLite"),
    // Published queries, cut to their filter parts, read, and written in every language.
    .target(name: "PublicQueries", dependencies: ["Concord", "TestSupport"], path: "Tests/PublicQueries"),
    .executableTarget(
      name: "stage-benchmark", dependencies: ["Concord"], path: "Tests/Benchmarks/Stages"),
    .executableTarget(
      name: "sweep",
      dependencies: ["Concord", "ConcordScan", "ConcordSigma", "PublicQueries", "TestSupport"],
      path: "Tests/Sweep"),
    fuzz("JSON", ["ConcordDiagnostics", "ConcordDocuments"]),
    fuzz("YAML", ["ConcordDiagnostics", "ConcordDocuments"]),
    fuzz("Notation", ["ConcordDiagnostics", "ConcordDetection", "ConcordNotation"]),
    fuzz(
      "Python",
      ["ConcordPanther", "ConcordLanguages", "ConcordDiagnostics", "ConcordDocuments", "ConcordDetection"]),
    fuzz("Sigma", ["Concord", "ConcordVerification"] + neutral),
    tests("Diagnostics", ["ConcordDiagnostics"]),
    tests("Documents", ["ConcordDiagnostics", "ConcordDocuments"]),
    tests("Detection", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection"]),
    tests("Notation", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordNotation"]),
    tests("Languages", ["Concord", "SQLiteLanguage"] + neutral),
    tests("Proof", ["ConcordDiagnostics", "ConcordDocuments", "ConcordDetection", "ConcordProof"]),
    tests("Engines", neutral + ["ConcordEngines", "ConcordHunt", "ConcordAthena", "ConcordSplunk"]),
    tests("Hunt", neutral + ["ConcordEngines", "ConcordHunt"]),
    tests("Verification", neutral + ["ConcordVerification"]),
    tests("Panther", neutral + ["ConcordPanther", "ConcordProof"]),
    tests("Sigma", neutral + ["ConcordSigma"]),
    tests("Athena", neutral + ["ConcordAthena"]),
    tests("Splunk", neutral + ["ConcordSplunk"]),
    tests("Swift", neutral + ["ConcordSwift"]),
    tests("Analysis", neutral + ["ConcordAnalysis", "ConcordProof", "ConcordVerification"] + languages),
    tests("Scan", neutral + ["ConcordVerification", "ConcordScan"] + languages),
    tests(
      "Concord",
      ["Concord", "ConcordTesting", "PublicQueries"] + neutral + ["ConcordVerification"] + languages),
  ] + plugins.targets,
  swiftLanguageModes: [.v6]
)

// Nobody debugs what the tests run: without what a debugger needs the build takes a sixth less of the processor.
if Context.environment["OPTIMIZE"] == "1" {
  for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-gnone"])]
  }
}
