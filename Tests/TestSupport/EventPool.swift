import ConcordDetection
import ConcordDocuments

/// The fields that generated conditions ask about and generated events have, with their types, so that a platform
/// that needs a schema can have one.
package enum EventPool {
  /// The type of a field.
  public indirect enum FieldType: Hashable, Sendable {
    /// Text.
    case text
    /// Text that is mostly IP addresses.
    case address
    /// A boolean.
    case boolean
    /// A whole number.
    case integer
    /// A number that may have a fraction.
    case real
    /// A record of named fields.
    case structure([Column])
    /// A list.
    case array(FieldType)
    /// Free JSON, which a table keeps as text; the columns are what conditions ask about.
    case document([Column])
  }

  /// A named field.
  package struct Column: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Its type.
    package var type: FieldType
    /// A field of that name and type.
    package init(_ name: String, _ type: FieldType) {
      self.name = name
      self.type = type
    }
  }

  /// A path of the pool and the type of what it leads to.
  package struct Field: Hashable, Sendable {
    /// The path; arrays on the way are written `[]`.
    package var path: FieldPath
    /// The type of its values.
    package var type: FieldType
    /// Whether the path passes free JSON.
    package var isInDocument: Bool

    /// Whether the path passes or leads to an array.
    package var hasArray: Bool {
      path.steps.contains { if case .each = $0 { true } else { false } }
    }
  }

  /// The top-level fields, in the names and types that CloudTrail's table has where it has them.
  package static let columns: [Column] = [
    Column("eventName", .text),
    Column("errorCode", .text),
    Column("sourceIPAddress", .address),
    Column("readOnly", .boolean),
    Column("attempts", .integer),
    Column("score", .real),
    Column(
      "userIdentity",
      .structure([
        Column("type", .text),
        Column("arn", .text),
        Column("invokedBy", .text),
        Column("session", .structure([Column("mfa", .boolean), Column("issuer", .text)])),
      ])),
    Column("tags", .array(.text)),
    Column("ports", .array(.integer)),
    Column(
      "resources",
      .array(.structure([Column("ARN", .text), Column("accountId", .text), Column("address", .address)]))),
    Column(
      "requestParameters",
      .document([
        Column("instanceType", .text),
        Column("maxResults", .integer),
        Column("dryRun", .boolean),
        Column("filter", .structure([Column("name", .text), Column("cidrIp", .address)])),
        Column("items", .array(.structure([Column("id", .text), Column("port", .integer)]))),
      ])),
  ]

  /// Every path that a condition may ask about: leaves, and the records and lists that hold them.
  package static let fields: [Field] = columns.flatMap { column in
    fields(column.type, steps: [.name(column.name)], inDocument: false)
  }

  /// The paths that pass no array and no free JSON, and lead to text, numbers or booleans.
  package static let scalars: [Field] = fields.filter { field in
    switch field.type {
    case .structure, .array, .document: false
    case .text, .address, .boolean, .integer, .real: !field.hasArray && !field.isInDocument
    }
  }

  /// The paths of leaves, in free JSON and arrays too.
  package static let leaves: [Field] = fields.filter { field in
    switch field.type {
    case .structure, .array, .document: false
    case .text, .address, .boolean, .integer, .real: true
    }
  }

  private static func fields(_ type: FieldType, steps: [FieldPath.Step], inDocument: Bool) -> [Field] {
    guard let path = FieldPath(steps: steps) else { return [] }
    let own = Field(path: path, type: type, isInDocument: inDocument)
    switch type {
    case .text, .address, .boolean, .integer, .real: return [own]
    case .array(let element): return fields(element, steps: steps + [.each], inDocument: inDocument)
    case .structure(let columns):
      return [own]
        + columns.flatMap { fields($0.type, steps: steps + [.name($0.name)], inDocument: inDocument) }
    case .document(let columns):
      return [own] + columns.flatMap { fields($0.type, steps: steps + [.name($0.name)], inDocument: true) }
    }
  }

  /// The texts that conditions ask for and events hold, so that they meet often.
  package static let texts = [
    "RunInstances", "runinstances", "TerminateInstances", "Run", "a", "A", "ab", "b", "", "AWSService",
    "Root",
    "arn:aws:iam::111122223333:role/Admin", "true", "false", "0", "1", "5", "5.0", "1e3", "-7", "1000",
    "null",
    "10.1.2.3", "192.168.0.1", "t2.micro", "é", "É", "k", "\u{212A}", "straße", "a*b", "a%b", "a_b", "a\\b",
    "it's",
    "say \"x\"", "a\nb", "a\n",
  ]
  /// The addresses that events hold.
  package static let addresses = [
    "10.0.0.0", "10.1.2.3", "10.255.255.255", "11.0.0.0", "9.255.255.255", "192.168.0.1", "172.16.5.4",
    "2001:db8::1", "2001:DB8:0:0::1", "2001:db9::", "::ffff:10.1.2.3", "::1", "AWS Internal",
    "ec2.amazonaws.com", "10.1.2", "010.1.2.3", "",
  ]
  /// The networks that conditions ask for.
  package static let networks = [
    "10.0.0.0/8", "10.1.2.3/32", "192.168.0.0/16", "172.16.0.0/12", "0.0.0.0/0", "2001:db8::/32", "::1/128",
    "10.1.2.0/25",
  ]
  /// The numbers of both.
  package static let numbers = [
    "0", "1", "-1", "4", "5", "5.5", "6", "1000", "0.1", "443", "8080", "-7", "1e3",
  ]
}
