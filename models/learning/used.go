package learning

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

var usedTables = []store.Since{
	{"session_participants", "person_id", "joined_at"}, {"lesson_progress", "person_id", "updated_at"}, {"practice_answers", "person_id", "answered_at"},
	{"attempts", "person_id", "started_at"}, {"attempts", "person_id", "submitted_at"}, {"scenario_runs", "person_id", "finished_at"},
	{"drill_runs", "person_id", "done_at"}, {"placements", "person_id", "taken_at"}, {"question_reports", "person_id", "reported_at"},
	{"assignment_pupils", "person_id", "added_at"}, {"group_members", "person_id", "from_at"}, {"pupil_groups", "class_id", "created_at"},
	{"assignments", "class_id", "created_at"}, {"lesson_sessions", "class_id", "opened_at"},
}

// UsedSince answers which of the persons and classes have work in this room since
// an instant: progress, practice, attempts, lessons, assignments. Taking a
// roster back leaves them where they are.
func UsedSince(tx *gorm.DB, ids []models.ID, since time.Time) ([]models.ID, error) {
	return store.AnySince(tx, usedTables, ids, since)
}
