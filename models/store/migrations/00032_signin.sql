-- +goose Up
-- What a pupil signs in with at a shared computer, inside an open lesson only: four digits or three
-- pictures. kind and hash are of the card printed last; a reprint replaces the row.
CREATE TABLE class_secrets (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(8) NOT NULL,
  secret_hash VARCHAR(160) NOT NULL,
  made_by BINARY(16) NULL,
  made_at DATETIME NOT NULL
);

-- The kind that a class prints next; a class without a row prints digits.
CREATE TABLE class_secret_kinds (
  class_id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(8) NOT NULL,
  set_by BINARY(16) NULL,
  set_at DATETIME NOT NULL
);

-- Tries of a name in one lesson session. A try is counted before it is compared, so that tries sent
-- in parallel gain nothing; a right one removes the row, and so does the teacher.
CREATE TABLE lesson_tries (
  session_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  tries INT NOT NULL,
  last_at DATETIME NOT NULL,
  PRIMARY KEY (session_id, person_id)
);

-- Of a sign-in made with a class secret: the lesson session it ends with.
ALTER TABLE refresh_tokens ADD COLUMN lesson_id BINARY(16) NULL;

-- +goose Down
ALTER TABLE refresh_tokens DROP COLUMN lesson_id;
DROP TABLE lesson_tries;
DROP TABLE class_secret_kinds;
DROP TABLE class_secrets;
