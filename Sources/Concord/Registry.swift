import ConcordAthena
import ConcordEngines
import ConcordLanguages
import ConcordPanther
import ConcordSigma
import ConcordSplunk
import ConcordSwift

/// The languages that Concord knows. The one place outside `Targets` that names them.
public enum Registry {
  /// Every language, in the order in which outputs are shown. A source that could be of several is of the first.
  public static let languages: [Language] = [.panther, .athena, .splunk, .sigma, .swift]

  /// The languages that rules can be written in.
  package static let writers = languages.filter { $0.writer != nil }
  /// The languages that rules can be read from.
  package static let readers = languages.filter { $0.reader != nil }
  /// The languages whose text can be executed on events.
  package static let runners = languages.filter { $0.runner != nil }
  /// The pipelines that come with the languages, and what each does.
  package static var pipelines: [(pipeline: Source, summary: String)] {
    languages.flatMap(\.shippedPipelines)
  }
  /// The engines that run them.
  package static let engines = languages.flatMap(\.engines)
  /// What the files of rules and queries end in, in lower case.
  package static let endings = readers.flatMap { $0.endings + ($0.programs?.endings ?? []) }.reduce(
    into: [String]()
  ) { endings, ending in
    if !endings.contains(ending) { endings.append(ending) }
  }

  /// By how many columns a level of a rule file is indented, as it is in the public rules of its language and in what is
  /// written in it.
  static func indentation(of language: Language) -> Int {
    language.identifier == Language.sigma.identifier ? 4 : 2
  }
}
