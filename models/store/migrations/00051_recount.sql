-- +goose Up
-- What the last recount from the households found of every area, replaced by
-- the next. same is 1 where it was what counters and ledger said at that moment.
CREATE TABLE coverage_recounts (
  area_id BINARY(16) NOT NULL PRIMARY KEY,
  level VARCHAR(8) NOT NULL,
  at DATETIME NOT NULL,
  same INT NOT NULL,
  households INT NOT NULL,
  known INT NOT NULL,
  covered INT NOT NULL,
  public_services INT NOT NULL,
  online_shopping INT NOT NULL,
  online_payment INT NOT NULL,
  self_protection INT NOT NULL,
  local_platforms INT NOT NULL
);

-- +goose Down
DROP TABLE coverage_recounts;
