package rights_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/people"
	"nhaso/models/rights"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
	"nhaso/seeds"
)

var ctx = context.Background()

// world is the demo province in small, with a head of the demo school, an
// officer of its commune and of the department.
type world struct {
	t     *testing.T
	clock *storetest.Clock
	*seeds.House
	school, commune           models.ID
	boss, officer, dept, none models.Actor
	certified                 []models.ID // pupils of the school with a valid confirmation
	teacher                   models.Actor
	others                    []models.ID // pupils of the school without one
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &world{t: t, clock: clock, House: seeds.Build(db, seeds.Wiring{Cost: &people.Cost{MemoryKiB: 64, Passes: 1, Parallel: 2, Queue: 100}})}
		_, err := w.Demo(ctx, seeds.DemoOptions{Households: 450, Pupils: 20})
		require.NoError(t, err)
		var rows []struct {
			PersonID, SchoolID, ClassID, CommuneID models.ID
			Certified                              int
		}
		require.NoError(t, db.Read(ctx).Raw(`SELECT e.person_id, e.school_id, e.class_id, s.commune_id, CASE WHEN c.id IS NULL THEN 0 ELSE 1 END AS certified
			FROM enrolments e JOIN schools s ON s.id = e.school_id JOIN household_links l ON l.person_id = e.person_id AND l.live = 1 AND l.state = 'confirmed'
			LEFT JOIN certificates c ON c.person_id = e.person_id AND c.live = 1 WHERE e.live = 1
			ORDER BY e.school_id, e.class_id, e.person_id`).Scan(&rows).Error)
		for _, r := range rows {
			if w.school.IsZero() && r.Certified == 1 {
				w.school, w.commune = r.SchoolID, r.CommuneID
				w.teacher = w.actor("Cô Lan", models.RoleTeacher, models.ScopeClass, r.ClassID)
			}
		}
		for _, r := range rows {
			switch {
			case r.SchoolID != w.school:
			case r.Certified == 1:
				w.certified = append(w.certified, r.PersonID)
			default:
				w.others = append(w.others, r.PersonID)
			}
		}
		require.GreaterOrEqual(t, len(w.certified), 4)
		require.NotEmpty(t, w.others)
		w.boss = w.actor("Thầy Hà", models.RoleSchoolAdmin, models.ScopeSchool, w.school)
		w.officer = w.actor("Chị Mai", models.RoleCommuneOfficer, models.ScopeArea, w.commune)
		w.dept = w.actor("Anh Sở", models.RoleDeptOfficer, models.ScopeAll, models.ID{})
		w.none = w.actor("Thầy khác", models.RoleSchoolAdmin, models.ScopeSchool, w.id())
		test(t, w)
	})
}

func (w *world) id() models.ID { return models.NewID(w.clock.Now()) }

func (w *world) actor(name string, role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
	return models.Actor{Account: w.id(), Name: name, Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
}

// file writes a request of the person's own down, as the school.
func (w *world) file(kind string, person models.ID, wishes map[string]string) rights.Request {
	w.t.Helper()
	r, err := w.Rights.File(ctx, w.boss, rights.NewRequest{ID: w.id(), Kind: kind, PersonID: person, AskedBy: "self", Channel: "in_person", Wishes: wishes})
	require.NoError(w.t, err)
	return r
}

// figures are the province's.
func (w *world) figures() coverage.Figures {
	w.t.Helper()
	province, err := w.Places.AreaByCode(ctx, "22", "")
	require.NoError(w.t, err)
	f, err := w.Coverage.Counts(ctx, w.System, coverage.Area{ID: province.ID, Level: coverage.LevelProvince})
	require.NoError(w.t, err)
	return f
}

// differences is everything that `coverage verify` and `audit verify` find, and
// how many passes a stub carries.
func (w *world) differences() (broken, stubbed int) {
	w.t.Helper()
	for {
		n, err := w.Coverage.Fold(ctx)
		require.NoError(w.t, err)
		if n == 0 {
			break
		}
	}
	_, err := w.Audit.Fold(ctx)
	require.NoError(w.t, err)
	c, err := w.Coverage.Verify(ctx, household.Recounter())
	require.NoError(w.t, err)
	p, err := w.Learning.CheckProofs(ctx, w.System)
	require.NoError(w.t, err)
	a, err := w.Audit.Verify(ctx, "", "")
	require.NoError(w.t, err)
	return c.Differences + p.Broken + a.Differences, p.Stubbed
}

func (w *world) exec(sql string, args ...any) int64 {
	w.t.Helper()
	var n int64
	require.NoError(w.t, w.DB.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec(sql, args...)
		n = res.RowsAffected
		return res.Error
	}))
	return n
}

// acts reads the record of a subject, oldest first.
func (w *world) acts(subject models.ID) (list []audit.Act) {
	w.t.Helper()
	lines, _, err := audit.Lines(w.DB.Read(ctx), audit.Filter{All: true, Subject: subject, Limit: 100})
	require.NoError(w.t, err)
	for i := len(lines) - 1; i >= 0; i-- {
		list = append(list, lines[i].Act)
	}
	return list
}

// where lists the columns of the database in which a text stands.
func (w *world) where(text string) (found []string) {
	w.t.Helper()
	tx := w.DB.Read(ctx)
	tables, err := tx.Migrator().GetTables()
	require.NoError(w.t, err)
	for _, table := range tables {
		columns, err := tx.Migrator().ColumnTypes(table)
		require.NoError(w.t, err)
		for _, c := range columns {
			kind := strings.ToUpper(c.DatabaseTypeName())
			if !strings.Contains(kind, "CHAR") && !strings.Contains(kind, "TEXT") {
				continue
			}
			var n int
			require.NoError(w.t, tx.Raw(fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s LIKE ?", table, c.Name()), "%"+text+"%").Scan(&n).Error)
			if n > 0 {
				found = append(found, table+"."+c.Name())
			}
		}
	}
	return found
}
