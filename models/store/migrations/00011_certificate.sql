-- +goose Up
-- The scenario run a pass rests on since rule 2, and the version of the
-- scenario that was played. Passes of rule 1 have neither.
ALTER TABLE skill_passes ADD COLUMN scenario_run_id BINARY(16) NULL;
ALTER TABLE skill_passes ADD COLUMN scenario_hash VARCHAR(64) NOT NULL DEFAULT '';

-- RSA keys that sign digital badges. The private part of a replaced key is
-- thrown away; its public part stays, so that badges signed with it can be
-- checked for ever. active is 1 for the key that signs, NULL for the others.
CREATE TABLE badge_keys (
  kid VARCHAR(64) NOT NULL PRIMARY KEY,
  public_der MEDIUMTEXT NOT NULL,
  private_der MEDIUMTEXT NULL,
  active INT NULL,
  created_at DATETIME NOT NULL,
  retired_at DATETIME NULL
);
CREATE UNIQUE INDEX badge_keys_active ON badge_keys (active);

-- +goose Down
DROP TABLE badge_keys;
ALTER TABLE skill_passes DROP COLUMN scenario_hash;
ALTER TABLE skill_passes DROP COLUMN scenario_run_id;
