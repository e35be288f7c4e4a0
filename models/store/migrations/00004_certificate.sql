-- +goose Up
CREATE TABLE certificate_rules (
  version INT NOT NULL PRIMARY KEY,
  active_from DATETIME NOT NULL,
  doc MEDIUMTEXT NOT NULL,
  doc_hash VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL
);

-- seq numbers the passes of one person: two skills proved at the same moment
-- collide on it, so that the later transaction sees the earlier pass and the
-- fifth one cannot miss the certificate.
CREATE TABLE skill_passes (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  skill VARCHAR(24) NOT NULL,
  rule_version INT NOT NULL,
  attempt_id BINARY(16) NOT NULL,
  session_id BINARY(16) NULL,
  course_key VARCHAR(64) NOT NULL,
  course_hash VARCHAR(64) NOT NULL,
  attempt_hash VARCHAR(64) NOT NULL,
  score INT NOT NULL,
  passed_at DATETIME NOT NULL,
  hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX skill_passes_skill ON skill_passes (person_id, skill);
CREATE UNIQUE INDEX skill_passes_seq ON skill_passes (person_id, seq);
CREATE INDEX skill_passes_attempt ON skill_passes (attempt_id);

-- live is 1 while the certificate is valid, NULL while it is revoked.
CREATE TABLE certificates (
  id BINARY(16) NOT NULL PRIMARY KEY,
  code VARCHAR(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  holder_name VARCHAR(120) NOT NULL,
  holder_fold VARCHAR(160) NOT NULL,
  school_id BINARY(16) NULL,
  school_name VARCHAR(160) NOT NULL,
  class_name VARCHAR(24) NOT NULL,
  rule_version INT NOT NULL,
  issued_at DATETIME NOT NULL,
  state VARCHAR(8) NOT NULL,
  live INT NULL,
  hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX certificates_code ON certificates (code);
CREATE UNIQUE INDEX certificates_live ON certificates (person_id, live);
CREATE INDEX certificates_holder ON certificates (holder_fold);
CREATE INDEX certificates_school ON certificates (school_id);

CREATE TABLE certificate_events (
  id BINARY(16) NOT NULL PRIMARY KEY,
  certificate_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  reason VARCHAR(400) NOT NULL,
  account_id BINARY(16) NULL,
  actor_name VARCHAR(120) NOT NULL,
  at DATETIME NOT NULL,
  hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX certificate_events_seq ON certificate_events (certificate_id, seq);

-- +goose Down
DROP TABLE certificate_events;
DROP TABLE certificates;
DROP TABLE skill_passes;
DROP TABLE certificate_rules;
