// What maps and lists of a selection can be joined to.

extension SigmaSelectionBody {
  /// The selection that holds where all of these do; `nil` where a map cannot say so.
  static func all(_ bodies: [SigmaSelectionBody]) -> SigmaSelectionBody? {
    var items: [SigmaItem] = []
    for body in bodies {
      switch body {
      case .map(let more): items += more
      case .keyword(let value): items.append(SigmaItem("", [], [value]))
      case .list, .every: return nil
      }
    }
    guard let merged = mergedByAll(items), SigmaSelectionBody.isUniform(merged) else { return nil }
    if merged.count == 1, merged[0].key.isEmpty, merged[0].values.count == 1 {
      return .keyword(merged[0].values[0])
    }
    return .map(merged)
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
    for case .map(let items) in flat {
      if let last = maps.indices.last, areJoinedByAny(maps[last], items) {
        // In place: a list may have thousands of values.
        maps[last][0].values += items[0].values
        maps[last][0].isList = maps[last][0].values.count != 1
      } else {
        maps.append(items)
      }
    }
    return maps.count == 1 ? .map(maps[0]) : .list(maps.map(SigmaSelectionBody.map))
  }

  /// Items with equal keys joined to one with `all`, since a map has each key once.
  private static func mergedByAll(_ items: [SigmaItem]) -> [SigmaItem]? {
    if items.count == 1 { return items }
    var result: [SigmaItem] = []
    var places: [String: Int] = [:]
    for item in items {
      guard let place = places[item.keyWithoutAll] else {
        places[item.keyWithoutAll] = result.count
        result.append(item)
        continue
      }
      guard item.values.count == 1, !result[place].isList || result[place].modifiers.last == .all,
        item.takesAll
      else { return nil }
      if result[place].modifiers.last != .all { result[place].modifiers.append(.all) }
      result[place].values += item.values
      result[place].isList = true
    }
    return Set(result.map(\.key)).count == result.count ? result : nil
  }

  /// Keywords and fields do not stand in one map: the specification has no meaning for it.
  private static func isUniform(_ items: [SigmaItem]) -> Bool {
    items.count == 1 || items.allSatisfy { !$0.field.isEmpty }
  }

  /// Whether one item with the values of both says the same: each map has one item and the keys are equal.
  private static func areJoinedByAny(_ left: [SigmaItem], _ right: [SigmaItem]) -> Bool {
    left.count == 1 && right.count == 1 && left[0].modifiers == right[0].modifiers
      && left[0].field == right[0].field && left[0].takesAny && right[0].takesAny
  }
}

extension SigmaItem {
  /// The key without a closing `all`.
  fileprivate var keyWithoutAll: String {
    var copy = self
    if copy.modifiers.last == .all { copy.modifiers.removeLast() }
    return copy.key
  }

  /// Whether several values can be joined by `all`: those of tests of text.
  fileprivate var takesAll: Bool {
    !modifiers.contains { [.exists, .lt, .lte, .gt, .gte, .fieldref].contains($0) }
      && values.allSatisfy { if case .null = $0.value { false } else { true } }
  }

  /// Whether another value can be joined by or: not to `all`, and null stands alone.
  fileprivate var takesAny: Bool { takesAll && !modifiers.contains(.all) }
}
