package certificate

import (
	"nhaso/models"
	"nhaso/models/store"
)

// ClassCopies names the rows of this room that a laptop shows its pupils: the
// rules, and the passes and confirmations they have so far.
func ClassCopies(persons []models.ID) []store.Copy {
	return []store.Copy{
		{Table: "certificate_rules", Key: []string{"version"}, Columns: "version:int active_from:time doc:text doc_hash:text created_at:time"},
		{Table: "skill_passes", Key: []string{"person_id", "seq"}, Where: "person_id IN ?", Args: []any{persons},
			Columns: "id:id person_id:id seq:int skill:text rule_version:int attempt_id:id session_id:id course_key:text course_hash:text attempt_hash:text score:int passed_at:time hash:text scenario_run_id:id scenario_hash:text"},
		{Table: "certificates", Key: []string{"id"}, Where: "person_id IN ?", Args: []any{persons},
			Columns: "id:id code:text person_id:id holder_name:text holder_fold:text school_id:id school_name:text class_name:text rule_version:int issued_at:time state:text live:int hash:text"},
	}
}
