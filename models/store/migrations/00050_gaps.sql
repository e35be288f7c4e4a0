-- +goose Up
-- What a roll-over closed, so that taking it back opens it again: which
-- roll-over, and the end there was before. was_due is NULL for an assignment
-- that had not begun and was taken off.
ALTER TABLE assignments ADD COLUMN year_end BINARY(16) NULL;
ALTER TABLE assignments ADD COLUMN was_due DATETIME NULL;
ALTER TABLE lesson_sessions ADD COLUMN year_end BINARY(16) NULL;
ALTER TABLE lesson_sessions ADD COLUMN was_until DATETIME NULL;
CREATE INDEX assignments_year_end ON assignments (year_end);
CREATE INDEX lesson_sessions_year_end ON lesson_sessions (year_end);

-- +goose Down
-- The indexes and their columns stay: see 00035.
