import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// Functions that are known by name: Python's own and those of its library.
extension PythonEvaluator {
  /// The value of a call of a function that is known by its name.
  mutating func known(
    _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let first = arguments.positional.first ?? PythonCases(.none)
    if !["bool", "str", "isinstance", "print"].contains(name), let field = first.defaultedField {
      assumeNull(field, span)
    }
    switch name {
    case "any", "all": return PythonCases(try quantified(first, isAll: name == "all", span))
    case "bool":
      return PythonCases(
        arguments.positional.isEmpty ? PythonTruth(.always(false)) : try truth(of: first, span))
    case "str": return arguments.positional.isEmpty ? PythonCases(.text("")) : try texts(first, span)
    case "int", "float": return try numbers(first, isWhole: name == "int", span)
    case "len":
      return try map(first) { (evaluator, value) throws(Diagnostic) in try evaluator.length(of: value, span) }
    case "isinstance":
      return PythonCases(try isInstance(first, arguments.at(1, "class") ?? PythonCases(.none), span))
    case "list", "tuple", "set", "frozenset", "sorted", "reversed":
      if arguments.positional.isEmpty { return PythonCases(.sequence(name == "list" ? .list : .set, [])) }
      if case .sequence(let form, let members)? = first.single, members.count > 1,
        name == "sorted" || name == "reversed" || form == .set && (name == "list" || name == "tuple")
      {
        return PythonCases(.opaque(refusal(.notRead("the order that `\(name)` gives", span, in: source))))
      }
      return try collected(
        first, name == "list" || name == "sorted" ? .list : name == "tuple" ? .tuple : .set, span)
    case "dict":
      if arguments.positional.isEmpty, arguments.named.isEmpty { return PythonCases(.dictionary([])) }
      if case .dictionary? = first.single { return first }
    case "range":
      if case .number(let number)? = first.single, let count = Int(number.shortest), count <= 100,
        arguments.positional.count == 1
      {
        return PythonCases(.sequence(.list, (0..<max(0, count)).map { PythonCases(.number(Number($0))) }))
      }
    case "enumerate":
      if let members = literal(first) {
        return PythonCases(
          .sequence(
            .list,
            members.enumerated().map { index, member in
              PythonCases(.sequence(.tuple, [PythonCases(.number(Number(index))), member]))
            }))
      }
    case "print": return PythonCases(.none)
    default: if let value = try library(name, first, arguments, span) { return value }
    }
    let what = "`\(name)`"
    let isPlain = PythonBuiltins.names.contains(name) || name.hasPrefix("re.") || name.hasPrefix("json.")
    if name.hasPrefix("json.") || name.hasPrefix("base64.") || name.hasPrefix("shlex.")
      || name.hasPrefix("urllib.")
    {
      return PythonCases(.opaque(refusal(.madeText("a text is decoded by \(what)", span, in: source))))
    }
    return PythonCases(
      .opaque(refusal(isPlain ? .notRead(what, span, in: source) : .outside(what, span, in: source))))
  }

  /// The value of a call of Python's library; `nil` where it is not read.
  private mutating func library(
    _ name: String, _ first: PythonCases, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases? {
    switch name {
    case "re.compile":
      if let regex = try expression(first, arguments.at(1, "flags"), span) {
        return PythonCases(.regex(regex))
      }
    case "re.match", "re.search", "re.fullmatch":
      if arguments.positional.count > 1, let regex = try expression(first, arguments.at(2, "flags"), span) {
        return try matched(regex, name, arguments.positional[1], span)
      }
    case "re.findall":
      guard arguments.positional.count > 1,
        let regex = try expression(first, arguments.at(2, "flags"), span)
      else { break }
      let why = refusal(.notRead("what `re.findall` finds", span, in: source))
      return try map(try matched(regex, "re.search", arguments.positional[1], span)) {
        (_, value) throws(Diagnostic) in
        guard case .match = value else { return PythonCases(.sequence(.list, [])) }
        return PythonCases(.elements(.some(where: .always(true), why)))
      }
    case "fnmatch.fnmatch", "fnmatch.fnmatchcase":
      return try helper("pattern_match", arguments, span)
    case "ipaddress.ip_network", "ipaddress.IPv4Network", "ipaddress.IPv6Network":
      if case .text(let text)? = first.single, let network = CIDR(text) {
        return self.network(network, text, name, arguments)
      }
      if arguments.positional.count == 1, arguments.named.isEmpty {
        return try map(first) { (evaluator, value) throws(Diagnostic) in
          try evaluator.loneNetwork(value, name, arguments, span)
        }
      }
    case "ipaddress.ip_address", "ipaddress.IPv4Address", "ipaddress.IPv6Address":
      return try map(first) { (evaluator, value) throws(Diagnostic) in
        try evaluator.address(value, name, span)
      }
    default: break
    }
    return nil
  }

  /// A network that a text spells; `nil` where it is not read.
  private func network(
    _ network: CIDR, _ text: String, _ name: String, _ arguments: PythonArguments
  ) -> PythonCases? {
    let isSix = text.utf8.contains(UInt8(ascii: ":"))
    // One of mapped addresses holds those alone that are spelled so.
    if isSix && network.address.bytes.count == 4 { return nil }
    if name.contains(isSix ? "4" : "6") { return .raising }
    guard let lone = IPAddress(String(text.prefix { $0 != "/" })) else { return nil }
    var isStrict = true
    if let given = arguments.at(1, "strict") {
      guard case .boolean(let value)? = given.single else { return nil }
      isStrict = value
    }
    return isStrict && lone != network.address ? .raising : PythonCases(.network(network))
  }

  /// The network that a text spells: of a field's text, a lone address.
  private mutating func loneNetwork(
    _ value: PythonValue, _ name: String, _ arguments: PythonArguments, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let unread = PythonCases(
      .opaque(refusal(.outside("`\(name)`", span, in: source)))
    )
    switch value {
    case .text(let text):
      guard let network = CIDR(text) else { return unread }
      return self.network(network, text, name, arguments) ?? unread
    case .field(var field):
      guard name == "ipaddress.ip_network", field.changes.isEmpty else { return unread }
      let cases = try address(value, name, span)
      assumeText(field.path, .network, span)
      field.changes = [.network]
      return try map(cases) { (_, value) throws(Diagnostic) in
        if case .address = value { PythonCases(.address(field)) } else { PythonCases(value) }
      }
    case .opaque: return PythonCases(value)
    case .none: return .raising
    default: return unread
    }
  }

  /// A question about a value that must be a text; anything else raises.
  mutating func textTest(
    _ value: PythonValue, _ question: PythonQuestion, _ span: Span
  ) throws(Diagnostic) -> PythonTruth {
    switch value {
    case .text(let text): return PythonTruth(.always(try answer(question, text, span)))
    case .field(let field):
      guard try isText(field, span) else { return .raising }
      let answer = try fieldTest(field, question, span)
      guard let isText = isNoArray(field) else { return PythonTruth(answer) }
      return PythonTruth(
        yes: logic.and(isText, answer), no: logic.and(isText, answer.opposite), isTotal: false)
    case .made(let parts): return try madeEqual(parts, question, span)
    case .opaque(let why): throw why
    case .none, .boolean, .number, .sequence, .dictionary, .elements, .length, .match: return .raising
    default: throw refusal(.notRead("a text question about \(value.words)", span, in: source))
    }
  }

  /// Whether a field is a text, so that it has a text's methods.
  mutating func isText(_ field: PythonField, _ span: Span) throws(Diagnostic) -> Bool {
    let kinds = field.changes.isEmpty ? try shape(field, span).kinds : .text
    assume(field, .text, span)
    if kinds.contains(.array), kinds.contains(.text), isNoArray(field) == nil {
      throw refusal(.kindNotKnown(field.path, "the fixtures have \(kinds.words)", span, in: source))
    }
    return kinds.isEmpty || kinds.contains(.text)
  }

  /// The answer about a text that is known.
  private func answer(_ question: PythonQuestion, _ text: String, _ span: Span) throws(Diagnostic) -> Bool {
    switch question {
    case .equals(let other): text.sameScalars(as: other)
    case .oneOf(let others): others.contains { text.sameScalars(as: $0) }
    case .prefix(let other): Pattern.prefix(other).matches(text, .exact)
    case .suffix(let other): Pattern.suffix(other).matches(text, .exact)
    case .contains(let other): Pattern.contains(other).matches(text, .exact)
    case .regex(let regex, let mode): try portable(regex, mode).matches(text)
    case .glob(let glob):
      if let pattern = PythonGlob.pattern(glob) {
        pattern.matches(text, .exact)
      } else {
        try portable(
          PythonRegex(pattern: PythonGlob.regex(glob), flags: .dotAll, isOurs: true, span: span), .whole
        )
        .matches(text)
      }
    case .number, .notNumber: false
    }
  }

  /// The expression that a call of `re` is given.
  private mutating func expression(
    _ pattern: PythonCases, _ given: PythonCases?, _ span: Span
  ) throws(Diagnostic) -> PythonRegex? {
    if case .regex(let regex)? = pattern.single { return regex }
    guard case .text(let text)? = pattern.single else { return nil }
    var flags: PortableRegex.Flags = []
    var isASCII = false
    if let given {
      guard case .known(let names)? = given.single else { return nil }
      for name in names.split(separator: "|") {
        switch name {
        case "re.IGNORECASE", "re.I": flags.insert(.ignoreCase)
        case "re.MULTILINE", "re.M": flags.insert(.multiline)
        case "re.DOTALL", "re.S": flags.insert(.dotAll)
        case "re.ASCII", "re.A": isASCII = true
        default: return nil
        }
      }
    }
    return PythonRegex(pattern: text, flags: flags, isASCII: isASCII, span: span)
  }

  /// A match of an expression, or `None`.
  mutating func matched(
    _ regex: PythonRegex, _ name: String, _ subject: PythonCases, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    let mode: PythonQuestion.Mode =
      name.hasSuffix("fullmatch") ? .whole : name.hasSuffix("match") ? .start : .anywhere
    if let field = subject.defaultedField { assumeNull(field, span) }
    let truth = try ask(subject) { (evaluator, value) throws(Diagnostic) in
      try evaluator.textTest(value, .regex(regex, mode), span)
    }
    var result = PythonCases(isTotal: truth.isTotal)
    add(truth.yes, .match, to: &result)
    add(truth.no, .none, to: &result)
    return result
  }

  /// The address that a text is; another text raises.
  private mutating func address(
    _ value: PythonValue, _ name: String, _ span: Span
  ) throws(Diagnostic) -> PythonCases {
    switch value {
    case .field(let field):
      guard field.changes.isEmpty, !field.isWalk, let four = CIDR("0.0.0.0/0"), let six = CIDR("::/0") else {
        break
      }
      guard try isText(field, span) else { return .raising }
      if isNoArray(field) != nil { break }
      let isFour = Condition.test(field.path, .network(four), origin: place(span))
      let isSix = Condition.test(field.path, .network(six), origin: place(span))
      let isAddress =
        name.contains("4")
        ? Condition.all([isFour, .not(hasColon(field, span))])
        : name.contains("6") ? .any([isSix, .all([isFour, hasColon(field, span)])]) : .any([isFour, isSix])
      assumeText(field.path, .zone, span)
      return under(isAddress, PythonCases(.address(field))).total(false)
    case .none: return .raising
    case .text(let text) where IPAddress(text) == nil && !text.utf8.contains(UInt8(ascii: "%")):
      return .raising
    case .text(let text):
      // Of a constant only its attributes are read, which are those of the network of this one address.
      if let lone = CIDR(text), let made = network(lone, text, name, PythonArguments()) { return made }
    case .opaque: return PythonCases(value)
    default: break
    }
    return PythonCases(.opaque(refusal(.notRead("the address of \(value.words)", span, in: source))))
  }

  /// Whether an address's text is one of IPv6, as which an IPv4 address may be spelled too.
  func hasColon(_ field: PythonField, _ span: Span) -> Condition {
    .test(field.path, .text(.contains(":"), .exact), origin: place(span))
  }

  /// Whether the address in a field is of a network: in Python one that is spelled as IPv6 is no IPv4 address.
  func isInside(_ field: PythonField, _ network: CIDR, _ span: Span) -> Condition {
    let inside = Condition.test(field.path, .network(network), origin: place(span))
    // What `PythonRuntime.addresses` finds is of IPv4 where it can be.
    if field.changes.first == .compared { return inside }
    if network.address.bytes.count == 4 { return .all([inside, .not(hasColon(field, span))]) }
    guard network.hasMappedAddresses, let four = CIDR("0.0.0.0/0") else { return inside }
    let mapped = Condition.test(field.path, .network(four), origin: place(span))
    return .any([inside, .all([mapped, hasColon(field, span)])])
  }
}
