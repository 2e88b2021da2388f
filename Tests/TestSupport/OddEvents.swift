import ConcordDetection
import ConcordDiagnostics
import ConcordDocuments

/// Tables over the fields of the pool.
package struct RowTables: Sendable {
  /// What is particular about it.
  package let name: String
  /// Its statement.
  package let source: Source

  private init(_ name: String, _ format: String, types: [EventPool.FieldType: String] = [:]) {
    self.name = name
    source = Source(name: "\(name).sql", text: EventPool.ddl(format, types: types))
  }

  private static let hive = "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"
  private static let openX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
  private static let cloudTrail =
    hive + "\nSTORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'x'"
  private static let delimited = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
  private static let csv =
    "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'\n"
    + "TBLPROPERTIES ('use.null.for.invalid.data'='true')"
  private static let narrow: [EventPool.FieldType: String] = [
    .text: "varchar(6)", .integer: "int", .real: "decimal(6,1)", .boolean: "string",
  ]

  /// Of each reader, with the pool's types and with narrow ones.
  package static let all = [
    RowTables("hive", hive), RowTables("hive behind CloudTrail's input format", cloudTrail),
    RowTables("openx", openX), RowTables("hive, narrow", hive, types: narrow),
    RowTables("openx, narrow", openX, types: narrow), RowTables("delimited text", delimited),
    RowTables("delimited text, escaped", delimited + #" ESCAPED BY '\\'"#, types: narrow),
    RowTables("CSV", csv), RowTables("typed, narrow", "STORED AS PARQUET", types: narrow),
  ]
}

/// Events of the pool with values of other types, keys in other letter cases and twice, and numbers in other spellings.
package struct OddEvents {
  private var events: EventGenerator
  private var random: SeededGenerator
  private let oddity: Int

  /// The events of a seed. `oddity`: how many of 100 values and keys are odd, in each of some ways.
  package init(seed: UInt64, oddity: Int = 1) {
    self.oddity = oddity
    var options = EventGenerator.Options()
    options.mistyped = 2 * oddity
    events = EventGenerator(seed: seed, options: options)
    random = SeededGenerator(seed: seed)
  }

  /// The next event.
  package mutating func event() -> Event { Event(odd(events.event().object)) }

  private mutating func odd(_ object: Value.Object) -> Value.Object {
    var members: [Value.Object.Member] = []
    for member in object.members {
      let key = random.chance(oddity) ? member.key.uppercased() : member.key
      members.append(Value.Object.Member(key, odd(member.value)))
      if random.chance(oddity) { members.append(Value.Object.Member(key, odd(member.value))) }
      if random.chance(oddity) { members.append(Value.Object.Member(key.lowercased(), .string("a"))) }
    }
    return Value.Object(members)
  }

  private mutating func odd(_ value: Value) -> Value {
    if random.chance(oddity) { return random.pick(.object(Value.Object([])), .array([value]), .string("")) }
    switch value {
    case .object(let object): return .object(odd(object))
    case .array(let items): return .array(items.map { odd($0) })
    case .number where random.chance(4 * oddity):
      return Number(random.pick("5.0", "1e3", "-0", "0.10", "2147483648", "1.5")).map(Value.number) ?? value
    case .null, .bool, .number, .string, .malformedString: return value
    }
  }
}
