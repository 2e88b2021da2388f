import ConcordDetection
import ConcordDiagnostics

/// The functions that stand at the end of a rule that is written in Python: what the rule asks of an event is what they
/// find in it. The writer writes those that a rule calls, and the reader knows them by their tokens.
///
/// A value is compared by its text (Semantics row 5), null is no value, arrays are passed, and keys are compared letter
/// by letter: Panther's own `get` and `deep_get` find keys in any letter case, pass no arrays, and tell null from an
/// absent key, and `deep_walk` fails on objects in arrays.
enum PythonRuntime: String, CaseIterable {
  case values, texts, present, truthy, numbers, addresses, each
  case holdsArray = "holds_array"
  case sameText = "same_text"
  case leaves, fold
  case textOf = "text_of"
  case jsonOf = "json_of"
  case decimal
  case isArray = "is_array"

  /// The functions' names.
  static let names = Set(allCases.map(\.rawValue))

  /// The functions that it calls.
  var calls: [PythonRuntime] {
    switch self {
    case .values, .holdsArray: [.isArray]
    case .texts: [.values, .textOf]
    case .present, .each: [.values]
    case .truthy: [.values, .textOf]
    case .numbers, .addresses, .sameText: [.texts]
    case .leaves: [.isArray, .textOf]
    case .textOf: [.jsonOf, .decimal]
    case .jsonOf: [.isArray]
    case .fold, .decimal, .isArray: []
    }
  }

  /// What it needs of Python's library, by the name under which it is imported.
  var imports: [PythonImport] {
    switch self {
    case .values, .truthy, .holdsArray, .leaves, .textOf: [.mapping]
    case .isArray: [.sequence]
    case .numbers: [.re]
    case .addresses: [.ipAddress]
    case .jsonOf: [.json, .mapping]
    case .texts, .present, .each, .sameText, .fold, .decimal: []
    }
  }

  /// Names of Python's own that their bodies use.
  static let builtins: Set<String> = [
    "len", "list", "isinstance", "bool", "any", "float", "getattr", "str", "repr", "abs", "int", "ValueError",
  ]

  /// The function with what it calls, and what these call.
  var closure: Set<PythonRuntime> {
    var (all, open): (Set<PythonRuntime>, [PythonRuntime]) = ([self], [self])
    while let next = open.popLast() {
      for call in next.calls where all.insert(call).inserted { open.append(call) }
    }
    return all
  }

  /// Its lines.
  var text: String {
    switch self {
    case .values: PythonRuntime.valuesText
    case .texts:
      #"""
      def texts(event, *path):
          """The texts by which the values at a path are compared."""
          return [text_of(value) for value, _ in values(event, *path)]
      """#
    case .present:
      #"""
      def present(event, *path):
          """Whether a path leads to a value."""
          return len(values(event, *path)) > 0
      """#
    case .truthy:
      #"""
      def truthy(event, *path):
          """Whether a value at a path is none of false, 0 and the empty text, or is an object or an element."""
          return any(
              is_element or isinstance(value, Mapping) or text_of(value) not in ("", "false", "0")
              for value, is_element in values(event, *path)
          )
      """#
    case .numbers:
      #"""
      def numbers(event, *path):
          """The numbers among the texts at a path."""
          number = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
          return [float(text) for text in texts(event, *path) if re.fullmatch(number, text)]
      """#
    case .addresses:
      #"""
      def addresses(event, *path):
          """The IP addresses among the texts at a path; one of IPv4 that is spelled as IPv6 is that of IPv4."""
          found = []
          for text in texts(event, *path):
              try:
                  address = ip_address(text)
              except ValueError:
                  continue
              if "%" not in text:
                  found.append(getattr(address, "ipv4_mapped", None) or address)
          return found
      """#
    case .each:
      #"""
      def each(event, *path):
          """The values at a path, one by one."""
          return [value for value, _ in values(event, *path)]
      """#
    case .holdsArray: PythonRuntime.holdsArrayText
    case .sameText:
      #"""
      def same_text(event, path, other, change=str):
          """Whether a value at one path has the text of a value at the other."""
          others = [change(text) for text in texts(event, *other)]
          return any(change(text) in others for text in texts(event, *path))
      """#
    case .leaves:
      #"""
      def leaves(event):
          """The texts of all values of the event that are no objects and no arrays."""
          found = []
          pending = [event]
          for value in pending:
              if isinstance(value, Mapping):
                  pending += [value[key] for key in value]
              elif is_array(value):
                  pending += list(value)
              elif value is not None:
                  found.append(text_of(value))
          return found
      """#
    case .fold:
      #"""
      def fold(text):
          """The text in lower case, letter by letter."""
          return "".join([letter.lower()[0] for letter in text])
      """#
    case .textOf:
      #"""
      def text_of(value):
          """The text by which a value is compared that is no array."""
          if isinstance(value, str):
              return value
          if isinstance(value, Mapping):
              return json_of(value)
          if isinstance(value, bool):
              return "true" if value else "false"
          return decimal(value)
      """#
    case .jsonOf:
      #"""
      def json_of(value):
          """A value as JSON without blanks."""
          if isinstance(value, Mapping):
              return "{" + ",".join([json_of(key) + ":" + json_of(value[key]) for key in value]) + "}"
          if is_array(value):
              return "[" + ",".join([json_of(item) for item in value]) + "]"
          return json.dumps(value, ensure_ascii=False)
      """#
    case .decimal: PythonRuntime.decimalText
    case .isArray:
      #"""
      def is_array(value):
          """Whether a value is an array of the event."""
          return isinstance(value, Sequence) and not isinstance(value, str)
      """#
    }
  }

  private static let valuesText = #"""
    def values(event, *path):
        """What a path leads to, but null, each with whether it is an element; `...` stands for each element."""
        found = []
        pending = [(event, 0, False)]
        for value, place, is_element in pending:
            step = path[place] if place < len(path) else None
            if value is None:
                continue
            if is_array(value):
                items = list(value)
                if step is ...:
                    pending += [(item, place + 1, place + 1 == len(path)) for item in items]
                elif not isinstance(step, int):
                    pending += [(item, place, step is None) for item in items]
                elif step < len(items):
                    pending += [(items[step], place + 1, False)]
            elif step is ...:
                pending += [(value, place + 1, False)]
            elif step is None:
                found.append((value, is_element))
            elif isinstance(value, Mapping) and step in list(value):
                pending += [(value[step], place + 1, False)]
        return found
    """#

  private static let holdsArrayText = #"""
    def holds_array(event, *path):
        """Whether a path leads to an array."""
        pending = [(event, 0)]
        for value, place in pending:
            step = path[place] if place < len(path) else None
            if is_array(value):
                items = list(value)
                if step is None:
                    return True
                if step is ...:
                    pending += [(item, place + 1) for item in items]
                elif not isinstance(step, int):
                    pending += [(item, place) for item in items]
                elif step < len(items):
                    pending += [(items[step], place + 1)]
            elif step is ...:
                pending += [(value, place + 1)]
            elif isinstance(value, Mapping) and step in list(value):
                pending += [(value[step], place + 1)]
        return False
    """#

  private static let decimalText = #"""
    def decimal(number):
        """A number's shortest decimal."""
        digits, _, power = repr(abs(number)).partition("e")
        whole, _, fraction = digits.partition(".")
        digits = (whole + fraction).rstrip("0")
        power = int(power or "0") + len(whole) - len(digits)
        digits = digits.lstrip("0")
        sign = "-" if number < 0 else ""
        if digits == "":
            return "0"
        if 0 <= power <= 64:
            return sign + digits + "0" * power
        if -len(digits) < power < 0:
            return sign + digits[:power] + "." + digits[power:]
        if -64 <= power + len(digits) <= 0:
            return sign + "0." + "0" * (-power - len(digits)) + digits
        rest = "." + digits[1:] if len(digits) > 1 else ""
        return sign + digits[:1] + rest + "e" + str(power + len(digits) - 1)
    """#

  /// The digests of their tokens.
  static let digests: [PythonRuntime: String] = {
    var digests: [PythonRuntime: String] = [:]
    for part in allCases {
      let module = PythonModule(Source(name: "runtime.py", text: part.text + "\n"))
      if case .function(let function)? = module.body.first?.kind { digests[part] = function.digest }
    }
    return digests
  }()
}

/// What written rules import, by the names under which they do.
enum PythonImport: String, CaseIterable {
  case json, re
  case mapping = "Mapping"
  case sequence = "Sequence"
  case fnmatchcase
  case ipAddress = "ip_address"
  case ipNetwork = "ip_network"

  /// The module, and whether it is imported whole.
  var module: (name: String, isWhole: Bool) {
    switch self {
    case .json: ("json", true)
    case .re: ("re", true)
    case .mapping, .sequence: ("collections.abc", false)
    case .fnmatchcase: ("fnmatch", false)
    case .ipAddress, .ipNetwork: ("ipaddress", false)
    }
  }

  /// The name by which what is imported is known.
  var known: String { module.isWhole ? module.name : "\(module.name).\(rawValue)" }

  /// The lines that import these.
  static func lines(_ needed: Set<PythonImport>) -> String {
    var (text, names): (String, [(module: String, names: [String])]) = ("", [])
    for one in allCases where needed.contains(one) {
      if one.module.isWhole {
        text += "import \(one.rawValue)\n"
      } else if names.last?.module == one.module.name {
        names[names.count - 1].names.append(one.rawValue)
      } else {
        names.append((one.module.name, [one.rawValue]))
      }
    }
    for (module, names) in names { text += "from \(module) import \(names.joined(separator: ", "))\n" }
    return text
  }
}
