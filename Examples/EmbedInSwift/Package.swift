// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "EmbedInSwift",
  dependencies: [.package(name: "concord", path: "../..")],
  targets: [
    .executableTarget(name: "embed", dependencies: [.product(name: "Concord", package: "concord")])
  ],
  swiftLanguageModes: [.v6]
)
