-- +goose Up
-- A classroom on one laptop. One schema serves both sides: the laptop writes
-- classroom_outbox and classroom_sent, the province's server the rest.

-- By which laptop a lesson and a quiz came home; NULL: they were held here.
ALTER TABLE lesson_sessions ADD COLUMN laptop_id BINARY(16) NULL;
ALTER TABLE attempts ADD COLUMN laptop_id BINARY(16) NULL;

-- The key that signs class packs and receipts.
CREATE TABLE classroom_keys (
  kid VARCHAR(24) NOT NULL PRIMARY KEY,
  secret VARBINARY(64) NOT NULL,
  active INT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX classroom_keys_active ON classroom_keys (active);

CREATE TABLE laptops (
  id BINARY(16) NOT NULL PRIMARY KEY,
  school_id BINARY(16) NOT NULL,
  name VARCHAR(80) NOT NULL,
  state VARCHAR(8) NOT NULL,
  sign_key VARBINARY(32) NULL,
  box_key VARBINARY(32) NULL,
  code_hash VARCHAR(64) NULL,
  code_expires_at DATETIME NULL,
  next_seq BIGINT NOT NULL,
  last_hash VARCHAR(64) NOT NULL,
  last_via VARCHAR(8) NOT NULL,
  last_sync_at DATETIME NULL,
  first_pack_at DATETIME NULL,
  pack_at DATETIME NULL,
  clock_shift BIGINT NOT NULL,
  refused_code VARCHAR(40) NOT NULL,
  refused_at DATETIME NULL,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL,
  revoked_by BINARY(16) NULL,
  revoked_at DATETIME NULL
);
CREATE UNIQUE INDEX laptops_sign_key ON laptops (sign_key);
CREATE UNIQUE INDEX laptops_code ON laptops (code_hash);
CREATE INDEX laptops_school ON laptops (school_id, created_at);

CREATE TABLE laptop_classes (
  laptop_id BINARY(16) NOT NULL,
  class_id BINARY(16) NOT NULL,
  PRIMARY KEY (laptop_id, class_id)
);
CREATE INDEX laptop_classes_class ON laptop_classes (class_id);

-- One row for each batch that was applied: the row decides that it is applied
-- once, and is what a repeat is answered with.
CREATE TABLE laptop_receipts (
  laptop_id BINARY(16) NOT NULL,
  seq BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  facts INT NOT NULL,
  via VARCHAR(8) NOT NULL,
  received_from BINARY(16) NULL,
  applied_at DATETIME NOT NULL,
  receipt MEDIUMTEXT NOT NULL,
  PRIMARY KEY (laptop_id, seq)
);

CREATE TABLE classroom_outbox (
  seq BIGINT NOT NULL PRIMARY KEY,
  hash VARCHAR(64) NOT NULL,
  facts INT NOT NULL,
  body MEDIUMTEXT NULL,
  made_at DATETIME NOT NULL,
  acked_at DATETIME NULL,
  skipped MEDIUMTEXT NULL
);

CREATE TABLE classroom_sent (
  kind VARCHAR(10) NOT NULL,
  fact_key VARCHAR(180) NOT NULL,
  mark VARCHAR(120) NOT NULL,
  seq BIGINT NOT NULL,
  person_id BINARY(16) NULL,
  PRIMARY KEY (kind, fact_key)
);
CREATE INDEX classroom_sent_seq ON classroom_sent (seq);

-- +goose Down
DROP TABLE classroom_sent;
DROP TABLE classroom_outbox;
DROP TABLE laptop_receipts;
DROP TABLE laptop_classes;
DROP TABLE laptops;
DROP TABLE classroom_keys;
ALTER TABLE attempts DROP COLUMN laptop_id;
ALTER TABLE lesson_sessions DROP COLUMN laptop_id;
