-- +goose Up
-- What a pass or a certificate rested on was checked in full and then erased.
-- id is the pass's or the certificate's; proof_hash its hash at that moment;
-- cause_id the erasure or the run of a retention job, whose entry in the audit
-- record covers the hashes of all its stubs: nobody adds one afterwards.
CREATE TABLE proof_stubs (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(12) NOT NULL,
  person_id BINARY(16) NOT NULL,
  attempt_id BINARY(16) NULL,
  proof_hash VARCHAR(64) NOT NULL,
  cause_id BINARY(16) NOT NULL,
  made_at DATETIME NOT NULL,
  hash VARCHAR(64) NOT NULL
);
CREATE INDEX proof_stubs_person ON proof_stubs (person_id);
CREATE INDEX proof_stubs_cause ON proof_stubs (cause_id);
CREATE INDEX proof_stubs_attempt ON proof_stubs (attempt_id);

-- The certificate that a newer version replaced, after a name was corrected.
ALTER TABLE certificates ADD COLUMN replaces BINARY(16) NULL;

-- Who is named nowhere beyond the school and of whom nothing new is processed,
-- by request. kind: restricted, or erased for good.
CREATE TABLE person_restrictions (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(12) NOT NULL,
  request_id BINARY(16) NOT NULL,
  since DATETIME NOT NULL
);

-- What somebody asks for about a person's data. id is made by the client.
-- wishes is JSON, field to new value, of a correction only. due_at is the end of
-- the last working day of the law's clock. live is the kind while it is open, so that
-- one person has one open request of a kind.
CREATE TABLE data_requests (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(12) NOT NULL,
  person_id BINARY(16) NOT NULL,
  school_id BINARY(16) NULL,
  commune_id BINARY(16) NULL,
  asked_by VARCHAR(10) NOT NULL,
  relation VARCHAR(16) NOT NULL,
  channel VARCHAR(12) NOT NULL,
  wishes VARCHAR(2000) NOT NULL,
  note VARCHAR(800) NOT NULL,
  state VARCHAR(10) NOT NULL,
  filed_by BINARY(16) NULL,
  filed_name VARCHAR(120) NOT NULL,
  filed_at DATETIME NOT NULL,
  due_at DATETIME NOT NULL,
  owner_id BINARY(16) NULL,
  owner_name VARCHAR(120) NOT NULL,
  taken_at DATETIME NULL,
  reason VARCHAR(24) NOT NULL,
  answer VARCHAR(800) NOT NULL,
  closed_by BINARY(16) NULL,
  closed_name VARCHAR(120) NOT NULL,
  closed_at DATETIME NULL,
  outcome VARCHAR(2000) NOT NULL,
  live VARCHAR(12) NULL
);
CREATE INDEX data_requests_school ON data_requests (school_id, state, due_at);
CREATE INDEX data_requests_commune ON data_requests (commune_id, state, due_at);
CREATE UNIQUE INDEX data_requests_live ON data_requests (person_id, live);
CREATE INDEX data_requests_person ON data_requests (person_id, filed_at);

-- What corrections changed.
CREATE TABLE person_changes (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  request_id BINARY(16) NOT NULL,
  field VARCHAR(16) NOT NULL,
  old_value VARCHAR(160) NOT NULL,
  new_value VARCHAR(160) NOT NULL,
  changed_by BINARY(16) NULL,
  changed_at DATETIME NOT NULL
);
CREATE INDEX person_changes_person ON person_changes (person_id, changed_at);

-- A time-boxed look at the names of others' pupils. id is made by the client.
CREATE TABLE name_lookups (
  id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NULL,
  actor_name VARCHAR(120) NOT NULL,
  role VARCHAR(20) NOT NULL,
  reason VARCHAR(16) NOT NULL,
  note VARCHAR(400) NOT NULL,
  begun_at DATETIME NOT NULL,
  ends_at DATETIME NOT NULL,
  ended_at DATETIME NULL
);
CREATE INDEX name_lookups_account ON name_lookups (account_id, ends_at);

-- +goose Down
DROP TABLE name_lookups;
DROP TABLE person_changes;
DROP TABLE data_requests;
DROP TABLE person_restrictions;
ALTER TABLE certificates DROP COLUMN replaces;
DROP TABLE proof_stubs;
