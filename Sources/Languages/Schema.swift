import ConcordDetection
import ConcordDiagnostics

/// What a platform's table or source looks like: fields and their types, in order.
public struct Schema: Hashable, Sendable {
  /// A named field.
  public struct Field: Hashable, Sendable {
    /// Its name, in the platform's spelling.
    public var name: String
    /// Its type.
    public var type: FieldType

    /// A field of that name and type.
    public init(_ name: String, _ type: FieldType) {
      self.name = name
      self.type = type
    }
  }

  /// The table's or source's name.
  public var name: String
  /// What the name stands in, outermost first: a catalog, a database. Empty where that is the session's.
  public var container: [String]
  /// The fields, in order.
  public var fields: [Field]
  /// The fields by which the table is partitioned, in order; not part of an event.
  public var partitions: [Field]

  /// A schema of these fields.
  public init(name: String, in container: [String] = [], fields: [Field], partitions: [Field] = []) {
    self.name = name
    self.container = container
    self.fields = fields
    self.partitions = partitions
  }
}

/// The type of a field, as far as it changes how a query must be written.
public indirect enum FieldType: Hashable, Sendable {
  /// Text.
  case text
  /// A boolean.
  case boolean
  /// A whole number.
  case integer
  /// A number that may have a fraction.
  case real
  /// A moment in time.
  case timestamp
  /// A record of named fields.
  case structure([Schema.Field])
  /// A list.
  case array(FieldType)
  /// Text keys to values of one type.
  case map(FieldType)
}
