package people

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// rosterUndo takes one import back inside a transaction.
type rosterUndo struct {
	tx      *gorm.DB
	now     time.Time
	since   time.Time
	uses    []store.Since
	kept    map[models.ID]string // person → reason
	classes []string             // kept, by name
}

func (u *rosterUndo) all(doc undoDoc) error {
	if err := u.keep(doc.People); err != nil {
		return err
	}
	var persons, opened, ended []models.ID
	for _, e := range doc.People {
		if u.kept[e.Person] != "" {
			continue
		}
		if !e.Opened.IsZero() {
			opened = append(opened, e.Opened)
		}
		if !e.Ended.IsZero() {
			ended = append(ended, e.Ended)
		}
		if e.Created {
			persons = append(persons, e.Person)
		}
	}
	for _, step := range []struct {
		query string
		ids   []models.ID
	}{
		{"DELETE FROM enrolments WHERE live = 1 AND id IN ?", opened},
		{"UPDATE enrolments SET live = 1, to_date = '" + models.Forever + "' WHERE live IS NULL AND id IN ?", ended},
		{"DELETE FROM persons WHERE id IN ?", persons},
	} {
		if err := u.exactly(step.query, step.ids); err != nil {
			return err
		}
	}
	for _, e := range doc.People {
		if u.kept[e.Person] == "" {
			if err := u.facts(e); err != nil {
				return err
			}
		}
	}
	return u.removeClasses(doc.Classes)
}

// exactly runs a statement over all ids; a row that is not there any more means
// that somebody was quicker, and that the whole is looked at again.
func (u *rosterUndo) exactly(query string, ids []models.ID) error {
	for part := range slices.Chunk(ids, store.MaxRows) {
		res := u.tx.Exec(query, part)
		if store.IsDuplicate(res.Error) {
			return store.ErrRetry
		}
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != int64(len(part)) {
			return store.ErrRetry
		}
	}
	return nil
}

// facts gives a person and an enrolment back what the import changed of them.
func (u *rosterUndo) facts(e undoEntry) error {
	if e.Was != nil {
		p := Person{ID: e.Person, FullName: e.Was.Name, BirthDate: e.Was.Birth, Gender: e.Was.Gender, SortKey: models.SortKey(e.Was.Name)}
		if err := updatePerson(u.tx, p, u.now); err != nil {
			return err
		}
	}
	if !e.CodeAt.IsZero() {
		return u.tx.Exec("UPDATE enrolments SET school_code = ? WHERE id = ?", nullable(e.CodeWas), e.CodeAt).Error
	}
	return nil
}

// undoState is what a person is now, beside what the import made of them.
type undoState struct {
	Person
	EnrolmentID models.ID // live
	SchoolCode  string
	HasAccount  bool
}

// keep finds those whom the undo must leave alone.
func (u *rosterUndo) keep(entries []undoEntry) error {
	ids := make([]models.ID, len(entries))
	for i, e := range entries {
		ids[i] = e.Person
	}
	used, err := store.UsedSince(u.tx, u.uses, ids, u.since)
	if err != nil {
		return err
	}
	for _, id := range used {
		u.kept[id] = KeptWork
	}
	states, err := u.states(ids)
	if err != nil {
		return err
	}
	for _, e := range entries {
		s, ok := states[e.Person]
		switch {
		case !ok || !e.stands(s):
			u.kept[e.Person] = KeptChanged
		case e.Created && s.HasAccount && u.kept[e.Person] == "":
			u.kept[e.Person] = KeptAccount
		}
	}
	return nil
}

func (u *rosterUndo) states(ids []models.ID) (map[models.ID]undoState, error) {
	states := make(map[models.ID]undoState, len(ids))
	for part := range slices.Chunk(ids, store.MaxRows) {
		var list []undoState
		err := u.tx.Raw("SELECT "+personColumns+", e.id AS enrolment_id, COALESCE(e.school_code, '') AS school_code,"+
			" EXISTS (SELECT 1 FROM accounts a WHERE a.person_id = p.id) AS has_account"+
			" FROM persons p LEFT JOIN enrolments e ON e.person_id = p.id AND e.live = 1 WHERE p.id IN ?", part).Scan(&list).Error
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			states[s.ID] = s
		}
	}
	return states, nil
}

// stands tells whether the person is still as the import left them.
func (e undoEntry) stands(s undoState) bool {
	if e.Is != nil && *e.Is != *factsOf(s.Person) {
		return false
	}
	if !e.CodeAt.IsZero() && (s.EnrolmentID != e.CodeAt || s.SchoolCode != e.CodeIs) {
		return false
	}
	if !e.Opened.IsZero() || !e.Ended.IsZero() {
		return s.EnrolmentID == e.Opened
	}
	return true
}

// removeClasses removes the classes that the import made and that nobody is in,
// was in, teaches or uses. The others stay and are named.
func (u *rosterUndo) removeClasses(ids []models.ID) error {
	used, err := store.UsedSince(u.tx, u.uses, ids, u.since)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var taken int
		err := u.tx.Raw("SELECT (SELECT COUNT(*) FROM enrolments WHERE class_id = ?) + (SELECT COUNT(*) FROM account_grants WHERE scope_kind = 'class' AND scope_id = ?)",
			id, id).Scan(&taken).Error
		if err != nil {
			return err
		}
		if taken == 0 && !slices.Contains(used, id) {
			for _, table := range []string{"class_secret_kinds WHERE class_id", "school_classes WHERE id"} {
				if err := u.tx.Exec("DELETE FROM "+table+" = ?", id).Error; err != nil {
					return err
				}
			}
			continue
		}
		var name string
		if err := u.tx.Raw("SELECT name FROM school_classes WHERE id = ?", id).Scan(&name).Error; err != nil {
			return err
		}
		if name != "" {
			u.classes = append(u.classes, name)
		}
	}
	slices.Sort(u.classes)
	return nil
}
