import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What a search can meet.
enum SplunkStore {
  /// Whether each event is one that the search can meet: any JSON, or under `options.splunk.extractedFields` flat, since an
  /// add-on's fields are texts without arrays and objects.
  static func stores(_ events: [Event], options: LanguageOptions) -> [Bool] {
    events.map { event in !options.splunk.extractedFields || event.isFlat }
  }
}

extension Event {
  /// Whether no member is an array or an object.
  var isFlat: Bool {
    object.members.allSatisfy { member in
      switch member.value {
      case .null, .bool, .number, .string, .malformedString: true
      case .array, .object: false
      }
    }
  }
}
