-- +goose Up
-- Every file with names of pupils that left the program: who made it, of what,
-- how many rows, with names or without. id is made by the client, so that a
-- download that is asked for again is written down once. subject_id is a pupil
-- or a lesson session.
CREATE TABLE export_log (
  id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NOT NULL,
  school_id BINARY(16) NOT NULL,
  class_id BINARY(16) NULL,
  subject_id BINARY(16) NULL,
  kind VARCHAR(16) NOT NULL,
  format VARCHAR(8) NOT NULL,
  row_count INT NOT NULL,
  named INT NOT NULL,
  made_at DATETIME NOT NULL
);
CREATE INDEX export_log_school ON export_log (school_id, made_at);

-- +goose Down
DROP TABLE export_log;
