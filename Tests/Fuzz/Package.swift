// swift-tools-version: 6.1
import PackageDescription

// Apart from the project's own package, since libFuzzer brings its own `main`: each target is a static library that
// Tests/Fuzz/run links with it.
let names = ["FuzzJSON", "FuzzYAML", "FuzzNotation", "FuzzSigma"]
let package = Package(
  name: "fuzz",
  products: names.map { .library(name: $0, type: .static, targets: [$0]) },
  dependencies: [.package(name: "concord", path: "../..")],
  targets: names.map { .target(name: $0, dependencies: [.product(name: "Concord", package: "concord")]) },
  swiftLanguageModes: [.v6]
)
