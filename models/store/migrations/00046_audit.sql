-- +goose Up
-- Every sensitive action: appended in the transaction of the action, never
-- changed. chain is who acted (an account's id, or 'system'); seq counts in it
-- and hash covers the entry and the one before it of the same chain, so that
-- nobody waits for a row that everybody writes. batch is 0 until the fold has
-- chained the entry with all others. detail is JSON of codes, counts and ids;
-- no name and no text that somebody typed stands here.
CREATE TABLE audit_entries (
  id BINARY(16) NOT NULL PRIMARY KEY,
  chain VARCHAR(36) NOT NULL,
  seq BIGINT NOT NULL,
  at DATETIME NOT NULL,
  day VARCHAR(10) NOT NULL,
  account_id BINARY(16) NULL,
  role VARCHAR(20) NOT NULL,
  act VARCHAR(32) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  subject_id BINARY(16) NULL,
  school_id BINARY(16) NULL,
  area_id BINARY(16) NULL,
  detail VARCHAR(2000) NOT NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL,
  batch BIGINT NOT NULL
);
CREATE UNIQUE INDEX audit_entries_chain ON audit_entries (chain, seq);
CREATE INDEX audit_entries_batch ON audit_entries (batch, id);
CREATE INDEX audit_entries_school ON audit_entries (school_id, id);
CREATE INDEX audit_entries_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_day ON audit_entries (day, id);

-- The chains joined: each batch covers the hashes of its entries and the batch
-- before. Only the holder of the lease writes here.
CREATE TABLE audit_batches (
  number BIGINT NOT NULL PRIMARY KEY,
  row_count INT NOT NULL,
  folded_at DATETIME NOT NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL
);

-- One line for each finished civil day, to be printed and kept elsewhere: how
-- many entries there were up to then, the last batch, and a digest over both and
-- the day sealed before.
CREATE TABLE audit_days (
  day VARCHAR(10) NOT NULL PRIMARY KEY,
  entries BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  batch_hash VARCHAR(64) NOT NULL,
  prev_digest VARCHAR(64) NOT NULL,
  digest VARCHAR(64) NOT NULL,
  sealed_at DATETIME NOT NULL
);

-- +goose Down
DROP TABLE audit_days;
DROP TABLE audit_batches;
DROP TABLE audit_entries;
