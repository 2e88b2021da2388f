import Concord
import Foundation

/// The rules of a folder and the compiler that writes them.
struct Corpus {
  let files: Int
  let rules: [(name: String, rule: Rule)]
  let compiler: Compiler

  init(folder: String) {
    let names = Corpus.files(in: folder)
    var options = LanguageOptions()
    options.athena.untyped = true
    let compiler = Compiler(options: options)
    files = names.count
    rules = names.flatMap { name -> [(String, Rule)] in
      let url = URL(fileURLWithPath: folder).appendingPathComponent(name)
      guard let text = try? String(contentsOf: url, encoding: .utf8),
        let documents = try? compiler.load(Source(name: name, text: text))
      else { return [] }
      return documents.map { (name, $0.rule) }
    }
    self.compiler = compiler
  }

  /// The files of rules below a folder, by their paths in it.
  static func files(in folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: folder)?.allObjects ?? [])
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yml") }.sorted()
  }

  /// The most memory that this process had, in MiB; 0 where the system does not tell.
  static var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 / 1024 } ?? 0
  }
}

extension Duration {
  /// Milliseconds with three decimals.
  var milliseconds: String {
    String(format: "%.3f ms", Double(components.attoseconds) / 1e15 + Double(components.seconds) * 1000)
  }
}
