package learning

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// AssignedCopies names the rows that say which pupil of the classes is asked
// what: assignments with their kind and recipients, the groups, and the question
// sets with their pictures. A laptop of before knows assignments to whole
// classes only and is given these by ClassCopies.
func AssignedCopies(tx *gorm.DB, classes []models.ID) ([]store.Copy, error) {
	sets, media, err := packedSets(tx, classes)
	if err != nil {
		return nil, err
	}
	list := versionCopies("question_sets", "set_key", "set_key:text school_id:id title:text doc:text created_at:time", sets)
	list = append(list, versionCopies("media", "name", "name:text media_type:text data:bytes", media)...)
	return append(list,
		store.Copy{Table: "pupil_groups", Key: []string{"id"}, Where: "live = 1 AND class_id IN ?", Args: []any{classes},
			Columns: "id:id class_id:id name:text name_fold:text live:int version:int created_at:time"},
		store.Copy{Table: "group_members", Key: []string{"id"}, Where: "live = 1 AND group_id IN (SELECT id FROM pupil_groups WHERE live = 1 AND class_id IN ?)",
			Args: []any{classes}, Columns: "id:id group_id:id person_id:id live:int from_at:time"},
		store.Copy{Table: "assignments", Key: []string{"id"}, Where: "class_id IN ?", Args: []any{classes},
			Columns: "id:id class_id:id course_key:text kind:text parts:text recipients:text group_id:id attempts:int opens_at:time due_at:time results:text " +
				"assigned_by:id created_at:time removed_at:time released_at:time changed_at:time version:int"},
		store.Copy{Table: "assignment_pupils", Key: []string{"assignment_id", "person_id"},
			Where: "assignment_id IN (SELECT id FROM assignments WHERE class_id IN ?)", Args: []any{classes},
			Columns: "assignment_id:id person_id:id added_at:time"},
	), nil
}

// packedSets lists the question sets that the classes are asked to practise,
// and the pictures that these show.
func packedSets(tx *gorm.DB, classes []models.ID) (keys, media []string, err error) {
	var rows []struct{ SetKey, Doc string }
	err = tx.Raw(`SELECT s.set_key, s.doc FROM question_sets s WHERE s.set_key IN
		(SELECT a.course_key FROM assignments a WHERE a.class_id IN ? AND a.kind = ? AND a.removed_at IS NULL)`, classes, AssignBank).Scan(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		var questions []curriculum.Question
		if err := json.Unmarshal([]byte(r.Doc), &questions); err != nil {
			return nil, nil, fmt.Errorf("question set %s: %w", r.SetKey, err)
		}
		keys = append(keys, r.SetKey)
		for _, q := range questions {
			if q.Image != nil {
				media = append(media, q.Image.Src)
			}
		}
	}
	return keys, media, nil
}

// BeforeAssigned takes back on a laptop who was asked what: the next pack brings
// it whole, so that who left a group is not asked any more.
func BeforeAssigned(tx *gorm.DB) error {
	for _, table := range []string{"assignment_pupils", "group_members", "pupil_groups", "assignments"} {
		if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
			return err
		}
	}
	return nil
}
