import Concord
import Foundation

/// The project file of a run, and the project in it.
struct ProjectFile: Sendable {
  /// The project.
  let project: Project
  private let folder: String

  /// The project of that file, else that of the working folder or the nearest folder above; `nil` where there is none.
  /// `flags` are the names that its defaults may have. Throws what is wrong with it.
  init?(_ path: String?, flags: [String]) throws(Diagnostic) {
    guard let path = path ?? ProjectFile.nearest() else { return nil }
    let folder = (path as NSString).deletingLastPathComponent
    self.folder = folder
    project = try Project(try Files.source(path), flags: flags) { (name) throws(Diagnostic) in
      try Files.source(ProjectFile.path(name, in: folder))
    }
  }

  /// The path of a file that the project names as seen from its folder.
  func path(_ name: String) -> String { ProjectFile.path(name, in: folder) }

  private static func path(_ name: String, in folder: String) -> String {
    name.hasPrefix("/") || folder.isEmpty ? name : Folder.path(folder, name)
  }

  /// The project file of the working folder or the nearest folder above.
  private static func nearest() -> String? {
    if Files.exists(Project.fileName) { return Project.fileName }
    var folder = FileManager.default.currentDirectoryPath
    while folder != "/", !folder.isEmpty {
      folder = Folder.parent(of: folder)
      let path = Folder.path(folder, Project.fileName)
      if Files.exists(path) { return path }
    }
    return nil
  }
}
