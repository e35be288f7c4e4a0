-- +goose Up
-- How questions behave. item_fold marks the ended attempts that are in the
-- sums, so that each counts once; the sums are written by one background
-- worker and never in a pupil's transaction.
ALTER TABLE attempts ADD COLUMN item_fold INT NOT NULL DEFAULT 0;
CREATE INDEX attempts_item_fold ON attempts (item_fold, state, submitted_at);
-- To find who answered a version of a question.
CREATE INDEX attempts_course ON attempts (course_hash, id);

-- x is the score of the question, y the mean score of the other questions of
-- the same attempt, both in basis points. choices is a JSON object: for every
-- answer pattern, how often it was chosen in each of 21 bands of y.
CREATE TABLE item_stats (
  question_hash VARCHAR(64) NOT NULL PRIMARY KEY,
  course_key VARCHAR(64) NOT NULL,
  question_key VARCHAR(64) NOT NULL,
  n BIGINT NOT NULL,
  sx BIGINT NOT NULL,
  sxx BIGINT NOT NULL,
  sy BIGINT NOT NULL,
  syy BIGINT NOT NULL,
  sxy BIGINT NOT NULL,
  choices MEDIUMTEXT NOT NULL,
  updated_at DATETIME NOT NULL
);

-- A question that stopped being drawn. The figures are those of the moment:
-- p in basis points, r in thousandths. live is 1 until it is cleared.
CREATE TABLE item_flags (
  id BINARY(16) NOT NULL PRIMARY KEY,
  question_hash VARCHAR(64) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  question_key VARCHAR(64) NOT NULL,
  live INT NULL,
  n BIGINT NOT NULL,
  p INT NOT NULL,
  r INT NULL,
  flagged_at DATETIME NOT NULL,
  cleared_at DATETIME NULL,
  cleared_n BIGINT NULL,
  cleared_by BINARY(16) NULL,
  cleared_reason VARCHAR(800) NULL
);
CREATE UNIQUE INDEX item_flags_live ON item_flags (question_hash, live);

-- A mended question whose new key was applied to answers given before.
CREATE TABLE regrades (
  id BINARY(16) NOT NULL PRIMARY KEY,
  course_key VARCHAR(64) NOT NULL,
  question_key VARCHAR(64) NOT NULL,
  from_hash VARCHAR(64) NOT NULL,
  to_hash VARCHAR(64) NOT NULL,
  applied_by BINARY(16) NULL,
  applied_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX regrades_pair ON regrades (from_hash, to_hash);

-- Append-only: the result that was replaced and the one that replaced it, so
-- that a pass which rests on either can be proved. seq numbers the regrades of
-- one attempt from 1.
CREATE TABLE regrade_results (
  attempt_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  regrade_id BINARY(16) NOT NULL,
  slot INT NOT NULL,
  old_score INT NOT NULL,
  old_passed INT NOT NULL,
  old_result MEDIUMTEXT NOT NULL,
  old_hash VARCHAR(64) NOT NULL,
  new_score INT NOT NULL,
  new_passed INT NOT NULL,
  new_hash VARCHAR(64) NOT NULL,
  pass_gained INT NOT NULL,
  regraded_at DATETIME NOT NULL,
  seen_at DATETIME NULL,
  PRIMARY KEY (attempt_id, seq)
);
CREATE INDEX regrade_results_of ON regrade_results (regrade_id);

-- +goose Down
DROP TABLE regrade_results;
DROP TABLE regrades;
DROP TABLE item_flags;
DROP TABLE item_stats;
-- The column and the indexes of attempts stay: SQLite and MySQL have no common
-- way to drop an index, and the program before ignores them.
