-- +goose Up
-- One row for each province and month that anybody signed: every approval,
-- return and lock of the month writes it first, so that two of them meet.
CREATE TABLE signoff_months (
  province_id BINARY(16) NOT NULL,
  month VARCHAR(7) NOT NULL,
  version INT NOT NULL,
  PRIMARY KEY (province_id, month)
);

-- What a school or commune said of its month, written once. digest is over the
-- figures that were approved and everything below them; the six figures stand
-- here so that a later change can be shown beside them. hash chains the steps
-- of one unit's month.
CREATE TABLE signoff_steps (
  id BINARY(16) NOT NULL PRIMARY KEY,
  month VARCHAR(7) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  kind VARCHAR(10) NOT NULL,
  on_behalf INT NOT NULL,
  reason VARCHAR(400) NOT NULL,
  digest VARCHAR(64) NOT NULL,
  households INT NOT NULL,
  known INT NOT NULL,
  covered INT NOT NULL,
  pupils INT NOT NULL,
  certified INT NOT NULL,
  passes INT NOT NULL,
  account_id BINARY(16) NULL,
  actor_name VARCHAR(120) NOT NULL,
  actor_role VARCHAR(20) NOT NULL,
  at DATETIME NOT NULL,
  prev_hash VARCHAR(64) NOT NULL,
  hash VARCHAR(64) NOT NULL
);
CREATE UNIQUE INDEX signoff_steps_seq ON signoff_steps (unit_id, month, seq);
CREATE INDEX signoff_steps_month ON signoff_steps (month, unit_id);

-- A locked month of a province. live is 1 while it holds and NULL once it was
-- unlocked; the row stays for ever. number counts the locks of a province and
-- prev_root names the one before, so that none can be taken out. root is the
-- digest of the whole tree of figures, signature the server's over all of it.
CREATE TABLE signoff_locks (
  id BINARY(16) NOT NULL PRIMARY KEY,
  province_id BINARY(16) NOT NULL,
  month VARCHAR(7) NOT NULL,
  seq INT NOT NULL,
  number INT NOT NULL,
  live INT NULL,
  root VARCHAR(64) NOT NULL,
  prev_root VARCHAR(64) NOT NULL,
  public_key VARCHAR(64) NOT NULL,
  signature VARCHAR(120) NOT NULL,
  locked_by BINARY(16) NULL,
  locked_name VARCHAR(120) NOT NULL,
  locked_at DATETIME NOT NULL,
  unlocked_by BINARY(16) NULL,
  unlocked_name VARCHAR(120) NOT NULL,
  unlocked_at DATETIME NULL,
  unlock_reason VARCHAR(400) NOT NULL
);
CREATE UNIQUE INDEX signoff_locks_seq ON signoff_locks (province_id, month, seq);
CREATE UNIQUE INDEX signoff_locks_number ON signoff_locks (province_id, number);
CREATE UNIQUE INDEX signoff_locks_live ON signoff_locks (province_id, month, live);

-- The figures of a locked month: the province, its communes, villages and
-- schools, with the names they had.
CREATE TABLE signoff_figures (
  lock_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  kind VARCHAR(8) NOT NULL,
  parent_id BINARY(16) NULL,
  code VARCHAR(24) NOT NULL,
  name VARCHAR(160) NOT NULL,
  households INT NOT NULL,
  known INT NOT NULL,
  covered INT NOT NULL,
  pupils INT NOT NULL,
  certified INT NOT NULL,
  passes INT NOT NULL,
  digest VARCHAR(64) NOT NULL,
  PRIMARY KEY (lock_id, unit_id)
);
CREATE INDEX signoff_figures_unit ON signoff_figures (unit_id, lock_id);

-- +goose Down
DROP TABLE signoff_figures;
DROP TABLE signoff_locks;
DROP TABLE signoff_steps;
DROP TABLE signoff_months;
