import ConcordDiagnostics

/// Gives the rule body of a page the indentation back that the page lost.
///
/// What belongs where is told by the keys, which are known, by dashes, and in the events of tests by brackets. An
/// event without brackets cannot be recovered and is refused.
struct RuleBodyIndentation {
  private let page: Source
  /// The lines with their indentation.
  private(set) var lines: [(line: CataloguePage.Line, indent: Int)] = []

  /// The top-level key whose value is being read.
  private var section = ""
  /// By how much the lines of the block scalar being read are indented; `nil` outside of one.
  private var blockIndent: Int?
  private var flow = FlowScanner()
  /// By how much the following lines of a bracketed or quoted value are indented, and where it began.
  private var flowIndent = 0
  private var flowStart: CataloguePage.Line?
  private var isInMocks = false
  private var awaitsEvent: CataloguePage.Line?

  /// Recovers the indentation of `body`. Throws `E321` where that cannot be done.
  init(_ body: [CataloguePage.Line], page: Source) throws(Diagnostic) {
    self.page = page
    for line in body { try add(line) }
    if flow.isOpen, let start = flowStart { throw .unclosedEvent(start.span, in: page) }
  }

  private mutating func add(_ line: CataloguePage.Line) throws(Diagnostic) {
    if flow.isOpen {
      if isTestItem(line), let start = flowStart {
        throw .unclosedEvent(start.span, next: line.span, in: page)
      }
      flow.scan(line.text)
      lines.append((line, flowIndent))
      return
    }
    if let indent = blockIndent {
      if !endsBlock(line) {
        lines.append((line, indent))
        return
      }
      blockIndent = nil
    }
    if line.text.isEmpty || line.text.hasPrefix("#") {
      lines.append((line, section.isEmpty ? 0 : 2))
      return
    }
    if let key = RuleBodyIndentation.topKey(line.text) {
      section = key
      isInMocks = false
      awaitsEvent = nil
      place(line, at: 0)
    } else if section == "Tests" {
      try addToTests(line)
    } else if section == "Reports" {
      let isKey = line.text.hasSuffix(":") && !line.text.hasPrefix("-")
      place(line, at: isKey || RuleBodyIndentation.key(of: line.text) == PantherKeys.attack ? 2 : 4)
    } else {
      place(line, at: 2)
    }
  }

  private mutating func addToTests(_ line: CataloguePage.Line) throws(Diagnostic) {
    let isItem = line.text.hasPrefix("- ")
    let key = RuleBodyIndentation.key(of: isItem ? String(line.text.dropFirst(2)) : line.text)
    if isInMocks, key == "objectName" || key == "returnValue" {
      place(line, at: isItem ? 6 : 8)
    } else if let key, PantherKeys.test.contains(key) {
      awaitsEvent = key == "Log" ? line : nil
      isInMocks = key == "Mocks"
      place(line, at: isItem ? 2 : 4)
    } else if let log = awaitsEvent {
      guard let first = line.text.unicodeScalars.first, "{\"'".unicodeScalars.contains(first) else {
        throw .unbracketedEvent(log.span, line.span, in: page)
      }
      awaitsEvent = nil
      place(line, at: 6)
    } else if isItem {
      throw .unknownTestKey(line.span, in: page)
    } else {
      place(line, at: 6)
    }
  }

  /// Puts a line and notes what its value begins: a block scalar, brackets, a quote.
  private mutating func place(_ line: CataloguePage.Line, at indent: Int) {
    lines.append((line, indent))
    let item = line.text.hasPrefix("- ") ? String(line.text.dropFirst(2)) : line.text
    let isItem = item.utf8.count < line.text.utf8.count
    let value = RuleBodyIndentation.value(of: item)
    if value.hasPrefix("|") || value.hasPrefix(">") {
      blockIndent = indent + (isItem ? 4 : 2)
      awaitsEvent = nil
      return
    }
    if !value.isEmpty { awaitsEvent = nil }
    flow.scan(value)
    flowIndent = indent + (isItem ? 4 : 2)
    flowStart = line
  }

  /// A block scalar ends at the next key that can follow it.
  private func endsBlock(_ line: CataloguePage.Line) -> Bool {
    if RuleBodyIndentation.topKey(line.text) != nil { return true }
    guard section == "Tests" else { return false }
    return isTestItem(line) || RuleBodyIndentation.key(of: line.text).map(PantherKeys.test.contains) ?? false
  }

  private func isTestItem(_ line: CataloguePage.Line) -> Bool {
    guard section == "Tests", line.text.hasPrefix("- ") else { return false }
    return RuleBodyIndentation.key(of: String(line.text.dropFirst(2))).map(PantherKeys.test.contains) ?? false
  }

  private static func topKey(_ text: String) -> String? {
    key(of: text).flatMap { PantherKeys.all.contains($0) ? $0 : nil }
  }

  /// The key of `key: value` or `key:`, unquoted.
  private static func key(of text: String) -> String? {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      colon + 1 == bytes.count || bytes[colon + 1] == 0x20
    else { return nil }
    return String(decoding: bytes[..<colon], as: UTF8.self)
  }

  /// What follows the key, or the whole where there is none.
  private static func value(of text: String) -> String {
    guard let key = key(of: text), !key.contains(where: { "{[\"'".contains($0) }) else { return text }
    return String(text.dropFirst(key.count + 1).drop { $0 == " " })
  }
}

/// Follows brackets and quotes over the lines of a value.
private struct FlowScanner {
  private var depth = 0
  private var quote: Unicode.Scalar?

  /// Whether the value goes on in the next line.
  var isOpen: Bool { depth > 0 || quote != nil }

  mutating func scan(_ line: String) {
    var isTokenStart = true
    var isEscaped = false
    var before: Unicode.Scalar = " "
    let scalars = Array(line.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      defer { before = scalar }
      if let quote {
        if isEscaped {
          isEscaped = false
        } else if quote == "\"", scalar == "\\" {
          isEscaped = true
        } else if scalar == quote {
          // `''` within single quotes closes and opens again, which comes to the same.
          self.quote = nil
          isTokenStart = quote == "'" && index + 1 < scalars.count && scalars[index + 1] == "'"
        }
        continue
      }
      switch scalar {
      case "#" where before == " ": return
      case "\"", "'": if isTokenStart { quote = scalar }
      case "{", "[": if isTokenStart || depth > 0 { depth += 1 }
      case "}", "]": depth = max(0, depth - 1)
      default: break
      }
      if scalar != " " { isTokenStart = depth > 0 && "{[,:".unicodeScalars.contains(scalar) }
    }
  }
}
