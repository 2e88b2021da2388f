import Foundation

/// What is asked of a server.
struct HTTPRequest: Sendable {
  var method: String
  var url: URL
  var headers: [Header] = []
  var body: Data?

  /// A header's name and value. They may hold secrets and so never stand in a message.
  struct Header: Sendable {
    var name: String
    var value: String
  }
}

/// What a server answered, whole.
struct HTTPResponse: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
  var body: Data
}

/// Why there is no whole answer.
enum HTTPFailure: Error {
  /// No connection, or one that broke before the end of the answer. The text is the system's own.
  case broken(String)
  /// The time is over.
  case timedOut
  /// The answer has more bytes than were allowed.
  case tooLarge
}

/// Sends requests. No implementation follows redirects: the address is configured, and a secret that is meant
/// for one host must not reach another.
protocol HTTPTransport: Sendable {
  /// The whole answer, of any status. Throws `HTTPFailure`.
  func send(_ request: HTTPRequest, by deadline: Deadline, limit: Int) throws(HTTPFailure) -> HTTPResponse
}

/// Whether and how a server's certificate is checked.
enum ServerTrust: Sendable, Hashable {
  /// Against the system's authorities.
  case system
  /// Against the authorities of a PEM file.
  case file(String)
  /// Not at all. Only as asked for by the user.
  case unchecked

  /// The transport that keeps to it.
  func transport(environment: [String: String]) -> any HTTPTransport {
    switch self {
    case .system: URLSessionTransport()
    // FoundationNetworking on Linux offers no way to trust another authority (`serverTrust` is missing there,
    // and `URLSessionCertificateAuthorityInfoFile` is read on Android only), so the curl command does it.
    case .file, .unchecked: CurlTransport(trust: self, environment: environment)
    }
  }
}
