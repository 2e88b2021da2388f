import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// A project file, `concord.yml`: where each log is on each platform, and what the command line need not repeat.
///
/// ```yaml
/// logs:
///   cloudtrail:
///     source: {product: aws, service: cloudtrail, log-type: AWS.CloudTrail}
///     splunk: {index: aws, sourcetype: aws:cloudtrail}
///     athena: {schema: tables/cloudtrail.sql, partitions: {region: awsRegion, day: yyyy/MM/dd}}
/// ignore: [docker-compose.yml, drafts/]
/// defaults:
///   since: -24h
/// ```
public struct Project: Sendable {
  /// What a project file is called.
  public static let fileName = "concord.yml"

  /// The file.
  public let source: Source
  /// The logs, in order.
  package let logs: [ProjectLog]
  /// The files that are not looked at, as seen from the project's folder.
  public let ignored: [FilePattern]
  /// The values of flags where the command line does not give them, by their names without dashes, in order.
  package let defaults: [Default]

  /// A flag's value.
  package struct Default: Sendable {
    /// The flag's name without dashes.
    package let name: String
    /// Its values; none for a switch.
    package let values: [String]
    /// Where it stands.
    package let span: Span
  }

  /// The project of a file. `files` gives the text of a file that it names, as seen from the project's folder;
  /// `flags` are the names that `defaults` may have. Throws what is wrong, at its place, with what was probably meant.
  public init(
    _ source: Source, flags: [String],
    files: @escaping @Sendable (String) throws(Diagnostic) -> Source
  ) throws(Diagnostic) {
    self.source = source
    do throws(Diagnostic) {
      let documents = try YAML.documents(source)
      guard let root = documents.first, !root.isNull else {
        (logs, ignored, defaults) = ([], [], [])
        return
      }
      if documents.count > 1 {
        throw Diagnostic.projectExpected("one document", of: "a project file", at: documents[1].span)
      }
      let section = try ProjectSection(
        root, "the project", keys: ["logs", "ignore", "defaults"], files: files)
      logs = try Project.logs(section)
      ignored = try Project.ignored(section)
      defaults = try Project.defaults(section, flags)
    } catch {
      throw error.located(in: source)
    }
  }

  private static func logs(_ section: ProjectSection) throws(Diagnostic) -> [ProjectLog] {
    guard let list = try section.section("logs", keys: nil) else { return [] }
    var logs: [ProjectLog] = []
    for entry in list.entries {
      let name = entry.key.scalar ?? ""
      let platforms = Registry.languages.filter { $0.project != nil }
      let own = try list.section(
        entry.value, "log `\(name)`",
        keys: ["source", "severity", "since", "until", "pipeline"] + platforms.map(\.identifier))
      var log = ProjectLog(name: name, source: try source(own, name, entry.key.span))
      if let word = try own.text("severity") {
        guard let severity = Rule.Severity(rawValue: word) else {
          throw Diagnostic.projectExpected(
            "one of \(Rule.Severity.allCases.map(\.rawValue).joined(separator: ", "))", of: "`severity`",
            at: own.value("severity")?.span)
        }
        log.severity = severity
      }
      log.window = TimeWindow(since: try own.moment("since"), until: try own.moment("until"))
      log.pipelines = try own.sources("pipeline", among: Registry.pipelines.map(\.pipeline))
      for language in platforms {
        guard let role = language.project,
          let part = try own.section(language.identifier, keys: role.keys.map(\.name))
        else { continue }
        log.platforms[language.identifier] = try role.read(part)
      }
      logs.append(log)
    }
    try checkDistinct(logs, list)
    return logs
  }

  /// What rules call a log.
  private static func source(
    _ log: ProjectSection, _ name: String, _ span: Span
  ) throws(Diagnostic) -> LogSource {
    let keys = ["product", "category", "service", "log-type"]
    guard let section = try log.section("source", keys: keys) else {
      throw .logWithoutSource(name, at: span)
    }
    let source = LogSource(
      category: try section.text("category"), product: try section.text("product"),
      service: try section.text("service"), platformName: try section.text("log-type"))
    if source == LogSource() { throw .logWithoutSource(name, at: section.node.span) }
    return source
  }

  /// Throws where two logs are the same to rules, or to a platform: nothing would tell which is meant.
  private static func checkDistinct(_ logs: [ProjectLog], _ section: ProjectSection) throws(Diagnostic) {
    for (index, log) in logs.enumerated() {
      for other in logs[..<index] {
        let span = section.node.keyNode(of: log.name)?.span
        if log.source == other.source { throw .sameLog(log.name, other.name, "`source`", at: span) }
        for (platform, part) in log.platforms {
          guard part.place != .always(true), other.platforms[platform]?.place == part.place else { continue }
          throw .sameLog(log.name, other.name, "place in `\(platform)`", at: span)
        }
      }
    }
  }

  private static func ignored(_ section: ProjectSection) throws(Diagnostic) -> [FilePattern] {
    guard let texts = try section.texts("ignore"), let node = section.value("ignore") else { return [] }
    var patterns: [FilePattern] = []
    for (text, item) in zip(texts, node.sequence ?? [node]) {
      do throws(Diagnostic) {
        patterns.append(try FilePattern(text))
      } catch {
        throw error.located(in: nil, at: item.span)
      }
    }
    return patterns
  }

  private static func defaults(
    _ section: ProjectSection, _ flags: [String]
  ) throws(Diagnostic) -> [Default] {
    guard let section = try section.section("defaults", keys: flags) else { return [] }
    var defaults: [Default] = []
    for entry in section.entries {
      let name = entry.key.scalar ?? ""
      switch entry.value.value {
      case .null, .bool(false): continue
      case .bool(true): defaults.append(Default(name: name, values: [""], span: entry.value.span))
      case .number, .string, .malformedString, .array, .object:
        defaults.append(
          Default(name: name, values: try section.texts(name) ?? [], span: entry.value.span))
      }
    }
    return defaults
  }
}

extension RuleDocument {
  /// The document with what a project says of rules that state no severity.
  func completed(by logs: [ProjectLog]) -> RuleDocument {
    guard rule.severity == nil, !logs.isEmpty,
      let severity = rule.logSources.lazy.compactMap({ logs.log(for: $0)?.severity }).first
    else { return self }
    var copy = self
    copy.rule.severity = severity
    return copy
  }
}

extension Diagnostic {
  fileprivate static func logWithoutSource(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .missingKey, "log `\(name)` does not say what rules call it", in: nil, at: span,
      help: ["as `source: {product: aws, service: cloudtrail}`, or `log-type: AWS.CloudTrail` in it"])
  }

  fileprivate static func sameLog(
    _ name: String, _ other: String, _ what: String, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .duplicateName, "logs `\(other)` and `\(name)` have the same \(what)",
      labels: span.map { [Label($0)] } ?? [])
  }
}
