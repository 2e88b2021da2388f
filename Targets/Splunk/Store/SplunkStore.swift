import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import ConcordLanguages

/// What a search can meet.
enum SplunkStore {
  /// What a search meets of each event: any JSON as it is, but under `options.splunk.extractedFields` and in a data
  /// model flat ones alone, since an add-on's fields are texts without arrays and objects.
  static func stored(_ events: [Event], for rule: Rule?, options: LanguageOptions) -> [StoredEvent] {
    guard options.splunk.extractedFields || rule?.splunkDataSet != nil else {
      return events.map { _ in StoredEvent([]) }
    }
    return events.map { event in
      StoredEvent(
        event.nested.map { name in
          StoredEvent.Change(.value, name, "`\(name)` is no text, and an extracted field is one")
        })
    }
  }
}

extension Event {
  /// The members that are arrays or objects.
  fileprivate var nested: [String] {
    object.members.filter { member in
      switch member.value {
      case .null, .bool, .number, .string, .malformedString: false
      case .array, .object: true
      }
    }.map(\.key)
  }

  /// Whether no member is an array or an object.
  var isFlat: Bool { nested.isEmpty }
}
