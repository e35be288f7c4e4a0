-- +goose Up
-- Of each block and skill between which numbers its households lie in which
-- somebody holds the skill. Of releases made before there is none.
CREATE TABLE public_skills (
  on_date VARCHAR(10) NOT NULL,
  id BINARY(16) NOT NULL,
  skill VARCHAR(24) NOT NULL,
  low INT NOT NULL,
  high INT NOT NULL,
  PRIMARY KEY (on_date, id, skill)
);

-- +goose Down
DROP TABLE public_skills;
