package signoff

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	_ = flag.Set("rapid.nofailfile", "true")
	if !set {
		_ = flag.Set("rapid.checks", "2") // each check is a history of dozens of transactions on a real database
	}
	os.Exit(m.Run())
}

var ctx = context.Background()

// land is a province of two communes with two villages and a school each, and
// whoever signs there. The clock stands on 23 November 2026.
type land struct {
	t          require.TestingT
	db         *store.DB
	clock      *storetest.Clock
	s          *SignOff
	province   models.ID
	communes   [2]models.ID
	villages   [4]models.ID
	schools    [2]models.ID
	heads      [2]models.Actor
	officers   [2]models.Actor
	department models.Actor

	provinceCode string
	communeCode  [2]string
}

// TestOnBothDatabases tells every story in a province of its own, in one
// database: making one takes longer than the story.
func TestOnBothDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		for _, story := range []struct {
			name string
			tell func(t *testing.T, l *land)
		}{
			{"signed from the bottom up", signedFromTheBottomUp},
			{"an approval is of figures", anApprovalIsOfFigures},
			{"on behalf and returned", onBehalfAndReturned},
			{"unlocked", unlocked},
			{"skills are frozen", skillsAreFrozen},
			{"locked before skills", lockedBeforeSkills},
			{"refusals", refusals},
			{"reminder", reminder},
			{"lock against late facts", lockAgainstLateFacts},
			{"lock against steps", lockAgainstSteps},
			{"late facts roll forward", lateFactsRollForward}, // moves the clock
			{"locked months never change", lockedMonthsNeverChange},
		} {
			t.Run(story.name, func(t *testing.T) { story.tell(t, newLand(t, db, clock)) })
		}
	})
}

// lands counts the provinces of this process.
var lands atomic.Int32

func newLand(t require.TestingT, db *store.DB, clock *storetest.Clock) *land {
	n := int(lands.Add(1))
	l := &land{t: t, db: db, clock: clock, s: New(db, []byte("secret")), provinceCode: fmt.Sprintf("%02d", n)}
	l.province = l.area(models.ID{}, "province", l.provinceCode, "Quảng Ninh")
	for c := range l.communes {
		l.communeCode[c] = fmt.Sprintf("%05d", 100*n+c)
		l.communes[c] = l.area(l.province, "commune", l.communeCode[c], []string{"Hà Tu", "Ba Chẽ"}[c])
		l.schools[c] = l.id()
		l.exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?,?,?,?,'thcs',?,?)",
			l.schools[c], fmt.Sprint("S", n, "-", c), fmt.Sprint("Trường ", c), fmt.Sprint("truong ", c), l.communes[c], clock.Now())
		l.heads[c] = l.actor(models.RoleHead, models.ScopeSchool, l.schools[c])
		l.officers[c] = l.actor(models.RoleCommuneOfficer, models.ScopeArea, l.communes[c])
	}
	for v := range l.villages {
		l.villages[v] = l.id()
		l.exec("INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at) VALUES (?,?,'thon',?,?,'2025-07-01','9999-12-31',?)",
			l.villages[v], fmt.Sprint("V-", n, "-", v), fmt.Sprint("Số ", v), fmt.Sprint("so ", v), clock.Now())
		l.exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?,'2025-07-01','9999-12-31',?,'')", l.villages[v], l.communes[v/2])
	}
	l.department = l.actor(models.RoleDeptOfficer, models.ScopeArea, l.province)
	return l
}

func (l *land) id() models.ID { return models.NewID(l.clock.Now()) }

func (l *land) actor(role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
	return models.Actor{Account: l.id(), Name: string(role), Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
}

func (l *land) exec(sql string, args ...any) {
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

// fact records a change of a village's figures from a day on.
func (l *land) fact(village int, day string, households, known, covered int) {
	require.NoError(l.t, l.record(village, day, households, known, covered))
}

func (l *land) record(village int, day string, households, known, covered int) error {
	d := coverage.Delta{SubjectID: l.id(), VillageID: l.villages[village], OnDate: day, Households: households, Known: known, Covered: covered, Cause: "test"}
	return l.db.Tx(ctx, func(tx *gorm.DB) error { return coverage.Record(tx, d, l.clock.Now()) })
}

// pupil enrols somebody in a school from a day on.
func (l *land) pupil(school int, from string) models.ID {
	id := l.id()
	l.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?,?,?,?,'2026-2027',?,'9999-12-31',1)`,
		l.id(), id, l.schools[school], l.id(), from)
	return id
}

// certify gives a pupil one pass and a valid confirmation at an instant.
func (l *land) certify(person models.ID, at time.Time) (certificate models.ID) {
	certificate = l.id()
	l.exec(`INSERT INTO skill_passes (id, person_id, seq, skill, rule_version, attempt_id, course_key, course_hash, attempt_hash, score, passed_at, hash)
		VALUES (?,?,1,'online_payment',1,?,'','','',100,?,'')`, l.id(), person, l.id(), at)
	l.exec(`INSERT INTO certificates (id, code, person_id, holder_name, holder_fold, school_name, class_name, rule_version, issued_at, state, live, hash)
		VALUES (?,?,?,'','','','',1,?,'valid',1,'')`, certificate, models.NewCode(9), person, at)
	l.event(certificate, 1, "issued", at)
	return certificate
}

func (l *land) event(certificate models.ID, seq int, kind string, at time.Time) {
	l.exec(`INSERT INTO certificate_events (id, certificate_id, seq, kind, reason, actor_name, at, hash) VALUES (?,?,?,?,'','',?,'')`, l.id(), certificate, seq, kind, at)
}

func school(id models.ID) Place { return Place{School: id} }
func area(code string) Place    { return Place{Code: code} }

// page reads a unit's month as an administrator sees it.
func (l *land) page(at Place, m Month) Page {
	p, err := l.s.Page(ctx, models.System(), at, m)
	require.NoError(l.t, err)
	return p
}

func (l *land) approve(actor models.Actor, at Place, m Month) error {
	return l.s.Approve(ctx, actor, at, m, NewStep{ID: l.id(), Kind: StepApproved, Digest: l.page(at, m).Unit.Digest, Reason: "Thay mặt đơn vị"})
}

// approveAll approves every school and commune that has something to sign.
func (l *land) approveAll(m Month) {
	for c := range l.communes {
		for _, u := range []struct {
			actor models.Actor
			at    Place
		}{{l.heads[c], school(l.schools[c])}, {l.officers[c], area(l.communeCode[c])}} {
			require.NoError(l.t, l.approve(u.actor, u.at, m))
		}
	}
}

func (l *land) lock(m Month) error {
	return l.s.Lock(ctx, l.department, area(l.provinceCode), m, l.id(), l.page(area(l.provinceCode), m).Unit.Digest)
}

func (l *land) unlock(m Month) error {
	p := l.page(area(l.provinceCode), m)
	return l.s.Unlock(ctx, l.department, area(l.provinceCode), m, p.Locks[0].ID, "Thiếu một thôn")
}

// figures are the province's of a month.
func (l *land) figures(m Month) Figures { return l.page(area(l.provinceCode), m).Unit.Figures }
