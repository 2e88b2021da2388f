import ConcordAthena
import ConcordLanguages
import ConcordPanther
import ConcordSigma
import ConcordSplunk
import ConcordSwift

/// The languages that Concord knows. The one place outside `Targets` that names them.
public enum Registry {
  /// Every language, in the order in which outputs are shown.
  public static let languages: [any Language] = [
    AthenaLanguage(), SplunkLanguage(), SigmaLanguage(), SwiftLanguage(), PantherLanguage(),
  ]

  /// The languages that rules can be written in.
  public static let writers: [any QueryWriter] = languages.compactMap { $0 as? any QueryWriter }
  /// The languages that rules can be read from.
  public static let readers: [any RuleReader] = languages.compactMap { $0 as? any RuleReader }
  /// The pipelines that come with the languages, and what each does.
  public static var pipelines: [(pipeline: Source, summary: String)] {
    readers.compactMap { $0 as? any PipelineReader }.flatMap(\.shippedPipelines)
  }
  /// The languages whose text can be executed on events.
  public static let runners: [any QueryRunner] = languages.compactMap { $0 as? any QueryRunner }
}
