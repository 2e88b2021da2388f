import ConcordDiagnostics
import Foundation

/// Where the engines are, as the environment says. Engines are off unless their variables are set.
///
/// Which variables an engine needs stands with the engine, in the folder of its language.
///
/// `…_CA_FILE` names a PEM file of the authorities to trust instead of the system's, `…_TLS_VERIFY=false` trusts
/// any certificate. `CONCORD_ENGINE_TIMEOUT` is the seconds that one query may take, 120 where it is not set. An empty
/// variable counts as not set. Servers are reached by the system's `curl` command.
package struct EngineConfiguration: Sendable {
  private let kinds: [EngineKind]
  private let settings: EngineSettings

  /// The engines of these kinds that these environment variables configure.
  package init(environment: [String: String], kinds: [EngineKind]) {
    self.kinds = kinds
    settings = EngineSettings(environment: environment)
  }

  /// The seconds that one query may take. Throws `E703` where the variable has no such number.
  package func seconds() throws(Diagnostic) -> Double { try settings.seconds() }

  /// The engine of that name. Nothing is contacted yet.
  ///
  /// Throws `E701` for an unknown name, `E702` where a variable that it needs is not set, `E703` for one that
  /// cannot be used.
  package func engine(_ name: String) throws(Diagnostic) -> any QueryEngine {
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw .unknown("engine", name, among: kinds.map(\.name), .unknownEngine)
    }
    return try kind.make(settings)
  }

  /// The engines of a list of names separated by commas, each once.
  ///
  /// Throws what `engine(_:)` throws; no engine that was asked for is left out.
  package func engines(_ list: String) throws(Diagnostic) -> [any QueryEngine] {
    var names: [String] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.trimmingCharacters(in: .whitespaces)
      if !names.contains(name) { names.append(name) }
    }
    var engines: [any QueryEngine] = []
    for name in names { engines.append(try engine(name)) }
    return engines
  }
}

extension EngineConfiguration {
  /// A warning for each engine of a list of names whose server is trusted whatever certificate it shows.
  package func warnings(_ list: String) -> [Diagnostic] {
    kinds.map(\.name).filter { list.contains($0) }.compactMap { name in
      let prefix = "CONCORD_\(name.uppercased())"
      guard case .unchecked? = try? settings.trust(prefix) else { return nil }
      return Diagnostic(
        .serverUnchecked,
        "the certificate of `\(name)` is not checked: whoever answers in its place gets the credentials",
        help: [
          "`\(prefix)_CA_FILE` names the authority of a private certificate; unset `\(prefix)_TLS_VERIFY`"
        ])
    }
  }
}

/// Reads environment variables, and says what is wrong with them without showing a value that may be secret.
package struct EngineSettings: Sendable {
  package let environment: [String: String]

  /// The variable's value; `nil` where it is not set or empty.
  package subscript(variable: String) -> String? {
    environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Throws where any of the variables is not set, naming all that are missing.
  package func require(_ variables: [String], for engine: String, help: [String]) throws(Diagnostic) {
    let missing = variables.filter { self[$0] == nil }
    guard missing.isEmpty else { throw .notConfigured(engine, missing: missing, help: help) }
  }

  /// The seconds that one query may take.
  package func seconds() throws(Diagnostic) -> Double {
    let variable = "CONCORD_ENGINE_TIMEOUT"
    guard let text = self[variable] else { return EngineLimits.seconds }
    guard let seconds = Double(text), seconds > 0, seconds <= 3600 else {
      throw .badSetting(variable, "is not a number of seconds above 0 and up to 3600")
    }
    return seconds
  }

  /// A value that stands in a header: no line breaks or other control characters, which would end it.
  package func header(_ variable: String) throws(Diagnostic) -> String? {
    guard let value = self[variable] else { return nil }
    guard value.unicodeScalars.allSatisfy({ (0x20..<0x7F).contains($0.value) }) else {
      throw .badSetting(variable, "has characters that a header cannot carry (only printable ASCII can)")
    }
    return value
  }

  /// The address of a server: `http` or `https`, a host, maybe a port and a path.
  package func address(_ variable: String) throws(Diagnostic) -> ServerAddress {
    guard let text = self[variable], let address = ServerAddress(text) else {
      // The value is not shown: a password may stand in it.
      throw .badSetting(
        variable, "is not the address of a server",
        help: ["write `https://host:port`, without user, password, query or fragment"])
    }
    return address
  }

  /// Whom to trust, from `<prefix>_CA_FILE` and `<prefix>_TLS_VERIFY`.
  package func trust(_ prefix: String) throws(Diagnostic) -> ServerTrust {
    switch self["\(prefix)_TLS_VERIFY"]?.lowercased() {
    case nil, "true", "1", "yes": break
    case "false", "0", "no": return .unchecked
    default: throw .badSetting("\(prefix)_TLS_VERIFY", "is neither `true` nor `false`")
    }
    guard let file = self["\(prefix)_CA_FILE"] else { return .system }
    guard FileManager.default.isReadableFile(atPath: file) else {
      throw .badSetting("\(prefix)_CA_FILE", "names no readable file: `\(file)`")
    }
    return .file(URL(fileURLWithPath: file).path)
  }
}

/// Where a server is, and what may be sent to it.
package struct ServerAddress: Sendable {
  package let url: URL
  package let scheme: String
  package let host: String
  package let port: Int

  /// The address that the text spells; `nil` for anything but `http(s)://host[:port][/path]`.
  package init?(_ text: String) {
    guard let parts = URLComponents(string: text), let url = parts.url,
      let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host?.lowercased(), !host.isEmpty,
      parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
    else { return nil }
    self.url = url
    self.scheme = scheme
    self.host = host
    port = parts.port ?? (scheme == "https" ? 443 : 80)
  }

  /// Host and port, for messages.
  package var name: String { "\(host):\(port)" }

  /// Whether what is sent cannot be read on the way.
  package var isEncrypted: Bool { scheme == "https" }

  /// Whether it is this machine.
  package var isLoopback: Bool { ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) }

  /// Whether the URL leads to the same server over the same protocol.
  package func isServer(of url: URL) -> Bool {
    guard let other = URLComponents(url: url, resolvingAgainstBaseURL: true), let scheme = other.scheme,
      let host = other.host
    else { return false }
    let port = other.port ?? (scheme.lowercased() == "https" ? 443 : 80)
    return scheme.lowercased() == self.scheme && host.lowercased() == self.host && port == self.port
      && other.user == nil && other.password == nil
  }

  /// The URL of a path below the address, with no slash doubled.
  package func appending(_ path: String) -> URL? {
    var base = url.absoluteString
    while base.hasSuffix("/") { base.removeLast() }
    return URL(string: base + path)
  }
}
