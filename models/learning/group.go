package learning

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// Bounds of a group.
const (
	longestGroupName = 60
	mostGroups       = 40 // of a class
)

// Group is some pupils of one class under one name: "Nhóm 1". A class belongs
// to a school year, and so do its groups. Persons are those of its members who
// are in the class now, by given name.
type Group struct {
	ID      models.ID   `json:"id"`
	ClassID models.ID   `json:"class_id"`
	Name    string      `json:"name"`
	Persons []models.ID `json:"person_ids"`
}

// Groups lists the groups of a class in the actor's reach by name. Out of reach
// is NotFound.
func (l *Learning) Groups(ctx context.Context, actor models.Actor, classID models.ID) ([]Group, error) {
	db := l.db.Read(ctx)
	if _, _, err := classAnyhow(db, actor, models.ActReadClass, classID); err != nil {
		return nil, err
	}
	return groupsWhere(db, "g.class_id = ?", classID)
}

func groupsWhere(db *gorm.DB, where string, args ...any) ([]Group, error) {
	var rows []struct {
		ID, ClassID, PersonID models.ID
		Name                  string
	}
	err := db.Raw(`SELECT g.id, g.class_id, g.name, e.person_id FROM pupil_groups g
		LEFT JOIN group_members m ON m.group_id = g.id AND m.live = 1
		LEFT JOIN enrolments e ON e.person_id = m.person_id AND e.class_id = g.class_id AND e.live = 1
		LEFT JOIN persons p ON p.id = e.person_id
		WHERE g.live = 1 AND `+where+` ORDER BY g.name_fold, g.id, p.sort_key, p.id`, args...).Scan(&rows).Error
	list := []Group{}
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].ID != r.ID {
			list = append(list, Group{ID: r.ID, ClassID: r.ClassID, Name: r.Name, Persons: []models.ID{}})
		}
		if !r.PersonID.IsZero() {
			g := &list[len(list)-1]
			g.Persons = append(g.Persons, r.PersonID)
		}
	}
	return list, err
}

// PutGroup makes a group, or gives it this name and exactly these members from
// now on; the id is made by the client. Sending the same again changes nothing.
// Errors: NotFound for a class out of reach; Invalid fields body.name
// ("required", "too_long", "taken"), body.person_ids ("unknown" for somebody
// who is not in the class, "out_of_range" for too many), body.class_id
// ("out_of_range" for too many groups); Conflict "id_taken" when the id is
// another class's group or one that was removed.
func (l *Learning) PutGroup(ctx context.Context, actor models.Actor, g Group) (Group, error) {
	g.Name = models.Clean(g.Name)
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := classFor(tx, actor, models.ActTeach, g.ClassID); err != nil {
			return err
		}
		bad, err := g.check(tx)
		if err != nil {
			return err
		}
		if len(bad) > 0 {
			return models.Invalid("invalid", bad...)
		}
		now := l.clock.Now()
		if err := g.write(tx, actor.Account, now); err != nil {
			return err
		}
		return g.writeMembers(tx, now)
	})
	if err != nil {
		return Group{}, err
	}
	list, err := groupsWhere(l.db.Read(ctx), "g.id = ?", g.ID)
	if err != nil {
		return Group{}, err
	}
	if len(list) == 0 {
		return Group{}, models.NotFound() // removed at the same moment
	}
	return list[0], nil
}

func (g Group) check(tx *gorm.DB) (bad refused, err error) {
	if g.ID.IsZero() {
		bad.add("id", "required")
	}
	switch n := utf8.RuneCountInString(g.Name); {
	case n == 0:
		bad.add("name", "required")
	case n > longestGroupName:
		bad.add("name", "too_long")
	}
	if len(g.Persons) > mostRecipients {
		bad.add("person_ids", "out_of_range")
		return bad, nil
	}
	if len(g.Persons) > 0 {
		outside, err := notInClass(tx, g.ClassID, g.Persons)
		if err != nil {
			return nil, err
		}
		if outside {
			bad.add("person_ids", "unknown")
		}
	}
	var others []struct{ NameFold string }
	err = tx.Raw("SELECT name_fold FROM pupil_groups WHERE class_id = ? AND live = 1 AND id <> ?", g.ClassID, g.ID).Scan(&others).Error
	if len(others) >= mostGroups {
		bad.add("class_id", "out_of_range")
	}
	for _, o := range others {
		if o.NameFold == models.Fold(g.Name) {
			bad.add("name", "taken")
		}
	}
	return bad, err
}

// write makes the group or renames it. Two that take one name at one moment are
// decided by the unique index: the loser's transaction runs again and sees it.
func (g Group) write(tx *gorm.DB, by models.ID, now time.Time) error {
	var rows []struct {
		ClassID models.ID
		Live    *int
		Version int
	}
	if err := tx.Raw("SELECT class_id, live, version FROM pupil_groups WHERE id = ?", g.ID).Scan(&rows).Error; err != nil {
		return err
	}
	if len(rows) == 0 {
		return retryDuplicate(tx.Exec(`INSERT INTO pupil_groups (id, class_id, name, name_fold, live, version, created_by, created_at)
			VALUES (?, ?, ?, ?, 1, 1, ?, ?)`, g.ID, g.ClassID, g.Name, models.Fold(g.Name), by, now).Error)
	}
	if rows[0].ClassID != g.ClassID || rows[0].Live == nil {
		return models.Conflict("id_taken")
	}
	res := tx.Exec("UPDATE pupil_groups SET name = ?, name_fold = ?, version = version + 1 WHERE id = ? AND live = 1 AND version = ?",
		g.Name, models.Fold(g.Name), g.ID, rows[0].Version)
	if err := retryDuplicate(res.Error); err != nil {
		return err
	}
	return store.One(res, store.ErrRetry)
}

// writeMembers ends the stay of who is no longer named and begins that of who
// is new. The group's row is marked by write before, so that two teachers come
// one after the other.
func (g Group) writeMembers(tx *gorm.DB, now time.Time) error {
	var old []struct{ PersonID models.ID }
	if err := tx.Raw("SELECT person_id FROM group_members WHERE group_id = ? AND live = 1", g.ID).Scan(&old).Error; err != nil {
		return err
	}
	in := map[models.ID]bool{}
	for _, o := range old {
		in[o.PersonID] = true
		if slices.Contains(g.Persons, o.PersonID) {
			continue
		}
		err := tx.Exec("UPDATE group_members SET live = NULL, to_at = ? WHERE group_id = ? AND person_id = ? AND live = 1", now, g.ID, o.PersonID).Error
		if err != nil {
			return err
		}
	}
	for _, p := range g.Persons {
		if in[p] {
			continue
		}
		err := tx.Exec("INSERT INTO group_members (id, group_id, person_id, live, from_at) VALUES (?, ?, ?, 1, ?)", models.NewID(now), g.ID, p, now).Error
		if err := retryDuplicate(err); err != nil {
			return err
		}
	}
	return nil
}

// RemoveGroup takes a group away; its history stays. Removing it again does
// nothing. Errors: NotFound for one out of reach; Conflict "group_assigned"
// while an assignment to it is not over.
func (l *Learning) RemoveGroup(ctx context.Context, actor models.Actor, id models.ID) error {
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		var row struct {
			ClassID models.ID
			Version int
		}
		if err := tx.Raw("SELECT class_id, version FROM pupil_groups WHERE id = ?", id).Scan(&row).Error; err != nil {
			return err
		}
		if _, err := classFor(tx, actor, models.ActTeach, row.ClassID); err != nil {
			return err
		}
		now := l.clock.Now()
		res := tx.Exec("UPDATE pupil_groups SET live = NULL, removed_at = ?, version = version + 1 WHERE id = ? AND live = 1 AND version = ?",
			now, id, row.Version)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return gone(tx, id)
		}
		var n int
		err := tx.Raw("SELECT COUNT(*) FROM assignments WHERE group_id = ? AND removed_at IS NULL AND due_at > ?", id, now).Scan(&n).Error
		if err == nil && n > 0 {
			return models.Conflict("group_assigned")
		}
		return err
	})
}

// gone is nil for a group that is removed already; one that was changed since it
// was read is tried again.
func gone(tx *gorm.DB, id models.ID) error {
	var live int
	err := tx.Raw("SELECT COUNT(*) FROM pupil_groups WHERE id = ? AND live = 1", id).Scan(&live).Error
	if err == nil && live > 0 {
		return store.ErrRetry
	}
	return err
}
