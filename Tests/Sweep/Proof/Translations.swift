import Concord
import Foundation

/// Every rule of a folder against each of its queries, as `verify` and `compile --proved` do it:
/// `sweep proof translations FOLDER`.
struct Translations {
  let corpus: Corpus

  func run() {
    print("\(corpus.files) files, \(corpus.rules.count) rules")
    var (reading, proving) = (Duration.zero, Duration.zero)
    var worst: (time: Duration, name: String) = (.zero, "")
    let languages = Registry.writers.filter { $0.reader != nil }
    let progress = Progress<Counts>("proof translations", of: languages.count * corpus.rules.count) {
      print($0.line)
    }
    for language in languages {
      var verdicts = Counts()
      var shown: [String] = []
      var own = (reading: Duration.zero, proving: Duration.zero)
      for (name, rule) in corpus.rules {
        defer { progress.add(Counts(language.identifier)) }
        guard let query = try? corpus.compiler.write(rule, in: language) else {
          verdicts.add("refused")
          continue
        }
        let (proof, read, total) = prove(query, rule, language)
        own.reading += read
        own.proving += total - read
        if total - read > worst.time { worst = (total - read, "\(language.identifier) \(name)") }
        switch proof.outcome {
        case .proved(let single): verdicts.add(single.isEmpty ? "proved" : "proved for single values")
        case .unread(let reason):
          verdicts.add("tested")
          shown.append("\(name): \(reason)")
        case .unknown(let reason):
          verdicts.add("unknown")
          shown.append("\(name): unknown: \(reason)")
        case .different(let missed, let extra):
          verdicts.add("different")
          let events = [missed, extra].map { $0.map { Value.object($0.object).compactJSON } ?? "-" }
          shown.append("\(name): different \(events)")
        }
      }
      print(
        "\(language.identifier): \(verdicts.line); reading back \(own.reading.milliseconds), proof "
          + own.proving.milliseconds)
      for line in shown.prefix(20) { print("  \(line.prefix(400))") }
      reading += own.reading
      proving += own.proving
    }
    progress.finish()
    print(
      "all: reading back \(reading.milliseconds), proof \(proving.milliseconds), longest proof "
        + "\(worst.time.milliseconds) (\(worst.name)), most memory \(Corpus.peakMemory) MiB")
  }

  /// The proof; how long reading back takes by itself; and how long reading back and proving take.
  private func prove(
    _ query: Query, _ rule: Rule, _ language: Language
  ) -> (TranslationProof, Duration, Duration) {
    var options = corpus.compiler.options
    options.sigma.pipelines = []
    let clock = ContinuousClock()
    let read = clock.measure {
      _ = try? language.read(Source(name: "<query>", text: query.text), options: options)
    }
    let start = clock.now
    let proof = corpus.compiler.prove(query, for: rule, in: language)
    return (proof, read, clock.now - start)
  }
}
