import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// An object as a parser of a stream meets it, token by token.
struct AthenaHiveTokens {
  enum Kind {
    case objectStart, objectEnd, arrayStart, arrayEnd, key, value
  }

  struct Token {
    let kind: Kind
    /// What the parser gives for its text, whatever it is: `{` at the beginning of an object.
    let text: String
    /// The value that it is or begins; null for the others.
    let value: Value
    /// The key in whose value it stands, if that is not in an array.
    let key: String?
  }

  private var tokens: [Token] = []
  /// The number of tokens that have been passed.
  private var count = 0

  init(_ object: Value.Object) { append(.object(object), key: nil) }

  private mutating func append(_ value: Value, key: String?) {
    switch value {
    case .object(let object):
      tokens.append(Token(kind: .objectStart, text: "{", value: value, key: key))
      for member in object.members {
        tokens.append(Token(kind: .key, text: member.key, value: .null, key: member.key))
        append(member.value, key: member.key)
      }
      tokens.append(Token(kind: .objectEnd, text: "}", value: .null, key: key))
    case .array(let items):
      tokens.append(Token(kind: .arrayStart, text: "[", value: value, key: key))
      for item in items { append(item, key: nil) }
      tokens.append(Token(kind: .arrayEnd, text: "]", value: .null, key: key))
    case .number(let number):
      tokens.append(Token(kind: .value, text: number.written, value: value, key: key))
    case .null, .bool, .string, .malformedString:
      tokens.append(Token(kind: .value, text: value.comparedText ?? "null", value: value, key: key))
    }
  }

  /// The next token; `nil` at the end.
  mutating func next() throws(AthenaRowFailure) -> Token? {
    guard count < tokens.count else { return nil }
    let token = tokens[count]
    count += 1
    if case .number = token.value, token.text.utf8.count > 200 {
      // The parser's buffer holds a sign and the digits before the point, and does not grow.
      let whole = token.text.utf8.prefix { $0.isDigit || $0 == UInt8(ascii: "-") }
      if whole.count > 200 { throw AthenaRowFailure("a number of more than 200 digits cannot be read") }
    }
    return token
  }

  /// The next token where the class does not look for the end.
  mutating func required() throws(AthenaRowFailure) -> Token {
    guard let token = try next() else { throw AthenaRowFailure("the row ends within a value") }
    return token
  }

  /// Passes over a whole value.
  mutating func skipValue() throws(AthenaRowFailure) {
    var depth = 0
    repeat {
      switch try required().kind {
      case .objectStart, .arrayStart: depth += 1
      case .objectEnd, .arrayEnd: depth -= 1
      case .key, .value: break
      }
    } while depth > 0
  }
}
