import ConcordDetection
import ConcordDiagnostics

// What is not read of a rule's program, and what is assumed of events.

extension Diagnostic {
  private static let stateIt = "state what is meant with `Condition:` in the rule, or with `-e 'text'`"

  static func notRead(_ what: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.constructNotRead, "\(what) is not read", in: source, at: span, help: [stateIt])
  }

  static func outside(_ what: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .outsideState, "the verdict depends on \(what), not on the event alone", in: source, at: span,
      help: [stateIt])
  }

  static func orderMatters(_ what: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.orderMatters, what, in: source, at: span, help: [stateIt])
  }

  static func kindNotKnown(_ path: FieldPath, _ why: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .kindNotKnown, "the kind of `\(path.shown)` decides here: \(why)", in: source, at: span,
      help: ["add a test whose event has the field"])
  }

  static func oneElement(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .oneElement, "what is asked of elements of `\(path.shown)` goes together with other values of it",
      in: source, at: span,
      help: ["a condition asks questions of one element, or each of any", stateIt])
  }

  static func madeText(_ what: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.madeText, what, in: source, at: span, help: [stateIt])
  }

  static func programTooLarge(_ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .programTooLarge, "the program amounts to a condition of more than \(PythonEvaluator.sizeLimit) parts",
      in: source, at: span, help: [stateIt])
  }

  static func unknownName(_ name: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.unknownName, "nothing defines `\(name)`", in: source, at: span)
  }

  static func moduleNotFound(
    _ module: String, _ name: String?, _ span: Span, in source: Source
  ) -> Diagnostic {
    let what = name.map { "`\($0)` of the module `\(module)`" } ?? "the module `\(module)`"
    return Diagnostic(
      .moduleNotFound, "\(what) is not found", in: source, at: span,
      help: ["modules are looked for beside the rule and in `global_helpers` of the folders above it"])
  }

  static func modelNotFound(_ logType: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .moduleNotFound, "the data model of `\(logType)` is not found", in: source, at: span,
      help: ["data models are looked for in `data_models` of the folders above the rule"])
  }

  static func programNotFound(_ file: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .programNotFound, "the rule's program `\(file)` cannot be read", in: source, at: span,
      help: ["put it beside the rule file", stateIt])
  }
}

// Warnings and notes.
extension Diagnostic {
  static func neverEqual(_ why: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(.neverEqual, "this comparison is never true: \(why)", in: source, at: span)
  }

  static func noVerdict(_ what: String, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .noVerdict, "the rule's result can be \(what), which is no match", in: source, at: span,
      help: ["return `True` or `False`"])
  }

  static func mockedTests(_ count: Int, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .mockedTest,
      "\(count) of the rule's tests \(count == 1 ? "replaces" : "replace") functions and \(count == 1 ? "is" : "are") left out",
      in: source, at: span)
  }

  static func assumedKind(
    _ path: FieldPath, _ kinds: PythonKinds.Kinds, isShown: Bool, _ span: Span, in source: Source
  ) -> Diagnostic {
    Diagnostic(
      .assumedKind,
      "`\(path.shown)` is taken to be \(kinds.words)\(isShown ? ", as in the fixtures" : ": no fixture has it")",
      in: source, at: span)
  }

  static func assumedNoArray(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedKind, "`\(path.shown)` is taken to be no array: no fixture has it", in: source, at: span)
  }

  static func assumedSpelling(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedKind,
      "numbers of `\(path.shown)` are taken to have the text that they have without a fraction of zeros or an exponent: in "
        + "Python `str(1.0)` is `1.0`",
      in: source, at: span)
  }

  static func assumedWhole(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedKind, "numbers of `\(path.shown)` are taken to have no fraction, as in the fixtures",
      in: source,
      at: span)
  }

  /// Whether a field is true, where its kind leaves that open.
  static func assumedTruth(
    _ path: FieldPath, _ kinds: PythonKinds.Kinds, _ span: Span, in source: Source
  ) -> Diagnostic {
    let taken =
      switch kinds {
      case .object: "to be an object that has members, as in the fixtures"
      case .array: "to be an array with an element that is not null, as in the fixtures"
      default: "for false where it is `0` or `false`, a text too: no fixture tells its kind"
      }
    return Diagnostic(.assumedKind, "`\(path.shown)` is taken \(taken)", in: source, at: span)
  }

  static func assumedException(_ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedException, "whatever fails in this `try` is taken to be what its handler is for", in: source,
      at: span)
  }

  static func assumedNull(_ paths: [FieldPath], _ span: Span, in source: Source) -> Diagnostic {
    let (shown, isOne) = (paths.map { "`\($0.shown)`" }.joined(separator: ", "), paths.count == 1)
    return Diagnostic(
      .assumedNull,
      "where \(shown) \(isOne ? "is null, the event is" : "are null, events are") taken as one\(isOne ? "" : "s") without "
        + (isOne ? "it" : "them"),
      in: source, at: span)
  }

  static func assumedEmpty(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedNull,
      "where `\(path)` is null or an array without elements, the event is taken as one without it",
      in: source, at: span)
  }

  static func assumedElementNull(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedNull, "elements of `\(path.shown)` that are null are taken as none", in: source, at: span)
  }

  static func assumedText(
    _ path: FieldPath, _ what: PythonTextAssumption, _ span: Span, in source: Source
  ) -> Diagnostic {
    let words =
      switch what {
      case .letters:
        "`\(path)` is taken to have no letters, digits or blanks beyond ASCII: Python knows more of them"
      case .numerals:
        "a text of `\(path)` that Python takes for a number, as ` 80 ` or `1_000`, is taken for none"
      case .network: "a text of `\(path)` that spells a network, as `10.0.0.0/8`, is taken for none"
      case .zone: "an address in `\(path)` is taken to have no zone, as in `fe80::1%eth0`"
      }
    return Diagnostic(.assumedText, words, in: source, at: span)
  }

  static func assumedRegistry(
    _ path: FieldPath, _ attribute: String, _ span: Span, in source: Source
  ) -> Diagnostic {
    Diagnostic(
      .assumedText,
      "of which addresses in `\(path.shown)` `\(attribute)` is true is taken from Python 3.11: later releases know some more networks",
      in: source, at: span)
  }

  static func assumedElements(_ path: FieldPath, _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .assumedElements, "elements of `\(path.shown)` on which the program would fail are taken not to match",
      in: source, at: span)
  }

  static func metadataNotRead(_ names: [String], _ span: Span, in source: Source) -> Diagnostic {
    Diagnostic(
      .metadataNotRead,
      "\(names.map { "`\($0)`" }.joined(separator: ", ")) of the program \(names.count == 1 ? "is" : "are") left out",
      in: source, at: span)
  }
}
