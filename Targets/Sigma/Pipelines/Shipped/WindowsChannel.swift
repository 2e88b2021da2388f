/// A log source of Windows and the channel that its events are written to: a row of `channels.tsv`.
struct WindowsChannel {
  /// How a pipeline's events name the channel and the event's number.
  struct Spelling {
    let channel: String
    var channelPrefix = ""
    let eventID: String
  }

  /// `windows`, or empty where the log source names no product.
  private let product: Substring
  /// `service` or `category`.
  private let kind: Substring
  /// The name of the service or category.
  private let name: Substring
  private let channels: [Substring]
  /// The numbers of its events; empty for all.
  private let eventIDs: [Substring]
  /// The values of Sysmon's `EventType`; empty for all.
  private let eventTypes: [Substring]

  private static let all = String(decoding: PackageResources.channels_tsv, as: UTF8.self)
    .split(separator: "\n").dropFirst().map(WindowsChannel.init)

  /// A row. Empty columns at its end need no tabulators.
  private init(_ row: Substring) {
    let columns = row.split(separator: "\t", omittingEmptySubsequences: false)
    func column(_ index: Int) -> Substring { index < columns.count ? columns[index] : "" }
    (product, kind, name) = (column(0), column(1), column(2))
    channels = column(3).split(separator: " | ")
    eventIDs = column(4).split(separator: " ")
    eventTypes = column(5).split(separator: " ")
  }

  /// `product: windows, service: security`.
  private var logSource: String { (product.isEmpty ? "" : "product: \(product), ") + "\(kind): \(name)" }

  /// `{Channel: 'Security', EventID: 4688}`.
  private func condition(_ spelling: Spelling) -> String {
    let fields = [
      (spelling.channel, channels.map { "'\(spelling.channelPrefix)\($0)'" }),
      (spelling.eventID, eventIDs.map(String.init)),
      ("EventType", eventTypes.map { "'\($0)'" }),
    ]
    let items = fields.filter { !$0.1.isEmpty }.map { field, values in
      field + ": " + (values.count == 1 ? values[0] : "[\(values.joined(separator: ", "))]")
    }
    return "{\(items.joined(separator: ", "))}"
  }

  /// A step for each log source, which says in which channels its events are. A source with several rows is in
  /// the channels of any of them.
  static func steps(_ spelling: Spelling) -> String {
    var text = ""
    var rest = all[...]
    while let first = rest.first {
      let rows = rest.prefix { $0.logSource == first.logSource }
      rest = rest.dropFirst(rows.count)
      let conditions = rows.map { $0.condition(spelling) }
      let list = conditions.map { "\n      - \($0)" }.joined()
      text += """
          - id: channel_\(first.name)
            type: add_condition
            conditions:\(conditions.count == 1 ? " \(conditions[0])" : list)
            rule_conditions:
              - {type: logsource, \(first.logSource)}

        """
    }
    return text
  }
}
