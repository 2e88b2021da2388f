CREATE EXTERNAL TABLE lake.sshd (
  `time` timestamp,
  `host` string,
  `event` string,
  `user` string,
  `method` string,
  `src_ip` string,
  `message` string
)
STORED AS PARQUET
LOCATION 's3://BUCKET/sshd/';
