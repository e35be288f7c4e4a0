-- +goose Up
-- What the public may know. A village belongs to its unit and block for ever:
-- what is published would say more if they followed the map.
CREATE TABLE public_units (
  village_id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  block_id BINARY(16) NOT NULL,
  since VARCHAR(10) NOT NULL
);

-- One row per day that was published, made once and never changed.
CREATE TABLE public_releases (
  on_date VARCHAR(10) NOT NULL PRIMARY KEY,
  made_at DATETIME NOT NULL,
  account_id BINARY(16) NULL
);

-- Bands of units and of blocks: no exact count of a state is kept here.
CREATE TABLE public_figures (
  on_date VARCHAR(10) NOT NULL,
  id BINARY(16) NOT NULL,
  households INT NOT NULL,
  covered_low INT NOT NULL,
  covered_high INT NOT NULL,
  not_low INT NOT NULL,
  not_high INT NOT NULL,
  unknown_low INT NOT NULL,
  unknown_high INT NOT NULL,
  PRIMARY KEY (on_date, id)
);

-- Where each village was on the day, and its households on the register.
CREATE TABLE public_villages (
  on_date VARCHAR(10) NOT NULL,
  village_id BINARY(16) NOT NULL,
  commune_id BINARY(16) NOT NULL,
  province_id BINARY(16) NOT NULL,
  households INT NOT NULL,
  PRIMARY KEY (on_date, village_id)
);

CREATE TABLE public_registers (
  on_date VARCHAR(10) NOT NULL,
  area_id BINARY(16) NOT NULL,
  source VARCHAR(200) NOT NULL,
  as_of VARCHAR(10) NOT NULL,
  PRIMARY KEY (on_date, area_id)
);

-- Programs of other offices that read what is published. The token itself is
-- shown once; its hash finds it.
CREATE TABLE partner_tokens (
  id BINARY(16) NOT NULL PRIMARY KEY,
  name VARCHAR(120) NOT NULL,
  purpose VARCHAR(300) NOT NULL,
  area_id BINARY(16) NOT NULL,
  token_hash VARCHAR(64) NOT NULL,
  per_minute INT NOT NULL,
  expires_on VARCHAR(10) NOT NULL,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL,
  revoked_by BINARY(16) NULL,
  revoked_at DATETIME NULL
);
CREATE UNIQUE INDEX partner_tokens_hash ON partner_tokens (token_hash);

-- How often a token was used on a day.
CREATE TABLE partner_uses (
  token_id BINARY(16) NOT NULL,
  day VARCHAR(10) NOT NULL,
  uses INT NOT NULL,
  PRIMARY KEY (token_id, day)
);

-- Areas of which a report is kept every month, and those reports.
CREATE TABLE report_subscriptions (
  area_id BINARY(16) NOT NULL PRIMARY KEY,
  created_by BINARY(16) NULL,
  created_at DATETIME NOT NULL
);

CREATE TABLE area_reports (
  area_id BINARY(16) NOT NULL,
  month VARCHAR(7) NOT NULL,
  format VARCHAR(8) NOT NULL,
  name VARCHAR(120) NOT NULL,
  body MEDIUMBLOB NOT NULL,
  made_at DATETIME NOT NULL,
  PRIMARY KEY (area_id, month, format)
);

-- +goose Down
DROP TABLE area_reports;
DROP TABLE report_subscriptions;
DROP TABLE partner_uses;
DROP TABLE partner_tokens;
DROP TABLE public_registers;
DROP TABLE public_villages;
DROP TABLE public_figures;
DROP TABLE public_releases;
DROP TABLE public_units;
