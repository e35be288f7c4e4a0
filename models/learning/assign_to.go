package learning

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// addressedTo joins assignments a with the pupils e to whom they are addressed
// at this moment: always by today's class, so that who joins it later is asked
// and who has left it is not.
const addressedTo = ` JOIN enrolments e ON e.class_id = a.class_id AND e.live = 1 AND (a.recipients = 'class'
	OR (a.recipients = 'group' AND EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = a.group_id AND m.person_id = e.person_id AND m.live = 1))
	OR (a.recipients = 'pupils' AND EXISTS (SELECT 1 FROM assignment_pupils x WHERE x.assignment_id = a.id AND x.person_id = e.person_id)))`

// group is the group's id for the database: zero, which is NULL, for none.
func (r Recipients) group() models.ID {
	if r.To != ToGroup || r.GroupID == nil {
		return models.ID{}
	}
	return *r.GroupID
}

// check: the group is one of the class; the pupils go to it. It touches the
// group, so that nobody removes it meanwhile.
func (r Recipients) check(tx *gorm.DB, classID models.ID, bad *refused) error {
	switch r.To {
	case ToClass:
		return nil
	case ToGroup:
		res := tx.Exec("UPDATE pupil_groups SET version = version + 1 WHERE id = ? AND class_id = ? AND live = 1", r.group(), classID)
		if res.Error == nil && res.RowsAffected == 0 {
			bad.add("recipients.group_id", "unknown")
		}
		return res.Error
	case ToPupils:
		return r.checkPersons(tx, classID, bad)
	}
	bad.add("recipients.to", "unknown")
	return nil
}

func (r Recipients) checkPersons(tx *gorm.DB, classID models.ID, bad *refused) error {
	if len(r.Persons) == 0 || len(r.Persons) > mostRecipients {
		bad.add("recipients.person_ids", "out_of_range")
		return nil
	}
	outside, err := notInClass(tx, classID, r.Persons)
	if err == nil && outside {
		bad.add("recipients.person_ids", "unknown")
	}
	return err
}

// notInClass tells whether any of the persons does not go to the class now, or
// is named twice.
func notInClass(tx *gorm.DB, classID models.ID, persons []models.ID) (bool, error) {
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM enrolments WHERE class_id = ? AND live = 1 AND person_id IN ?", classID, persons).Scan(&n).Error
	return n != len(persons), err
}

// write keeps the single pupils of an assignment.
func (r Recipients) write(tx *gorm.DB, assignment models.ID, now time.Time) error {
	if r.To != ToPupils {
		return nil
	}
	type row struct {
		AssignmentID, PersonID models.ID
		AddedAt                time.Time
	}
	rows := make([]row, len(r.Persons))
	for i, p := range r.Persons {
		rows[i] = row{assignment, p, now}
	}
	for part := range slices.Chunk(rows, store.MaxRows) {
		if err := tx.Table("assignment_pupils").Create(&part).Error; err != nil {
			return err
		}
	}
	return nil
}

// same tells whether two sets of recipients are the same.
func (r Recipients) same(o Recipients) bool {
	if r.To != o.To || r.group() != o.group() {
		return false
	}
	return r.To != ToPupils || slices.Equal(sortedIDs(r.Persons), sortedIDs(o.Persons))
}

func sortedIDs(ids []models.ID) []models.ID {
	return slices.SortedFunc(slices.Values(ids), func(a, b models.ID) int { return slices.Compare(a[:], b[:]) })
}

// namedPupils reads the single pupils of assignments, whether or not they are
// still in the class.
func namedPupils(tx *gorm.DB, ids []models.ID) (map[models.ID][]models.ID, error) {
	var rows []struct{ AssignmentID, PersonID models.ID }
	named := map[models.ID][]models.ID{}
	if len(ids) == 0 {
		return named, nil
	}
	err := tx.Raw("SELECT assignment_id, person_id FROM assignment_pupils WHERE assignment_id IN ? ORDER BY person_id", ids).Scan(&rows).Error
	for _, r := range rows {
		named[r.AssignmentID] = append(named[r.AssignmentID], r.PersonID)
	}
	return named, err
}

// recipientsOf reads who is asked by each of these assignments as of now, by
// given name.
func recipientsOf(tx *gorm.DB, ids []models.ID) (map[models.ID][]pupilName, error) {
	var rows []struct {
		AssignmentID, PersonID models.ID
		Name                   string
	}
	asked := map[models.ID][]pupilName{}
	if len(ids) == 0 {
		return asked, nil
	}
	err := tx.Raw("SELECT a.id AS assignment_id, p.id AS person_id, p.full_name AS name FROM assignments a"+addressedTo+
		" JOIN persons p ON p.id = e.person_id WHERE a.id IN ? ORDER BY p.sort_key, p.id", ids).Scan(&rows).Error
	for _, r := range rows {
		asked[r.AssignmentID] = append(asked[r.AssignmentID], pupilName{r.PersonID, r.Name})
	}
	return asked, err
}

// pupilName is a pupil in a list.
type pupilName struct {
	PersonID models.ID
	Name     string
}
