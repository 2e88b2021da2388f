import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// Executes the Python of rules on events, line by line and by Python's own rules. It never sees a condition.
enum PantherRunner {
  /// The verdict of a program's `rule` on each event: whether the result is `True`. An exception is no match, as in
  /// Panther.
  ///
  /// Throws what is wrong with the program, and what of it is not executed here.
  static func run(
    _ query: String, on events: [Event], options: LanguageOptions
  ) throws(Diagnostic) -> [Bool] {
    let result = DeepStack.run { () -> Result<[Bool], Diagnostic> in
      do throws(Diagnostic) {
        return .success(try verdicts(query, events))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func verdicts(_ query: String, _ events: [Event]) throws(Diagnostic) -> [Bool] {
    let module = PythonModule(Source(name: "<query>.py", text: query))
    if let failure = module.failures.first { throw failure }
    var interpreter = PythonInterpreter(module.source)
    do throws(PythonStop) {
      try interpreter.load(module.body)
    } catch {
      throw stopped(error, module.source)
    }
    guard case .function(let rule)? = interpreter.globals["rule"] else {
      throw .noRuleFunction(in: module.source)
    }
    var verdicts: [Bool] = []
    for event in events {
      do throws(PythonStop) {
        let result = try interpreter.call(.function(rule), [.mapping(event.object)], [], rule.span)
        if case .boolean(true) = result { verdicts.append(true) } else { verdicts.append(false) }
      } catch {
        guard case .raised = error else { throw stopped(error, module.source) }
        verdicts.append(false)
      }
    }
    return verdicts
  }

  private static func stopped(_ stop: PythonStop, _ source: Source) -> Diagnostic {
    switch stop {
    case .unread(let why): why
    case .raised(let name):
      Diagnostic(
        .programFailed, "the program raises `\(name)` as it is loaded", in: source, at: Span(at: .start))
    }
  }
}
