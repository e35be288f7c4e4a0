-- +goose Up
-- Portable subset for SQLite, MySQL, MariaDB and TiDB: BINARY(16) ids made by
-- the program, whole-second UTC DATETIME, civil days as VARCHAR(10), no
-- foreign key across rooms, no AUTO_INCREMENT. Charset and collation
-- (utf8mb4_bin) belong to the database, not to these statements.

CREATE TABLE leases (
  name VARCHAR(40) NOT NULL PRIMARY KEY,
  owner BINARY(16) NULL,
  expires_at DATETIME NOT NULL
);

CREATE TABLE settings (
  name VARCHAR(60) NOT NULL PRIMARY KEY,
  value MEDIUMTEXT NOT NULL,
  updated_at DATETIME NOT NULL
);

-- +goose Down
DROP TABLE settings;
DROP TABLE leases;
