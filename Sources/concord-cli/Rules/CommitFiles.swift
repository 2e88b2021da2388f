import Concord
import Foundation

/// The files of a commit: those of the working tree, but for what differs.
struct CommitFiles: Sendable {
  /// The commit's hash.
  let hash: String
  /// What Concord reads and is not the same in the working tree, by its place below the root.
  let changes: [String: Git.Change]
  private let git: Git
  /// The commit, as the user named it.
  private let name: String

  /// Those of the commit of that name. Throws where git cannot tell.
  init(_ name: String, _ git: Git) throws(Diagnostic) {
    (self.git, self.name) = (git, name)
    hash = try git.commit(name)
    let read = try git.changes(since: hash, everywhere: true).filter { ChangedFiles.isRead($0.path) }
    changes = Dictionary(read.map { ($0.path, $0) }) { first, _ in first }
  }

  /// The files beside rules as the commit has them.
  var old: SourceFiles {
    SourceFiles(
      read: { path in
        let place = place(path)
        return change(at: place) == nil ? now(path) : text(at: place, called: path)
      },
      list: { path in
        let place = place(path)
        let own = changes.values.compactMap { change -> (path: String, isInCommit: Bool)? in
          let file = Folder.path(git.root, change.path)
          return file.hasPrefix(place + "/")
            ? (String(file.dropFirst(place.count + 1)), change.isInCommit) : nil
        }
        let listed = Set(SourceFiles.onDisk.list(place)).subtracting(
          own.filter { !$0.isInCommit }.map(\.path)
        )
        .union(own.filter(\.isInCommit).map(\.path))
        return listed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      })
  }

  /// The files beside rules as the working tree has them.
  var new: SourceFiles { SourceFiles(read: now, list: { SourceFiles.onDisk.list(place($0)) }) }

  /// A file that the user named, as the commit has it; `nil` where it is not there, and where it is the same.
  func named(_ path: String) -> Source? { text(at: Git.absolute(path), called: path) }

  /// What a file of the commit is called, of which this is the place below the root.
  func oldName(_ path: String) -> String { "\(name):\(path)" }

  /// Whether a file that the user named is not the same in the commit.
  func isChanged(_ path: String) -> Bool { change(at: Git.absolute(path)) != nil }

  @Sendable private func now(_ path: String) -> Source? {
    SourceFiles.onDisk.read(place(path)).map { Source(name: path, text: $0.text) }
  }

  /// Where a file is of which a rule says that it is beside it: rules are named by their places below the root, behind
  /// the commit where they are its.
  private func place(_ path: String) -> String {
    let own = path.hasPrefix("\(name):") ? String(path.dropFirst(name.count + 1)) : path
    return URL(fileURLWithPath: own.hasPrefix("/") ? own : Folder.path(git.root, own)).standardized.path
  }

  private func change(at place: String) -> Git.Change? {
    place.hasPrefix(git.root + "/") ? changes[String(place.dropFirst(git.root.count + 1))] : nil
  }

  private func text(at place: String, called name: String) -> Source? {
    guard let change = change(at: place), change.isInCommit else { return nil }
    return (try? git.text(of: change.path, in: hash)).map { Source(name: name, text: $0) }
  }
}
