-- +goose Up
-- A grant holds on the civil days [from_date, to_date).
ALTER TABLE account_grants ADD COLUMN from_date VARCHAR(10) NOT NULL DEFAULT '1900-01-01';
ALTER TABLE account_grants ADD COLUMN to_date VARCHAR(10) NOT NULL DEFAULT '9999-12-31';

-- Why and when a pupil left. One row for each stay that was ended so.
CREATE TABLE school_leavings (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  school_id BINARY(16) NOT NULL,
  class_id BINARY(16) NOT NULL,
  enrolment_id BINARY(16) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  reason VARCHAR(16) NOT NULL,
  recorded_by BINARY(16) NULL,
  recorded_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX school_leavings_enrolment ON school_leavings (enrolment_id);
CREATE INDEX school_leavings_school ON school_leavings (school_id, on_date);
CREATE INDEX school_leavings_person ON school_leavings (person_id);

CREATE TABLE school_rollovers (
  id BINARY(16) NOT NULL PRIMARY KEY,
  school_id BINARY(16) NOT NULL,
  from_year VARCHAR(9) NOT NULL,
  to_year VARCHAR(9) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  counts VARCHAR(200) NOT NULL,
  applied_by BINARY(16) NULL,
  applied_at DATETIME NOT NULL,
  undone_at DATETIME NULL
);
CREATE INDEX school_rollovers_school ON school_rollovers (school_id, applied_at);

-- What a roll-over did to each pupil, so that it can be taken back.
CREATE TABLE school_rollover_moves (
  rollover_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  old_enrolment_id BINARY(16) NOT NULL,
  new_enrolment_id BINARY(16) NULL,
  PRIMARY KEY (rollover_id, person_id)
);
-- The classes it made and the teachers' grants it carried along.
CREATE TABLE school_rollover_made (
  rollover_id BINARY(16) NOT NULL,
  made_id BINARY(16) NOT NULL,
  kind VARCHAR(8) NOT NULL,
  PRIMARY KEY (rollover_id, made_id)
);

-- A school asks for a pupil, or a school offers one with a code. person_id is
-- empty when what was asked for fits nobody: such a request lapses like one
-- that nobody answers, and whoever asked cannot tell them apart. live is 1
-- while it waits, so that one pupil is asked for once by one school.
CREATE TABLE school_transfers (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(8) NOT NULL,
  state VARCHAR(10) NOT NULL,
  person_id BINARY(16) NULL,
  from_school BINARY(16) NULL,
  to_school BINARY(16) NULL,
  to_class BINARY(16) NULL,
  typed_name VARCHAR(120) NOT NULL,
  typed_birth VARCHAR(10) NOT NULL,
  typed_code VARCHAR(40) NOT NULL,
  code VARCHAR(16) NULL,
  asked_by BINARY(16) NULL,
  asked_at DATETIME NOT NULL,
  lapses_at DATETIME NOT NULL,
  decided_by BINARY(16) NULL,
  decided_at DATETIME NULL,
  on_date VARCHAR(10) NULL,
  live INT NULL
);
CREATE UNIQUE INDEX school_transfers_code ON school_transfers (code);
CREATE INDEX school_transfers_from ON school_transfers (from_school, state);
CREATE INDEX school_transfers_to ON school_transfers (to_school, asked_at);
CREATE INDEX school_transfers_person ON school_transfers (person_id, live);

-- How many pupils at once a school's network carried when it was measured.
CREATE TABLE school_checks (
  id BINARY(16) NOT NULL PRIMARY KEY,
  school_id BINARY(16) NOT NULL,
  checked_at DATETIME NOT NULL,
  measured MEDIUMTEXT NOT NULL,
  pupils INT NOT NULL,
  at_least INT NOT NULL,
  limited_by VARCHAR(12) NOT NULL
);
CREATE INDEX school_checks_school ON school_checks (school_id, checked_at);
-- What a check saves while it measures: one row for each of its lines.
CREATE TABLE school_probes (
  account_id BINARY(16) NOT NULL,
  slot INT NOT NULL,
  payload VARCHAR(400) NOT NULL,
  saved_at DATETIME NOT NULL,
  PRIMARY KEY (account_id, slot)
);

CREATE TABLE school_todo_marks (
  account_id BINARY(16) NOT NULL,
  school_id BINARY(16) NOT NULL,
  item_key VARCHAR(40) NOT NULL,
  until_date VARCHAR(10) NOT NULL,
  marked_at DATETIME NOT NULL,
  PRIMARY KEY (account_id, school_id, item_key)
);

-- +goose Down
DROP TABLE school_todo_marks;
DROP TABLE school_probes;
DROP TABLE school_checks;
DROP TABLE school_transfers;
DROP TABLE school_rollover_made;
DROP TABLE school_rollover_moves;
DROP TABLE school_rollovers;
DROP TABLE school_leavings;
ALTER TABLE account_grants DROP COLUMN to_date;
ALTER TABLE account_grants DROP COLUMN from_date;
