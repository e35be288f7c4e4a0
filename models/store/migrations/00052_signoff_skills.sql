-- +goose Up
-- The households of a unit with each skill, frozen with its other figures. A
-- row of a month that was locked before they were counted has none, and its
-- digest is of the form that knows nothing of them: skills tells which.
ALTER TABLE signoff_figures ADD COLUMN skills INT NOT NULL DEFAULT 0;
ALTER TABLE signoff_figures ADD COLUMN public_services INT NOT NULL DEFAULT 0;
ALTER TABLE signoff_figures ADD COLUMN online_shopping INT NOT NULL DEFAULT 0;
ALTER TABLE signoff_figures ADD COLUMN online_payment INT NOT NULL DEFAULT 0;
ALTER TABLE signoff_figures ADD COLUMN self_protection INT NOT NULL DEFAULT 0;
ALTER TABLE signoff_figures ADD COLUMN local_platforms INT NOT NULL DEFAULT 0;

-- What a class's teacher sees.
CREATE INDEX quality_findings_class ON quality_findings (class_id, check_key, first_seen);

-- +goose Down
-- The columns stay: locked months are signed over them.
