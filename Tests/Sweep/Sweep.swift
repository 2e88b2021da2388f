import Foundation

/// The wide versions of the tests, for a machine with time: `swift run -c release sweep COMMAND`. Exits with 1 where a
/// check fails, with 3 where the words are wrong.
@main
struct Sweep {
  static func main() async throws {
    // A process that another sweep starts ends with it.
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    let words = Array(CommandLine.arguments.dropFirst())
    let operands = Array(words.dropFirst())
    let status: Int32 =
      switch words.first {
      case "agreement": await AgreementSweep.run(operands) ? 0 : 1
      case "counts": await CountSweep.run(operands) ? 0 : 1
      case "packs": await PackSweep.run(operands) ? 0 : 1
      case "proof": ProofSweep.run(operands)
      case "trino": try await TrinoSweep.run(operands)
      case "queries": try QuerySweep.run(operands) ? 0 : 1
      case "searches": try SearchSweep.run(operands) ? 0 : 1
      case "statements": try StatementSweep.run(operands) ? 0 : 1
      case "rows": try await RowSweep.run(operands) ? 0 : 1
      case "scan": try ScanSweep.run(operands)
      default: 3
      }
    if status == 3 { print(usage) }
    exit(status)
  }

  private static let usage = """
    usage: sweep agreement [CONDITIONS] [SEED]
           sweep agreement --rules FOLDER [EVENTS] [--engines]
           sweep counts [RULES] [SEED] [--engine NAME [--logs N]]
           sweep packs [PACKS] [SEED] [--engine NAME]
           sweep proof pairs [COUNT] [SEED] | hard | rules FOLDER | translations FOLDER | unguarded FOLDER
           sweep proof history REPOSITORY [COUNT]
           sweep queries [EVENTS] [--refused] [--reading]
           sweep searches [EVERY] [--refused] [--reading] [--lookups FOLDER]
           sweep statements [EVERY] [--untyped] [--refused] [--reading]
           sweep trino rules FOLDER [EVENTS] | conditions [COUNT] [SEED] [FIRST] | peers FOLDER [EVENTS] [EVERY]
           sweep rows [CONDITIONS] [SEED] | events
           sweep scan equality [EVENTS] [SEED] | speed
    """
}
