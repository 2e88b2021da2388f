import ConcordLanguages

extension Language {
  /// Swift: the predicate as a source file that an app compiles in.
  public static let swift = Language(
    identifier: "swift", name: "Swift", endings: ["swift"],
    writer: SwiftSource.write(_:options:), runner: SwiftRunner.run)
}
