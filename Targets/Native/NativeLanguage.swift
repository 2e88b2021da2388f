import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Swift.
public struct NativeLanguage: Language {
  /// `swift`.
  public let identifier = "swift"
  /// Swift.
  public let name = "Swift"
  /// `swift`.
  public let fileExtension = "swift"

  /// The language.
  public init() {}
}
