-- +goose Up
-- Published content by content address: a row is written once and never
-- changes, so an attempt keeps the exact version it was made on.
CREATE TABLE course_versions (
  hash VARCHAR(64) NOT NULL PRIMARY KEY,
  course_key VARCHAR(64) NOT NULL,
  skill VARCHAR(24) NOT NULL,
  school_level VARCHAR(4) NOT NULL,
  doc MEDIUMTEXT NOT NULL,
  published_at DATETIME NOT NULL
);
CREATE TABLE courses (
  course_key VARCHAR(64) NOT NULL PRIMARY KEY,
  skill VARCHAR(24) NOT NULL,
  school_level VARCHAR(4) NOT NULL,
  course_hash VARCHAR(64) NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE TABLE lesson_versions (
  hash VARCHAR(64) NOT NULL PRIMARY KEY,
  course_key VARCHAR(64) NOT NULL,
  lesson_key VARCHAR(64) NOT NULL,
  doc MEDIUMTEXT NOT NULL
);
CREATE TABLE question_versions (
  hash VARCHAR(64) NOT NULL PRIMARY KEY,
  course_key VARCHAR(64) NOT NULL,
  question_key VARCHAR(64) NOT NULL,
  doc MEDIUMTEXT NOT NULL
);
CREATE TABLE media (
  name VARCHAR(80) NOT NULL PRIMARY KEY,
  media_type VARCHAR(40) NOT NULL,
  data MEDIUMBLOB NOT NULL
);

CREATE TABLE assignments (
  id BINARY(16) NOT NULL PRIMARY KEY,
  class_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  opens_at DATETIME NOT NULL,
  due_at DATETIME NOT NULL,
  results VARCHAR(12) NOT NULL,
  assigned_by BINARY(16) NULL,
  created_at DATETIME NOT NULL,
  removed_at DATETIME NULL
);
CREATE INDEX assignments_class ON assignments (class_id, due_at);

CREATE TABLE lesson_sessions (
  id BINARY(16) NOT NULL PRIMARY KEY,
  class_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NULL,
  code VARCHAR(8) NOT NULL,
  live_code VARCHAR(8) NULL,
  live_class BINARY(16) NULL,
  opened_by BINARY(16) NULL,
  opened_at DATETIME NOT NULL,
  closes_at DATETIME NOT NULL,
  closed_at DATETIME NULL,
  released_at DATETIME NULL
);
CREATE UNIQUE INDEX lesson_sessions_code ON lesson_sessions (live_code);
CREATE UNIQUE INDEX lesson_sessions_live ON lesson_sessions (live_class);
CREATE INDEX lesson_sessions_closed ON lesson_sessions (closed_at);
CREATE INDEX lesson_sessions_class ON lesson_sessions (class_id, opened_at);

CREATE TABLE session_participants (
  session_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  joined_at DATETIME NOT NULL,
  PRIMARY KEY (session_id, person_id)
);

CREATE TABLE lesson_progress (
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  lesson_key VARCHAR(64) NOT NULL,
  lesson_hash VARCHAR(64) NOT NULL,
  seq BIGINT NOT NULL,
  card_index INT NOT NULL,
  done_at DATETIME NULL,
  updated_at DATETIME NOT NULL,
  PRIMARY KEY (person_id, course_key, lesson_key)
);

CREATE TABLE practice_answers (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  question_hash VARCHAR(64) NOT NULL,
  miss INT NOT NULL,
  score INT NOT NULL,
  answered_at DATETIME NOT NULL
);
CREATE INDEX practice_answers_person ON practice_answers (person_id, course_key);

-- items is the frozen draw: question hashes and the option order of each slot.
CREATE TABLE attempts (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  course_hash VARCHAR(64) NOT NULL,
  session_id BINARY(16) NULL,
  items MEDIUMTEXT NOT NULL,
  slots INT NOT NULL,
  position INT NOT NULL,
  state VARCHAR(10) NOT NULL,
  live INT NULL,
  started_at DATETIME NOT NULL,
  deadline_at DATETIME NOT NULL,
  submitted_at DATETIME NULL,
  closed_by VARCHAR(10) NOT NULL,
  score INT NULL,
  passed INT NULL,
  result MEDIUMTEXT NULL,
  result_hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX attempts_live ON attempts (person_id, course_key, live);
CREATE INDEX attempts_session ON attempts (session_id, state);
CREATE INDEX attempts_deadline ON attempts (state, deadline_at);

-- Append-only, numbered without gaps: the latest answer of a slot is the one
-- with the highest seq. Ending the attempt takes the next number for a row of
-- slot 0, so that an answer saved at the same moment collides with it.
CREATE TABLE answers (
  attempt_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  slot INT NOT NULL,
  response VARCHAR(2000) NOT NULL,
  client_at DATETIME NULL,
  saved_at DATETIME NOT NULL,
  PRIMARY KEY (attempt_id, seq)
);

-- A row that two transactions write when each only reads what the other writes:
-- the last lesson done, and the quiz passed.
CREATE TABLE learning_guards (
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  version INT NOT NULL,
  PRIMARY KEY (person_id, course_key)
);

-- +goose Down
DROP TABLE learning_guards;
DROP TABLE answers;
DROP TABLE attempts;
DROP TABLE practice_answers;
DROP TABLE lesson_progress;
DROP TABLE session_participants;
DROP TABLE lesson_sessions;
DROP TABLE assignments;
DROP TABLE media;
DROP TABLE question_versions;
DROP TABLE lesson_versions;
DROP TABLE courses;
DROP TABLE course_versions;
