-- +goose Up
-- Roster imports that wrote something: who, when, and for a day what is needed
-- to take the last one back. The file itself is not kept, nor its name: its
-- hashes tell whether the same one came again. seq numbers the imports of one
-- school, so that two who import at once follow each other.
CREATE TABLE roster_imports (
  id BINARY(16) NOT NULL PRIMARY KEY,
  school_id BINARY(16) NOT NULL,
  class_id BINARY(16) NULL,
  seq INT NOT NULL,
  school_year VARCHAR(9) NOT NULL,
  account_id BINARY(16) NULL,
  actor_name VARCHAR(120) NOT NULL,
  file_hash VARCHAR(64) NOT NULL,
  file_name_hash VARCHAR(64) NOT NULL,
  row_count INT NOT NULL,
  new_count INT NOT NULL,
  changed_count INT NOT NULL,
  moved_count INT NOT NULL,
  left_count INT NOT NULL,
  unchanged_count INT NOT NULL,
  error_count INT NOT NULL,
  imported_at DATETIME NOT NULL,
  undo_doc MEDIUMTEXT NULL,
  undone_at DATETIME NULL,
  undone_by BINARY(16) NULL,
  restored_count INT NOT NULL,
  kept_doc MEDIUMTEXT NULL
);
CREATE UNIQUE INDEX roster_imports_seq ON roster_imports (school_id, seq);
CREATE INDEX roster_imports_at ON roster_imports (imported_at);

-- +goose Down
DROP TABLE roster_imports;
