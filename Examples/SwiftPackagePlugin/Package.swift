// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "SwiftPackagePlugin",
  dependencies: [.package(name: "concord", path: "../..")],
  targets: [
    // The rules in `Sources/Watcher/Rules` become `Rules.<name>`; a fixture that fails, fails the build.
    .target(
      name: "Watcher", exclude: ["Rules"], plugins: [.plugin(name: "ConcordRules", package: "concord")]),
    // A test replays the fixtures through the predicates.
    .testTarget(
      name: "WatcherTests",
      dependencies: ["Watcher", .product(name: "ConcordTesting", package: "concord")],
      plugins: [.plugin(name: "ConcordRules", package: "concord")]),
  ],
  swiftLanguageModes: [.v6]
)
