package learning

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// mostCopies bounds how many classes one action copies to.
const mostCopies = 60

// Copy is one class that gets an assignment of its own. ID is made by the
// client.
type Copy struct {
	ID      models.ID
	ClassID models.ID
}

// CopyAssignment gives what one class is asked to do to other classes of the
// actor as well, each with a record of its own, all or none. The copy is for
// the whole class and has the same days, attempts and release. Sending the same
// again answers as the first did. Errors: NotFound for the assignment; Invalid
// fields body.copies ("out_of_range"), body.copies[i].id, .class_id ("unknown"
// for one out of reach or named twice, "other_level") and body.due_at
// ("in_the_past") for an assignment that is over; Conflict "id_taken".
func (l *Learning) CopyAssignment(ctx context.Context, actor models.Actor, id models.ID, copies []Copy) ([]Assignment, error) {
	if len(copies) == 0 || len(copies) > mostCopies {
		return nil, models.InvalidField("body.copies", "out_of_range")
	}
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		rows, err := assignmentRows(tx.Raw(assignmentSelect+" WHERE a.removed_at IS NULL AND a.id = ?", id))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return models.NotFound()
		}
		if _, err := classForCourse(tx, actor, models.ActTeach, rows[0].ClassID, rows[0].CourseKey); err != nil {
			return err
		}
		return l.copyAll(ctx, tx, actor, rows[0], copies)
	})
	if err != nil {
		return nil, err
	}
	list := make([]Assignment, len(copies))
	for i, c := range copies {
		if list[i], err = l.assignment(ctx, c.ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// copyAll checks every class before anything is written.
func (l *Learning) copyAll(ctx context.Context, tx *gorm.DB, actor models.Actor, from assignmentRow, copies []Copy) error {
	now := l.clock.Now()
	var bad refused
	var fresh []NewAssignment
	seen := map[models.ID]bool{from.ClassID: true}
	for i, c := range copies {
		n := from.copyTo(c)
		if n.OpensAt.Before(now) {
			n.OpensAt = now // a class that is asked later begins later
		}
		at := fmt.Sprintf("copies[%d].", i)
		class, err := classForCourse(tx, actor, models.ActTeach, c.ClassID, from.CourseKey)
		switch {
		case models.KindOf(err) == models.KindNotFound || seen[c.ClassID]:
			bad.add(at+"class_id", "unknown")
			continue
		case err != nil:
			return err
		}
		seen[c.ClassID] = true
		again, err := n.before(tx)
		if err != nil {
			return err
		}
		if again {
			continue
		}
		fields, err := l.checkNew(ctx, tx, class, n)
		if err != nil {
			return err
		}
		bad.copied(at, fields)
		fresh = append(fresh, n)
	}
	if len(bad) > 0 {
		return models.Invalid("invalid", bad...)
	}
	for _, n := range fresh {
		if err := n.insert(tx, actor.Account, now); err != nil {
			return err
		}
	}
	return nil
}

// copyTo makes the new assignment of one class.
func (r assignmentRow) copyTo(c Copy) NewAssignment {
	return NewAssignment{ID: c.ID, ClassID: c.ClassID, Kind: r.Kind, CourseKey: r.CourseKey, Parts: r.parts(),
		Terms: Terms{Recipients: Recipients{To: ToClass}, OpensAt: r.OpensAt.UTC(), DueAt: r.DueAt.UTC(), Attempts: r.Attempts, Release: r.Results}}
}

// copied moves the complaints about one copy to its place in the list. That the
// course does not fit is the class's matter here.
func (r *refused) copied(at string, fields []models.Field) {
	for _, f := range fields {
		switch {
		case f.Location == "body.id":
			r.add(at+"id", f.Code)
		case f.Code == "other_level", f.Code == "other_school":
			r.add(at+"class_id", f.Code)
		default:
			*r = append(*r, f)
		}
	}
}
