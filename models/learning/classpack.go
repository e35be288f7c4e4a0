package learning

import (
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// ClassCopies names the rows of this room that a laptop needs to teach classes:
// the courses of their school levels as published now, the packs of places,
// the drills, and what the whole classes are asked (see AssignedCopies).
func ClassCopies(tx *gorm.DB, classes []models.ID) ([]store.Copy, error) {
	levels, err := levelsOf(tx, classes)
	if err != nil {
		return nil, err
	}
	var docs []struct{ Hash, Doc string }
	err = tx.Raw("SELECT v.hash, v.doc FROM courses c JOIN course_versions v ON v.hash = c.course_hash WHERE c.school_level IN ?", levels).Scan(&docs).Error
	if err != nil {
		return nil, err
	}
	var hashes, lessons, questions, scenarios, media []string
	for _, d := range docs {
		var m manifest
		if err := json.Unmarshal([]byte(d.Doc), &m); err != nil {
			return nil, fmt.Errorf("course version %.12s: %w", d.Hash, err)
		}
		hashes, lessons, questions = append(hashes, d.Hash), append(lessons, m.Lessons...), append(questions, m.Questions...)
		scenarios = append(scenarios, m.Scenarios...)
		for _, image := range m.Course.Images {
			media = append(media, image.Src)
		}
	}
	list := versionCopies("course_versions", "hash", "hash:text course_key:text skill:text school_level:text doc:text published_at:time", hashes)
	list = append(list, versionCopies("lesson_versions", "hash", "hash:text course_key:text lesson_key:text doc:text", lessons)...)
	list = append(list, versionCopies("question_versions", "hash", "hash:text course_key:text question_key:text doc:text", questions)...)
	list = append(list, versionCopies("scenario_versions", "hash", "hash:text course_key:text scenario_key:text doc:text", scenarios)...)
	list = append(list, versionCopies("media", "name", "name:text media_type:text data:bytes", media)...)
	return append(list,
		store.Copy{Table: "courses", Key: []string{"course_key"}, Where: "school_level IN ?", Args: []any{levels},
			Columns: "course_key:text skill:text school_level:text course_hash:text updated_at:time"},
		store.Copy{Table: "place_packs", Key: []string{"pack_key"}, Columns: "pack_key:text area_code:text hash:text doc:text updated_at:time"},
		store.Copy{Table: "drills", Key: []string{"drill_key"}, Columns: "drill_key:text from_date:text skill:text hash:text doc:text updated_at:time"},
		store.Copy{Table: "item_flags", Key: []string{"id"}, Where: "live = 1",
			Columns: "id:id question_hash:text course_key:text question_key:text live:int n:int p:int r:int flagged_at:time"},
		store.Copy{Table: "assignments", Key: []string{"id"}, Where: "class_id IN ? AND recipients = ? AND kind <> ?", Args: []any{classes, ToClass, AssignBank},
			Columns: "id:id class_id:id course_key:text opens_at:time due_at:time results:text assigned_by:id created_at:time removed_at:time"},
	), nil
}

// BeforeClassPack takes back on a laptop what the next pack brings whole: which
// questions are drawn no more is the server's judgement.
func BeforeClassPack(tx *gorm.DB) error { return tx.Exec("DELETE FROM item_flags").Error }

// versionCopies takes content by its hashes. Content never changes under its
// hash, so what is there stays.
func versionCopies(table, key, columns string, names []string) []store.Copy {
	slices.Sort(names)
	var list []store.Copy
	names = slices.Compact(names)
	for len(names) > 0 || len(list) == 0 {
		part := names[:min(len(names), store.MaxRows)]
		names = names[len(part):]
		list = append(list, store.Copy{Table: table, Key: []string{key}, Columns: columns, Where: key + " IN ?", Args: []any{part}, Keep: true})
	}
	return list
}

func levelsOf(tx *gorm.DB, classes []models.ID) ([]string, error) {
	var grades []int
	if err := tx.Raw("SELECT DISTINCT grade FROM school_classes WHERE id IN ?", classes).Scan(&grades).Error; err != nil {
		return nil, err
	}
	levels := []string{}
	for _, g := range grades {
		levels = append(levels, "thcs") // also where a thpt course does not exist yet
		if g >= 10 {
			levels = append(levels, "thpt")
		}
	}
	slices.Sort(levels)
	return slices.Compact(levels), nil
}

// PackedProgress is a pupil's place in a lesson on the way to a laptop.
type PackedProgress struct {
	ProgressFact
	Via string `json:"via,omitempty"`
}

// ClassProgress reads where the persons are in their lessons.
func ClassProgress(tx *gorm.DB, persons []models.ID) ([]PackedProgress, error) {
	list := []PackedProgress{}
	err := tx.Raw(`SELECT person_id, course_key, lesson_key, lesson_hash AS hash, seq, card_index, done_at, updated_at AS at, via
		FROM lesson_progress WHERE person_id IN ? ORDER BY person_id, course_key, lesson_key`, persons).Scan(&list).Error
	for i := range list {
		list[i].At, list[i].DoneAt = list[i].At.UTC(), timeOf(list[i].DoneAt)
	}
	return list, err
}

// LoadProgress merges places from a class pack into this database as reports
// of a device are merged: the higher number wins, done stays done.
func LoadProgress(tx *gorm.DB, list []PackedProgress) error {
	for _, p := range list {
		at := p.At
		if p.DoneAt != nil {
			at = *p.DoneAt
		}
		report := Progress{Seq: p.Seq, CardIndex: p.CardIndex, Done: p.DoneAt != nil}
		if _, _, err := putProgress(tx, p.PersonID, p.CourseKey, p.LessonKey, p.Hash, report, at); err != nil {
			return err
		}
		err := tx.Exec(`UPDATE lesson_progress SET via = ? WHERE person_id = ? AND course_key = ? AND lesson_key = ? AND via = ''`,
			p.Via, p.PersonID, p.CourseKey, p.LessonKey).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// Forget makes the next reader ask again which courses are current: after rows
// were written past Publish, as a class pack is.
func (l *Learning) Forget() { l.catalog.forget() }
