-- +goose Up
CREATE TABLE areas (
  id BINARY(16) NOT NULL PRIMARY KEY,
  code VARCHAR(16) NOT NULL,
  parent_id BINARY(16) NULL,
  province_id BINARY(16) NOT NULL,
  level VARCHAR(16) NOT NULL,
  kind VARCHAR(24) NOT NULL,
  name VARCHAR(120) NOT NULL,
  full_name VARCHAR(160) NOT NULL,
  name_fold VARCHAR(160) NOT NULL,
  valid_from VARCHAR(10) NOT NULL,
  valid_to VARCHAR(10) NOT NULL,
  source VARCHAR(200) NOT NULL
);
CREATE UNIQUE INDEX areas_code ON areas (code, valid_from);
CREATE INDEX areas_parent ON areas (parent_id);
CREATE INDEX areas_name ON areas (name_fold);

CREATE TABLE area_aliases (
  code VARCHAR(16) NOT NULL PRIMARY KEY,
  area_id BINARY(16) NOT NULL,
  reason VARCHAR(200) NOT NULL
);

CREATE TABLE area_successions (
  old_id BINARY(16) NOT NULL,
  new_id BINARY(16) NOT NULL,
  extent VARCHAR(8) NOT NULL,
  people VARCHAR(8) NOT NULL,
  on_date VARCHAR(10) NOT NULL,
  source VARCHAR(200) NOT NULL,
  PRIMARY KEY (old_id, new_id)
);
CREATE INDEX area_successions_new ON area_successions (new_id);

CREATE TABLE villages (
  id BINARY(16) NOT NULL PRIMARY KEY,
  code VARCHAR(16) NOT NULL,
  kind VARCHAR(12) NOT NULL,
  name VARCHAR(120) NOT NULL,
  name_fold VARCHAR(160) NOT NULL,
  valid_from VARCHAR(10) NOT NULL,
  valid_to VARCHAR(10) NOT NULL,
  merged_into BINARY(16) NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX villages_code ON villages (code);
CREATE INDEX villages_name ON villages (name_fold);

CREATE TABLE village_communes (
  village_id BINARY(16) NOT NULL,
  valid_from VARCHAR(10) NOT NULL,
  valid_to VARCHAR(10) NOT NULL,
  commune_id BINARY(16) NOT NULL,
  reason VARCHAR(200) NOT NULL,
  PRIMARY KEY (village_id, valid_from)
);
CREATE INDEX village_communes_commune ON village_communes (commune_id, valid_to);

CREATE TABLE schools (
  id BINARY(16) NOT NULL PRIMARY KEY,
  code VARCHAR(24) NOT NULL,
  name VARCHAR(160) NOT NULL,
  name_fold VARCHAR(200) NOT NULL,
  school_type VARCHAR(8) NOT NULL,
  commune_id BINARY(16) NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX schools_code ON schools (code);
CREATE INDEX schools_commune ON schools (commune_id);
CREATE INDEX schools_name ON schools (name_fold);

CREATE TABLE school_classes (
  id BINARY(16) NOT NULL PRIMARY KEY,
  school_id BINARY(16) NOT NULL,
  school_year VARCHAR(9) NOT NULL,
  grade INT NOT NULL,
  name VARCHAR(24) NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX school_classes_name ON school_classes (school_id, school_year, name);

-- +goose Down
DROP TABLE school_classes;
DROP TABLE schools;
DROP TABLE village_communes;
DROP TABLE villages;
DROP TABLE area_successions;
DROP TABLE area_aliases;
DROP TABLE areas;
