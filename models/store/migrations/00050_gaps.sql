-- +goose Up
-- What a roll-over closed, so that taking it back opens it again: which
-- roll-over, and the end there was before. was_due is NULL for an assignment
-- that had not begun and was taken off.
ALTER TABLE assignments ADD COLUMN year_end BINARY(16) NULL;
ALTER TABLE assignments ADD COLUMN was_due DATETIME NULL;
ALTER TABLE lesson_sessions ADD COLUMN year_end BINARY(16) NULL;
ALTER TABLE lesson_sessions ADD COLUMN was_until DATETIME NULL;
CREATE INDEX assignments_year_end ON assignments (year_end);
CREATE INDEX lesson_sessions_year_end ON lesson_sessions (year_end);

-- Questions of a bank that pupils are given as practice. set_key is the content
-- address ("set-…") and stands where a course key stands in assignments and
-- practice_answers. A row is written once. school_id is NULL for questions of
-- the province.
CREATE TABLE question_sets (
  set_key VARCHAR(64) NOT NULL PRIMARY KEY,
  school_id BINARY(16) NULL,
  title VARCHAR(160) NOT NULL,
  doc MEDIUMTEXT NOT NULL,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX assignments_course ON assignments (course_key);

-- A module teacher's role may be for one course; empty: every course.
ALTER TABLE account_grants ADD COLUMN course_key VARCHAR(64) NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE account_grants DROP COLUMN course_key;
DROP TABLE question_sets;
-- The other indexes and columns stay: see 00035.
