-- +goose Up
-- One row per change. batch 0 = not folded yet. subject is the household, or
-- the register that brought many at once; (subject_id, seq) decides races and
-- hash chains the rows of one subject, so no row is hot. Fold chains the
-- batches. batch is bookkeeping and not under the row's hash.
CREATE TABLE coverage_ledger (
  id BINARY(16) NOT NULL PRIMARY KEY,
  subject_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  village_id BINARY(16) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  d_households INT NOT NULL,
  d_known INT NOT NULL,
  d_covered INT NOT NULL,
  cause VARCHAR(24) NOT NULL,
  cause_id BINARY(16) NULL,
  at DATETIME NOT NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL,
  batch BIGINT NOT NULL
);
CREATE UNIQUE INDEX coverage_ledger_subject ON coverage_ledger (subject_id, seq);
CREATE INDEX coverage_ledger_tail ON coverage_ledger (batch, id);
CREATE INDEX coverage_ledger_village ON coverage_ledger (village_id, on_date);

CREATE TABLE coverage_batches (
  number BIGINT NOT NULL PRIMARY KEY,
  row_count INT NOT NULL,
  d_households INT NOT NULL,
  d_known INT NOT NULL,
  d_covered INT NOT NULL,
  folded_at DATETIME NOT NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL
);

CREATE TABLE coverage_counters (
  area_id BINARY(16) NOT NULL PRIMARY KEY,
  level VARCHAR(8) NOT NULL,
  households INT NOT NULL,
  known INT NOT NULL,
  covered INT NOT NULL,
  updated_at DATETIME NOT NULL
);

-- +goose Down
DROP TABLE coverage_counters;
DROP TABLE coverage_batches;
DROP TABLE coverage_ledger;
