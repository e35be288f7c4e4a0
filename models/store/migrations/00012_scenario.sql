-- +goose Up
-- Practice scenarios, by content address like lessons and questions.
CREATE TABLE scenario_versions (
  hash VARCHAR(64) NOT NULL PRIMARY KEY,
  course_key VARCHAR(64) NOT NULL,
  scenario_key VARCHAR(64) NOT NULL,
  doc MEDIUMTEXT NOT NULL
);

-- A finished run, written once. The log decides; score and counts are what the
-- server made of it. log_digest is over the log with its times: a log that was
-- sent before, by anybody, is refused (NULL for logs too short to tell).
CREATE TABLE scenario_runs (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  scenario_key VARCHAR(64) NOT NULL,
  scenario_hash VARCHAR(64) NOT NULL,
  variant VARCHAR(48) NOT NULL,
  mode VARCHAR(8) NOT NULL,
  rewound INT NOT NULL,
  log MEDIUMTEXT NOT NULL,
  log_digest VARCHAR(64) NULL,
  result MEDIUMTEXT NOT NULL,
  score INT NOT NULL,
  passed INT NOT NULL,
  hard_spotted INT NOT NULL,
  legit_rejected INT NOT NULL,
  run_hash VARCHAR(64) NOT NULL,
  finished_at DATETIME NOT NULL
);
CREATE INDEX scenario_runs_person ON scenario_runs (person_id, course_key, scenario_key);
CREATE UNIQUE INDEX scenario_runs_log ON scenario_runs (log_digest);

-- +goose Down
DROP TABLE scenario_runs;
DROP TABLE scenario_versions;
