package people

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Student is a person with a live enrolment. SchoolCode is the school's own
// number for the pupil, not the code of the school; often empty.
type Student struct {
	Person
	ClassID    models.ID
	SchoolID   models.ID
	ClassName  string
	SchoolName string
	SchoolCode string
	SchoolYear string
	FromDate   string // first day in this class
}

const studentColumns = personColumns + ", e.class_id, e.school_id, c.name AS class_name, s.name AS school_name," +
	" COALESCE(e.school_code, '') AS school_code, e.school_year, e.from_date"

const studentTables = " FROM enrolments e JOIN persons p ON p.id = e.person_id" +
	" JOIN school_classes c ON c.id = e.class_id JOIN schools s ON s.id = e.school_id"

// enrolmentRow is the enrolments table: one row for each stay in one class,
// [from_date, to_date). Live is 1 for the current one and NULL for the others,
// so that the unique index on (person_id, live) allows one live enrolment.
type enrolmentRow struct {
	ID         models.ID
	PersonID   models.ID
	SchoolID   models.ID
	ClassID    models.ID
	SchoolYear string
	SchoolCode *string
	FromDate   string
	ToDate     string
	Live       *int
}

// Enrolment reads the person together with the live enrolment. The error is
// NotFound when the person goes to no class now.
func Enrolment(tx *gorm.DB, personID models.ID) (Student, error) {
	var s Student
	res := tx.Raw("SELECT "+studentColumns+studentTables+" WHERE e.person_id = ? AND e.live = 1", personID).Scan(&s)
	return s, store.One(res, models.NotFound())
}

// ClassStudents lists the pupils of a class by given name.
func ClassStudents(tx *gorm.DB, classID models.ID) ([]Student, error) {
	return StudentsOf(tx, []models.ID{classID})
}

// StudentsOf lists the pupils of several classes, at most a school's, all
// together by given name.
func StudentsOf(tx *gorm.DB, classes []models.ID) ([]Student, error) {
	var list []Student
	err := tx.Raw("SELECT "+studentColumns+studentTables+
		" WHERE e.class_id IN ? AND e.live = 1 ORDER BY p.sort_key, p.id", classes).Scan(&list).Error
	return list, err
}

// StudentInReach tells whether a pupil, by the live enrolment, is within an
// actor's reach: the own person, a class, a school, or a school lying in an
// area. With reach.All every pupil who is enrolled is.
func StudentInReach(tx *gorm.DB, reach models.Reach, personID models.ID) (bool, error) {
	if personID.IsZero() {
		return false, nil
	}
	if reach.Self == personID {
		return true, nil
	}
	where, args := place.ClassFilter(reach, "e.class_id")
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM enrolments e WHERE e.live = 1 AND e.person_id = ? AND "+where,
		append([]any{personID}, args...)...).Scan(&n).Error
	return n > 0, err
}

func endEnrolments(tx *gorm.DB, persons []models.ID, on string) error {
	for len(persons) > 0 {
		n := min(len(persons), store.MaxRows)
		err := tx.Exec("UPDATE enrolments SET live = NULL, to_date = ? WHERE live = 1 AND person_id IN ?", on, persons[:n]).Error
		if err != nil {
			return err
		}
		persons = persons[n:]
	}
	return nil
}

// enrolAll opens enrolments. Two that meet on one person are decided by the
// unique index: the loser's transaction runs again.
func enrolAll(tx *gorm.DB, rows []enrolmentRow, now time.Time) error {
	live := 1
	for i := range rows {
		rows[i].ID, rows[i].ToDate, rows[i].Live = models.NewID(now), models.Forever, &live
	}
	err := insertAll(tx, "enrolments", rows)
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	if err != nil {
		return err
	}
	persons := make([]models.ID, len(rows))
	for i, r := range rows {
		persons[i] = r.PersonID
	}
	return wakeAccounts(tx, persons)
}

// NewEnrolment is one line of EnrolMany.
type NewEnrolment struct {
	PersonID, SchoolID, ClassID models.ID
	SchoolYear                  string
	SchoolCode                  string // the school's own number, may be empty
	FromDate                    string // civil day
}

// EnrolMany opens the first enrolments of persons just created, with few
// statements: for seeds. The error is KindConflict "enrolled" when one of them
// has a live enrolment.
func EnrolMany(tx *gorm.DB, list []NewEnrolment, now time.Time) error {
	rows := make([]enrolmentRow, len(list))
	for i, n := range list {
		rows[i] = enrolmentRow{
			PersonID: n.PersonID, SchoolID: n.SchoolID, ClassID: n.ClassID,
			SchoolYear: n.SchoolYear, SchoolCode: nullable(n.SchoolCode), FromDate: n.FromDate,
		}
	}
	err := enrolAll(tx, rows, now)
	if errors.Is(err, store.ErrRetry) {
		return models.Conflict("enrolled")
	}
	return err
}
