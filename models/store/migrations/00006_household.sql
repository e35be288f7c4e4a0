-- +goose Up
CREATE TABLE household_registers (
  id BINARY(16) NOT NULL PRIMARY KEY,
  source VARCHAR(200) NOT NULL,
  as_of VARCHAR(10) NOT NULL,
  file_hash VARCHAR(64) NOT NULL,
  row_count INT NOT NULL,
  new_count INT NOT NULL,
  changed_count INT NOT NULL,
  imported_by BINARY(16) NULL,
  imported_at DATETIME NOT NULL,
  finished_at DATETIME NULL
);

-- Which register last spoke for a commune: the source and date under every
-- denominator.
CREATE TABLE register_areas (
  area_id BINARY(16) NOT NULL PRIMARY KEY,
  register_id BINARY(16) NOT NULL,
  household_count INT NOT NULL
);

-- external_ref is the register's own household code. village_since is the day
-- from which the household counts in its village: no move may be dated before
-- it. head_sort is head_fold with the given name first. version makes every
-- two changes that bear on one household collide.
CREATE TABLE households (
  id BINARY(16) NOT NULL PRIMARY KEY,
  code VARCHAR(16) NOT NULL,
  external_ref VARCHAR(60) NULL,
  village_id BINARY(16) NOT NULL,
  village_since VARCHAR(10) NOT NULL,
  head_name VARCHAR(120) NOT NULL,
  head_fold VARCHAR(160) NOT NULL,
  head_sort VARCHAR(160) NOT NULL,
  register_id BINARY(16) NULL,
  state VARCHAR(8) NOT NULL,
  merged_into BINARY(16) NULL,
  known INT NOT NULL,
  covered INT NOT NULL,
  covered_at DATETIME NULL,
  version INT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX households_code ON households (code);
CREATE UNIQUE INDEX households_external ON households (external_ref);
CREATE INDEX households_village ON households (village_id, head_sort);

-- A row per person and per village, written by every transaction that changes
-- something about them which another transaction only reads (a certificate and
-- a link of one person; a village's closing and a household's arrival). Under
-- snapshot isolation the two would not collide otherwise.
CREATE TABLE household_guards (
  id BINARY(16) NOT NULL PRIMARY KEY,
  version INT NOT NULL
);

CREATE TABLE household_members (
  id BINARY(16) NOT NULL PRIMARY KEY,
  household_id BINARY(16) NOT NULL,
  full_name VARCHAR(120) NOT NULL,
  name_fold VARCHAR(160) NOT NULL,
  relation VARCHAR(16) NOT NULL,
  birth_year INT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX household_members_name ON household_members (household_id, name_fold, relation);

CREATE TABLE household_links (
  id BINARY(16) NOT NULL PRIMARY KEY,
  household_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  relation VARCHAR(16) NOT NULL,
  state VARCHAR(10) NOT NULL,
  live INT NULL,
  claimed_by BINARY(16) NULL,
  claimed_role VARCHAR(20) NOT NULL,
  claimed_at DATETIME NOT NULL,
  decided_by BINARY(16) NULL,
  decided_name VARCHAR(120) NOT NULL,
  decided_role VARCHAR(20) NOT NULL,
  decided_at DATETIME NULL,
  reason VARCHAR(400) NOT NULL,
  from_date VARCHAR(10) NOT NULL,
  to_date VARCHAR(10) NOT NULL
);
CREATE UNIQUE INDEX household_links_live ON household_links (person_id, live);
CREATE INDEX household_links_household ON household_links (household_id, state);

CREATE TABLE household_events (
  id BINARY(16) NOT NULL PRIMARY KEY,
  household_id BINARY(16) NOT NULL,
  link_id BINARY(16) NULL,
  kind VARCHAR(16) NOT NULL,
  reason VARCHAR(400) NOT NULL,
  account_id BINARY(16) NULL,
  actor_name VARCHAR(120) NOT NULL,
  at DATETIME NOT NULL
);
CREATE INDEX household_events_household ON household_events (household_id, at);

-- +goose Down
DROP TABLE household_events;
DROP TABLE household_links;
DROP TABLE household_members;
DROP TABLE household_guards;
DROP TABLE households;
DROP TABLE register_areas;
DROP TABLE household_registers;
