package people_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/people/peopletest"
)

func TestPersonIsKeptAsGiven(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var made people.Person
		w.tx(func(tx *gorm.DB) (err error) {
			made, err = people.CreatePerson(tx, people.NewPerson{
				FullName: " Nguye\u0302\u0303n  Thị Ánh ", BirthDate: "2014-02-28", Gender: people.GenderFemale, MinistryCode: "2201",
			}, w.clock.Now())
			return err
		})
		got, err := people.PersonByID(w.db.Read(ctx), made.ID)
		require.NoError(t, err)
		assert.Equal(t, made, got)
		assert.Equal(t, "Nguyễn Thị Ánh", got.FullName)
		assert.Equal(t, 1, w.count("persons", "name_fold = ?", "nguyen thi anh"))

		_, err = people.PersonByID(w.db.Read(ctx), w.id())
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
		err = w.db.Tx(ctx, func(tx *gorm.DB) error {
			_, err := people.CreatePerson(tx, people.NewPerson{FullName: "Ai đó", MinistryCode: "2201"}, w.clock.Now())
			return err
		})
		assert.Equal(t, "person_exists", models.CodeOf(err))
	})
}

func TestPersonRefusesBadInput(t *testing.T) {
	for _, c := range []struct {
		name, field string
		in          people.NewPerson
	}{
		{"no name", "body.full_name", people.NewPerson{FullName: " \u200b "}},
		{"long name", "body.full_name", people.NewPerson{FullName: strings.Repeat("ả", 121)}},
		{"bad day", "body.birth_date", people.NewPerson{FullName: "An", BirthDate: "28/02/2014"}},
		{"bad gender", "body.gender", people.NewPerson{FullName: "An", Gender: "Nam"}},
		{"long code", "body.ministry_code", people.NewPerson{FullName: "An", MinistryCode: strings.Repeat("1", 41)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := people.CreatePerson(nil, c.in, start)
			require.Equal(t, models.KindInvalid, models.KindOf(err))
			assert.Contains(t, err.Error(), c.field)
		})
	}
}

func TestEnrolmentHistory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("Lê An", w.class[0][0])
		got, err := people.Enrolment(w.db.Read(ctx), an.ID)
		require.NoError(t, err)
		assert.Equal(t, an, got.Person)
		assert.Equal(t, w.class[0][0], got.ClassID)
		assert.Equal(t, w.school[0], got.SchoolID)
		assert.Equal(t, "6A1 Trường THCS Hà Tu 2026-2027 2026-09-05",
			strings.Join([]string{got.ClassName, got.SchoolName, got.SchoolYear, got.FromDate}, " "))

		w.tx(func(tx *gorm.DB) error {
			return peopletest.Enrol(tx, an.ID, w.class[1][0], "2026-11-01", w.clock.Now())
		})
		assert.Equal(t, 1, w.count("enrolments", "live = 1 AND class_id = ? AND from_date = '2026-11-01' AND to_date = ?", w.class[1][0], models.Forever))
		assert.Equal(t, 1, w.count("enrolments", "live IS NULL AND class_id = ? AND to_date = '2026-11-01'", w.class[0][0]))
		w.tx(func(tx *gorm.DB) error { return peopletest.EndEnrolment(tx, an.ID, "2026-12-01") })
		_, err = people.Enrolment(w.db.Read(ctx), an.ID)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}

func TestClassIsListedByGivenName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"Vũ Đạt", "Trần An", "Bùi Ánh", "Ngô Dũng"} {
			w.pupil(name, w.class[0][0])
		}
		w.pupil("Lê Khác", w.class[0][1])
		list, err := people.ClassStudents(w.db.Read(ctx), w.class[0][0])
		require.NoError(t, err)
		var names []string
		for _, s := range list {
			names = append(names, s.FullName)
		}
		assert.Equal(t, []string{"Trần An", "Bùi Ánh", "Ngô Dũng", "Vũ Đạt"}, names)
	})
}

func TestStudentInReach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("Lê An", w.class[0][0])
		var province models.ID
		require.NoError(t, w.db.Read(ctx).Raw("SELECT province_id FROM areas WHERE id = ?", w.commune).Row().Scan(&province))
		ids := func(id ...models.ID) []models.ID { return id }
		for _, c := range []struct {
			name  string
			reach models.Reach
			want  bool
		}{
			{"nothing", models.Reach{}, false},
			{"all", models.Reach{All: true}, true},
			{"self", models.Reach{Self: an.ID}, true},
			{"another self", models.Reach{Self: w.id()}, false},
			{"class", models.Reach{Classes: ids(w.class[0][1], w.class[0][0])}, true},
			{"another class", models.Reach{Classes: ids(w.class[0][1])}, false},
			{"school", models.Reach{Schools: ids(w.school[0])}, true},
			{"another school", models.Reach{Schools: ids(w.school[1])}, false},
			{"commune", models.Reach{Areas: ids(w.commune)}, true},
			{"province", models.Reach{Areas: ids(province)}, true},
			{"another area", models.Reach{Areas: ids(w.id())}, false},
		} {
			got, err := people.StudentInReach(w.db.Read(ctx), c.reach, an.ID)
			require.NoError(t, err)
			assert.Equal(t, c.want, got, c.name)
		}
		got, err := people.StudentInReach(w.db.Read(ctx), models.Reach{All: true}, models.ID{})
		require.NoError(t, err)
		assert.False(t, got, "nobody")
	})
}

func TestCreateManyPersonsAndEnrolments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 1201
		list := make([]people.NewPerson, n)
		for i := range list {
			list[i].FullName = "Học sinh"
		}
		w.tx(func(tx *gorm.DB) error {
			made, err := people.CreatePersons(tx, list, w.clock.Now())
			if err != nil {
				return err
			}
			var enrolments []people.NewEnrolment
			for _, p := range made {
				enrolments = append(enrolments, people.NewEnrolment{PersonID: p.ID, SchoolID: w.school[0], ClassID: w.class[0][0], SchoolYear: "2026-2027", FromDate: "2026-09-05"})
			}
			if err := people.EnrolMany(tx, enrolments, w.clock.Now()); err != nil {
				return err
			}
			assert.Equal(t, "enrolled", models.CodeOf(people.EnrolMany(tx, enrolments[:1], w.clock.Now())))
			return nil
		})
		assert.Equal(t, n, w.count("enrolments", "live = 1"))
	})
}
