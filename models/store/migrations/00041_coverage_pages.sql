-- +goose Up
-- Beside known and covered: in how many households at least one confirmed member
-- holds each of the five skills. The ledger stays one, so that a change of a
-- household is one row whatever it changes.
ALTER TABLE coverage_ledger ADD COLUMN d_public_services INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_ledger ADD COLUMN d_online_shopping INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_ledger ADD COLUMN d_online_payment INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_ledger ADD COLUMN d_self_protection INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_ledger ADD COLUMN d_local_platforms INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_counters ADD COLUMN public_services INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_counters ADD COLUMN online_shopping INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_counters ADD COLUMN online_payment INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_counters ADD COLUMN self_protection INT NOT NULL DEFAULT 0;
ALTER TABLE coverage_counters ADD COLUMN local_platforms INT NOT NULL DEFAULT 0;

-- The skills of a household's confirmed members, one bit each in the order of the
-- columns above; kept by the same function as known and covered.
ALTER TABLE households ADD COLUMN skills INT NOT NULL DEFAULT 0;

-- The folded ledger by village and period: the same differences summed by year,
-- month and day, so that "as of" a day adds up a few rows of each. Derived, as
-- the counters are.
CREATE TABLE coverage_history (
  village_id BINARY(16) NOT NULL,
  grain VARCHAR(5) NOT NULL,
  period VARCHAR(10) NOT NULL,
  households INT NOT NULL,
  known INT NOT NULL,
  covered INT NOT NULL,
  public_services INT NOT NULL,
  online_shopping INT NOT NULL,
  online_payment INT NOT NULL,
  self_protection INT NOT NULL,
  local_platforms INT NOT NULL,
  PRIMARY KEY (village_id, grain, period)
);
INSERT INTO coverage_history (village_id, grain, period, households, known, covered, public_services, online_shopping, online_payment, self_protection, local_platforms)
SELECT village_id, 'year', SUBSTR(on_date, 1, 4), SUM(d_households), SUM(d_known), SUM(d_covered), 0, 0, 0, 0, 0
FROM coverage_ledger WHERE batch > 0 GROUP BY village_id, SUBSTR(on_date, 1, 4);
INSERT INTO coverage_history (village_id, grain, period, households, known, covered, public_services, online_shopping, online_payment, self_protection, local_platforms)
SELECT village_id, 'month', SUBSTR(on_date, 1, 7), SUM(d_households), SUM(d_known), SUM(d_covered), 0, 0, 0, 0, 0
FROM coverage_ledger WHERE batch > 0 GROUP BY village_id, SUBSTR(on_date, 1, 7);
INSERT INTO coverage_history (village_id, grain, period, households, known, covered, public_services, online_shopping, online_payment, self_protection, local_platforms)
SELECT village_id, 'day', SUBSTR(on_date, 1, 10), SUM(d_households), SUM(d_known), SUM(d_covered), 0, 0, 0, 0, 0
FROM coverage_ledger WHERE batch > 0 GROUP BY village_id, SUBSTR(on_date, 1, 10);

-- What an area is to reach by a day: share of the households on the register in
-- basis points, for one skill or, with skill '', for all five in one person.
-- live is 1 for the one in force, NULL for one that was replaced or withdrawn.
CREATE TABLE coverage_targets (
  id BINARY(16) NOT NULL PRIMARY KEY,
  area_id BINARY(16) NOT NULL,
  skill VARCHAR(24) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  share INT NOT NULL,
  source VARCHAR(200) NOT NULL,
  live INT NULL,
  set_by BINARY(16) NULL,
  set_name VARCHAR(120) NOT NULL,
  set_at DATETIME NOT NULL,
  ended_at DATETIME NULL
);
CREATE UNIQUE INDEX coverage_targets_live ON coverage_targets (area_id, skill, on_date, live);

-- +goose Down
DROP TABLE coverage_targets;
DROP TABLE coverage_history;
ALTER TABLE households DROP COLUMN skills;
ALTER TABLE coverage_counters DROP COLUMN public_services;
ALTER TABLE coverage_counters DROP COLUMN online_shopping;
ALTER TABLE coverage_counters DROP COLUMN online_payment;
ALTER TABLE coverage_counters DROP COLUMN self_protection;
ALTER TABLE coverage_counters DROP COLUMN local_platforms;
ALTER TABLE coverage_ledger DROP COLUMN d_public_services;
ALTER TABLE coverage_ledger DROP COLUMN d_online_shopping;
ALTER TABLE coverage_ledger DROP COLUMN d_online_payment;
ALTER TABLE coverage_ledger DROP COLUMN d_self_protection;
ALTER TABLE coverage_ledger DROP COLUMN d_local_platforms;
