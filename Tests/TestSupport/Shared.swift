import Foundation

/// The folder of shared material beside the project, where it is present.
package enum Shared {
  /// The project's root.
  package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The folder or file of shared material at `path`, or `nil` (with a word on standard error) where this
  /// machine has none.
  package static func url(_ path: String) -> URL? {
    let url = root.deletingLastPathComponent().appendingPathComponent("shared").appendingPathComponent(path)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
