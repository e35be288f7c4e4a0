package learning

import "nhaso/models/store"

// Used names the tables of this room whose rows tell that a person or a class
// was used: progress, practice, attempts, lessons, assignments, accommodations. Taking a roster back
// leaves them where they are.
func Used() []store.Since {
	return []store.Since{
		{Table: "session_participants", ID: "person_id", At: "joined_at"},
		{Table: "lesson_progress", ID: "person_id", At: "updated_at"},
		{Table: "practice_answers", ID: "person_id", At: "answered_at"},
		{Table: "attempts", ID: "person_id", At: "started_at"},
		{Table: "attempts", ID: "person_id", At: "submitted_at"},
		{Table: "scenario_runs", ID: "person_id", At: "finished_at"},
		{Table: "drill_runs", ID: "person_id", At: "done_at"},
		{Table: "placements", ID: "person_id", At: "taken_at"},
		{Table: "question_reports", ID: "person_id", At: "reported_at"},
		{Table: "assignment_pupils", ID: "person_id", At: "added_at"},
		{Table: "group_members", ID: "person_id", At: "from_at"},
		{Table: "pupil_groups", ID: "class_id", At: "created_at"},
		{Table: "assignments", ID: "class_id", At: "created_at"},
		{Table: "lesson_sessions", ID: "class_id", At: "opened_at"},
		{Table: "accommodations", ID: "person_id", At: "set_at"},
		{Table: "session_decisions", ID: "person_id", At: "decided_at"},
		{Table: "session_incidents", ID: "person_id", At: "noted_at"},
		{Table: "question_reports", ID: "class_id", At: "reported_at"},
	}
}
