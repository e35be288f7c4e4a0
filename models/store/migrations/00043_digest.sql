-- +goose Up
-- One digest a civil day over everything that was folded by its end: the last
-- batch, and the last row of every subject in 256 buckets (hex hashes, joined
-- by commas, in their order). root is over all of it and the root before, so
-- that one page on paper speaks for all days before it.
CREATE TABLE coverage_digests (
  day VARCHAR(10) NOT NULL PRIMARY KEY,
  batch BIGINT NOT NULL,
  batch_hash VARCHAR(64) NOT NULL,
  row_count BIGINT NOT NULL,
  subjects BIGINT NOT NULL,
  households BIGINT NOT NULL,
  known BIGINT NOT NULL,
  covered BIGINT NOT NULL,
  buckets MEDIUMTEXT NOT NULL,
  prev_root VARCHAR(64) NOT NULL,
  root VARCHAR(64) NOT NULL,
  made_at DATETIME NOT NULL
);

-- What the last run found, replaced by the next; first_seen is carried on. The
-- places say from where a finding is seen.
CREATE TABLE quality_findings (
  id BINARY(16) NOT NULL PRIMARY KEY,
  check_key VARCHAR(32) NOT NULL,
  subject_id BINARY(16) NOT NULL,
  commune_id BINARY(16) NULL,
  school_id BINARY(16) NULL,
  class_id BINARY(16) NULL,
  village_id BINARY(16) NULL,
  household_id BINARY(16) NULL,
  value INT NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  first_seen VARCHAR(10) NOT NULL
);
CREATE INDEX quality_findings_commune ON quality_findings (commune_id, check_key, first_seen);
CREATE INDEX quality_findings_school ON quality_findings (school_id, check_key, first_seen);

CREATE TABLE quality_runs (
  id BINARY(16) NOT NULL PRIMARY KEY,
  day VARCHAR(10) NOT NULL,
  at DATETIME NOT NULL,
  findings INT NOT NULL
);
CREATE INDEX quality_runs_at ON quality_runs (at);

-- +goose Down
DROP TABLE quality_runs;
DROP TABLE quality_findings;
DROP TABLE coverage_digests;
