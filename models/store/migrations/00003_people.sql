-- +goose Up
CREATE TABLE persons (
  id BINARY(16) NOT NULL PRIMARY KEY,
  full_name VARCHAR(120) NOT NULL,
  name_fold VARCHAR(160) NOT NULL,
  sort_key VARBINARY(255) NOT NULL,
  birth_date VARCHAR(10) NULL,
  gender VARCHAR(8) NULL,
  ministry_code VARCHAR(40) NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX persons_ministry_code ON persons (ministry_code);
CREATE INDEX persons_name ON persons (name_fold);

CREATE TABLE enrolments (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  school_id BINARY(16) NOT NULL,
  class_id BINARY(16) NOT NULL,
  school_year VARCHAR(9) NOT NULL,
  school_code VARCHAR(40) NULL,
  from_date VARCHAR(10) NOT NULL,
  to_date VARCHAR(10) NOT NULL,
  live INT NULL
);
CREATE UNIQUE INDEX enrolments_live ON enrolments (person_id, live);
CREATE INDEX enrolments_class ON enrolments (class_id, live);
CREATE INDEX enrolments_school ON enrolments (school_id, live);

CREATE TABLE accounts (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NULL,
  username VARCHAR(64) NOT NULL,
  display_name VARCHAR(120) NOT NULL,
  name_fold VARCHAR(160) NOT NULL,
  secret_hash VARCHAR(160) NOT NULL,
  state VARCHAR(12) NOT NULL,
  must_change INT NOT NULL,
  epoch INT NOT NULL,
  totp_secret VARCHAR(64) NULL,
  totp_pending VARCHAR(64) NULL,
  totp_required INT NOT NULL,
  totp_last_step BIGINT NOT NULL,
  locale VARCHAR(5) NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX accounts_username ON accounts (username);
CREATE UNIQUE INDEX accounts_person ON accounts (person_id);

CREATE TABLE account_grants (
  id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NOT NULL,
  role VARCHAR(20) NOT NULL,
  scope_kind VARCHAR(8) NOT NULL,
  scope_id BINARY(16) NULL,
  grant_key VARCHAR(80) NOT NULL,
  granted_by BINARY(16) NULL,
  granted_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX account_grants_key ON account_grants (account_id, grant_key);
CREATE INDEX account_grants_scope ON account_grants (scope_id, role);

CREATE TABLE recovery_codes (
  account_id BINARY(16) NOT NULL,
  code_hash VARCHAR(64) NOT NULL,
  used_at DATETIME NULL,
  PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE refresh_tokens (
  id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NOT NULL,
  family_id BINARY(16) NOT NULL,
  generation INT NOT NULL,
  epoch INT NOT NULL,
  token_hash VARCHAR(64) NOT NULL,
  issued_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  used_at DATETIME NULL,
  revoked_at DATETIME NULL
);
CREATE UNIQUE INDEX refresh_tokens_hash ON refresh_tokens (token_hash);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_account ON refresh_tokens (account_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE signin_failures (
  subject VARCHAR(80) NOT NULL PRIMARY KEY,
  failures INT NOT NULL,
  window_start DATETIME NOT NULL,
  locked_until DATETIME NULL
);

CREATE TABLE signing_keys (
  kid VARCHAR(24) NOT NULL PRIMARY KEY,
  secret VARBINARY(64) NOT NULL,
  created_at DATETIME NOT NULL,
  retired_at DATETIME NULL
);

-- The row whose lock makes "never without an admin" a decision of one
-- transaction at a time.
INSERT INTO settings (name, value, updated_at) VALUES ('people.admins', '', '2026-01-01 00:00:00');

-- +goose Down
DELETE FROM settings WHERE name = 'people.admins';
DROP TABLE signing_keys;
DROP TABLE signin_failures;
DROP TABLE refresh_tokens;
DROP TABLE recovery_codes;
DROP TABLE account_grants;
DROP TABLE accounts;
DROP TABLE enrolments;
DROP TABLE persons;
