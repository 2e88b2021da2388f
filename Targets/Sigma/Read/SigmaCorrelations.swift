import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// Makes rules of the correlations of a file: such a rule finds the events that one of the correlated rules matches, and
/// counts them in windows of the time span. [Correlation specification 2.1: "The time frame should not be restricted to
/// boundaries"]
struct SigmaCorrelations {
  /// The rule that a correlation is, with what is odd about it, or why there is none.
  enum Outcome {
    case success(Rule, [Diagnostic])
    case failure(Diagnostic)
  }

  /// A correlated rule, and the fields of its events that the correlation groups and counts by.
  struct Part {
    /// The name by which the correlation refers to it.
    var name: String
    /// The rule.
    var rule: Rule
    /// What the correlation calls each field, and what the field is called after the pipelines.
    var fields: [(name: String, path: FieldPath)]
  }

  private let file: SigmaFile
  private let source: String
  private let collection: SigmaCollection?
  private let pipelines: SigmaReader.Transformation?

  /// The correlations of a file of that name, which may name rules of the collection.
  init(
    _ file: SigmaFile, _ source: String, collection: SigmaCollection?,
    _ pipelines: SigmaReader.Transformation?
  ) {
    (self.file, self.source, self.collection, self.pipelines) = (file, source, collection, pipelines)
  }

  /// The rule that a correlation is.
  func rule(of document: SigmaFile.Correlation) -> Outcome {
    let (type, span) = (document.parsed.type?.name ?? "", document.parsed.type?.span)
    guard document.issues.errors.isEmpty, let correlation = document.parsed.correlation else {
      return .failure(.sigmaCorrelation(type, "it is not right", at: span))
    }
    do throws(Diagnostic) {
      var parts: [Part] = []
      for reference in document.parsed.references {
        parts += try self.parts(reference.name, of: correlation, at: reference.span)
      }
      let detection = SigmaCorrelationDetection(correlation, parts, at: span)
      var rule = Rule(
        id: SigmaReader.identifier(correlation.metadata), title: correlation.metadata.title,
        condition: .always(false))
      SigmaReader.describe(correlation.metadata, in: &rule)
      try detection.fill(&rule)
      let counts = correlation.kind == .eventCount || correlation.kind == .valueCount
      let isOfNumbers = correlation.kind == .valueSum || correlation.kind == .valueAverage
      return .success(
        rule,
        ((counts || isOfNumbers) && parts.count > 1 ? [.sigmaOneEvent(parts.count, at: span)] : [])
          + (isOfNumbers ? [.numbersTaken("`\(type)`", at: span)] : []))
    } catch {
      return .failure(error)
    }
  }

  /// The rules that a correlation refers to by a name.
  private func parts(
    _ name: String, of correlation: SigmaCorrelation, at span: Span
  ) throws(Diagnostic) -> [Part] {
    func refused(_ reason: String) -> Diagnostic {
      .sigmaCorrelation(correlation.kind.rawValue, reason, at: span)
    }
    if file.correlations.contains(where: { $0.parsed.metadata.isNamed(name) }) {
      throw refused("`\(name)` is a correlation too")
    }
    let own = file.rules.filter { $0.document.isNamed(name) }
    guard let others = collection.map({ $0.parts(named: name, notIn: source) }) ?? [],
      own.allSatisfy({ $0.issues.errors.isEmpty })
    else { throw refused("the rule `\(name)` cannot be read") }
    if own.isEmpty, others.isEmpty {
      let isCorrelation = collection?.names(of: name) != nil
      throw refused(
        isCorrelation ? "`\(name)` is a correlation too" : "no rule that is read with it is called `\(name)`")
    }
    var parts: [Part] = []
    // A name of the file means what it names there.
    for parsed in own.isEmpty ? others : own { parts.append(try part(parsed, name, correlation, refused)) }
    return parts
  }

  /// A rule and what its fields are called: pipelines see these as they see the fields that a rule shows.
  private func part(
    _ parsed: SigmaFile.Rule, _ name: String, _ correlation: SigmaCorrelation,
    _ refused: (String) -> Diagnostic
  ) throws(Diagnostic) -> Part {
    let (read, issues) = SigmaReader.rule(parsed, through: pipelines)
    guard let read, issues.errors.isEmpty else { throw refused("the rule `\(name)` cannot be read") }
    var fields: [(name: String, path: FieldPath)] = []
    for asked in correlation.fieldNames {
      let alias = correlation.aliases.first { $0.name.sameScalars(as: asked) }
      let own = alias?.fields.first { parsed.document.isNamed($0.rule) || $0.rule.sameScalars(as: name) }
      if alias != nil, own == nil { throw refused("alias `\(asked)` is no field of `\(name)`") }
      var written = own?.field ?? asked
      if let pipelines {
        var entry = SigmaParser.Entry(document: parsed.document, filters: [], warnings: [])
        entry.document.fields = [written]
        let mapped = try pipelines(entry).document.fields
        guard mapped.count == 1 else {
          throw refused("a pipeline makes \(mapped.count) fields of `\(written)`")
        }
        written = mapped[0]
      }
      fields.append((asked, try SigmaFields.path(written, at: nil)))
    }
    return Part(name: name, rule: read, fields: fields)
  }
}

extension SigmaCorrelation {
  /// The fields by which it groups and counts, by its own names, each once.
  var fieldNames: [String] {
    var seen: Set<ScalarText> = []
    var names = groupBy
    if case .bounds(_, let fields, _)? = criterion, kind.needsField { names += fields }
    return names.filter { seen.insert(ScalarText($0)).inserted }
  }
}
