-- +goose Up
-- Named banks of questions that came in from elsewhere and wait to be finished.
-- owner_id is the school, or for the province an id that no school has. version is raised by
-- every change, so that two imports into one bank come one after the other.
CREATE TABLE question_banks (
  id BINARY(16) NOT NULL PRIMARY KEY,
  owner_id BINARY(16) NOT NULL,
  bank_key VARCHAR(64) NOT NULL,
  name VARCHAR(160) NOT NULL,
  version INT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX question_banks_key ON question_banks (owner_id, bank_key);

-- hash is the question's content hash: the same file twice is the same rows.
-- problems lists, as JSON, what an author must still add.
CREATE TABLE bank_questions (
  id BINARY(16) NOT NULL PRIMARY KEY,
  bank_id BINARY(16) NOT NULL,
  position INT NOT NULL,
  file_hash VARCHAR(64) NOT NULL,
  question_key VARCHAR(64) NOT NULL,
  question_use VARCHAR(12) NOT NULL,
  doc MEDIUMTEXT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  problems VARCHAR(1000) NOT NULL,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX bank_questions_hash ON bank_questions (bank_id, hash);
CREATE INDEX bank_questions_order ON bank_questions (bank_id, position);

-- Pictures of drafts, under their content address.
CREATE TABLE bank_media (
  name VARCHAR(80) NOT NULL PRIMARY KEY,
  media_type VARCHAR(40) NOT NULL,
  data MEDIUMBLOB NOT NULL
);

-- +goose Down
DROP TABLE bank_media;
DROP TABLE bank_questions;
DROP TABLE question_banks;
