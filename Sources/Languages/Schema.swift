import ConcordDetection
import ConcordDiagnostics

/// What a platform's table or source looks like: fields and their types, in order.
package struct Schema: Hashable, Sendable {
  /// A named field.
  package struct Field: Hashable, Sendable {
    /// Its name, in the platform's spelling.
    package var name: String
    package var type: FieldType

    package init(_ name: String, _ type: FieldType) {
      self.name = name
      self.type = type
    }
  }

  /// The table's or source's name.
  package var name: String
  /// What the name stands in, outermost first: a catalog, a database. Empty where that is the session's.
  package var container: [String]
  /// The fields, in order.
  package var fields: [Field]
  /// The fields by which the table is partitioned, in order; not part of an event.
  package var partitions: [Field]

  /// A schema of these fields.
  package init(name: String, in container: [String] = [], fields: [Field], partitions: [Field] = []) {
    self.name = name
    self.container = container
    self.fields = fields
    self.partitions = partitions
  }
}

/// The type of a field, as far as it changes how a query must be written.
package indirect enum FieldType: Hashable, Sendable {
  case text
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
