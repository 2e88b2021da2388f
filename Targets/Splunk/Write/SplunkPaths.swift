import ConcordDetection
import ConcordDiagnostics

/// Reads paths as expressions over `_raw`.
enum SplunkPaths {
  /// The deepest path that is written.
  static let depthLimit = 100

  /// The expression for the path's value; where the path is known to pass an array, for the array of all values
  /// as JSON text. Throws for names that SPL cannot say.
  static func expression(
    _ path: FieldPath, _ shape: PathShape
  ) throws(Diagnostic) -> (value: SplunkEval, isMultivalue: Bool) {
    let plain = path.withoutEach
    let named = plain.steps
    let arrays = Set(shape.stepsToElements(of: plain))
    if named.count > depthLimit { throw .splunkPathTooDeep(path, limit: depthLimit) }
    var steps: [FieldPath.Step] = []
    for (index, step) in named.enumerated() {
      if case .name(let name) = step {
        try check(name)
        // What takes one key as it is takes it of an object, and below all values stands an array.
        if steps.contains(.each), !SplunkJSONPath.isPlain(name) { throw .splunkOddNameInArray(name, path) }
      }
      steps.append(step)
      if arrays.contains(index) { steps.append(.each) }
    }
    return (SplunkIdioms.extraction.make(steps), steps.contains(.each))
  }

  /// Throws for a name that SPL has no certain spelling for.
  static func check(_ name: String) throws(Diagnostic) {
    let bad = name.unicodeScalars.first {
      $0.value < 0x20 || $0.value == 0x7F || "\"'`|[]\\$".unicodeScalars.contains($0)
    }
    if name.isEmpty || bad != nil { throw .splunkFieldName(name) }
  }

  /// The name of the field that an add-on extracts for the path: its names joined by dots. Throws for an element of
  /// an array, whichever, since automatic extraction has other names for those, and for names that SPL cannot say.
  static func extractedName(_ path: FieldPath) throws(Diagnostic) -> String {
    for step in path.steps {
      guard case .name(let name) = step else { throw .splunkExtractedElement(path) }
      try check(name)
    }
    return path.names.joined(separator: ".")
  }

  /// A short name for the path's value: `raw_userIdentity_type`.
  static func shortName(_ path: FieldPath) -> String {
    var name = "raw"
    for step in path.steps {
      switch step {
      case .name(let text):
        name += "_"
        for scalar in text.unicodeScalars { name.unicodeScalars.append(scalar.isWord ? scalar : "_") }
      case .index(let number): name += "_\(number)"
      case .each: break
      }
    }
    return name
  }
}
