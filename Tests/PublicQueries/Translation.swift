import Concord

/// A filter part in a language: what was written, and how it compares with its source.
public struct Translation: Sendable {
  /// How they compare.
  public enum Outcome: Sendable {
    /// Proved equal, and equal by `diff`. `aside`: what of place and window is left out since the user named the place.
    case equal(aside: String)
    /// Written; the language is not read back.
    case written
    /// Not written, for this reason.
    case refused(String)
    /// Not the same.
    case different(String)
    /// Not known, for this reason.
    case unknown(String)
  }

  /// The language.
  public let language: Language
  /// How they compare.
  public let outcome: Outcome
  /// The condition alone in the language, without place and window; `nil` where it is not written.
  public let condition: Query?
}

extension ReadFilter {
  /// The options by which the filter part is written in a language, the user having named the place in the others.
  public func options(in language: Language) -> LanguageOptions {
    var options = options
    if self.language.identifier != Language.athena.identifier { options.athena.untyped = true }
    if self.language.identifier != Language.splunk.identifier { options.splunk.source = "index=logs" }
    options.isPlaceGiven = language.identifier != self.language.identifier
    return options
  }

  /// The condition without place and window.
  public var bare: Rule {
    var rule = document.rule
    (rule.place, rule.window) = (.always(true), .always(true))
    return rule
  }

  /// The filter part written in a language and compared with what it was.
  public func translation(to language: Language) -> Translation {
    let compiler = Compiler(options: options(in: language))
    let condition = try? compiler.write(bare, in: language)
    let outcome: Translation.Outcome
    do throws(Diagnostic) {
      outcome = try compare(try compiler.write(document.rule, in: language), language, compiler)
    } catch {
      outcome = .refused(error.reason)
    }
    return Translation(language: language, outcome: outcome, condition: condition)
  }

  private func compare(
    _ query: Query, _ language: Language, _ compiler: Compiler
  ) throws(Diagnostic) -> Translation.Outcome {
    guard language.reader != nil else { return .written }
    let proof = compiler.prove(query, for: document.rule, in: language)
    func told(_ event: Event?) -> String { event.map { Value.object($0.object).compactJSON } ?? "-" }
    switch proof.outcome {
    case .proved: break
    case .different(let missed, let extra):
      return .different(
        "proof: \(proof.differingPart ?? "") missed \(told(missed)), extra \(told(extra))\n\(query.text)")
    case .unknown(let reason): return .unknown("proof: \(reason)")
    case .unread(let reason): return .unknown("not read back: \(reason)\n\(query.text)")
    }
    let source = Source(name: "back.\(language.fileEnding)", text: query.text)
    var reading = compiler
    reading.options = compiler.options.forReadingBack
    var back = try reading.load(source, from: language).first
    // As `diff` does.
    if [language, self.language].contains(where: { $0.traits.contains(.ignoresNameCase) }) {
      back?.rule.spell(as: document.rule)
    }
    let isOwn = language.identifier == self.language.identifier
    let change = RuleChange(from: document, to: back, comparesDetails: isOwn)
    switch change.kind {
    case .equal: return .equal(aside: "")
    case .partly: return .equal(aside: change.factsNotCompared.contains { !$0.isOfTime } ? "place" : "window")
    case .unknown: return .unknown("diff: \(change.loss) \(change.gain)")
    case .wider, .narrower, .different, .alerts, .settings, .added, .removed:
      return .different(
        "diff: \(change.kind.rawValue), loses \(told(change.loss.event)), gains \(told(change.gain.event))\n\(query.text)"
      )
    }
  }

  /// The event as fields that an add-on extracts, under the names that paths spell; `nil` where it holds what such a
  /// field cannot be.
  public func extracted(_ event: Event) -> Event? {
    var fields = Value.Object()
    for path in bare.condition.paths {
      let values = event.values(at: path).map(\.value)
      guard values.count <= 1, path == path.withoutEach else { return nil }
      guard let value = values.first else { continue }
      switch value {
      case .string, .number, .bool: fields[path.names.joined(separator: ".")] = value
      case .null, .malformedString, .array, .object: return nil
      }
    }
    return Event(fields, in: event.place)
  }

  /// An even sample of the events that the condition's questions make, of which the platform's table holds each.
  public func events(_ limit: Int, storedBy languages: [Language]) -> [Event] {
    let all = BoundaryEvents.events(for: bare.condition, fixtures: [])
    let step = max(1, (all.count + limit - 1) / limit)
    let probes = stride(from: 0, to: all.count, by: step).map {
      Probe(name: all[$0].purpose, event: all[$0].event)
    }
    let stored = try? probes.kept(by: languages, for: bare, options: options(in: language))
    return (stored ?? probes).map(\.event)
  }
}
