-- A hand-written query: NOT over a column that may be NULL drops events without it.
SELECT eventtime, sourceipaddress
FROM cloudtrail_logs
WHERE eventname = 'ConsoleLogin'
  AND lower(useridentity.type) = 'root'
  AND NOT (errormessage = 'Failed authentication')
