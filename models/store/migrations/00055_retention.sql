-- +goose Up
-- A period that the administrator changed: appended, never changed; the last row
-- of a key is in force, the program's own data where there is none.
CREATE TABLE retention_changes (
  id BINARY(16) NOT NULL PRIMARY KEY,
  period VARCHAR(24) NOT NULL,
  months INT NOT NULL,
  was INT NOT NULL,
  reason VARCHAR(400) NOT NULL,
  changed_by BINARY(16) NULL,
  changed_name VARCHAR(120) NOT NULL,
  changed_at DATETIME NOT NULL
);
CREATE INDEX retention_changes_period ON retention_changes (period, id);

-- What runs of retention erased: rows by table as JSON. A night on which nothing
-- was over leaves one row a day.
CREATE TABLE retention_runs (
  id BINARY(16) NOT NULL PRIMARY KEY,
  on_day VARCHAR(10) NOT NULL,
  began_at DATETIME NOT NULL,
  ended_at DATETIME NOT NULL,
  erased BIGINT NOT NULL,
  stubs BIGINT NOT NULL,
  broken INT NOT NULL,
  failed INT NOT NULL,
  doc VARCHAR(4000) NOT NULL
);
CREATE INDEX retention_runs_day ON retention_runs (on_day);

-- +goose Down
DROP TABLE retention_runs;
DROP TABLE retention_changes;
