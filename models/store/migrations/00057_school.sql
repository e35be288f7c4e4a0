-- +goose Up
-- How far an import is that a copy of the program is reading or writing, for a
-- page that asks another copy. Written past the import's own transaction, at
-- most once a second; a row is gone when the import is over, and counts for
-- nothing when the copy that wrote it has died.
CREATE TABLE import_progress (
  id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NOT NULL,
  stage VARCHAR(10) NOT NULL,
  done INT NOT NULL,
  total INT NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE INDEX import_progress_updated ON import_progress (updated_at);

-- +goose Down
DROP TABLE import_progress;
