import ConcordDiagnostics
import ConcordLanguages

/// A `SELECT` statement of Athena SQL: what is written and read of the grammar.
package struct AthenaQuery: Sendable {
  /// A named subquery of a `WITH` clause.
  package struct CommonTable: Hashable, Sendable {
    package var name: String
    /// The names of its columns; empty where none are stated.
    package var columns: [String]
    /// The rows that it lists.
    package var rows: [AthenaExpression]
    /// The statement whose rows it has, one; none where it lists them.
    var query: [AthenaQuery]

    /// A table that lists rows.
    package init(name: String, columns: [String], rows: [AthenaExpression]) {
      self.name = name
      self.columns = columns
      self.rows = rows
      query = []
    }

    /// A table that has the rows of a statement.
    init(name: String, columns: [String], query: AthenaQuery) {
      self.name = name
      self.columns = columns
      rows = []
      self.query = [query]
    }
  }

  /// `CROSS JOIN UNNEST(array) AS alias(column)`: a row for each element.
  struct Unnest: Hashable, Sendable {
    var array: AthenaExpression
    var alias: String
    /// The name of an element.
    var column: String
  }

  /// One column of the result; without an expression it is `*`.
  package struct Column: Hashable, Sendable {
    /// What it shows; `nil` for `*`.
    package var expression: AthenaExpression?
    /// Its name; `nil` for the expression's own.
    package var alias: String?
    /// Where it stands, if it is outside the SQL that is read; then it has no expression.
    var unread: Span?
    /// Whether it is outside the SQL that is read, and makes one row of many.
    var isUnreadAggregate = false

    /// Shows `expression` as `alias`.
    package init(_ expression: AthenaExpression?, as alias: String? = nil) {
      self.expression = expression
      self.alias = alias
    }
  }

  /// Lines of leading comment, without the dashes. Outside equality.
  package var comments: [String] = []
  /// The tables of the `WITH` clause.
  package var with: [CommonTable] = []
  /// Whether equal rows of the result are one.
  package var isDistinct = false
  /// The columns of the result.
  package var columns: [Column]
  /// The parts of the table's name, outermost first; none where it is a statement's rows.
  package var table: [String]
  /// The statement whose rows it reads in place of a table, one or none.
  var from: [AthenaQuery] = []
  /// The arrays whose elements make rows, in order.
  var unnests: [Unnest] = []
  /// The table's other name within the statement.
  package var tableAlias: String?
  /// What must be true of a row; `nil` for every row.
  package var predicate: AthenaExpression?
  /// What tells groups of rows apart.
  package var group: [AthenaExpression] = []
  /// What must be true of a group; `nil` for every group.
  package var having: AthenaExpression?
  /// What the rows are ordered by, as positions or expressions.
  package var order: [AthenaExpression] = []
  /// How many rows to give at most, a number as it is written.
  package var limit: String?

  /// A statement over one table.
  package init(columns: [Column], table: [String], predicate: AthenaExpression?) {
    self.columns = columns
    self.table = table
    self.predicate = predicate
  }
}

extension AthenaQuery {
  /// The expressions of the statement, but for those that order its rows.
  var expressions: [AthenaExpression] {
    (predicate.map { [$0] } ?? []) + columns.compactMap(\.expression) + group + (having.map { [$0] } ?? [])
  }

  /// What tells groups apart, a number being the column of the result that it stands for; a number that stands for none
  /// is left as it is.
  var groupExpressions: [AthenaExpression] {
    group.map { element in
      guard case .number(let text) = element.kind, let place = Int(text), columns.indices.contains(place - 1)
      else {
        return element
      }
      return columns[place - 1].expression ?? element
    }
  }

  /// What the column of that name shows.
  func expression(of name: String) -> AthenaExpression? {
    columns.first { AthenaLiteral.isSameName($0.name, name) }?.expression
  }

  /// Whether it makes rows of groups: by its clauses, or by a column that makes one row of many.
  var countsRows: Bool {
    !group.isEmpty || having != nil
      || columns.contains { $0.isUnreadAggregate || $0.expression?.aggregate != nil }
  }
}

extension AthenaQuery: Hashable {
  /// Whether both are the same statement, whatever their comments say.
  package static func == (left: AthenaQuery, right: AthenaQuery) -> Bool {
    left.with == right.with && left.isDistinct == right.isDistinct && left.columns == right.columns
      && left.predicate == right.predicate && left.group == right.group && left.having == right.having
      && left.table.map(ScalarText.init) == right.table.map(ScalarText.init)
      && left.tableAlias.map(ScalarText.init) == right.tableAlias.map(ScalarText.init)
      && left.order == right.order && left.limit == right.limit && left.from == right.from
      && left.unnests == right.unnests
  }

  /// Hashes the predicate.
  package func hash(into hasher: inout Hasher) { hasher.combine(predicate) }
}

/// An expression of Athena SQL.
package struct AthenaExpression: Sendable {
  /// The logical operators. [trino SqlBase.g4]
  static let logic = LogicTable(or: ("OR", 1), and: ("AND", 2), not: ("NOT", 3))

  /// How many elements `ARRAY[…]` takes. [executed: Trino 414; 482 takes any]
  static let arrayLimit = 254

  /// The forms of an expression.
  package indirect enum Kind: Sendable {
    /// `NULL`.
    case null
    /// `TRUE` or `FALSE`.
    case boolean(Bool)
    /// A number as it is written: `5`, `5.5`, `5E0`.
    case number(String)
    /// A text.
    case string(String)
    /// A constant of a time type.
    case moment(AthenaMoment)
    /// The column or lambda variable of that name.
    case name(String)
    /// A field of a row, or a column of a table.
    case field(AthenaExpression, String)
    /// A call; the function's name in lower case.
    case call(String, [AthenaExpression])
    /// A call that makes one value of the rows of a group.
    case aggregate(AthenaAggregate)
    /// A call that makes one value of rows around each row, `… OVER (…)`.
    case windowed(AthenaWindowed)
    /// `variable -> body`.
    case lambda(String, AthenaExpression)
    /// `CAST(operand AS type)`, or `TRY_CAST`, which gives NULL where the cast fails.
    case cast(AthenaExpression, AthenaType, orNull: Bool)
    /// `ARRAY[…]`.
    case array([AthenaExpression])
    /// `ROW(…)`, or a parenthesised list of `VALUES`.
    case row([AthenaExpression])
    /// `NOT operand`.
    case not(AthenaExpression)
    /// Operands joined by `AND`, two or more.
    case and([AthenaExpression])
    /// Operands joined by `OR`, two or more.
    case or([AthenaExpression])
    /// A comparison.
    case compare(ComparisonOperator, AthenaExpression, AthenaExpression)
    /// `left IS [NOT] DISTINCT FROM right`.
    case distinct(AthenaExpression, AthenaExpression, negated: Bool)
    /// `operand / divisor`, a number as it is written.
    case quotient(AthenaExpression, by: String)
    /// `operand IS [NOT] NULL`.
    case isNull(AthenaExpression, negated: Bool)
    /// `operand [NOT] LIKE pattern [ESCAPE escape]`.
    case like(AthenaExpression, AthenaExpression, escape: AthenaExpression?, negated: Bool)
    /// `operand [NOT] IN (…)`.
    case inList(AthenaExpression, [AthenaExpression], negated: Bool)
    /// `operand [NOT] BETWEEN low AND high`.
    case between(AthenaExpression, AthenaExpression, AthenaExpression, negated: Bool)
    /// `CASE WHEN … THEN … [ELSE …] END`.
    case choice([Branch], AthenaExpression?)
  }

  /// `count(*)`, `count(DISTINCT x) FILTER (WHERE …)`.
  package struct AthenaAggregate: Hashable, Sendable {
    /// The function's name in lower case.
    var function: String
    /// What it is of; none for `count(*)`.
    var arguments: [AthenaExpression]
    /// Whether equal values are one.
    var isDistinct = false
    /// The rows that it is of; `nil` for all.
    var filter: AthenaExpression?
  }

  /// `count(*) OVER (PARTITION BY a ORDER BY t RANGE BETWEEN 600 PRECEDING AND CURRENT ROW)`.
  package struct AthenaWindowed: Hashable, Sendable {
    /// What is called.
    var call: AthenaAggregate
    /// What tells the groups apart within which rows are looked at.
    var partition: [AthenaExpression]
    /// What rows are ordered by.
    var order: AthenaExpression
    /// How much less than that of the row it may be, a number as it is written; `nil` for any less.
    var preceding: String?
  }

  /// One `WHEN … THEN …`.
  package struct Branch: Hashable, Sendable {
    /// When it is taken.
    package var condition: AthenaExpression
    /// What it gives.
    package var result: AthenaExpression
  }

  /// The form.
  package var kind: Kind
  /// Where it was written, if it was. Outside equality.
  package var span: Span?

  /// An expression of that form.
  package init(_ kind: Kind, at span: Span? = nil) {
    self.kind = kind
    self.span = span
  }
}

/// A type that a cast names.
package indirect enum AthenaType: Sendable {
  /// A type without parameters, in lower case: `varchar`, `json`, `double`, `ipaddress`.
  case named(String)
  /// `ARRAY(element)`.
  case array(AthenaType)
  /// `MAP(key, value)`.
  case map(AthenaType, AthenaType)
  /// `ROW(name type, …)`.
  case row([Field])

  /// A field of a row type.
  package struct Field: Sendable {
    package var name: String
    package var type: AthenaType
  }
}

extension AthenaType: Hashable {}
extension AthenaType.Field: Hashable {
  /// Names are compared scalar by scalar.
  package static func == (left: Self, right: Self) -> Bool {
    left.name.sameScalars(as: right.name) && left.type == right.type
  }
  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(ScalarText(name))
    hasher.combine(type)
  }
}

extension AthenaExpression: Hashable {
  /// Whether both are the same expression, wherever they were written; texts are compared scalar by scalar.
  package static func == (left: AthenaExpression, right: AthenaExpression) -> Bool {
    switch (left.kind, right.kind) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a), .number(let b)), (.string(let a), .string(let b)), (.name(let a), .name(let b)):
      a.sameScalars(as: b)
    case (.moment(let a), .moment(let b)): a == b
    case (.field(let a, let an), .field(let b, let bn)): a == b && an.sameScalars(as: bn)
    case (.call(let an, let a), .call(let bn, let b)): an == bn && a == b
    case (.aggregate(let a), .aggregate(let b)): a == b
    case (.windowed(let a), .windowed(let b)): a == b
    case (.lambda(let an, let a), .lambda(let bn, let b)): an.sameScalars(as: bn) && a == b
    case (.cast(let a, let at, let an), .cast(let b, let bt, let bn)): a == b && at == bt && an == bn
    case (.array(let a), .array(let b)), (.row(let a), .row(let b)), (.and(let a), .and(let b)),
      (.or(let a), .or(let b)):
      a == b
    case (.not(let a), .not(let b)): a == b
    case (.compare(let ao, let al, let ar), .compare(let bo, let bl, let br)):
      ao == bo && al == bl && ar == br
    case (.distinct(let al, let ar, let an), .distinct(let bl, let br, let bn)):
      al == bl && ar == br && an == bn
    case (.quotient(let a, let an), .quotient(let b, let bn)): a == b && an == bn
    case (.isNull(let a, let an), .isNull(let b, let bn)): a == b && an == bn
    case (.like(let a, let ap, let ae, let an), .like(let b, let bp, let be, let bn)):
      a == b && ap == bp && ae == be && an == bn
    case (.inList(let a, let al, let an), .inList(let b, let bl, let bn)): a == b && al == bl && an == bn
    case (.between(let a, let al, let ah, let an), .between(let b, let bl, let bh, let bn)):
      a == b && al == bl && ah == bh && an == bn
    case (.choice(let a, let ae), .choice(let b, let be)): a == b && ae == be
    default: false  // Different forms.
    }
  }

  /// Hashes the form's texts.
  package func hash(into hasher: inout Hasher) { hasher.combine(ScalarText(AthenaPrinter.flat(self))) }
}
