import Concord
import Foundation

/// The messages of a client on standard input, each behind a header with its length.
///
/// Source: Language Server Protocol 3.17, "Base Protocol".
struct MessageStream {
  /// What comes next.
  enum Next {
    /// A message.
    case message(Value.Object)
    /// A message of that length that is no JSON object; what follows it can be read.
    case broken(String)
    /// Nothing more: the client is gone, or its header cannot be read, so that no later message can be found.
    case end(reason: String?)
  }

  /// A message is a rule file at most; what claims to be longer is taken for a fault.
  static let longestMessage = 64 << 20

  private var buffer: [UInt8] = []
  private var isOver = false

  /// The next message. Waits for it.
  mutating func next() -> Next {
    while true {
      if let next = takeBuffered() { return next }
      if isOver {
        return .end(reason: buffer.isEmpty ? nil : "the input ends within a message")
      }
      read()
    }
  }

  /// The messages that have come already.
  mutating func waiting() -> [Next] {
    while !isOver, isReadable { read() }
    var messages: [Next] = []
    while let next = takeBuffered() {
      messages.append(next)
      if case .end = next { break }
    }
    return messages
  }

  private var isReadable: Bool {
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 0) > 0
  }

  private mutating func read() {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(STDIN_FILENO, &piece, piece.count)
    if count < 0, errno == EINTR { return }
    if count <= 0 { isOver = true } else { buffer += piece[..<count] }
  }

  private static let separator = Array("\r\n\r\n".utf8)

  /// Takes a whole message off the buffer; `nil` where there is none yet.
  private mutating func takeBuffered() -> Next? {
    guard let head = buffer.firstRange(of: MessageStream.separator) else {
      // No header is that long.
      return buffer.count > 1 << 12 ? giveUp("a header does not end") : nil
    }
    let lines = String(decoding: buffer[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let fields = lines.map {
      $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    guard
      let length = fields.first(where: { $0.first?.lowercased() == "content-length" })?.last.flatMap({
        Int($0)
      }),
      (0...MessageStream.longestMessage).contains(length)
    else { return giveUp("a header has no `Content-Length` of up to \(MessageStream.longestMessage) bytes") }
    guard buffer.count - head.upperBound >= length else { return nil }
    let body = buffer[head.upperBound..<head.upperBound + length]
    buffer.removeSubrange(..<(head.upperBound + length))
    guard let text = String(validating: body, as: UTF8.self) else {
      return .broken("the message is not UTF-8")
    }
    do throws(Diagnostic) {
      guard case .object(let object) = try JSON.parse(text) else {
        return .broken("the message is no object")
      }
      return .message(object)
    } catch {
      return .broken(error.message)
    }
  }

  private mutating func giveUp(_ reason: String) -> Next {
    buffer = []
    isOver = true
    return .end(reason: reason)
  }
}
