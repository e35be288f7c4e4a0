package place

import (
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// SchoolYear is the school year a civil day belongs to, "2026-2027". It starts
// on 1 August, a rule of our own: lessons begin in late August or September by
// each year's decision of the ministry, and enrolment is done in between.
// "" for a day that cannot be read.
func SchoolYear(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	y := t.Year()
	if t.Month() < time.August {
		y--
	}
	return strconv.Itoa(y) + "-" + strconv.Itoa(y+1)
}

// ParseSchoolYear checks a school year, "2026-2027". The error is an Invalid
// Error with code "invalid_school_year".
func ParseSchoolYear(s string) (string, error) {
	from, to, ok := strings.Cut(strings.TrimSpace(s), "-")
	a, errA := strconv.Atoi(strings.TrimSpace(from))
	b, errB := strconv.Atoi(strings.TrimSpace(to))
	if !ok || errA != nil || errB != nil || a < 1990 || a > 2200 || b != a+1 {
		return "", models.Invalid("invalid_school_year")
	}
	return strconv.Itoa(a) + "-" + strconv.Itoa(b), nil
}

// ClassName brings a class name into the form in which it is kept and
// compared: "lớp 7 a1" and "7A1" are the same class.
func ClassName(s string) string {
	s = strings.ToUpper(models.Clean(s))
	for _, word := range []string{"LỚP", "LOP"} {
		if rest, ok := strings.CutPrefix(s, word); ok && (word == "LỚP" || strings.HasPrefix(rest, " ")) {
			s = strings.TrimLeft(rest, " :")
		}
	}
	return strings.Join(strings.Fields(s), "")
}

// GradeOf reads the grade from a class name, "10A2" → 10; 0 when the name does
// not begin with a grade from 6 to 12.
func GradeOf(className string) int {
	name := ClassName(className)
	i := 0
	for i < len(name) && name[i] >= '0' && name[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(name[:i])
	if err != nil || n < 6 || n > 12 {
		return 0
	}
	return n
}

// EnsureClass finds or makes the class of a school and year; the unique index
// decides between two that make it at once. A class that exists keeps its
// grade. grade 0 is read from the name. Errors: KindInvalid naming class_name,
// grade or school_year; KindNotFound for an absent school.
func EnsureClass(tx *gorm.DB, schoolID models.ID, year string, grade int, name string, now time.Time) (c Class, created bool, err error) {
	name = ClassName(name)
	if name == "" || len([]rune(name)) > 24 {
		return Class{}, false, models.InvalidField("class_name", "invalid_class_name")
	}
	if year, err = ParseSchoolYear(year); err != nil {
		return Class{}, false, models.InvalidField("school_year", "invalid_school_year")
	}
	if grade == 0 {
		grade = GradeOf(name)
	}
	if grade < 6 || grade > 12 {
		return Class{}, false, models.InvalidField("grade", "invalid_grade")
	}
	if c, err = classByName(tx, schoolID, year, name); models.KindOf(err) != models.KindNotFound {
		return c, false, err
	}
	if there, err := exists(tx, "SELECT 1 FROM schools WHERE id = ?", schoolID); err != nil || !there {
		if err == nil {
			err = models.NotFound()
		}
		return Class{}, false, err
	}
	c = Class{models.NewID(now), schoolID, year, grade, name}
	err = tx.Exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, ?, ?, ?, ?)",
		c.ID, c.SchoolID, c.SchoolYear, c.Grade, c.Name, now).Error
	if store.IsDuplicate(err) {
		// Another transaction made it; a snapshot taken before cannot see it.
		return Class{}, false, store.ErrRetry
	}
	return c, err == nil, err
}

const classSelect = "SELECT c.id, c.school_id, c.school_year, c.grade, c.name FROM school_classes c "

func classByName(tx *gorm.DB, schoolID models.ID, year, name string) (Class, error) {
	return oneClass(tx.Raw(classSelect+"WHERE c.school_id = ? AND c.school_year = ? AND c.name = ?", schoolID, year, name))
}

// ClassByID reads a class inside a transaction. KindNotFound when it is absent.
func ClassByID(tx *gorm.DB, id models.ID) (Class, error) {
	return oneClass(tx.Raw(classSelect+"WHERE c.id = ?", id))
}

// ClassSchool answers the school of a class. KindNotFound when it is absent.
func ClassSchool(tx *gorm.DB, classID models.ID) (schoolID models.ID, err error) {
	c, err := ClassByID(tx, classID)
	return c.SchoolID, err
}

func oneClass(q *gorm.DB) (Class, error) {
	var c Class
	if err := q.Scan(&c).Error; err != nil {
		return Class{}, err
	}
	if c.ID.IsZero() {
		return Class{}, models.NotFound()
	}
	return c, nil
}

// SchoolByID reads a school inside a transaction. KindNotFound when it is
// absent.
func SchoolByID(tx *gorm.DB, id models.ID) (School, error) {
	return oneSchool(tx.Raw(schoolSelect+"WHERE s.id = ?", id))
}

const schoolSelect = "SELECT s.id, s.code, s.name, s.school_type AS type, s.commune_id FROM schools s "

func oneSchool(q *gorm.DB) (School, error) {
	var s School
	if err := q.Scan(&s).Error; err != nil {
		return School{}, err
	}
	if s.ID.IsZero() {
		return School{}, models.NotFound()
	}
	return s, nil
}

// RemoveClass deletes a class. Whoever calls it has made sure that nothing
// refers to it. The error is NotFound when it is absent.
func RemoveClass(tx *gorm.DB, id models.ID) error {
	return store.One(tx.Exec("DELETE FROM school_classes WHERE id = ?", id), models.NotFound())
}
