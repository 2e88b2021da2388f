import ConcordAthena
import ConcordEngines
import ConcordLanguages
import ConcordSplunk

extension EngineConfiguration {
  /// The kinds of engines that the languages have.
  static let kinds = Language.athena.engines + Language.splunk.engines

  /// The engines of all languages that these environment variables configure.
  init(environment: [String: String]) { self.init(environment: environment, kinds: Self.kinds) }
}
