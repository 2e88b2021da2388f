-- AWS.Modify.Cloud.Compute.Infrastructure: AWS Modify Cloud Compute Infrastructure
-- Concord 0.1.0, exact
SELECT
  "eventtime",
  "eventid",
  "awsregion" AS "awsRegion",
  "eventname" AS "eventName",
  "recipientaccountid" AS "recipientAccountId",
  json_format(json_extract("requestparameters", '$.instancesSet.items')) AS "items"
FROM "cloudtrail_logs"
WHERE "eventsource" = 'ec2.amazonaws.com'
  AND ("readonly" IS NULL OR "readonly" IN ('', 'false', '0'))
  AND NOT COALESCE(
    "sourceipaddress" LIKE '%.amazonaws.com' ESCAPE '\'
    OR "useridentity"."type" = 'AWSService'
    OR "useridentity"."invokedby" = 'AWS Internal'
    OR "useridentity"."invokedby" LIKE '%.amazonaws.com' ESCAPE '\',
    FALSE
  )
  AND ("errorcode" IS NULL OR "errorcode" <> 'Client.DryRunOperation')
  AND "eventname" IN (
    'AssociateIamInstanceProfile', 'AssociateInstanceEventWindow', 'BundleInstance',
    'CancelSpotInstanceRequests', 'ConfirmProductInstance', 'CreateInstanceEventWindow',
    'CreateInstanceExportTask', 'DeleteInstanceEventWindow',
    'DeregisterInstanceEventNotificationAttributes', 'DisassociateIamInstanceProfile',
    'DisassociateInstanceEventWindow', 'ImportInstance', 'ModifyInstanceAttribute',
    'ModifyInstanceCapacityReservationAttributes', 'ModifyInstanceCreditSpecification',
    'ModifyInstanceEventStartTime', 'ModifyInstanceEventWindow',
    'ModifyInstanceMaintenanceOptions', 'ModifyInstanceMetadataOptions',
    'ModifyInstancePlacement', 'MonitorInstances',
    'RegisterInstanceEventNotificationAttributes', 'ReportInstanceStatus',
    'RequestSpotInstances', 'ResetInstanceAttribute', 'RunInstances', 'RunScheduledInstances',
    'StartInstances', 'StopInstances', 'TerminateInstances', 'UnmonitorInstances'
  )
