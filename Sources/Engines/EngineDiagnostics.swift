import ConcordDiagnostics
import Foundation

/// What can be wrong with an engine. All text that comes from outside passes through `EngineText`.
extension Diagnostic {
  package static func notConfigured(_ engine: String, missing: [String], help: [String]) -> Diagnostic {
    Diagnostic(
      .engineNotConfigured,
      "the engine `\(engine)` is not configured: \(listed(missing)) \(missing.count == 1 ? "is" : "are") not set",
      help: help)
  }

  package static func badSetting(_ variable: String, _ reason: String, help: [String] = []) -> Diagnostic {
    Diagnostic(.engineSetting, "`\(variable)` \(reason)", help: help)
  }

  private static func listed(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }
}

/// How one engine speaks of itself in messages: its name, and the secrets that must not stand in them.
package struct EngineVoice: Sendable {
  /// The name in messages, such as `trino at db.example.org:8080`.
  package let name: String
  /// The texts that are never shown. A server's error page may echo what it was sent.
  package let secrets: [String]

  package init(name: String, secrets: [String] = []) {
    (self.name, self.secrets) = (name, secrets)
  }

  package func unreachable(_ reason: String, help: [String] = []) -> Diagnostic {
    Diagnostic(.engineUnreachable, "\(name) cannot be reached: \(clean(reason))", help: help)
  }

  package func refused(_ what: String, _ detail: String = "", help: [String] = []) -> Diagnostic {
    let detail = clean(detail)
    return Diagnostic(.engineRefused, "\(name) \(what)\(detail.isEmpty ? "" : ": \(detail)")", help: help)
  }

  /// The engine's own verdict on the statement, with the place that it names.
  package func failed(_ message: String, in query: String, at position: Position? = nil) -> Diagnostic {
    var result = Diagnostic(.queryFailed, "\(name) failed on the query: \(clean(message))")
    if let position {
      result.source = Source(name: "<query for \(name)>", text: query)
      result.labels = [Diagnostic.Label(Span(at: position))]
    }
    return result
  }

  package func notUnderstood(_ reason: String) -> Diagnostic {
    Diagnostic(.answerNotUnderstood, "the answer of \(name) is not understood: \(clean(reason))")
  }

  package func timedOut(_ deadline: Deadline) -> Diagnostic {
    Diagnostic(
      .engineTimeout, "\(name) gave no whole answer within \(EngineText.seconds(deadline.seconds))",
      help: ["`CONCORD_ENGINE_TIMEOUT` sets the seconds that a query may take"])
  }

  package func tooLarge() -> Diagnostic {
    Diagnostic(.answerTooLarge, "the answer of \(name) is larger than \(EngineLimits.answerBytes >> 20) MiB")
  }

  /// One page of an answer takes more memory than a page may.
  package func pageTooLarge() -> Diagnostic {
    Diagnostic(
      .answerTooLarge,
      "a page of \(name)'s answer is larger than \(EngineLimits.pageBytes >> 20) MiB, or has more than "
        + "\(EngineLimits.pageValues) values")
  }

  /// The engine gave up a query that may well be answered another time.
  package func lost(_ what: String, _ detail: String = "") -> Diagnostic {
    let detail = clean(detail)
    return Diagnostic(.engineLost, "\(name) \(what)\(detail.isEmpty ? "" : ": \(detail)")")
  }

  package func diagnostic(_ failure: HTTPFailure, _ deadline: Deadline) -> Diagnostic {
    switch failure {
    case .broken(let reason): unreachable(reason)
    case .timedOut: timedOut(deadline)
    case .tooLarge: tooLarge()
    }
  }

  package func diagnostic(_ failure: EngineProcess.Failure, _ command: String, _ deadline: Deadline)
    -> Diagnostic
  {
    switch failure {
    case .notStarted(let reason): unreachable("`\(command)` does not start: \(reason)")
    case .timedOut: timedOut(deadline)
    case .tooLarge: tooLarge()
    }
  }

  package func clean(_ text: String) -> String { EngineText.clean(text, hiding: secrets) }
}

/// Makes text from outside fit to be shown.
package enum EngineText {
  /// How many scalars of a foreign text are shown.
  package static let limit = 600

  /// The text on one line, without the secrets, and not too long. Control and formatting characters are spelled out
  /// (`\n`, `\u{1B}`): what a server says stays readable, and steers no terminal.
  package static func clean(_ text: String, hiding secrets: [String]) -> String {
    var text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    for secret in secrets where !secret.isEmpty {
      text = text.replacingOccurrences(of: secret, with: "[hidden]", options: .literal)
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard result.count < limit else {
        result.append("…")
        break
      }
      switch (scalar, scalar.properties.generalCategory) {
      case (" ", _): result.append(scalar)
      case ("\n", _): result.append(contentsOf: #"\n"#.unicodeScalars)
      case ("\r", _): result.append(contentsOf: #"\r"#.unicodeScalars)
      case ("\t", _): result.append(contentsOf: #"\t"#.unicodeScalars)
      case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator), (_, .spaceSeparator),
        (_, .privateUse), (_, .surrogate), (_, .unassigned):
        let number = String(scalar.value, radix: 16, uppercase: true)
        result.append(contentsOf: "\\u{\(number)}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  package static func seconds(_ seconds: Double) -> String {
    let whole = Int(seconds)
    let text = Double(whole) == seconds ? "\(whole)" : "\(seconds)"
    return text == "1" ? "1 second" : "\(text) seconds"
  }
}
