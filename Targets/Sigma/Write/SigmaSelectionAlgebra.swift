import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

// What maps and lists of a selection can be joined to.

extension SigmaSelectionBody {
  /// The items, of a map or a lone keyword; `nil` of a list.
  var items: [SigmaItem]? {
    switch self {
    case .map(let items): items
    case .keyword(let value): [SigmaItem("", [], [value])]
    case .list, .every: nil
    }
  }

  /// Whether it is a map of fields.
  var isMap: Bool {
    if case .map(let items) = self { items.allSatisfy { !$0.field.isEmpty } } else { false }
  }

  /// Whether it is keywords as a list has them.
  var isKeyword: Bool {
    switch self {
    case .keyword: true
    case .list(let bodies): bodies.allSatisfy(\.isKeyword)
    case .map, .every: false
    }
  }

  /// The selection that holds where all of these do; `nil` where one map cannot say so.
  static func all(_ bodies: [SigmaSelectionBody]) -> SigmaSelectionBody? {
    var items: [SigmaItem] = []
    for body in bodies {
      guard let more = body.items else { return nil }
      items += more
    }
    let maps = maps(items)
    return maps.count == 1 ? maps[0] : nil
  }

  /// The selection that holds where some of these does.
  static func any(_ bodies: [SigmaSelectionBody]) -> SigmaSelectionBody? {
    var flat: [SigmaSelectionBody] = []
    for body in bodies {
      if case .list(let inner) = body { flat += inner } else { flat.append(body) }
    }
    let keywords = flat.count { if case .keyword = $0 { true } else { false } }
    if keywords > 0 { return keywords == flat.count ? .list(flat) : nil }
    var maps: [[SigmaItem]] = []
    var places: [ScalarText: Int] = [:]
    /// The place of the item before; most follow one of the same key.
    var before: Int?
    var joined: Set<Int> = []
    for case .map(let items) in flat {
      guard items.count == 1, let item = items.first, item.takesAny else {
        maps.append(items)
        continue
      }
      var place = before
      if place.map({ !maps[$0][0].hasKey(of: item) }) ?? true {
        let key = ScalarText(item.key)
        place = places[key]
        if place == nil { places[key] = maps.count }
      }
      if let place {
        // In place: a list may have thousands of values.
        maps[place][0].values += item.values
        joined.insert(place)
      } else {
        maps.append(items)
      }
      before = place ?? maps.count - 1
    }
    for place in joined { maps[place][0] = SigmaItem(of: maps[place][0], maps[place][0].values) }
    return maps.count == 1 ? .map(maps[0]) : .list(maps.map(SigmaSelectionBody.map))
  }

  /// The bodies, with those side by side that begin with the same field joined to one: none of them may hold, so
  /// it is the same, and one filter about a field reads better than two.
  static func joinedByField(_ bodies: [SigmaSelectionBody]) -> [SigmaSelectionBody] {
    var result: [SigmaSelectionBody] = []
    for body in bodies {
      if let last = result.last, last.firstField == body.firstField, let joined = any([last, body]) {
        result[result.count - 1] = joined
      } else {
        result.append(body)
      }
    }
    return result
  }

  /// Maps that together ask all of the items, as few as can be: a map has each key once, so several values of one
  /// key are joined by `all` where they can be, and stand in maps of their own otherwise. Keywords and fields do
  /// not stand in one map: the specification has no meaning for it.
  static func maps(_ items: [SigmaItem]) -> [SigmaSelectionBody] {
    var keys: [ScalarText] = []
    var byKey: [ScalarText: [SigmaItem]] = [:]
    for item in items {
      let key = ScalarText(item.keyWithoutAll)
      if byKey[key] == nil { keys.append(key) }
      byKey[key, default: []].append(item)
    }
    var main: [SigmaItem] = []
    var rest: [SigmaItem] = []
    var words: [SigmaItem] = []
    for key in keys {
      let (joined, others) = split(byKey[key] ?? [])
      if joined.first?.field.isEmpty ?? false { words += joined } else { main += joined }
      rest += others
    }
    let maps = (main.isEmpty ? [] : [SigmaSelectionBody.map(main)]) + (words + rest).map { .map([$0]) }
    return maps.map { body in
      guard case .map(let items) = body, items.count == 1, items[0].key.isEmpty, items[0].values.count == 1
      else {
        return body
      }
      return .keyword(items[0].values[0])
    }
  }

  /// The items of one key, some of them in one map (a list of which one value must match, and one of which all
  /// must), and those that do not fit in there.
  private static func split(_ items: [SigmaItem]) -> (joined: [SigmaItem], others: [SigmaItem]) {
    var lists: [SigmaItem] = []
    var singles: [SigmaItem] = []
    for item in items {
      if item.values.count == 1 || item.modifiers.last == .all {
        singles.append(item)
      } else {
        lists.append(item)
      }
    }
    let values = singles.flatMap(\.values)
    if values.count > 1, singles.allSatisfy(\.takesAll), let first = singles.first {
      let joined = SigmaItem(of: first, values)
      let own = first.modifiers.filter { $0 != .all }
      singles = [
        SigmaItem(first.field, joined.values.count > 1 ? own + [.all] : own, joined.values)
      ]
    }
    if singles.first?.modifiers.last == .all {
      return (singles + lists.prefix(1), Array(lists.dropFirst()))
    }
    return (Array((singles + lists).prefix(1)), Array((singles + lists).dropFirst()))
  }
}

extension SigmaItem {
  /// The item with other values, each once: letter case tells values apart only where it matters.
  fileprivate init(of item: SigmaItem, _ values: [SigmaScalar]) {
    let isExact = item.modifiers.contains(.cased) || item.modifiers.contains(.re)
    var seen = SeenTexts()
    let distinct = values.filter { value in
      guard let text = value.value.comparedText else { return true }
      return seen.insert(isExact ? text : LetterCase.ignored.folded(text))
    }
    self.init(item.field, item.modifiers, distinct, isList: distinct.count > 1)
  }

  /// Whether both have the same key.
  fileprivate func hasKey(of other: SigmaItem) -> Bool {
    modifiers == other.modifiers && field.sameScalars(as: other.field)
  }

  /// The key without a closing `all`.
  fileprivate var keyWithoutAll: String {
    guard modifiers.last == .all else { return key }
    var copy = self
    copy.modifiers.removeLast()
    return copy.key
  }

  /// Whether several values are joined by `all`: parts of a text, and keywords. Authors, and pySigma's validators,
  /// have it with `contains` alone.
  fileprivate var takesAll: Bool {
    (field.isEmpty || modifiers.contains(.contains)) && !modifiers.contains(.re)
  }

  /// Whether another value can be joined by or: not to `all`, and null stands alone.
  fileprivate var takesAny: Bool {
    !modifiers.contains(where: \.isOfOneValue)
      && values.allSatisfy { if case .null = $0.value { false } else { true } }
  }
}

extension SigmaModifier {
  /// Whether its values are not joined by or.
  fileprivate var isOfOneValue: Bool {
    switch self {
    case .exists, .lt, .lte, .gt, .gte, .fieldref, .all: true
    case .contains, .startswith, .endswith, .cased, .neq, .re, .i, .m, .s, .ignorecase, .multiline, .dotall,
      .base64, .base64offset, .wide, .utf16le, .utf16be, .utf16, .windash, .cidr, .expand, .minute, .hour,
      .day,
      .week, .month, .year:
      false
    }
  }
}
