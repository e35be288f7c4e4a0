// Package seeds fills databases: the area data every installation needs, and a
// demo province of any size. It also wires the rooms together, once, for the
// program, the demo and the tests, so that what is tested is what runs.
package seeds

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/classroom"
	"nhaso/models/consent"
	"nhaso/models/coverage"
	"nhaso/models/drafts"
	"nhaso/models/gradebook"
	"nhaso/models/household"
	"nhaso/models/learning"
	"nhaso/models/outreach"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/quality"
	"nhaso/models/report"
	"nhaso/models/rights"
	"nhaso/models/school"
	"nhaso/models/signin"
	"nhaso/models/signoff"
	"nhaso/models/store"
	"nhaso/seeds/data"
)

// House is every room on one database.
type House struct {
	DB           *store.DB
	Audit        *audit.Audit
	Places       *place.Places
	People       *people.People
	Certificates *certificate.Certificates
	Coverage     *coverage.Coverage
	Reports      *report.Reports
	Households   *household.Households
	Consents     *consent.Consents
	Learning     *learning.Learning
	Outreach     *outreach.Outreach
	Drafts       *drafts.Drafts
	SignIn       *signin.SignIn
	SignOff      *signoff.SignOff
	Quality      *quality.Quality
	Gradebook    *gradebook.Gradebook
	School       *school.Schools
	Classroom    *classroom.Classroom
	Rights       *rights.Rights
	Catalog      *curriculum.Catalog // the embedded courses; set by Foundation
	System       models.Actor        // the program itself
	hasher       *people.Hasher
}

// Wiring is what the rooms need beyond the database.
type Wiring struct {
	Secret []byte       // keys the order of practice questions; see SharedSecret
	Away   bool         // a classroom laptop: what happens here is decided where it comes home
	Cost   *people.Cost // of a password hash; nil: people.DefaultCost. Tests take a cheap one
}

// Uses lists the tables of all rooms that tell that a person or a class was
// used; TestEveryTableOfAPersonIsKnown holds it against the schema.
func Uses() []store.Since {
	return slices.Concat(learning.Used(), certificate.Used(), household.Used(), outreach.Used(),
		consent.Used(), school.Used(), classroom.Used(), signin.Used(), gradebook.Used(), rights.Used())
}

// Held lists what every room keeps about a person, children before parents and
// the person last; TestUsedTablesAreHeld holds it against the schema.
func Held() []store.Holding {
	return slices.Concat(learning.Held(), outreach.Held(), signin.Held(), classroom.Held(), school.Held(), gradebook.Held(),
		audit.Held(), consent.Held(), household.Held(), rights.Held(), certificate.Held(), people.Held())
}

// Build puts the rooms on a database whose schema is current. It reads and
// writes nothing.
func Build(db *store.DB, w Wiring) *House {
	cost := people.DefaultCost
	if w.Cost != nil {
		cost = *w.Cost
	}
	hasher := people.NewHasher(cost)
	cov := coverage.New(db, models.NewID(db.Clock().Now()))
	record := audit.New(db)
	persons, lessons := people.New(db, hasher, people.Options{Uses: Uses()}), learning.New(db, learning.Options{Secret: w.Secret, Away: w.Away})
	return &House{
		DB:           db,
		Audit:        record,
		Places:       place.New(db),
		People:       persons,
		Certificates: certificate.New(db),
		Coverage:     cov,
		Reports:      report.New(db, cov),
		Households:   household.New(db, cov, people.StudentInReach),
		Consents:     consent.New(db, people.StudentInReach),
		Learning:     lessons,
		Outreach:     outreach.New(db),
		Drafts:       drafts.New(db),
		SignIn:       signin.New(db, persons, lessons),
		SignOff:      signoff.New(db, w.Secret),
		Quality:      quality.New(db, lessons),
		Gradebook:    gradebook.New(db, lessons),
		School:       school.New(db, lessons),
		Classroom:    classroom.New(db, lessons),
		Rights:       rights.New(db, record, persons, lessons, Held()),
		System:       models.System(),
		hasher:       hasher,
	}
}

// SharedSecret answers the secret that every copy of the program on one database
// must have in common: the configured one, or one made once and kept there.
func SharedSecret(ctx context.Context, db *store.DB, configured []byte) ([]byte, error) {
	if len(configured) > 0 {
		return configured, nil
	}
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	var kept string
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('secret', ?, ?)", hex.EncodeToString(fresh), db.Clock().Now()).Error
		if err != nil && !store.IsDuplicate(err) {
			return err
		}
		return tx.Raw("SELECT value FROM settings WHERE name = 'secret'").Scan(&kept).Error
	})
	if err != nil {
		return nil, fmt.Errorf("shared secret: %w", err)
	}
	return hex.DecodeString(kept)
}

var embedded struct {
	sync.Once
	catalog  *curriculum.Catalog
	problems []curriculum.Problem
}

// Courses are the embedded courses, read once per process. The error names the
// first problem of a broken build.
func Courses() (*curriculum.Catalog, error) {
	embedded.Do(func() { embedded.catalog, embedded.problems = curriculum.Load(curriculum.Content()) })
	if embedded.catalog == nil {
		p := embedded.problems[0]
		return nil, fmt.Errorf("embedded courses: %s:%d: %s (and %d more problems)", p.File, p.Line, p.Reason, len(embedded.problems)-1)
	}
	return embedded.catalog, nil
}

// Foundation loads what every installation needs: areas, the rules of the
// "Giấy xác nhận hoàn thành", and the embedded courses. Repeating it changes
// nothing.
func (h *House) Foundation(ctx context.Context) error {
	if err := h.loadAreas(ctx); err != nil {
		return fmt.Errorf("load areas: %w", err)
	}
	if err := h.Certificates.EnsureRules(ctx); err != nil {
		return fmt.Errorf("load rules: %w", err)
	}
	catalog, err := Courses()
	if err != nil {
		return err
	}
	h.Catalog = catalog
	if _, err := h.Learning.Publish(ctx, h.System, catalog); err != nil {
		return fmt.Errorf("publish courses: %w", err)
	}
	return nil
}

func (h *House) loadAreas(ctx context.Context) error {
	var opened []fs.File
	defer func() {
		for _, f := range opened {
			f.Close()
		}
	}()
	open := func(name string) fs.File {
		f, err := data.FS.Open(name)
		if err != nil {
			panic(err) // embedded at build time
		}
		opened = append(opened, f)
		return f
	}
	_, err := h.Places.LoadAreas(ctx, place.AreaFiles{
		Before2024: open("areas_before_2024_11.csv"), Before2025: open("areas_before_2025.csv"), Current: open("areas.csv"),
		Merged2024: open("areas_merged_2024_11.csv"), Merged2025: open("areas_merged.csv"),
	})
	return err
}

// FirstAdmin makes an administrator with a temporary password, which is
// answered this once and must be changed at the first sign-in. The error is
// KindConflict when the user name is taken.
func (h *House) FirstAdmin(ctx context.Context, username string) (password string, err error) {
	account, err := h.People.CreateAccount(ctx, h.System, people.NewAccount{
		Username: username, DisplayName: username, Password: models.NewCode(15), MustChange: true,
		Grants: []models.Grant{{Role: models.RoleAdmin, Scope: models.ScopeAll}},
	})
	if err != nil {
		return "", err
	}
	return h.People.ResetPassword(ctx, h.System, account.ID)
}

// WriteOracle writes the right answers of the embedded courses to a file, by course and question; under "scenarios" the
// example logs of the practice scenarios.
func (h *House) WriteOracle(file string) error {
	catalog, err := Courses()
	if err != nil {
		return err
	}
	all := map[string]any{"scenarios": ScenarioOracles(catalog)}
	for course, answers := range Oracle(catalog) {
		all[course] = answers
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}
