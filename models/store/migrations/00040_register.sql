-- +goose Up
-- The import of a register as a job: it is checked first, shown, and written
-- when its officer says so. file lies in register_job_parts until the job has
-- ended, so that any copy of the program goes on where another stopped. runner
-- and beat_at say who works on it; settings and report are JSON.
CREATE TABLE register_jobs (
  id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NOT NULL,
  actor MEDIUMTEXT NOT NULL,
  file_name VARCHAR(200) NOT NULL,
  file_size BIGINT NOT NULL,
  settings MEDIUMTEXT NOT NULL,
  state VARCHAR(12) NOT NULL,
  done INT NOT NULL,
  total INT NOT NULL,
  report MEDIUMTEXT NOT NULL,
  error_code VARCHAR(60) NOT NULL,
  runner BINARY(16) NULL,
  beat_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  finished_at DATETIME NULL
);
CREATE INDEX register_jobs_state ON register_jobs (state, beat_at);
CREATE INDEX register_jobs_account ON register_jobs (account_id, created_at);

CREATE TABLE register_job_parts (
  job_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (job_id, seq)
);

-- Two households that may be one. household_a is the smaller id. state: open,
-- not_duplicate (kept for good), merged. reasons is a list of codes.
CREATE TABLE household_duplicates (
  id BINARY(16) NOT NULL PRIMARY KEY,
  household_a BINARY(16) NOT NULL,
  household_b BINARY(16) NOT NULL,
  score INT NOT NULL,
  reasons VARCHAR(400) NOT NULL,
  state VARCHAR(16) NOT NULL,
  decided_by BINARY(16) NULL,
  decided_name VARCHAR(120) NOT NULL,
  decided_at DATETIME NULL,
  found_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX household_duplicates_pair ON household_duplicates (household_a, household_b);
CREATE INDEX household_duplicates_second ON household_duplicates (household_b);
CREATE INDEX household_duplicates_state ON household_duplicates (state, score);

CREATE TABLE duplicate_scans (
  area_id BINARY(16) NOT NULL PRIMARY KEY,
  households INT NOT NULL,
  found INT NOT NULL,
  scanned_by BINARY(16) NULL,
  scanned_at DATETIME NOT NULL
);

-- One household put into another, and what is needed to take that back.
CREATE TABLE household_merges (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kept_id BINARY(16) NOT NULL,
  gone_id BINARY(16) NOT NULL,
  live INT NULL,
  kept_village_id BINARY(16) NOT NULL,
  kept_village_since VARCHAR(10) NOT NULL,
  kept_covered_at DATETIME NULL,
  gone_covered_at DATETIME NULL,
  moved_to BINARY(16) NULL,
  reason VARCHAR(400) NOT NULL,
  merged_by BINARY(16) NULL,
  merged_name VARCHAR(120) NOT NULL,
  merged_at DATETIME NOT NULL,
  undone_by BINARY(16) NULL,
  undone_name VARCHAR(120) NOT NULL,
  undone_at DATETIME NULL
);
CREATE UNIQUE INDEX household_merges_gone ON household_merges (gone_id, live);
CREATE INDEX household_merges_kept ON household_merges (kept_id, merged_at);

-- The links and members that a merge carried over.
CREATE TABLE household_merge_rows (
  merge_id BINARY(16) NOT NULL,
  kind VARCHAR(8) NOT NULL,
  row_id BINARY(16) NOT NULL,
  PRIMARY KEY (merge_id, kind, row_id)
);

-- A household that began as a part of another one.
CREATE TABLE household_splits (
  id BINARY(16) NOT NULL PRIMARY KEY,
  from_id BINARY(16) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  split_by BINARY(16) NULL,
  split_at DATETIME NOT NULL
);
CREATE INDEX household_splits_from ON household_splits (from_id);

-- A member who boards at school and counts for home; since is the first day.
ALTER TABLE household_links ADD COLUMN boards_since VARCHAR(10) NOT NULL DEFAULT '';

-- A code with which somebody grown up of a household makes an own account. Only
-- its hash is kept.
CREATE TABLE adult_invites (
  id BINARY(16) NOT NULL PRIMARY KEY,
  household_id BINARY(16) NOT NULL,
  code_hash VARCHAR(64) NOT NULL,
  made_by BINARY(16) NULL,
  made_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  person_id BINARY(16) NULL,
  used_at DATETIME NULL
);
CREATE UNIQUE INDEX adult_invites_code ON adult_invites (code_hash);
CREATE INDEX adult_invites_household ON adult_invites (household_id, made_at);

-- Learners who are grown up: they belong to no class, learn what grade 12 does
-- and may take part in any lesson whose code they are given.
CREATE TABLE adult_learners (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  invite_id BINARY(16) NOT NULL,
  joined_at DATETIME NOT NULL
);

-- +goose Down
DROP TABLE adult_learners;
DROP TABLE adult_invites;
ALTER TABLE household_links DROP COLUMN boards_since;
DROP TABLE household_splits;
DROP TABLE household_merge_rows;
DROP TABLE household_merges;
DROP TABLE duplicate_scans;
DROP TABLE household_duplicates;
DROP TABLE register_job_parts;
DROP TABLE register_jobs;
