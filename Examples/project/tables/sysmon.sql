CREATE EXTERNAL TABLE lake.sysmon (
  `utc_time` timestamp,
  `Computer` string,
  `Image` string,
  `ParentImage` string,
  `CommandLine` string,
  `User` string
)
PARTITIONED BY (`day` string)
STORED AS PARQUET
LOCATION 's3://BUCKET/sysmon/';
