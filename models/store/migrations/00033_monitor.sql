-- +goose Up
-- A lesson in which the teacher looks after every pupil: invigilated is chosen
-- before the first quiz begins.
ALTER TABLE lesson_sessions ADD COLUMN invigilated INT NOT NULL DEFAULT 0;

-- seen_at: the last sign of life, written by the group and not by the pulse.
-- unsent: answers that wait on the pupil's device, by its own word. call_id is
-- the device's id of the call for help, kept after it was answered so that a
-- repeat does not call again. helped_at: help before it counts no more.
ALTER TABLE session_participants ADD COLUMN seen_at DATETIME NULL;
ALTER TABLE session_participants ADD COLUMN unsent INT NOT NULL DEFAULT 0;
ALTER TABLE session_participants ADD COLUMN call_id BINARY(16) NULL;
ALTER TABLE session_participants ADD COLUMN called_at DATETIME NULL;
ALTER TABLE session_participants ADD COLUMN helped_at DATETIME NULL;
ALTER TABLE session_participants ADD COLUMN confirmed_at DATETIME NULL;

-- marks counts what an invigilator or an alert changed of an attempt, so that
-- its ending and such a change decide over each other. extra_seconds: what the
-- pupil has beyond the quiz's own minutes, by accommodation and by pauses.
ALTER TABLE attempts ADD COLUMN marks INT NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN extra_seconds INT NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN paused_at DATETIME NULL;

-- A wrong try at practice as the pupil saw and answered it, for the teacher.
ALTER TABLE practice_answers ADD COLUMN given VARCHAR(2400) NULL;

-- A question that its pupil reported while it was being answered: once a slot.
-- number counts an attempt's alerts, so that two at the same moment meet.
CREATE TABLE question_alerts (
  id BINARY(16) NOT NULL PRIMARY KEY,
  session_id BINARY(16) NOT NULL,
  attempt_id BINARY(16) NOT NULL,
  slot INT NOT NULL,
  number INT NOT NULL,
  reason VARCHAR(16) NOT NULL,
  note VARCHAR(800) NOT NULL,
  state VARCHAR(10) NOT NULL,
  raised_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  decided_at DATETIME NULL,
  decided_by BINARY(16) NULL,
  decided_reason VARCHAR(16) NOT NULL
);
CREATE UNIQUE INDEX question_alerts_slot ON question_alerts (attempt_id, slot);
CREATE UNIQUE INDEX question_alerts_number ON question_alerts (attempt_id, number);
CREATE INDEX question_alerts_session ON question_alerts (session_id, state);
CREATE INDEX question_alerts_due ON question_alerts (state, expires_at);

-- What was decided over whom, by whom, when and under which category.
CREATE TABLE session_decisions (
  id BINARY(16) NOT NULL PRIMARY KEY,
  session_id BINARY(16) NOT NULL,
  person_id BINARY(16) NULL,
  attempt_id BINARY(16) NULL,
  kind VARCHAR(16) NOT NULL,
  reason VARCHAR(16) NOT NULL,
  decided_by BINARY(16) NULL,
  decided_at DATETIME NOT NULL
);
CREATE INDEX session_decisions_session ON session_decisions (session_id, decided_at);

-- Why a pupil did not finish: one of fixed categories, no free text.
CREATE TABLE session_incidents (
  session_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  school_id BINARY(16) NOT NULL,
  category VARCHAR(16) NOT NULL,
  noted_by BINARY(16) NULL,
  noted_at DATETIME NOT NULL,
  PRIMARY KEY (session_id, person_id)
);
CREATE INDEX session_incidents_school ON session_incidents (school_id, noted_at);

-- More time for a pupil: how much, never why.
CREATE TABLE accommodations (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  extra_percent INT NOT NULL,
  set_by BINARY(16) NULL,
  set_at DATETIME NOT NULL
);

-- +goose Down
DROP TABLE accommodations;
DROP TABLE session_incidents;
DROP TABLE session_decisions;
DROP TABLE question_alerts;
ALTER TABLE practice_answers DROP COLUMN given;
ALTER TABLE attempts DROP COLUMN paused_at;
ALTER TABLE attempts DROP COLUMN extra_seconds;
ALTER TABLE attempts DROP COLUMN marks;
ALTER TABLE session_participants DROP COLUMN confirmed_at;
ALTER TABLE session_participants DROP COLUMN helped_at;
ALTER TABLE session_participants DROP COLUMN called_at;
ALTER TABLE session_participants DROP COLUMN call_id;
ALTER TABLE session_participants DROP COLUMN unsent;
ALTER TABLE session_participants DROP COLUMN seen_at;
ALTER TABLE lesson_sessions DROP COLUMN invigilated;
