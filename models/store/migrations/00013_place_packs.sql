-- +goose Up
-- What a province or commune adds to the courses: the current version of each
-- pack. Attempts do not depend on it: packs change cards, never questions.
CREATE TABLE place_packs (
  pack_key VARCHAR(64) NOT NULL PRIMARY KEY,
  area_code VARCHAR(16) NOT NULL,
  hash VARCHAR(64) NOT NULL,
  doc MEDIUMTEXT NOT NULL,
  updated_at DATETIME NOT NULL
);

-- The scam of the week. A drill is answered with practice answers; its end is
-- one row a person.
CREATE TABLE drills (
  drill_key VARCHAR(16) NOT NULL PRIMARY KEY,
  from_date VARCHAR(10) NOT NULL,
  skill VARCHAR(24) NOT NULL,
  hash VARCHAR(64) NOT NULL,
  doc MEDIUMTEXT NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE TABLE drill_runs (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  drill_key VARCHAR(16) NOT NULL,
  skill VARCHAR(24) NOT NULL,
  right_count INT NOT NULL,
  total INT NOT NULL,
  shown_home INT NOT NULL,
  done_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX drill_runs_person ON drill_runs (person_id, drill_key);

-- "Skip what I know": one placement test a person and course version.
CREATE TABLE placements (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  course_hash VARCHAR(64) NOT NULL,
  nonce VARCHAR(64) NOT NULL,
  answers MEDIUMTEXT NOT NULL,
  result MEDIUMTEXT NOT NULL,
  taken_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX placements_person ON placements (person_id, course_key, course_hash);

-- How a lesson came to be done: '' read to its end, 'placement' known before.
ALTER TABLE lesson_progress ADD COLUMN via VARCHAR(10) NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE lesson_progress DROP COLUMN via;
DROP TABLE placements;
DROP TABLE drill_runs;
DROP TABLE drills;
DROP TABLE place_packs;
