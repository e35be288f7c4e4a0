package outreach

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// land is a province of two communes with two villages each and a school in
// the first commune.
type land struct {
	t              testing.TB
	db             *store.DB
	clock          *storetest.Clock
	o              *Outreach
	province       models.ID
	communes       [2]models.ID
	villages       [4]models.ID
	codes          [4]string
	school         models.ID
	classes        [2]models.ID
	n              int
	officer, dept  models.Actor
	head, stranger models.Actor
}

// communeCode are the codes of the two communes.
var communeCode = [2]string{"06652", "06655"}

func eachLand(t *testing.T, test func(l *land)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newLand(t, db, clock)) })
}

// oneLand is eachLand on SQLite alone: for rules that no dialect bears on.
func oneLand(t *testing.T, test func(l *land)) {
	t.Helper()
	clock := storetest.NewClock()
	test(newLand(t, storetest.SQLite(t, clock.Now), clock))
}

func newLand(t *testing.T, db *store.DB, clock *storetest.Clock) *land {
	t.Helper()
	l := &land{t: t, db: db, clock: clock, o: New(db), school: newID()}
	l.province = l.area(models.ID{}, "province", "22", "Quảng Ninh")
	for c := range l.communes {
		l.communes[c] = l.area(l.province, "commune", communeCode[c], []string{"Hà Tu", "Ba Chẽ"}[c])
	}
	for v := range l.villages {
		l.villages[v], l.codes[v] = newID(), "V-"+models.NewCode(6)
		l.exec("INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at) VALUES (?,?,'thon',?,?,'2025-07-01','9999-12-31',?)",
			l.villages[v], l.codes[v], fmt.Sprint("Thôn ", v), fmt.Sprint("thon ", v), clock.Now())
		l.exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?,'2025-07-01','9999-12-31',?,'')", l.villages[v], l.communes[v/2])
	}
	l.exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?,'S1','Trường Hà Tu','truong ha tu','thcs',?,?)", l.school, l.communes[0], clock.Now())
	for c := range l.classes {
		l.classes[c] = newID()
		l.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?,?,'2026-2027',7,?,?)", l.classes[c], l.school, fmt.Sprint("7A", c+1), clock.Now())
	}
	l.officer = l.actor(models.RoleCommuneOfficer, models.ScopeArea, l.communes[0])
	l.stranger = l.actor(models.RoleCommuneOfficer, models.ScopeArea, l.communes[1])
	l.dept = l.actor(models.RoleDeptOfficer, models.ScopeArea, l.province)
	l.head = l.actor(models.RoleHead, models.ScopeSchool, l.school)
	return l
}

func (l *land) exec(sql string, args ...any) {
	l.t.Helper()
	require.NoError(l.t, l.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (l *land) count(sql string, args ...any) (n int) {
	l.t.Helper()
	require.NoError(l.t, l.db.Read(ctx).Raw(sql, args...).Scan(&n).Error)
	return n
}

func (l *land) area(parent models.ID, level, code, name string) models.ID {
	id := newID()
	province := parent
	if parent.IsZero() {
		province = id
	}
	l.exec(`INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
		VALUES (?,?,?,?,?,'xa',?,?,?,'2025-07-01','9999-12-31','test')`, id, code, parent, province, level, name, "Xã "+name, models.Fold(name))
	return id
}

// actor makes an account with one role.
func (l *land) actor(role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
	l.n++
	a := models.Actor{Account: newID(), Name: fmt.Sprint("Người ", l.n), Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
	l.exec(`INSERT INTO accounts (id, username, display_name, name_fold, secret_hash, state, must_change, epoch, totp_required, totp_last_step, locale, created_at, updated_at)
		VALUES (?,?,?,?,'','active',0,1,0,0,'vi',?,?)`, a.Account, fmt.Sprint("nguoi", l.n), a.Name, models.Fold(a.Name), l.clock.Now(), l.clock.Now())
	l.exec(`INSERT INTO account_grants (id, account_id, role, scope_kind, scope_id, grant_key, granted_at) VALUES (?,?,?,?,?,?,?)`,
		newID(), a.Account, string(role), string(scope), at, string(role)+at.String(), l.clock.Now())
	return a
}

// house makes a household; known and covered as said.
func (l *land) house(village, known, covered int) models.ID {
	l.n++
	id, name := newID(), fmt.Sprint("Chủ hộ ", l.n)
	l.exec(`INSERT INTO households (id, code, village_id, village_since, head_name, head_fold, head_sort, state, known, covered, version, created_at, updated_at)
		VALUES (?,?,?,'2026-01-01',?,?,?,'active',?,?,1,?,?)`, id, models.NewCode(8), l.villages[village], name, models.Fold(name), models.Fold(name), known, covered, l.clock.Now(), l.clock.Now())
	return id
}

// member makes a pupil of a class with so many skills, tied to a household unless that is zero.
func (l *land) member(class int, household models.ID, state string, skills ...string) models.ID {
	l.n++
	id, name := newID(), fmt.Sprintf("Em %03d", l.n)
	l.exec("INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?,?,?,?,?,?)", id, name, models.Fold(name), []byte(name), l.clock.Now(), l.clock.Now())
	l.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?,?,?,?,'2026-2027','2026-08-01','9999-12-31',1)`,
		newID(), id, l.school, l.classes[class])
	if !household.IsZero() {
		l.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_role, claimed_at, decided_name, decided_role, reason, from_date, to_date)
			VALUES (?,?,?,'child',?,1,'student',?,'','','','2026-09-01','9999-12-31')`, newID(), household, id, state, l.clock.Now())
	}
	for seq, skill := range skills {
		l.exec(`INSERT INTO skill_passes (id, person_id, seq, skill, rule_version, attempt_id, course_key, course_hash, attempt_hash, score, passed_at, hash)
			VALUES (?,?,?,?,1,?,'','','',100,?,'')`, newID(), id, seq+1, skill, newID(), l.clock.Now())
	}
	return id
}

// certify gives a person a valid confirmation.
func (l *land) certify(person models.ID) {
	l.exec(`INSERT INTO certificates (id, code, person_id, holder_name, holder_fold, school_name, class_name, rule_version, issued_at, state, live, hash)
		VALUES (?,?,?,'','','','',1,?,'valid',1,'')`, newID(), models.NewCode(9), person, l.clock.Now())
}

// agree writes down what child and guardian said about being named in the area
// and about helping neighbours: 1 yes, 0 nothing, -1 taken back.
func (l *land) agree(person models.ID, child, guardian int) {
	l.said(person, consent.AreaNames, child, guardian)
	l.said(person, consent.HelpNeighbours, child, guardian)
}

// said writes down one of the two.
func (l *land) said(person models.ID, kind string, child, guardian int) {
	l.exec("DELETE FROM consent_states WHERE person_id = ? AND kind = ?", person, kind)
	l.exec("INSERT INTO consent_states (person_id, kind, seq, child, guardian) VALUES (?,?,2,?,?)", person, kind, child, guardian)
}

// neighbour makes a certified pupil of a covered household of a village, with
// both consents.
func (l *land) neighbour(village int) models.ID {
	id := l.member(0, l.house(village, 1, 1), "confirmed")
	l.certify(id)
	l.agree(id, 1, 1)
	return id
}

// pupil is a person as an actor.
func pupil(person models.ID) models.Actor {
	return models.Actor{Account: newID(), Person: person, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
}
