-- +goose Up
-- A quiz finished without a network. late_at: when answers that the device had
-- kept were taken after the attempt was closed. settled_at: when the pupil said
-- that no device keeps any more of them. keys_seen_at: when the right answers
-- of an attempt in a lesson session were first shown to its pupil.
ALTER TABLE attempts ADD COLUMN late_at DATETIME NULL;
ALTER TABLE attempts ADD COLUMN settled_at DATETIME NULL;
ALTER TABLE attempts ADD COLUMN keys_seen_at DATETIME NULL;
UPDATE attempts SET settled_at = submitted_at WHERE state = 'closed';

-- The one late batch of an attempt, with the result it replaced, so that a pass
-- which rests on that result can still be proved. last_seq is the last number
-- of the log that the first result was made of.
CREATE TABLE late_batches (
  attempt_id BINARY(16) NOT NULL PRIMARY KEY,
  batch_id BINARY(16) NOT NULL,
  received_at DATETIME NOT NULL,
  received_from BINARY(16) NULL,
  report TEXT NOT NULL,
  last_seq INT NOT NULL,
  first_score INT NOT NULL,
  first_passed INT NOT NULL,
  first_result MEDIUMTEXT NOT NULL,
  first_hash VARCHAR(64) NOT NULL
);

-- A question that a pupil found broken: once a person and version.
CREATE TABLE question_reports (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  class_id BINARY(16) NULL,
  course_key VARCHAR(64) NOT NULL,
  question_key VARCHAR(64) NOT NULL,
  question_hash VARCHAR(64) NOT NULL,
  place VARCHAR(10) NOT NULL,
  reason VARCHAR(16) NOT NULL,
  note VARCHAR(800) NOT NULL,
  reported_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX question_reports_once ON question_reports (person_id, question_hash);
CREATE INDEX question_reports_class ON question_reports (class_id, reported_at);
CREATE INDEX question_reports_at ON question_reports (reported_at);

-- +goose Down
DROP TABLE question_reports;
DROP TABLE late_batches;
ALTER TABLE attempts DROP COLUMN keys_seen_at;
ALTER TABLE attempts DROP COLUMN settled_at;
ALTER TABLE attempts DROP COLUMN late_at;
