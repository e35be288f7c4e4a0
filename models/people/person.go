package people

import (
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The genders a roster knows; empty when it does not say.
const (
	GenderMale   = "male"
	GenderFemale = "female"
)

// maxName is how many characters of a name fit into its column.
const maxName = 120

// Person is a human being. BirthDate is a civil day and, like Gender and
// MinistryCode (the ministry's pupil code), empty when not known. SortKey
// orders people by given name.
type Person struct {
	ID           models.ID
	FullName     string
	BirthDate    string
	Gender       string
	MinistryCode string
	SortKey      []byte
}

// NewPerson is what is known of a person at first. A zero ID is made here; a
// given one is the idempotency key of whoever recorded the person.
type NewPerson struct {
	ID           models.ID
	FullName     string
	BirthDate    string // civil day, may be empty
	Gender       string // GenderMale, GenderFemale or empty
	MinistryCode string // unique, may be empty
}

const personColumns = "p.id, p.full_name, COALESCE(p.birth_date, '') AS birth_date, COALESCE(p.gender, '') AS gender," +
	" COALESCE(p.ministry_code, '') AS ministry_code, p.sort_key"

// personRow is the persons table.
type personRow struct {
	ID           models.ID
	FullName     string
	NameFold     string
	SortKey      []byte
	BirthDate    *string
	Gender       *string
	MinistryCode *string
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// PersonByID reads one person. The error is NotFound when there is none.
func PersonByID(tx *gorm.DB, id models.ID) (Person, error) {
	var p Person
	res := tx.Raw("SELECT "+personColumns+" FROM persons p WHERE p.id = ?", id).Scan(&p)
	return p, store.One(res, models.NotFound())
}

// CreatePerson writes one person. Errors: Invalid naming the field; KindConflict
// "person_exists" when the id or the ministry code is taken.
func CreatePerson(tx *gorm.DB, n NewPerson, now time.Time) (Person, error) {
	made, err := CreatePersons(tx, []NewPerson{n}, now)
	if err != nil {
		return Person{}, err
	}
	return made[0], nil
}

// CreatePersons writes many persons with few statements, in the order given;
// errors as CreatePerson.
func CreatePersons(tx *gorm.DB, list []NewPerson, now time.Time) ([]Person, error) {
	made := make([]Person, 0, len(list))
	rows := make([]personRow, 0, len(list))
	for _, n := range list {
		p, err := n.person(now)
		if err != nil {
			return nil, err
		}
		made = append(made, p)
		rows = append(rows, p.row(now))
	}
	if err := insertAll(tx, "persons", rows); err != nil {
		if store.IsDuplicate(err) {
			return nil, models.Conflict("person_exists")
		}
		return nil, err
	}
	return made, nil
}

// person checks what is to be written and brings it into canonical form.
func (n NewPerson) person(now time.Time) (Person, error) {
	p := Person{
		ID: n.ID, FullName: models.Clean(n.FullName), BirthDate: n.BirthDate,
		Gender: n.Gender, MinistryCode: n.MinistryCode,
	}
	if p.FullName == "" || utf8.RuneCountInString(p.FullName) > maxName {
		return Person{}, models.InvalidField("body.full_name", "invalid_name")
	}
	if p.BirthDate != "" {
		if _, err := models.ParseDay(p.BirthDate); err != nil {
			return Person{}, models.InvalidField("body.birth_date", "invalid_date")
		}
	}
	if p.Gender != "" && p.Gender != GenderMale && p.Gender != GenderFemale {
		return Person{}, models.InvalidField("body.gender", "invalid_gender")
	}
	if len(p.MinistryCode) > 40 {
		return Person{}, models.InvalidField("body.ministry_code", "too_long")
	}
	if p.ID.IsZero() {
		p.ID = models.NewID(now)
	}
	p.SortKey = models.SortKey(p.FullName)
	return p, nil
}

func (p Person) row(now time.Time) personRow {
	return personRow{
		ID: p.ID, FullName: p.FullName, NameFold: foldColumn(p.FullName), SortKey: p.SortKey,
		BirthDate: nullable(p.BirthDate), Gender: nullable(p.Gender), MinistryCode: nullable(p.MinistryCode),
		CreatedAt: now, UpdatedAt: now,
	}
}

// updatePerson writes what a newer roster says of a person. The error is
// NotFound when the person is gone.
func updatePerson(tx *gorm.DB, p Person, now time.Time) error {
	return store.One(tx.Exec(
		"UPDATE persons SET full_name = ?, name_fold = ?, sort_key = ?, birth_date = ?, gender = ?, updated_at = ? WHERE id = ?",
		p.FullName, foldColumn(p.FullName), p.SortKey, nullable(p.BirthDate), nullable(p.Gender), now, p.ID), models.NotFound())
}

// foldColumn folds a name for its column: folding can lengthen a name (some
// letters fall apart), the column holds 160 characters.
func foldColumn(name string) string {
	folded := []rune(models.Fold(name))
	return string(folded[:min(len(folded), 160)])
}

// nullable stores an unknown value as NULL, which unique indexes let pass.
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// insertAll writes rows with as few statements as the databases allow.
func insertAll[T any](tx *gorm.DB, table string, rows []T) error {
	for part := range slices.Chunk(rows, store.MaxRows) {
		if err := tx.Table(table).Create(&part).Error; err != nil {
			return err
		}
	}
	return nil
}
