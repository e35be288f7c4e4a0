package quality

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

// land is a province of two communes, a village and a school with one class in
// each. The clock stands on 23 November 2026, 08:00 in Viet Nam.
type land struct {
	t        *testing.T
	db       *store.DB
	clock    *storetest.Clock
	q        *Quality
	province models.ID
	communes [2]models.ID
	villages [2]models.ID
	schools  [2]models.ID
	classes  [2]models.ID
}

func each(t *testing.T, test func(l *land)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		l := &land{t: t, db: db, clock: clock, q: New(db, learning.New(db, learning.Options{}))}
		l.province = l.area(models.ID{}, "province", "22", "Quảng Ninh")
		for i := range l.communes {
			l.communes[i] = l.area(l.province, "commune", []string{"06652", "06655"}[i], []string{"Hà Tu", "Ba Chẽ"}[i])
			l.villages[i], l.schools[i], l.classes[i] = l.id(), l.id(), l.id()
			l.exec("INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at) VALUES (?,?,'thon',?,?,'2025-07-01','9999-12-31',?)",
				l.villages[i], fmt.Sprint("V-", i), fmt.Sprint("Số ", i), fmt.Sprint("so ", i), clock.Now())
			l.exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?,'2025-07-01','9999-12-31',?,'')", l.villages[i], l.communes[i])
			l.exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?,?,?,?,'thcs',?,?)",
				l.schools[i], fmt.Sprint("S", i), fmt.Sprint("Trường ", i), fmt.Sprint("truong ", i), l.communes[i], clock.Now())
			l.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?,?,'2026-2027',7,'7A',?)", l.classes[i], l.schools[i], clock.Now())
			l.register(i, "2026-10-01")
		}
		test(l)
	})
}

func (l *land) id() models.ID { return models.NewID(l.clock.Now()) }

func (l *land) exec(sql string, args ...any) {
	l.t.Helper()
	require.NoError(l.t, l.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (l *land) area(parent models.ID, level, code, name string) models.ID {
	id, province := l.id(), parent
	if parent.IsZero() {
		province = id
	}
	l.exec(`INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
		VALUES (?,?,?,?,?,'xa',?,?,?,'2025-07-01','9999-12-31','test')`, id, code, parent, province, level, name, "Xã "+name, models.Fold(name))
	return id
}

func (l *land) register(commune int, asOf string) {
	id := l.id()
	l.exec(`INSERT INTO household_registers (id, source, as_of, file_hash, row_count, new_count, changed_count, imported_at) VALUES (?,'sổ',?,'',0,0,0,?)`, id, asOf, l.clock.Now())
	l.exec("DELETE FROM register_areas WHERE area_id = ?", l.communes[commune])
	l.exec("INSERT INTO register_areas (area_id, register_id, household_count) VALUES (?,?,0)", l.communes[commune], id)
}

func (l *land) household(village int, head string) models.ID {
	id := l.id()
	l.exec(`INSERT INTO households (id, code, village_id, village_since, head_name, head_fold, head_sort, state, known, covered, version, created_at, updated_at)
		VALUES (?,?,?,'2026-01-01',?,?,?,'active',0,0,1,?,?)`, id, models.NewCode(8), l.villages[village], head, models.Fold(head), models.Fold(head), l.clock.Now(), l.clock.Now())
	return id
}

func (l *land) claimed(village, class int, at time.Time) (link models.ID) {
	person := l.id()
	link = l.id()
	l.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?,?,?,?,'2026-2027','2026-09-01','9999-12-31',1)`,
		l.id(), person, l.schools[class], l.classes[class])
	l.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_role, claimed_at, decided_name, decided_role, reason, from_date, to_date)
		VALUES (?,?,?,'child','claimed',1,'student',?,'','','','2026-09-01','9999-12-31')`, link, l.household(village, "Chủ hộ "+link.String()), person, at)
	return link
}

// session opens a lesson at an hour of today in Viet Nam, so many days ago.
func (l *land) session(class, daysAgo, hour int) models.ID {
	id := l.id()
	at := time.Date(2026, 11, 23-daysAgo, hour, 10, 0, 0, models.VietNam()).UTC()
	l.exec("INSERT INTO lesson_sessions (id, class_id, code, opened_at, closes_at, closed_at) VALUES (?,?,?,?,?,?)", id, l.classes[class], models.NewCode(6), at, at.Add(time.Hour), at.Add(time.Hour))
	return id
}

// attempt was handed in after so many seconds.
func (l *land) attempt(session models.ID, slots, seconds, score int) models.ID {
	id, passed := l.id(), 0
	if score >= 8000 {
		passed = 1
	}
	at := l.clock.Now().Add(-time.Hour)
	l.exec(`INSERT INTO attempts (id, person_id, course_key, course_hash, session_id, items, slots, position, state, started_at, deadline_at, submitted_at, closed_by, score, passed, result_hash)
		VALUES (?,?,'x','x',?,'[]',?,1,'submitted',?,?,?,'',?,?,'')`, id, l.id(), session, slots, at, at.Add(20*time.Minute), at.Add(time.Duration(seconds)*time.Second), score, passed)
	return id
}

// run runs every check and answers the subjects that one found.
func (l *land) run(check string) map[models.ID]int {
	l.t.Helper()
	_, err := l.q.Run(ctx, models.System())
	require.NoError(l.t, err)
	return l.found(check)
}

// pair is a proposal that two households are one.
func (l *land) pair(a, b models.ID, state string) {
	l.exec(`INSERT INTO household_duplicates (id, household_a, household_b, score, reasons, state, decided_name, found_at) VALUES (?,?,?,90,'',?,'',?)`,
		l.id(), a, b, state, l.clock.Now())
}

// found answers the subjects that a check has found by now.
func (l *land) found(check string) map[models.ID]int {
	l.t.Helper()
	var rows []struct {
		SubjectID models.ID
		Value     int
	}
	require.NoError(l.t, l.db.Read(ctx).Raw("SELECT subject_id, value FROM quality_findings WHERE check_key = ?", check).Scan(&rows).Error)
	found := map[models.ID]int{}
	for _, r := range rows {
		found[r.SubjectID] = r.Value
	}
	return found
}

// Every check finds what is over its limit and leaves alone what is not.
func TestChecks(t *testing.T) {
	each(t, func(l *land) {
		old := l.claimed(0, 0, l.clock.Now().AddDate(0, 0, -31))
		l.claimed(0, 0, l.clock.Now().AddDate(0, 0, -29))
		require.Equal(t, map[models.ID]int{old: 31}, l.run("links_waiting"))

		lesson := l.session(0, 20, 8) // longer ago than same_answers looks: these attempts have no questions
		fast := l.attempt(lesson, 10, 39, 5000)
		l.attempt(lesson, 10, 40, 5000)
		perfect := l.attempt(lesson, 4, 19, 10_000)
		l.attempt(lesson, 4, 20, 10_000)
		l.attempt(lesson, 4, 18, 9_900)
		require.Equal(t, 39, l.run("too_fast")[fast])
		require.Len(t, l.run("too_fast"), 1)
		require.Equal(t, map[models.ID]int{perfect: 19}, l.run("instant_perfect"))

		night, early := l.session(0, 2, 22), l.session(1, 2, 4)
		l.session(0, 2, 21)
		l.session(0, 2, 5)
		l.session(0, 90, 23) // longer ago than anybody looks
		require.Equal(t, map[models.ID]int{night: 22, early: 4}, l.run("night_sessions"))

		for range 8 {
			l.session(1, 3, 9)
		}
		require.Empty(t, l.run("no_incidents"), "nine lessons")
		l.session(1, 3, 10)
		require.Equal(t, map[models.ID]int{l.schools[1]: 10}, l.run("no_incidents"))
		l.exec("INSERT INTO session_incidents (session_id, person_id, school_id, category, noted_at) VALUES (?,?,?,'network',?)", l.id(), l.id(), l.schools[1], l.clock.Now())
		require.Empty(t, l.run("no_incidents"))

		areaChecks(t, l)
	})
}

func areaChecks(t *testing.T, l *land) {
	t.Helper()
	require.Empty(t, l.run("old_registers"))
	l.register(0, "2025-11-22")
	l.exec("DELETE FROM register_areas WHERE area_id = ?", l.communes[1])
	require.Equal(t, map[models.ID]int{l.communes[0]: 366, l.communes[1]: -1}, l.run("old_registers"))

	l.household(0, "Nguyễn Văn Hòa")
	l.household(1, "Nguyễn Văn Hoà")
	a, b, c := l.household(0, "nguyễn văn hoà"), l.household(0, "Nguyễn V. Hoà"), l.household(1, "Nguyễn Văn Hoà")
	require.Empty(t, l.run("duplicates"), "the same name is no proposal")
	l.pair(a, b, "open")
	l.pair(a, c, "open")
	l.pair(b, c, "not_duplicate")
	require.Equal(t, map[models.ID]int{l.villages[0]: 2}, l.run("duplicates"), "pairs that nobody decided, where their first household is")
	l.exec("UPDATE households SET state = 'merged' WHERE id = ?", c)
	require.NoError(t, l.q.Refresh(ctx, "duplicates"))
	require.Equal(t, map[models.ID]int{l.villages[0]: 1}, l.found("duplicates"), "one household of the other pair is gone")
	require.NotEmpty(t, l.found("old_registers"), "what other checks found stays")
	require.NoError(t, l.q.Refresh(ctx, "no_such_check"))

	require.Empty(t, l.run("closed_villages"))
	l.exec("UPDATE villages SET valid_to = '2026-11-01' WHERE id = ?", l.villages[1])
	require.Equal(t, map[models.ID]int{l.villages[1]: 1}, l.run("closed_villages"))
}

// A finding keeps the day on which it was first seen; one that is mended goes.
func TestFirstSeen(t *testing.T) {
	each(t, func(l *land) {
		link := l.claimed(0, 0, l.clock.Now().AddDate(0, 0, -40))
		l.run("links_waiting")
		l.clock.Add(9 * 24 * time.Hour)
		ran, err := l.q.RunDue(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, ran.Findings["links_waiting"])
		again, err := l.q.RunDue(ctx)
		require.NoError(t, err)
		require.Nil(t, again, "once a day")
		rows, next, err := l.q.Findings(ctx, models.System(), Place{Code: "06652"}, "links_waiting", "")
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, "2026-11-23", rows[0].FirstSeen)
		require.Equal(t, 49, rows[0].Value)
		require.Equal(t, "Số 0", rows[0].VillageName)
		o, err := l.q.Overview(ctx, models.System(), Place{Code: "22"})
		require.NoError(t, err)
		i := slices.IndexFunc(o.Checks, func(s Summary) bool { return s.Key == "links_waiting" })
		require.Equal(t, 1, o.Checks[i].Count)
		require.Equal(t, 0, o.Checks[i].New)
		require.Contains(t, o.Checks[i].Title, "30 ngày")
		l.exec("UPDATE household_links SET state = 'confirmed' WHERE id = ?", link)
		require.Empty(t, l.run("links_waiting"))
	})
}

// Whoever looks sees the own place and nothing else, page by page.
func TestReach(t *testing.T) {
	each(t, func(l *land) {
		for range pageRows + 5 {
			l.claimed(0, 0, l.clock.Now().AddDate(0, 0, -40))
		}
		l.claimed(1, 0, l.clock.Now().AddDate(0, 0, -40)) // lives in the other commune
		l.run("links_waiting")
		actor := func(role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
			return models.Actor{Account: l.id(), Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
		}
		head := actor(models.RoleHead, models.ScopeSchool, l.schools[0])
		officer := actor(models.RoleCommuneOfficer, models.ScopeArea, l.communes[0])
		teacher := actor(models.RoleTeacher, models.ScopeClass, l.classes[0])
		for _, c := range []struct {
			name  string
			actor models.Actor
			at    Place
			want  int
			kind  models.Kind
		}{
			{"the commune", officer, Place{Code: "06652"}, pageRows + 5, ""},
			{"the school, wherever its pupils live", head, Place{School: l.schools[0]}, pageRows + 6, ""},
			{"the province", actor(models.RoleDeptOfficer, models.ScopeArea, l.province), Place{Code: "22"}, pageRows + 6, ""},
			{"another commune", officer, Place{Code: "06655"}, 0, models.KindNotFound},
			{"the province for a commune", officer, Place{Code: "22"}, 0, models.KindNotFound},
			{"another school", head, Place{School: l.schools[1]}, 0, models.KindNotFound},
			{"the commune of one's school", head, Place{Code: "06652"}, 0, models.KindNotFound},
			{"a teacher's own class", teacher, Place{Class: l.classes[0]}, pageRows + 6, ""},
			{"another class", teacher, Place{Class: l.classes[1]}, 0, models.KindNotFound},
			{"no class", teacher, Place{Class: l.id()}, 0, models.KindNotFound},
			{"the teacher's school", teacher, Place{School: l.schools[0]}, 0, models.KindForbidden},
			{"the teacher's commune", teacher, Place{Code: "06652"}, 0, models.KindForbidden},
			{"a class of the head's school", head, Place{Class: l.classes[0]}, pageRows + 6, ""},
			{"a module teacher", actor(models.RoleModuleTeacher, models.ScopeClass, l.classes[0]), Place{Class: l.classes[0]}, 0, models.KindForbidden},
			{"a team member", actor(models.RoleTeamMember, models.ScopeArea, l.communes[0]), Place{Code: "06652"}, 0, models.KindForbidden},
			{"nobody", models.Actor{}, Place{Code: "22"}, 0, models.KindUnauthenticated},
		} {
			seen, cursor := map[models.ID]bool{}, ""
			for {
				rows, next, err := l.q.Findings(ctx, c.actor, c.at, "links_waiting", cursor)
				require.Equal(t, c.kind, models.KindOf(err), c.name)
				for _, r := range rows {
					seen[r.ID] = true
				}
				if cursor = next; cursor == "" {
					break
				}
			}
			require.Len(t, seen, c.want, c.name)
			_, err := l.q.Overview(ctx, c.actor, c.at)
			require.Equal(t, c.kind, models.KindOf(err), c.name)
		}
		own, err := l.q.Overview(ctx, teacher, Place{Class: l.classes[0]})
		require.NoError(t, err)
		keys := []string{}
		for _, c := range own.Checks {
			keys = append(keys, c.Key)
		}
		require.ElementsMatch(t, ofClass, keys)
		_, _, err = l.q.Findings(ctx, teacher, Place{Class: l.classes[0]}, "same_answers", "")
		require.Equal(t, models.KindNotFound, models.KindOf(err), "not the teacher's to see")
		_, _, err = l.q.Findings(ctx, officer, Place{Code: "06652"}, "no_such_check", "")
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		_, _, err = l.q.Findings(ctx, officer, Place{Code: "06652"}, "links_waiting", "yesterday")
		require.Equal(t, models.KindInvalid, models.KindOf(err))
		_, err = l.q.Run(ctx, officer)
		require.Equal(t, models.KindForbidden, models.KindOf(err))
	})
}

// The limits are data: a list that is loaded holds from the next run on.
func TestChecksAreData(t *testing.T) {
	clock := storetest.NewClock()
	l := &land{t: t, db: storetest.SQLite(t, clock.Now), clock: clock}
	l.q = New(l.db, learning.New(l.db, learning.Options{}))
	n, err := l.q.LoadChecks(ctx, models.System(), []byte(strings.Replace(string(shippedChecks), `"days": 30`, `"days": 7`, 1)))
	require.NoError(t, err)
	require.Equal(t, len(lookers), n, "every check ships")
	checks, err := checksOf(l.db.Read(ctx))
	require.NoError(t, err)
	require.Equal(t, 7, checks[0].Limits["days"])
	for name, bad := range map[string]string{
		"no JSON":         "days: 30",
		"no such check":   strings.Replace(string(shippedChecks), "links_waiting", "links_whatever", 1),
		"no such owner":   strings.Replace(string(shippedChecks), `"owner": "school"`, `"owner": "nobody"`, 1),
		"a limit missing": strings.Replace(string(shippedChecks), `"days": 30`, `"weeks": 4`, 1),
		"a limit too far": strings.Replace(string(shippedChecks), `"days": 30`, `"days": -1`, 1),
		"twice":           strings.Replace(string(shippedChecks), "too_fast", "links_waiting", 1),
		"a field more":    strings.Replace(string(shippedChecks), `"owner"`, `"colour": 1, "owner"`, 1),
	} {
		_, err := l.q.LoadChecks(ctx, models.System(), []byte(bad))
		require.Error(t, err, name)
	}
	before := strings.Replace(string(shippedChecks), `"limits": {},
		"title": { "vi": "Thôn có các cặp`, `"limits": { "households": 2 },
		"title": { "vi": "Thôn có các cặp`, 1)
	require.NotEqual(t, string(shippedChecks), before)
	_, err = l.q.LoadChecks(ctx, models.System(), []byte(before))
	require.NoError(t, err, "a list from before duplicates were proposals")
	_, err = l.q.LoadChecks(ctx, models.System(), nil)
	require.NoError(t, err)
	checks, err = checksOf(l.db.Read(ctx))
	require.NoError(t, err)
	require.Equal(t, 30, checks[0].Limits["days"])
	_, err = l.q.LoadChecks(ctx, models.Actor{Account: l.id(), Grants: []models.Grant{{Role: models.RoleDeptOfficer, Scope: models.ScopeArea}}}, nil)
	require.Equal(t, models.KindForbidden, models.KindOf(err))
}
