-- +goose Up
-- A pupil teaches a relative three steps of a scenario; the relative confirms
-- with a code of their own, without an account and without a name. family_id
-- is the household, or the pupil where no household is confirmed yet.
-- relative_key is set on the one mission that counts for a relative.
CREATE TABLE family_missions (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  course_key VARCHAR(64) NOT NULL,
  skill VARCHAR(24) NOT NULL,
  scenario_key VARCHAR(64) NOT NULL,
  scenario_hash VARCHAR(64) NOT NULL,
  code VARCHAR(12) NOT NULL,
  state VARCHAR(10) NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  kinship VARCHAR(24) NOT NULL,
  family_id BINARY(16) NULL,
  relative_key VARCHAR(100) NULL,
  pin_digest VARCHAR(64) NOT NULL,
  confirm_id BINARY(16) NULL,
  log MEDIUMTEXT NULL,
  device VARCHAR(8) NOT NULL,
  confirmed_at DATETIME NULL,
  check_state VARCHAR(12) NOT NULL,
  checked_by BINARY(16) NULL,
  checked_at DATETIME NULL,
  check_tries INT NOT NULL
);
CREATE UNIQUE INDEX family_missions_code ON family_missions (code);
CREATE UNIQUE INDEX family_missions_relative ON family_missions (family_id, relative_key);
CREATE INDEX family_missions_person ON family_missions (person_id, created_at);

-- +goose Down
DROP TABLE family_missions;
