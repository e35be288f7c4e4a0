-- +goose Up
-- version counts changes of a campaign: two officers who change it at once see
-- each other. ended_on is the last day of one that was ended early, else empty.
ALTER TABLE campaigns ADD COLUMN version INT NOT NULL DEFAULT 1;
ALTER TABLE campaigns ADD COLUMN ended_on VARCHAR(10) NOT NULL DEFAULT '';

-- What was changed of a campaign and its teams, appended only: one row for each
-- thing with its words before and after. about is a member's account.
CREATE TABLE campaign_events (
  id BINARY(16) NOT NULL PRIMARY KEY,
  campaign_id BINARY(16) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  about BINARY(16) NULL,
  old_value VARCHAR(400) NOT NULL,
  new_value VARCHAR(400) NOT NULL,
  by_account BINARY(16) NULL,
  by_name VARCHAR(120) NOT NULL,
  at DATETIME NOT NULL
);
CREATE INDEX campaign_events_campaign ON campaign_events (campaign_id, at);

-- Whether a visit is counted: by its refusal, or as an officer decided later.
-- The sum of both, written in the transaction of the decision; the fact itself
-- stays as it came.
ALTER TABLE visits ADD COLUMN counts INT NOT NULL DEFAULT 1;
UPDATE visits SET counts = 0 WHERE refusal <> '';
CREATE INDEX visits_counted ON visits (campaign_id, counts, household_id, outcome);
CREATE INDEX visits_account ON visits (account_id, campaign_id);

-- What an officer decided of a visit that was kept and not counted, once.
CREATE TABLE visit_decisions (
  visit_id BINARY(16) NOT NULL PRIMARY KEY,
  accepted INT NOT NULL,
  reason VARCHAR(200) NOT NULL,
  by_account BINARY(16) NULL,
  by_name VARCHAR(120) NOT NULL,
  at DATETIME NOT NULL
);

-- Printed slips: one code for a household and campaign. live is 1 until it is
-- revoked and NULL afterwards, so that one code at most is good.
CREATE TABLE slips (
  id BINARY(16) NOT NULL PRIMARY KEY,
  campaign_id BINARY(16) NOT NULL,
  household_id BINARY(16) NOT NULL,
  code VARCHAR(10) NOT NULL,
  live INT NULL,
  made_by BINARY(16) NULL,
  made_at DATETIME NOT NULL,
  revoked_at DATETIME NULL
);
CREATE UNIQUE INDEX slips_code ON slips (code);
CREATE UNIQUE INDEX slips_live ON slips (campaign_id, household_id, live);

-- A certified pupil whom a team asks to come along to a household, with an
-- adult. state: accepted, declined, taught. slot is 1 or 2 while the pupil is
-- expected somewhere and NULL otherwise: nobody has more than two at a time.
-- adult says who goes along, never by name.
CREATE TABLE neighbour_helps (
  id BINARY(16) NOT NULL PRIMARY KEY,
  campaign_id BINARY(16) NOT NULL,
  household_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  state VARCHAR(10) NOT NULL,
  slot INT NULL,
  adult VARCHAR(12) NOT NULL,
  team VARCHAR(60) NOT NULL,
  declined_by VARCHAR(8) NOT NULL,
  account_id BINARY(16) NOT NULL,
  created_at DATETIME NOT NULL,
  changed_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX neighbour_helps_once ON neighbour_helps (campaign_id, household_id, person_id);
CREATE UNIQUE INDEX neighbour_helps_slot ON neighbour_helps (person_id, slot);

-- +goose Down
DROP TABLE neighbour_helps;
DROP TABLE slips;
DROP TABLE visit_decisions;
-- Dropping an index is not said alike everywhere: the table is laid anew.
CREATE TABLE visits_before (
  id BINARY(16) NOT NULL PRIMARY KEY,
  campaign_id BINARY(16) NOT NULL,
  household_id BINARY(16) NOT NULL,
  account_id BINARY(16) NOT NULL,
  team VARCHAR(60) NOT NULL,
  outcome VARCHAR(16) NOT NULL,
  again INT NOT NULL,
  slip INT NOT NULL,
  visited_at DATETIME NOT NULL,
  on_day VARCHAR(10) NOT NULL,
  received_at DATETIME NOT NULL,
  refusal VARCHAR(16) NOT NULL
);
INSERT INTO visits_before SELECT id, campaign_id, household_id, account_id, team, outcome, again, slip, visited_at, on_day, received_at, refusal FROM visits;
DROP TABLE visits;
ALTER TABLE visits_before RENAME TO visits;
CREATE INDEX visits_household ON visits (household_id, visited_at);
CREATE INDEX visits_campaign ON visits (campaign_id, refusal, household_id, outcome);
DROP TABLE campaign_events;
ALTER TABLE campaigns DROP COLUMN ended_on;
ALTER TABLE campaigns DROP COLUMN version;
