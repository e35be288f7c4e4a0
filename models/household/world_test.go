package household_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	_ = flag.Set("rapid.nofailfile", "true")
	if !set {
		_ = flag.Set("rapid.checks", "6") // each check is a history of dozens of transactions on a real database
	}
	code := m.Run()
	if fuzz.w != nil {
		_ = fuzz.w.db.Close()
		_ = os.RemoveAll(fuzz.dir)
	}
	os.Exit(code)
}

// world is a province of two communes with three villages each, a school with
// two classes in the first commune, and one commune in another province.
type world struct {
	t        require.TestingT
	db       *store.DB
	clock    *storetest.Clock
	cov      *coverage.Coverage
	homes    *household.Households
	province [2]models.ID
	communes []models.ID // 0, 1 in the first province, 2 in the second
	villages []models.ID // three a commune
	codes    map[models.ID]string
	school   models.ID
	classes  [2]models.ID
	inClass  map[models.ID]models.ID // of a pupil
}

func newWorld(t require.TestingT, db *store.DB, clock *storetest.Clock) *world {
	w := &world{t: t, db: db, clock: clock, codes: map[models.ID]string{}, inClass: map[models.ID]models.ID{}}
	w.cov = coverage.New(db, models.ID{})
	w.homes = household.New(db, w.cov, w.personInReach)
	w.tx(func(tx *gorm.DB) error {
		for p := range 2 {
			w.province[p] = w.area(tx, models.ID{}, "province", []string{"22", "24"}[p], []string{"Tỉnh Quảng Ninh", "Tỉnh Bắc Ninh"}[p])
		}
		w.communes = []models.ID{
			w.area(tx, w.province[0], "commune", "06652", "Hà Tu"), w.area(tx, w.province[0], "commune", "06655", "Ba Chẽ"), w.area(tx, w.province[1], "commune", "07210", "Bắc Giang"),
		}
		for _, c := range w.communes {
			for n := range 3 {
				w.village(tx, c, n)
			}
		}
		w.school = models.NewID(clock.Now())
		w.exec(tx, "INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?,'S1','Trường','truong','thcs',?,?)", w.school, w.communes[0], clock.Now())
		for i := range w.classes {
			w.classes[i] = models.NewID(clock.Now())
			w.exec(tx, "INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?,?,'2026-2027',7,?,?)", w.classes[i], w.school, fmt.Sprint("7A", i), clock.Now())
		}
		return nil
	})
	require.NoError(t, certificate.New(db).EnsureRules(ctx))
	return w
}

// personInReach stands for room people's StudentInReach: by class or school.
func (w *world) personInReach(_ *gorm.DB, reach models.Reach, person models.ID) (bool, error) {
	class, ok := w.inClass[person]
	if !ok {
		return false, nil
	}
	for _, c := range reach.Classes {
		if c == class {
			return true, nil
		}
	}
	return reach.All || len(reach.Schools) > 0 && reach.Schools[0] == w.school, nil
}

func (w *world) tx(fn func(tx *gorm.DB) error) { require.NoError(w.t, w.db.Tx(ctx, fn)) }

func (w *world) exec(tx *gorm.DB, sql string, args ...any) {
	require.NoError(w.t, tx.Exec(sql, args...).Error)
}

func (w *world) area(tx *gorm.DB, province models.ID, level, code, name string) models.ID {
	id := models.NewID(w.clock.Now())
	parent := province
	if province.IsZero() {
		province = id
	}
	w.exec(tx, `INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
		VALUES (?,?,?,?,?,'xa',?,?,?,'2025-07-01','9999-12-31','test')`, id, code, parent, province, level, name, "Xã "+name, models.Fold(name))
	return id
}

func (w *world) village(tx *gorm.DB, commune models.ID, n int) models.ID {
	id := models.NewID(w.clock.Now())
	name := []string{"Khe Cát", "Nà Làng", "Đồng Chanh"}[n]
	w.codes[id] = fmt.Sprintf("V-%s%d", models.NewCode(4), len(w.codes))
	w.exec(tx, `INSERT INTO villages (id, code, kind, name, name_fold, valid_from, valid_to, created_at)
		VALUES (?,?,'thon',?,?,'2025-07-01','9999-12-31',?)`, id, w.codes[id], name, models.Fold(name), w.clock.Now())
	w.exec(tx, `INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason)
		VALUES (?,'2025-07-01','9999-12-31',?,'')`, id, commune)
	w.villages = append(w.villages, id)
	return id
}

func (w *world) code(village models.ID) string { return w.codes[village] }

// pupil makes a person in one of the classes.
func (w *world) pupil(class int) models.ID {
	id := models.NewID(w.clock.Now())
	w.tx(func(tx *gorm.DB) error {
		w.exec(tx, "INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?,'Trần Văn Học Sinh','tran van hoc sinh','x',?,?)", id, w.clock.Now(), w.clock.Now())
		return nil
	})
	w.inClass[id] = w.classes[class]
	w.says(id, consent.Child, consent.Granted)
	w.says(id, consent.Guardian, consent.Granted)
	return id
}

// says records what a pupil or the guardian agreed to or withdrew.
func (w *world) says(person models.ID, party, act string) {
	e := consent.NewEvent{ID: models.NewID(w.clock.Now()), PersonID: person, Kind: consent.AreaNames, Party: party, Act: act, TextVersion: 1, Channel: consent.ChannelPaper}
	if party == consent.Guardian {
		e.Relation = "mother"
	}
	at := grant(models.RoleTeacher, models.ScopeClass, w.inClass[person])
	require.NoError(w.t, consent.New(w.db, w.personInReach).Record(ctx, at, []consent.NewEvent{e}))
}

// home makes a household of the register.
func (w *world) home(village models.ID, head string) household.Household {
	w.importRows("Mã hộ,Mã thôn,Chủ hộ\n" + fmt.Sprintf("H%d,%s,%s\n", w.count("households"), w.code(village), head))
	return w.find("head_name = ?", head)
}

func (w *world) importRows(csv string) household.RegisterReport {
	rep, err := w.homes.ImportRegister(ctx, models.System(), household.RegisterFile{Source: "Sổ hộ", AsOf: "2026-11-01"}, strings.NewReader(csv), int64(len(csv)))
	require.NoError(w.t, err)
	require.Empty(w.t, rep.Errors)
	return rep
}

func (w *world) find(where string, args ...any) household.Household {
	var h household.Household
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT * FROM households WHERE "+where+" ORDER BY id DESC LIMIT 1", args...).Scan(&h).Error)
	require.False(w.t, h.ID.IsZero())
	return h
}

func (w *world) count(table string) int {
	var n int
	require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM "+table).Scan(&n).Error)
	return n
}

// evidence proves a skill under rule 1 and under rule 2, which the clock may reach.
func evidence(person models.ID, skill string, now time.Time) certificate.Evidence {
	return certificate.Evidence{PersonID: person, Skill: skill, AttemptID: models.NewID(now), SessionID: models.NewID(now),
		CourseKey: skill, CourseHash: "h", Score: 9000, LessonsDone: 1, LessonsTotal: 1,
		ScenarioRunID: models.NewID(now), ScenarioHash: "s", ScenarioAlone: true, ScenarioPassed: true, HardSpotted: 1}
}

// pass lets a person pass one skill, as learning does in one transaction; the
// fifth does not issue a certificate here.
func (w *world) pass(person models.ID, skill string) {
	w.tx(func(tx *gorm.DB) error {
		now := w.clock.Now()
		rule, err := certificate.ActiveRule(tx, now)
		if err != nil {
			return err
		}
		pass, created, err := certificate.RecordPass(tx, rule, evidence(person, skill, now), now)
		if err != nil || !created {
			return err
		}
		return household.RecountPerson(tx, person, "pass", pass.ID, now)
	})
}

// certify passes all five skills of a person, as learning does in one
// transaction, and answers the certificate's code.
func (w *world) certify(person models.ID) string {
	code := ""
	w.tx(func(tx *gorm.DB) error {
		now := w.clock.Now()
		rule, err := certificate.ActiveRule(tx, now)
		if err != nil {
			return err
		}
		for _, skill := range rule.Skills {
			if _, _, err := certificate.RecordPass(tx, rule, evidence(person, skill, now), now); err != nil {
				return err
			}
		}
		cert, created, err := certificate.IssueIfComplete(tx, rule, certificate.Holder{PersonID: person, SchoolID: w.school, Name: "Trần Văn Học Sinh", SchoolName: "Trường", ClassName: "7A"}, now)
		if err != nil {
			return err
		}
		if cert != nil {
			code = cert.Code
		}
		if !created {
			return nil
		}
		return household.RecountPerson(tx, person, "certificate", cert.ID, now)
	})
	return code
}

func grant(role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
	return models.Actor{Account: models.NewID(storetest.Start), Name: "Cô Lan", Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
}

func (w *world) teacher() models.Actor {
	return grant(models.RoleTeacher, models.ScopeClass, w.classes[0])
}
func (w *world) officer() models.Actor {
	return grant(models.RoleCommuneOfficer, models.ScopeArea, w.communes[0])
}
func (w *world) dept() models.Actor {
	return grant(models.RoleDeptOfficer, models.ScopeArea, w.province[0])
}
func (w *world) student(person models.ID) models.Actor {
	a := grant(models.RoleStudent, models.ScopeSelf, models.ID{})
	a.Person = person
	return a
}

// confirmed links a pupil of the first class to a household.
func (w *world) confirmed(person models.ID, h household.Household) household.Link {
	l, err := w.homes.ClaimFor(ctx, w.teacher(), household.NewClaim{PersonID: person, HouseholdCode: h.Code, Relation: "child"})
	require.NoError(w.t, err)
	l, err = w.homes.Decide(ctx, w.teacher(), l.ID, true, "")
	require.NoError(w.t, err)
	return l
}

// shows asserts the figures of a village, and that everything agrees.
func (w *world) shows(village models.ID, households, known, covered int) {
	f, err := w.cov.Counts(ctx, models.System(), coverage.Area{ID: village, Level: coverage.LevelVillage})
	require.NoError(w.t, err)
	require.Equal(w.t, [3]int{households, known, covered}, threeOf(f))
	w.sound()
}

func (w *world) sound() {
	rep, err := w.homes.Verify(ctx, models.System())
	require.NoError(w.t, err)
	require.Zero(w.t, rep.Differences, "%+v", rep)
	each, err := w.homes.Check(ctx, models.System())
	require.NoError(w.t, err)
	require.Zero(w.t, each.Sum(), "%+v", each.Faults)
}

func (w *world) today() string { return models.Day(w.clock.Now()) }

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func (w *world) asOf(village models.ID, day string, households, known, covered int) {
	f, err := w.cov.AsOf(ctx, models.System(), coverage.Area{ID: village, Level: coverage.LevelVillage}, day)
	require.NoError(w.t, err)
	require.Equal(w.t, [3]int{households, known, covered}, threeOf(f), day)
}

// threeOf leaves the skills out: who held a certificate keeps them.
func threeOf(f coverage.Figures) [3]int { return [3]int{f.Households, f.Known, f.Covered} }

var fuzz struct {
	sync.Mutex
	w   *world
	dir string
}

// fuzzWorld is one world for all inputs of a fuzz run: making a database for
// each would be the whole time.
func fuzzWorld(t *testing.T) *world {
	fuzz.Lock()
	defer fuzz.Unlock()
	if fuzz.w == nil {
		clock := storetest.NewClock()
		dir, err := os.MkdirTemp("", "nhaso-fuzz")
		require.NoError(t, err)
		db, err := store.Open(ctx, "sqlite:"+dir+"/f.db", clock.Now)
		require.NoError(t, err)
		_, err = db.Migrate(ctx)
		require.NoError(t, err)
		fuzz.w = newWorld(t, db, clock)
		fuzz.dir = dir
	}
	fuzz.w.t = t
	return fuzz.w
}
