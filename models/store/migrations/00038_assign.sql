-- +goose Up
-- kind: course, lessons, quiz, scenario, bank. parts is a JSON list of keys
-- inside the course: lessons or one scenario. recipients: class, group, pupils.
-- attempts is the most quizzes outside a lesson session, NULL for no limit.
-- version counts changes, for editors and for calendars.
ALTER TABLE assignments ADD COLUMN kind VARCHAR(10) NOT NULL DEFAULT 'course';
ALTER TABLE assignments ADD COLUMN parts VARCHAR(4000) NOT NULL DEFAULT '[]';
ALTER TABLE assignments ADD COLUMN recipients VARCHAR(8) NOT NULL DEFAULT 'class';
ALTER TABLE assignments ADD COLUMN group_id BINARY(16) NULL;
ALTER TABLE assignments ADD COLUMN attempts INT NULL;
ALTER TABLE assignments ADD COLUMN version INT NOT NULL DEFAULT 0;
ALTER TABLE assignments ADD COLUMN changed_at DATETIME NULL;
ALTER TABLE assignments ADD COLUMN released_at DATETIME NULL;
CREATE INDEX assignments_group ON assignments (group_id);

CREATE TABLE assignment_pupils (
  assignment_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  added_at DATETIME NOT NULL,
  PRIMARY KEY (assignment_id, person_id)
);
CREATE INDEX assignment_pupils_person ON assignment_pupils (person_id, added_at);

-- A class belongs to one school year, and so do its groups. version is raised
-- by every change and by every assignment to the group, so that a group is not
-- removed while somebody assigns something to it.
CREATE TABLE pupil_groups (
  id BINARY(16) NOT NULL PRIMARY KEY,
  class_id BINARY(16) NOT NULL,
  name VARCHAR(60) NOT NULL,
  name_fold VARCHAR(80) NOT NULL,
  live INT NULL,
  version INT NOT NULL,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL,
  removed_at DATETIME NULL
);
CREATE UNIQUE INDEX pupil_groups_name ON pupil_groups (class_id, name_fold, live);

-- One row for each stay in a group; live is 1 for the current one.
CREATE TABLE group_members (
  id BINARY(16) NOT NULL PRIMARY KEY,
  group_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  live INT NULL,
  from_at DATETIME NOT NULL,
  to_at DATETIME NULL
);
CREATE UNIQUE INDEX group_members_live ON group_members (group_id, person_id, live);
CREATE INDEX group_members_person ON group_members (person_id, from_at);

-- The secret address of an account's calendar; only its hash is kept.
CREATE TABLE calendar_feeds (
  account_id BINARY(16) NOT NULL PRIMARY KEY,
  token_hash VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX calendar_feeds_token ON calendar_feeds (token_hash);

-- +goose Down
DROP TABLE calendar_feeds;
DROP TABLE group_members;
DROP TABLE pupil_groups;
DROP TABLE assignment_pupils;
-- The columns of assignments stay: see 00035.
