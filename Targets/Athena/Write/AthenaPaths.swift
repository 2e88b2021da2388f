import ConcordDetection
import ConcordDiagnostics
import ConcordLanguages

/// How a query gets from a row to the values of a field path.
indirect enum AthenaRoute {
  /// To one value.
  case leaf(AthenaLeaf)
  /// To each element of an array, by that name, and on from there.
  case each(AthenaArray, variable: String, AthenaRoute)
}

/// What stands at the end of a path.
enum AthenaLeaf {
  case text(AthenaExpression)
  /// A whole column that holds an object as JSON text, of that path.
  case jsonColumn(AthenaExpression, FieldPath)
  /// A value within JSON: `base` is the text or JSON value, `path` leads on from it.
  case json(AthenaJSON)
  /// A boolean, a number or a moment.
  case typed(AthenaExpression, FieldType)
  /// A row.
  case structure(AthenaExpression)
  case map(AthenaExpression)
}

/// An array to go through.
enum AthenaArray {
  /// An array column.
  case typed(AthenaExpression)
  /// What may be an array within JSON, or a lone value that stands for itself: no path and no fixture tells which it is
  /// in every event.
  case json(AthenaJSON)

  /// The array as the first argument of `any_match`.
  var expression: AthenaExpression {
    switch self {
    case .typed(let expression): expression
    case .json(let json): AthenaIdioms.elementsOrLone.make(json.value)
    }
  }
}

/// A place within JSON text, or within a value of type JSON.
struct AthenaJSON {
  /// The text, or the JSON value.
  var base: AthenaExpression
  /// Whether the base is a value of type JSON.
  var baseIsJSON: Bool
  /// The steps from there.
  var steps: [FieldPath.Step] = []
  /// Whether fixtures tell that a value on these steps is no array, which need not be so in every event.
  var takesSingles = false
  /// Whether `[]` or fixtures tell that the value there is an array; it may be a lone one all the same.
  var isKnownArray = false

  /// The text of a text, number or boolean there; NULL of anything else.
  var scalar: AthenaExpression { .call("json_extract_scalar", base, .string(AthenaJSONPath.text(steps))) }
  /// The JSON value there; NULL where there is none.
  var value: AthenaExpression {
    steps.isEmpty && baseIsJSON ? base : .call("json_extract", base, .string(AthenaJSONPath.text(steps)))
  }
  /// The JSON value there as compact JSON; `null` where it is JSON's null, NULL where there is none.
  var formatted: AthenaExpression { .call("json_format", value) }
  /// The text of a scalar there, and the JSON of anything else.
  var shown: AthenaExpression {
    AthenaIdioms.shownJSON.make(
      .init(base: base, path: AthenaJSONPath.text(steps), isBase: steps.isEmpty && baseIsJSON))
  }
  /// The elements of the array there; NULL where there is none.
  var array: AthenaExpression { AthenaIdioms.elements.make(value) }
}

/// Finds the way to field paths in one table.
struct AthenaResolver {
  let table: AthenaTable
  /// Events that show which values are arrays.
  let fixtures: [Event]
  /// Whether what is not known to be an array is taken as a single value.
  var takesUnknownAsSingle = false

  /// The way to a path. Its first variables are those `given`, in order; the others are none of `taken`. Throws where the
  /// table has no such field.
  func route(
    to path: FieldPath, by given: [String] = [], besides taken: [String] = []
  ) throws(Diagnostic) -> AthenaRoute {
    let plain = path.withoutEach
    guard case .name(let first)? = plain.steps.first else { throw unknown(path, path.description, []) }
    guard let column = table.column(first) else {
      throw unknown(path, first, table.schema.fields)
    }
    if let type = table.type(at: plain)?.filledText { throw .filledText(path, type) }
    if let part = table.arrayInArray(on: path, in: fixtures) {
      throw .arrayInArray(at: part, of: path, in: "Athena SQL")
    }
    let arrays = path.shape(in: fixtures).arrays
    var walk = Walk(
      resolver: self, path: path, arrays: takesUnknownAsSingle ? arrays.map { $0 ?? false } : arrays,
      given: given[...], taken: taken)
    let rest = plain.steps.dropFirst()
    if column.type == .text, table.isJSONColumn(column.name) || (!rest.isEmpty && !table.isCloudTrail) {
      if !rest.isEmpty, table.takesObjectsApart { throw .readerLoses(path, column.name) }
      return walk.column(column.name, rest)
    }
    return try walk.typed(.name(column.name), column.type, rest)
  }

  /// A name for a lambda's variable that no column has.
  func freshVariable(_ wanted: String) -> String {
    var name = wanted
    while table.column(name) != nil { name += "_" }
    return name
  }

  /// Why the table has no way to the path.
  func unknown(_ path: FieldPath, _ name: String, _ fields: [Schema.Field]) -> Diagnostic {
    let lower = LetterCase.lower(path.names.joined(separator: "."))
    if table.isCloudTrail,
      CloudTrailTable.withoutColumn.contains(where: { lower == $0 || lower.hasPrefix($0 + ".") })
    {
      return .notInTable(path, in: table.schema.name)
    }
    let suggestion =
      table.isCloudTrail
      ? Suggestion.question(for: path.names.joined(separator: "."), among: CloudTrailTable.spellings)
      : Suggestion.question(for: name, among: fields.map(\.name))
    return .unknownField(path, name, in: table.schema.name, suggestion: suggestion)
  }
}

/// One walk along a path.
private struct Walk {
  let resolver: AthenaResolver
  let path: FieldPath
  let arrays: [Bool?]
  /// Variables to use first.
  var given: ArraySlice<String>
  /// Variables that are bound already.
  let taken: [String]
  private var variable = 1

  init(resolver: AthenaResolver, path: FieldPath, arrays: [Bool?], given: ArraySlice<String>, taken: [String])
  {
    (self.resolver, self.path, self.arrays, self.given, self.taken) = (resolver, path, arrays, given, taken)
  }

  /// Begins at a column of JSON text.
  mutating func column(_ name: String, _ steps: ArraySlice<FieldPath.Step>) -> AthenaRoute {
    var whole = AthenaJSON(base: .name(name), baseIsJSON: false)
    let passesIndex = if case .index? = steps.first { true } else { false }
    if arrays.first == true, !passesIndex {
      whole.isKnownArray = true
      return elements(of: whole, steps)
    }
    return steps.isEmpty ? .leaf(.jsonColumn(.name(name), path)) : json(whole, steps)
  }

  private mutating func elements(
    of array: AthenaJSON, _ steps: ArraySlice<FieldPath.Step>
  ) -> AthenaRoute {
    let name = nextVariable()
    let element = AthenaJSON(base: .name(name), baseIsJSON: true)
    return .each(.json(array), variable: name, json(element, steps))
  }

  /// Goes on from a value of type JSON or JSON text. The steps left tell where in `arrays` we are.
  mutating func json(_ base: AthenaJSON, _ steps: ArraySlice<FieldPath.Step>) -> AthenaRoute {
    var place = base
    var rest = steps
    while let step = rest.popFirst() {
      place.steps.append(step)
      if case .index? = rest.first { continue }
      let position = arrays.count - rest.count - 1
      let isArray = arrays.indices.contains(position) ? arrays[position] : nil
      if isArray == false {
        place.takesSingles = true
        continue
      }
      place.isKnownArray = isArray == true
      return elements(of: place, rest)
    }
    return .leaf(.json(place))
  }

  /// Goes on from a value whose type the table states.
  mutating func typed(
    _ base: AthenaExpression, _ type: FieldType, _ steps: ArraySlice<FieldPath.Step>
  ) throws(Diagnostic) -> AthenaRoute {
    let rest = steps.dropFirst()
    switch (type, steps.first) {
    case (.array(let element), .index(let index)?):
      return try typed(.call("element_at", base, .number(String(index + 1))), element, rest)
    case (.array(let element), _):
      let name = nextVariable()
      return .each(.typed(base), variable: name, try typed(.name(name), element, steps))
    case (.structure(let fields), .name(let name)?):
      guard let field = AthenaTable.field(name, in: fields) else {
        throw resolver.unknown(path, name, fields)
      }
      return try typed(base.field(field.name), field.type, rest)
    case (.map(let value), .name(let name)?):
      return try typed(.call("element_at", base, .string(name)), value, rest)
    case (.text, .some) where !resolver.table.isCloudTrail:
      if resolver.table.takesObjectsApart { throw .readerLoses(path, path.description) }
      return json(AthenaJSON(base: base, baseIsJSON: false), steps)
    case (.text, nil): return .leaf(.text(base))
    case (.boolean, nil), (.integer, nil), (.real, nil), (.timestamp, nil): return .leaf(.typed(base, type))
    case (.structure, nil): return .leaf(.structure(base))
    case (.map, nil): return .leaf(.map(base))
    case (.text, _), (.boolean, _), (.integer, _), (.real, _), (.timestamp, _), (.structure, _), (.map, _):
      throw resolver.unknown(path, path.description, [])
    }
  }

  private mutating func nextVariable() -> String {
    if let name = given.popFirst() { return name }
    var name: String
    repeat {
      name = "e\(variable)"
      variable += 1
    } while resolver.table.column(name) != nil || taken.contains(name)
    return name
  }
}

extension AthenaRoute {
  /// The variables that the way binds, from the outside in.
  var variables: [String] {
    switch self {
    case .leaf: []
    case .each(_, let variable, let rest): [variable] + rest.variables
    }
  }

  /// Whether fixtures tell that a value within JSON on the way is no array.
  var takesSingles: Bool {
    switch self {
    case .leaf(.json(let json)): json.takesSingles
    case .leaf: false
    case .each(.json(let json), _, let rest): json.takesSingles || rest.takesSingles
    case .each(.typed, _, let rest): rest.takesSingles
    }
  }

  /// The way from where so many variables are bound.
  func dropping(_ count: Int) -> AthenaRoute {
    guard count > 0, case .each(_, _, let rest) = self else { return self }
    return rest.dropping(count - 1)
  }
}
