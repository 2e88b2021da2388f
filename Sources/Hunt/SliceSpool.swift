import ConcordDiagnostics
import Foundation

/// What is to be printed of a slice, held until the slice is whole: in memory where it is little, in a file where it is
/// more.
final class SliceSpool: @unchecked Sendable {
  /// How many bytes are held in memory.
  private static let memory = 1 << 20

  // Used by one thread at a time: first by the one that asks for the slice, then by the one that prints.
  private var buffer: [UInt8] = []
  private var file: (handle: FileHandle, url: URL)?

  deinit { clear() }

  /// Adds bytes. Throws where there is no room for them.
  func append(_ bytes: [UInt8]) throws(Diagnostic) {
    buffer += bytes
    if buffer.count > SliceSpool.memory { try spill() }
  }

  /// Hands over all bytes in order, piece by piece, until `take` says that it is enough.
  func forEachPiece(_ take: ([UInt8]) -> Bool) throws(Diagnostic) {
    if let file {
      do {
        try file.handle.seek(toOffset: 0)
        while let piece = try file.handle.read(upToCount: SliceSpool.memory), !piece.isEmpty {
          guard take(Array(piece)) else { return }
        }
      } catch {
        throw SliceSpool.failure(error)
      }
    }
    if !buffer.isEmpty { _ = take(buffer) }
  }

  /// Forgets all bytes.
  func clear() {
    buffer = []
    if let file {
      try? file.handle.close()
      try? FileManager.default.removeItem(at: file.url)
    }
    file = nil
  }

  private func spill() throws(Diagnostic) {
    do {
      if file == nil {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
          "concord-\(UUID().uuidString)")
        // For this user alone: it holds what logs hold.
        guard
          FileManager.default.createFile(
            atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        file = (try FileHandle(forUpdating: url), url)
      }
      try file?.handle.write(contentsOf: Data(buffer))
      buffer.removeAll(keepingCapacity: true)
    } catch {
      throw SliceSpool.failure(error)
    }
  }

  private static func failure(_ error: any Error) -> Diagnostic {
    Diagnostic(.cannotWrite, "cannot keep the results of a slice: \(error.localizedDescription)")
  }
}
