import ConcordDiagnostics

/// Files that stand beside those that a user names, for rules whose parts are in several.
package struct SourceFiles: Sendable {
  /// The text of a file; `nil` where there is none that can be read.
  package let read: @Sendable (String) -> Source?
  /// The files below a folder, by their paths from there, in order; none where there is no such folder.
  package let list: @Sendable (String) -> [String]

  /// Files that are read and listed so.
  package init(
    read: @escaping @Sendable (String) -> Source?, list: @escaping @Sendable (String) -> [String]
  ) {
    (self.read, self.list) = (read, list)
  }
}
