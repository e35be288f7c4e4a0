-- +goose Up
-- What a child or the child's guardian agreed to or withdrew: appended, never
-- changed. seq counts within one person and kind. id is made by the client, so
-- that a repeat is one event. relation is the guardian's, empty for the child.
-- text_hash says which words they agreed to, "" for a withdrawal.
CREATE TABLE consent_events (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  kind VARCHAR(24) NOT NULL,
  seq INT NOT NULL,
  party VARCHAR(10) NOT NULL,
  act VARCHAR(10) NOT NULL,
  relation VARCHAR(16) NOT NULL,
  text_version INT NOT NULL,
  text_hash VARCHAR(64) NOT NULL,
  channel VARCHAR(12) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  recorded_by BINARY(16) NULL,
  recorded_name VARCHAR(120) NOT NULL,
  recorded_role VARCHAR(20) NOT NULL,
  recorded_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX consent_events_order ON consent_events (person_id, kind, seq);

-- The sum of a person's events of one kind, written in the same transaction:
-- child and guardian are 1 (agreed), 0 (never asked) or -1 (withdrew).
CREATE TABLE consent_states (
  person_id BINARY(16) NOT NULL,
  kind VARCHAR(24) NOT NULL,
  seq INT NOT NULL,
  child INT NOT NULL,
  guardian INT NOT NULL,
  PRIMARY KEY (person_id, kind)
);

-- The code on a pupil's form: finds the pupil's row for the teacher, and lets a
-- guardian withdraw without an account. It can do nothing else.
CREATE TABLE consent_codes (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  code VARCHAR(16) NOT NULL,
  made_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX consent_codes_code ON consent_codes (code);

-- +goose Down
DROP TABLE consent_codes;
DROP TABLE consent_states;
DROP TABLE consent_events;
