import ConcordDiagnostics

/// Which files are meant: `docker-compose.yml`, `legacy/`, `rules/**/*.draft.yml`.
///
/// `*` stands for any run of characters but `/`, `?` for any one of them, `**` for any run, and `**/` for any folders or
/// none. A pattern without `/`, but at its end, is that of a name in any folder; any other is of a path as seen from one
/// folder. A folder that matches stands for all that is in it; a `/` at the end means folders alone.
public struct FilePattern: Hashable, Sendable {
  private enum Token: Hashable {
    case scalar(Unicode.Scalar)
    /// `?`
    case one
    /// `*`
    case run
    /// `**`
    case anything
    /// `**/`
    case folders
  }

  private let tokens: [Token]
  private let isName: Bool
  private let isFolder: Bool

  /// Reads a pattern. Throws (`E315`) for none, and for signs that other tools give a meaning that it has not here.
  public init(_ text: String) throws(Diagnostic) {
    var scalars = Array(text.unicodeScalars)[...]
    if let sign = scalars.first(where: { "[]{}\\".unicodeScalars.contains($0) })
      ?? (scalars.first == "!" ? "!" : nil)
    {
      throw Diagnostic(
        .badValue, "`\(sign)` has no meaning in a pattern of files",
        help: ["wildcards are `*`, `?`, `**` and `**/`; write several patterns in place of one"])
    }
    if scalars.starts(with: "./".unicodeScalars) { scalars = scalars.dropFirst(2) }
    isFolder = scalars.last == "/"
    if isFolder { scalars = scalars.dropLast() }
    isName = !scalars.contains("/")
    if scalars.first == "/" { scalars = scalars.dropFirst() }
    if scalars.isEmpty { throw Diagnostic(.badValue, "the pattern `\(text)` means no file") }
    tokens = FilePattern.tokens(scalars)
  }

  private static func tokens(_ scalars: ArraySlice<Unicode.Scalar>) -> [Token] {
    var (tokens, rest) = ([Token](), scalars)
    while let scalar = rest.popFirst() {
      switch scalar {
      case "?": tokens.append(.one)
      case "*" where rest.first == "*":
        let isAtStart = tokens.isEmpty || tokens.last == .scalar("/") || tokens.last == .folders
        rest = rest.drop { $0 == "*" }
        if isAtStart, rest.first == "/" {
          rest = rest.dropFirst()
          tokens.append(.folders)
        } else {
          tokens.append(.anything)
        }
      case "*": tokens.append(.run)
      default: tokens.append(.scalar(scalar))
      }
    }
    return tokens
  }

  /// Whether the file at a path, its names joined by `/`, is meant.
  public func matches(_ path: String) -> Bool {
    let names = path.unicodeScalars.split(separator: "/").map { Array($0) }
    for place in names.indices {
      let isLast = place == names.count - 1
      if isLast, isFolder { return false }
      if matches(scalars: isName ? names[place] : Array(names[...place].joined(separator: ["/"]))) {
        return true
      }
    }
    return false
  }

  /// Goes over the text once, with all places in the pattern that it may be at.
  private func matches(scalars: [Unicode.Scalar]) -> Bool {
    var places = Set([0])
    advance(&places, isAtName: true)
    for scalar in scalars {
      var next: Set<Int> = []
      for place in places where place < tokens.count {
        switch tokens[place] {
        case .scalar(let wanted): if wanted == scalar { next.insert(place + 1) }
        case .one: if scalar != "/" { next.insert(place + 1) }
        case .run: if scalar != "/" { next.insert(place) }
        case .anything, .folders: next.insert(place)
        }
      }
      advance(&next, isAtName: scalar == "/")
      places = next
    }
    return places.contains(tokens.count)
  }

  /// Adds the places behind what may stand for nothing more.
  private func advance(_ places: inout Set<Int>, isAtName: Bool) {
    for place in tokens.indices where places.contains(place) {
      switch tokens[place] {
      case .scalar, .one: continue
      case .run, .anything: places.insert(place + 1)
      case .folders: if isAtName { places.insert(place + 1) }
      }
    }
  }
}
