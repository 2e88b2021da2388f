import ConcordDetection
import ConcordDiagnostics

/// The fields that a search reads from the event's own text, each into a field of the search with a short name
/// such as `raw_eventName`.
///
/// `json_extract(_raw, …)` is right where automatic extraction is not: past its first 5,000 bytes, for JSON null
/// (which it turns into the text `null`) and for fields that an add-on computes over (`errorCode`).
struct SplunkFields {
  /// In what form a value is read.
  enum Form: Hashable {
    /// The one value of the path.
    case single
    /// Every value of a path that passes an array, as text; JSON null is the text `null`.
    case elements
    /// Every value of a path that passes an array, texts in their quotes: to tell null from the text `null`.
    case quotedElements
  }

  /// What is known of a path.
  private struct Known {
    let path: FieldPath
    let shape: PathShape
    /// What reads it from the event, once that is asked for.
    var extraction: (value: SplunkEval, isMultivalue: Bool)?
    /// The assignments that read it, by form.
    var places: [Form: Int] = [:]
  }

  private let rule: Rule
  private let events: [Event]
  /// Whether values are fields of their own, as an add-on extracts them, and not read from the event's text.
  let isExtracted: Bool
  private var known: [Known] = []
  private var numbers: [FieldPath: Int] = [:]
  /// The number of the path that was asked for last: it is asked for several times in a row.
  private var lastNumber = 0
  private var names: Set<String> = []
  /// What is read, in the order in which it was asked for.
  private(set) var assignments: [SplunkCommand.Assignment] = []
  /// The paths that are taken as single values though they are not known to be.
  private(set) var assumed: [FieldPath] = []
  /// The paths whose arrays and single values `[]` and the fixtures tell, which need not be those of every event.
  private(set) var told: (arrays: [FieldPath], singles: [FieldPath]) = ([], [])

  init(_ rule: Rule, isExtracted: Bool = false) {
    self.rule = rule
    self.isExtracted = isExtracted
    events = rule.fixtures.map(\.event)
  }

  /// What is known of the path's arrays.
  mutating func shape(_ path: FieldPath) -> PathShape { known[number(of: path)].shape }

  /// The place of what is known of a path.
  private mutating func number(of path: FieldPath) -> Int {
    if lastNumber < known.count, known[lastNumber].path == path { return lastNumber }
    lastNumber = numbers[path] ?? known.count
    if lastNumber == known.count {
      let shape = path.shape(in: events)
      numbers[path] = lastNumber
      known.append(Known(path: path, shape: shape))
      // What Splunk itself says of each event's place is one value.
      let isOwn =
        isExtracted && path.steps.count == 1 && SplunkPlaces.fact(path.names[0])?.hasManyTexts == false
      if !isOwn, !SplunkCloudTrail.isSingle(path, in: rule) {
        // Where the author wrote `[]`, the other names of the path are single values.
        let plain = path.withoutEach
        if !shape.isKnown, path == plain {
          assumed.append(path)
        } else if shape.stepsToElements(of: plain).isEmpty {
          told.singles.append(path)
        } else {
          told.arrays.append(path)
        }
      }
    }
    return lastNumber
  }

  /// Whether the path passes an array.
  mutating func isMultivalue(_ path: FieldPath) throws(Diagnostic) -> Bool {
    // An add-on's field is one text, or several of which no path tells.
    if isExtracted { return false }
    return try extraction(number(of: path)).isMultivalue
  }

  /// What reads the path from the event.
  private mutating func extraction(
    _ number: Int
  ) throws(Diagnostic) -> (value: SplunkEval, isMultivalue: Bool) {
    if let extraction = known[number].extraction { return extraction }
    let path = known[number].path
    if let part = path.arrayInArray(in: events) {
      throw .arrayInArray(at: part, of: path, in: "Splunk SPL")
    }
    if let part = path.loneBesideArray(in: events, known[number].shape) {
      throw .splunkLoneBesideArray(part, path)
    }
    let extraction = try SplunkPaths.expression(path, known[number].shape)
    known[number].extraction = extraction
    return extraction
  }

  /// The field that holds the path's value in that form. `readsBooleans`: whether the verdict depends on how a
  /// JSON boolean is spelled.
  mutating func field(
    _ path: FieldPath, _ form: Form, readsBooleans: Bool = false
  ) throws(Diagnostic) -> SplunkEval {
    let number = number(of: path)
    if isExtracted {
      let name = try SplunkPaths.extractedName(path)
      if known[number].shape.hasArray { throw .splunkExtractedArray(path) }
      return .field(name)
    }
    let place = known[number].places[form]
    if !readsBooleans, let place { return .field(assignments[place].name) }
    let json = try extraction(number).value
    var value = json
    switch form {
    case .single: if readsBooleans { value = SplunkIdioms.booleanAsText.make(json) }
    case .elements: value = SplunkIdioms.elements.make(.init(array: json))
    case .quotedElements: value = SplunkIdioms.elements.make(.init(array: json, keepsQuotes: true))
    }
    if let place {
      assignments[place].value = value
      return .field(assignments[place].name)
    }
    let name = freshName(SplunkPaths.shortName(path) + (form == .quotedElements ? "_json" : ""))
    known[number].places[form] = assignments.count
    assignments.append(SplunkCommand.Assignment(name: name, value: value))
    return .field(name)
  }

  private mutating func freshName(_ wanted: String) -> String {
    var name = wanted
    var count = 2
    while !names.insert(name).inserted {
      name = "\(wanted)_\(count)"
      count += 1
    }
    return name
  }
}
