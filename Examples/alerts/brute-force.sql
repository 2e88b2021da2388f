-- Example.BruteForce: Many failed console logins of one user within an hour
SELECT
  useridentity.arn,
  count(*) AS failures
FROM cloudtrail_logs
WHERE eventname = 'ConsoleLogin'
  AND errormessage = 'Failed authentication'
  AND useridentity.arn IS NOT NULL
  AND date_trunc('hour', from_iso8601_timestamp(eventtime)) IS NOT NULL
GROUP BY 1, date_trunc('hour', from_iso8601_timestamp(eventtime))
HAVING count(*) >= 5
