// swift-format-ignore-file: the lines of the text are as long as YAML needs them

extension SigmaShippedPipelines {
  /// CloudTrail's records in the table that AWS documents for Athena. See README.md for the sources.
  static let cloudTrailAthena = """
    name: cloudtrail-athena
    priority: 20
    transformations:
      - id: logged_status
        type: detection_item_failure
        message: CloudTrail's records have no `status`; a call that succeeded has no errorCode
        field_name_conditions:
          - {type: include_fields, fields: [status]}
        rule_conditions:
          - {type: logsource, product: aws, service: cloudtrail}
    """
}
