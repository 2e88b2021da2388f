import ConcordDetection
import ConcordDocuments
import Foundation

/// Finds when an event happened, in its bytes.
struct EventTimeReader {
  /// The field that the user names; otherwise the usual ones are tried.
  private let path: FieldPath?

  /// The usual names of the time field, the first that holds a time wins: CloudTrail, Elastic and OpenTelemetry,
  /// Google Cloud and Splunk, Kubernetes, Azure, Okta, Sysmon.
  private static let names = [
    "eventTime", "@timestamp", "timestamp", "time", "_time", "requestReceivedTimestamp", "TimeGenerated",
    "CreationTime", "published", "UtcTime", "TimeCreated", "ts", "date",
  ].map { Array($0.utf8) }

  init(path: FieldPath?) { self.path = path }

  /// The time; `nil` where the event has none that can be read.
  func time(of event: UnsafeRawBufferPointer) -> EventTime? {
    guard path == nil else { return named(event) }
    var best: (rank: Int, time: EventTime)?
    JSONMembers.visit(event) { key, value in
      if key.elementsEqual("Event".utf8), best == nil, let time = windows(value) {
        best = (EventTimeReader.names.count, time)
      }
      guard let rank = EventTimeReader.names.firstIndex(where: { key.elementsEqual($0) }),
        rank < best?.rank ?? Int.max, let time = EventTimeReader.scalar(value)
      else { return true }
      best = (rank, time)
      return rank > 0
    }
    return best?.time
  }

  private func named(_ event: UnsafeRawBufferPointer) -> EventTime? {
    guard let path, let value = try? JSON.parse(String(decoding: event, as: UTF8.self)),
      let event = Event(value)
    else { return nil }
    return event.values(at: path).lazy.compactMap { $0.value.comparedText.flatMap { EventTime($0.utf8) } }
      .first
  }

  /// `Event.System.TimeCreated.#attributes.SystemTime`, as converters of Windows' event logs write it.
  private func windows(_ event: UnsafeRawBufferPointer) -> EventTime? {
    var value: UnsafeRawBufferPointer? = event
    for name in ["System", "TimeCreated", "#attributes", "SystemTime"] {
      guard let object = value else { return nil }
      value = nil
      JSONMembers.visit(object) { key, inner in
        guard key.elementsEqual(name.utf8) else { return true }
        value = inner
        return false
      }
    }
    return value.flatMap(EventTimeReader.scalar)
  }

  private static func scalar(_ value: UnsafeRawBufferPointer) -> EventTime? {
    value.first == UInt8(ascii: "\"")
      ? value.count < 64 ? EventTime(value.dropFirst().dropLast()) : nil : EventTime(value.prefix(64))
  }
}

/// Walks over the members of an object in bytes that a matcher has accepted.
enum JSONMembers {
  /// Calls `body` with each key, without its quotes and with its escapes, and each value, until it returns false.
  static func visit(
    _ object: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
  ) {
    guard let bytes = object.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    let end = object.count
    var index = space(bytes, 0, end)
    guard index < end, bytes[index] == UInt8(ascii: "{") else { return }
    index = space(bytes, index + 1, end)
    while index < end, bytes[index] == UInt8(ascii: "\"") {
      let keyEnd = stringEnd(bytes, index, end)
      let key = UnsafeRawBufferPointer(start: bytes + index + 1, count: max(0, keyEnd - index - 2))
      index = space(bytes, keyEnd, end)
      guard index < end, bytes[index] == UInt8(ascii: ":") else { return }
      index = space(bytes, index + 1, end)
      let valueEnd = self.valueEnd(bytes, index, end)
      guard body(key, UnsafeRawBufferPointer(start: bytes + index, count: valueEnd - index)) else { return }
      index = space(bytes, valueEnd, end)
      guard index < end, bytes[index] == UInt8(ascii: ",") else { return }
      index = space(bytes, index + 1, end)
    }
  }

  private static func space(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    var index = from
    while index < to, isSpace(bytes[index]) { index += 1 }
    return index
  }

  /// The place behind the string that begins at `from`.
  static func stringEnd(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    var index = from + 1
    while index < to {
      index = plainTextEnd(in: bytes, from: index, to: to)
      if index >= to { return to }
      if bytes[index] == UInt8(ascii: "\"") { return index + 1 }
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return to
  }

  private static func valueEnd(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
    var index = from
    var depth = 0
    while index < to {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index = stringEnd(bytes, index, to)
        if depth == 0 { return index }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return index }
        depth -= 1
        if depth == 0 { return index + 1 }
      case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09: if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return to
  }
}

/// Writes JSON on one line: white space outside strings is left out, all else stays as it is.
func appendOnOneLine(_ json: UnsafeRawBufferPointer, to output: inout [UInt8]) {
  guard let bytes = json.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
  guard memchr(bytes, 0x0A, json.count) != nil || memchr(bytes, 0x0D, json.count) != nil else {
    return output.append(contentsOf: json)
  }
  var index = 0
  while index < json.count {
    switch bytes[index] {
    case UInt8(ascii: "\""):
      let end = JSONMembers.stringEnd(bytes, index, json.count)
      output.append(contentsOf: UnsafeRawBufferPointer(start: bytes + index, count: end - index))
      index = end
    case let byte:
      if !isSpace(byte) { output.append(byte) }
      index += 1
    }
  }
}

extension EventTime {
  /// When an event happened by its usual fields of time; `nil` where none holds one.
  package init?(of event: Event) {
    let bytes = Array(Value.object(event.object).compactJSON.utf8)
    guard let time = bytes.withUnsafeBytes({ EventTimeReader(path: nil).time(of: $0) }) else { return nil }
    self = time
  }
}
