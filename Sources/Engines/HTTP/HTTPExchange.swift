import Foundation

/// What is asked of a server.
package struct HTTPRequest: Sendable {
  package var method: String
  package var url: URL
  package var headers: [Header] = []
  package var body: Data?

  package init(method: String, url: URL, headers: [Header] = [], body: Data? = nil) {
    (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
  }

  /// A header's name and value. They may hold secrets and so never stand in a message.
  package struct Header: Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      (self.name, self.value) = (name, value)
    }
  }
}

/// What a server answered, whole.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// Names in lower case.
  package var headers: [String: String]
  package var body: Data

  /// What to do about a redirect, which is not followed: empty where it is not one.
  package func redirectHelp(_ variable: String) -> [String] {
    guard (300..<400).contains(status) else { return [] }
    return ["redirects are not followed; set `\(variable)` to the address that the server redirects to"]
  }
}

/// Why there is no whole answer.
package enum HTTPFailure: Error {
  /// No connection, or one that broke before the end of the answer. The text is the system's own.
  case broken(String)
  /// The time is over.
  case timedOut
  /// The answer has more bytes than were allowed.
  case tooLarge
}

/// Whether and how a server's certificate is checked.
package enum ServerTrust: Sendable, Hashable {
  /// Against the system's authorities.
  case system
  /// Against the authorities of a PEM file.
  case file(String)
  /// Not at all. Only as asked for by the user.
  case unchecked
}
