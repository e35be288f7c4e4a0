-- +goose Up
-- A campaign sends digital teams to the doors of an area between two days.
-- target is how many households are to be visited; hotline is printed and shown
-- as it is.
CREATE TABLE campaigns (
  id BINARY(16) NOT NULL PRIMARY KEY,
  area_id BINARY(16) NOT NULL,
  name VARCHAR(120) NOT NULL,
  starts_on VARCHAR(10) NOT NULL,
  ends_on VARCHAR(10) NOT NULL,
  target INT NOT NULL,
  hotline VARCHAR(40) NOT NULL,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX campaigns_area ON campaigns (area_id, starts_on);

-- Who walks, in which team. A member who is removed stays as a row: visits that
-- arrive later are refused by it and kept.
CREATE TABLE campaign_members (
  campaign_id BINARY(16) NOT NULL,
  account_id BINARY(16) NOT NULL,
  team VARCHAR(60) NOT NULL,
  added_at DATETIME NOT NULL,
  removed_at DATETIME NULL,
  PRIMARY KEY (campaign_id, account_id)
);
CREATE INDEX campaign_members_account ON campaign_members (account_id);

CREATE TABLE campaign_villages (
  campaign_id BINARY(16) NOT NULL,
  account_id BINARY(16) NOT NULL,
  village_id BINARY(16) NOT NULL,
  PRIMARY KEY (campaign_id, account_id, village_id)
);

-- Facts: written once and never changed. The id is made by the phone. refusal
-- is empty for a visit that counts; a refused one is kept for the officer.
CREATE TABLE visits (
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
CREATE INDEX visits_household ON visits (household_id, visited_at);
CREATE INDEX visits_campaign ON visits (campaign_id, refusal, household_id, outcome);

-- +goose Down
DROP TABLE visits;
DROP TABLE campaign_villages;
DROP TABLE campaign_members;
DROP TABLE campaigns;
