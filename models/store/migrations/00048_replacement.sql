-- +goose Up
-- The slot of the question that stands in for a broken one, 0 for none: it is
-- put behind the others of the attempt, and the broken one stays where it was.
ALTER TABLE question_alerts ADD COLUMN replacement INT NOT NULL DEFAULT 0;

-- Whether a pupil is offered to have quizzes read out; never why.
ALTER TABLE accommodations ADD COLUMN read_aloud INT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE accommodations DROP COLUMN read_aloud;
ALTER TABLE question_alerts DROP COLUMN replacement;
