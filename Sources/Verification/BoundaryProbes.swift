import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments
import Foundation

/// What to put at a question's path in order to try it out.
struct BoundaryProbes {
  struct Probe {
    let placement: Placement
    let words: String
    let kind: BoundaryEvent.Kind
  }

  /// The probes, in order.
  private(set) var all: [Probe] = []
  private let like: Value?

  init(_ site: AtomSite, hints: [Value], elements: ElementExamples?, shape: PathShape, in base: Event) {
    like = hints.first
    switch site.question.kind {
    case .test(let path, let atom): addTest(path, atom, shape, base)
    case .some(let path, _): if let elements { addElements(path, elements, shape) }
    case .anywhere(let pattern, _): addPattern(pattern)
    case .always, .place, .not, .all, .any: break
    }
  }

  private mutating func add(_ value: Value, _ words: String, _ kind: BoundaryEvent.Kind) {
    all.append(Probe(placement: .value(value), words: words, kind: kind))
  }

  private mutating func addTest(_ path: FieldPath, _ atom: Atom, _ shape: PathShape, _ base: Event) {
    for value in AtomExamples.yes(atom, like: like).prefix(4) { add(value, "matches", .match) }
    for value in AtomExamples.no(atom, like: like).suffix(2) { add(value, "does not match", .miss) }
    addAbsent(path)
    switch atom {
    case .present, .truthy: addTruthy()
    case .array:
      add(.string("[]"), "the text of an array", .nearMiss)
      add(.object(Value.Object()), "an object", .otherType)
    case .text(let pattern, _): addPattern(pattern)
    case .oneOf(let texts, _):
      for (index, text) in AtomExamples.ends(texts).enumerated() { addText(text, index == 0 ? .all : .own) }
      if texts.count > 1 { add(.string(texts[0] + texts[1]), "two of the texts in one", .nearMiss) }
    case .regex(let regex): for text in regex.samples.prefix(3) { addText(text, .all) }
    case .number(_, let bound): addNumbers(bound)
    case .network(let network): addAddresses(network)
    case .sameAs(let other, _):
      for found in base.values(at: other).prefix(2) {
        add(found.value, "the same as the other field", .match)
        if let text = found.value.comparedText { addText(text, .all) }
      }
    }
    if shape.hasArray { addArrays(atom) }
  }

  /// Values that answer all, and most: alone, and where the path passes an array, beside one another. Two that answer all
  /// between them are what a translation takes for one.
  private mutating func addElements(_ path: FieldPath, _ elements: ElementExamples, _ shape: PathShape) {
    for value in elements.yes { add(value, "a value of which all holds", .match) }
    for value in elements.no { add(value, "a value of which it does not hold", .nearMiss) }
    add(.string("other"), "a text", .otherType)
    add(.object(Value.Object()), "an object without members", .empty)
    addAbsent(path)
    guard shape.hasArray else { return }
    let misses = elements.no.prefix(6)
    var rows: [([Value], String)] = [([], "no elements"), ([.null], "only a null element")]
    for (index, miss) in misses.enumerated() {
      for other in misses.dropFirst(index + 1) { rows.append(([miss, other], "two that do not hold")) }
    }
    if let hit = elements.yes.first {
      rows.append(([.null, hit], "a null element before one of which all holds"))
      for miss in misses.prefix(2) {
        rows += [
          ([miss, hit], "the last of two elements holds"), ([hit, miss], "the first of two elements holds"),
        ]
      }
    }
    for (values, words) in rows {
      all.append(Probe(placement: .elements(values), words: words, kind: .array))
    }
  }

  private mutating func addAbsent(_ path: FieldPath) {
    all.append(Probe(placement: .missing, words: "missing", kind: .absent))
    if path.names.count > 1 {
      all.append(Probe(placement: .parentMissing, words: "missing with what holds it", kind: .absent))
    }
    all.append(Probe(placement: .null, words: "null", kind: .null))
  }

  private mutating func addTruthy() {
    for (value, words): (Value, String) in [
      (.string("x"), "a text"), (.string(""), "an empty text"), (.string(" "), "a blank"),
      (.string("false"), "the text `false`"), (.string("False"), "the text `False`"),
      (.string("0"), "the text `0`"),
      (.string("0.0"), "the text `0.0`"), (.string("null"), "the text `null`"), (.bool(true), "true"),
      (.bool(false), "false"), (.number(Number(0)), "the number 0"), (.number(Number(1)), "the number 1"),
    ] {
      add(value, words, .otherType)
    }
  }

  private mutating func addArrays(_ atom: Atom) {
    let hit = AtomExamples.yes(atom, like: like).first ?? .string("x")
    let miss = AtomExamples.no(atom, like: like).first ?? .string("other")
    let rows: [([Value], String)] = [
      ([], "no elements"), ([.null], "only a null element"),
      ([miss, hit], "the last of two elements matches"),
      ([hit, miss], "the first of two elements matches"), ([miss, miss], "neither of two elements matches"),
      ([.null, hit], "a null element before one that matches"),
    ]
    for (values, words) in rows {
      all.append(Probe(placement: .elements(values), words: words, kind: .array))
    }
  }
}

// MARK: - Texts

extension BoundaryProbes {
  private mutating func addPattern(_ pattern: Pattern) {
    for (index, text) in AtomExamples.texts(pattern).enumerated() { addText(text, index == 0 ? .all : .near) }
    for fill in ["'", "\"", "\\", "\n", "*", "%"] {
      let text = pattern.pieces.map { piece in
        switch piece {
        case .literal(let text): text
        case .anyRun, .anyOne: fill
        }
      }.joined()
      let hasWildcard = pattern.pieces.contains { if case .literal = $0 { false } else { true } }
      if hasWildcard { add(.string(text), "\(words(for: fill)) where the wildcard is", .metacharacter) }
    }
  }

  /// How much is tried of a text.
  private enum Depth {
    /// Its letters, in other case and other ones: of a text that a pattern matches as well as one before it.
    case near
    /// Its own metacharacters too: of a text that stands in a list with one before it.
    case own
    /// What has nothing to do with what it says, too: blanks, types, metacharacters that it has not.
    case all
  }

  /// The text, and what is nearly it.
  private mutating func addText(_ text: String, _ depth: Depth) {
    guard text.utf8.count <= 2_000 else { return }
    add(AtomExamples.typed(text, like: like), "the text", .match)
    let lower = LetterCase.lower(text)
    for (other, words) in [
      (text.uppercased(), "in upper case"), (lower, "in lower case"),
      (flipped(text), "one letter in the other case"),
    ]
    where !other.sameScalars(as: text) {
      add(.string(other), words, .letterCase)
    }
    for (other, words) in lookalikes(text) { add(.string(other), words, .letterCase) }
    let near = zip(
      AtomExamples.nearMisses(text),
      [
        "one character different", "one character longer", "one character before it", "one character shorter",
        "without its first character",
      ])
    for (other, words) in near { add(.string(other), words, .nearMiss) }
    if depth == .near { return }
    addOwnMetacharacters(text)
    if depth == .own { return }
    add(.string(""), "an empty text", .empty)
    add(.string(" " + text), "a blank before it", .empty)
    add(.string(text + "\n"), "a line feed after it", .empty)
    addMetacharacters(text)
    addTypes(text)
  }

  private mutating func addOwnMetacharacters(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    let special = "*?%_.\\[]^$|'\"`{}()+#-".unicodeScalars
    var count = 0
    for index in scalars.indices where special.contains(scalars[index]) && count < 4 {
      count += 1
      for fill in ["x", "xx", ""] {
        let other = AtomExamples.string(
          scalars[..<index] + Array(fill.unicodeScalars) + scalars[(index + 1)...])
        add(.string(other), "`\(scalars[index])` replaced by `\(fill)`", .metacharacter)
      }
    }
  }

  private mutating func addMetacharacters(_ text: String) {
    let scalars = text.unicodeScalars
    for fill in ["*", "?", "%", "_", "'", "\"", "\\"] {
      let other = AtomExamples.string(scalars.dropLast() + Array(fill.unicodeScalars))
      add(.string(other), "\(words(for: fill)) in place of its last character", .metacharacter)
    }
    add(.string("*"), "a star alone", .metacharacter)
  }

  private mutating func addTypes(_ text: String) {
    if let number = Number(text), let shortest = Number(number.shortest) {
      // Platforms that keep a number's spelling agree on the shortest alone, which is what log sources write.
      // Nor does JSON promise more of a number than a double keeps. [RFC 8259, section 6]
      if Number("\(shortest.double)") == shortest { add(.number(shortest), "as a number", .otherType) }
      add(.string(number.shortest + ".0"), "with a fraction of zero", .otherType)
    } else {
      add(.number(Number(7)), "a number", .otherType)
    }
    add(.bool(!text.sameScalars(as: "false")), "a boolean", .otherType)
    add(.string(text), "as a text", .otherType)
    add(.string("null"), "the text `null`", .otherType)
  }

  /// Texts that some engines take for the same: composed otherwise, or letters that fold to others.
  private func lookalikes(_ text: String) -> [(String, String)] {
    let folds: [(Unicode.Scalar, Unicode.Scalar, String)] = [
      ("k", "\u{212A}", "with the Kelvin sign"), ("i", "\u{130}", "with a dotted capital i"),
      ("s", "\u{17F}", "with a long s"), ("ß", "\u{1E9E}", "with a capital sharp s"),
      ("σ", "\u{3C2}", "with a final sigma"),
    ]
    var result: [(String, String)] = []
    for (plain, odd, words) in folds {
      var scalars = Array(text.unicodeScalars)
      guard let index = scalars.firstIndex(where: { LetterCase.lower($0) == plain }) else { continue }
      scalars[index] = odd
      result.append((AtomExamples.string(scalars), words))
    }
    for other in [text.decomposedStringWithCanonicalMapping, text.precomposedStringWithCanonicalMapping]
    where !other.sameScalars(as: text) {
      result.append((other, "composed otherwise"))
    }
    return result
  }

  private func flipped(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    for index in scalars.indices {
      let lower = LetterCase.lower(scalars[index])
      let upper = scalars[index].properties.uppercaseMapping.unicodeScalars
      if lower != scalars[index] {
        scalars[index] = lower
        break
      }
      if upper.count == 1, let other = upper.first, other != scalars[index] {
        scalars[index] = other
        break
      }
    }
    return AtomExamples.string(scalars)
  }

  private func words(for fill: String) -> String {
    switch fill {
    case "\n": "a line feed"
    case "'": "a quote"
    case "\"": "a double quote"
    case "\\": "a backslash"
    default: "`\(fill)`"
    }
  }
}

// MARK: - Numbers and addresses

extension BoundaryProbes {
  private mutating func addNumbers(_ bound: Number) {
    for number in AtomExamples.near(bound) {
      add(.number(number), "the number \(number.shortest)", .bound)
      add(.string(number.shortest), "the text `\(number.shortest)`", .bound)
    }
    for text in [bound.shortest + "0", "1e400", "-1e400", "-0"] {
      add(.string(text), "the text `\(text)`", .bound)
    }
    for text in ["", "x", bound.shortest + "x", " " + bound.shortest, "NaN", "0x10"] {
      add(.string(text), "the text `\(text)`, no number", .otherType)
    }
    add(.bool(true), "a boolean", .otherType)
  }

  private mutating func addAddresses(_ network: CIDR) {
    let (first, last) = (network.address, network.last)
    add(.string(first.description), "the first address", .bound)
    add(.string(last.description), "the last address", .bound)
    if let before = first.before { add(.string(before.description), "the address before the first", .bound) }
    if let after = last.after { add(.string(after.description), "the address after the last", .bound) }
    if first.bytes.count == 4 {
      add(.string("::ffff:" + first.description), "the first address, mapped to IPv6", .bound)
      add(.string("0" + first.description), "with a leading zero", .otherType)
      add(.string("::1"), "an address of the other family", .miss)
    } else {
      add(.string(first.description.uppercased()), "the first address in upper case", .letterCase)
      add(.string("192.0.2.1"), "an address of the other family", .miss)
    }
    for text in ["", "AWS Internal", first.description + ":80", first.description + " ", network.description]
    {
      add(.string(text), "the text `\(text)`, no address", .otherType)
    }
    add(.number(Number(7)), "a number", .otherType)
  }
}
