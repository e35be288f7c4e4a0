package school

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

// How long a request waits for the giving school, and an offered code for the
// receiving one; own rules.
const (
	askLives    = 14 * 24 * time.Hour
	offerLives  = 30 * 24 * time.Hour
	remindAfter = 7 * 24 * time.Hour // then it stands on top of the giving school's to-do list
	maxAsked    = 100                // requests that one school may have waiting
	offerCode   = 8                  // and a check character: 31^8 ≈ 8.5·10^11 codes
)

// The states of a transfer.
const (
	Asked    = "asked"    // the receiving school waits
	Offered  = "offered"  // the giving school has printed a code
	Released = "released" // done
	Refused  = "refused"  // shown to the giving school alone
	Lapsed   = "lapsed"   // nobody answered in time
)

// Transfer is a request as the school that asks sees it: what it typed and what
// came of it. It is the same whether the pupil exists or not, until the giving
// school has released the pupil.
type Transfer struct {
	ID           models.ID `json:"id"`
	State        string    `json:"state" enum:"asked,released,lapsed"`
	Name         string    `json:"name"`
	BirthDate    string    `json:"birth_date"`
	MinistryCode string    `json:"ministry_code"`
	ClassName    string    `json:"class_name"`
	AskedAt      time.Time `json:"asked_at"`
	LapsesAt     time.Time `json:"lapses_at"`
}

// transferRow is the school_transfers table.
type transferRow struct {
	ID                               models.ID
	Kind, State                      string
	PersonID                         models.ID
	FromSchool, ToSchool, ToClass    models.ID
	TypedName, TypedBirth, TypedCode string
	Code                             *string
	AskedBy                          models.ID
	AskedAt, LapsesAt                time.Time
	DecidedBy                        models.ID
	DecidedAt                        *time.Time
	OnDate                           *string
	Live                             *int
}

// forAsker is the state that the asking school is shown: a refusal looks like
// silence, because it would say that the pupil exists.
func (r transferRow) forAsker(now time.Time) string {
	switch {
	case r.State == Released:
		return Released
	case !r.LapsesAt.After(now):
		return Lapsed
	}
	return Asked
}

// NewTransfer asks for a pupil. ID is made by the client.
type NewTransfer struct {
	ID           models.ID
	ClassID      models.ID // of the asking school
	Name         string
	BirthDate    string
	MinistryCode string
}

func (n *NewTransfer) check() error {
	var bad []models.Field
	blame := func(at, code string) { bad = append(bad, models.Field{Location: "body." + at, Code: code}) }
	n.Name = models.Clean(n.Name)
	if n.ID.IsZero() {
		blame("id", "required")
	}
	if n.Name == "" || utf8.RuneCountInString(n.Name) > 120 {
		blame("name", "invalid_name")
	}
	if _, err := models.ParseDay(n.BirthDate); err != nil {
		blame("birth_date", "invalid_date")
	}
	if n.MinistryCode = models.Clean(n.MinistryCode); n.MinistryCode == "" || len(n.MinistryCode) > 40 {
		blame("ministry_code", "required")
	}
	if len(bad) > 0 {
		return models.Invalid("invalid", bad...)
	}
	return nil
}

// AskTransfer asks the school of a pupil to release the pupil into a class of
// one's own. The pupil must be named by the ministry's code, the name and the
// birthday; whether all three fit nobody is told: the answer is the same, and a
// request that fits nobody lapses like one that nobody answers. Errors: NotFound
// for a school or class out of reach; Invalid fields; KindConflict
// "already_asked", "too_many_asked", "id_taken", "enrolled_here" for a pupil of
// the school itself.
func (s *Schools) AskTransfer(ctx context.Context, actor models.Actor, school models.ID, n NewTransfer) (Transfer, error) {
	if err := n.check(); err != nil {
		return Transfer{}, err
	}
	var out Transfer
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		class, err := place.ClassByID(tx, n.ClassID)
		if err != nil {
			return err
		}
		if class.SchoolID != school {
			return models.NotFound()
		}
		before, err := transferByID(tx, n.ID)
		if err == nil {
			if before.ToSchool != school || before.TypedCode != n.MinistryCode {
				return models.Conflict("id_taken")
			}
			out = before.transfer(class.Name, now)
			return nil
		}
		if models.KindOf(err) != models.KindNotFound {
			return err
		}
		if err := mayAsk(tx, school, n.MinistryCode, now); err != nil {
			return err
		}
		row := transferRow{ID: n.ID, Kind: "ask", State: Asked, ToSchool: school, ToClass: n.ClassID, TypedName: n.Name, TypedBirth: n.BirthDate,
			TypedCode: n.MinistryCode, AskedBy: actor.Account, AskedAt: now, LapsesAt: now.Add(askLives)}
		if err := row.find(tx); err != nil {
			return err
		}
		out = row.transfer(class.Name, now)
		return insertTransfer(tx, row)
	})
	return out, err
}

func (r transferRow) transfer(class string, now time.Time) Transfer {
	return Transfer{ID: r.ID, State: r.forAsker(now), Name: r.TypedName, BirthDate: r.TypedBirth, MinistryCode: r.TypedCode, ClassName: class,
		AskedAt: r.AskedAt.UTC(), LapsesAt: r.LapsesAt.UTC()}
}

// find looks up the person meant and the school the person is or was at last.
func (r *transferRow) find(tx *gorm.DB) error {
	p, found, err := people.FindPerson(tx, r.TypedCode, r.TypedName, r.TypedBirth)
	if err != nil || !found {
		return err
	}
	var last struct {
		SchoolID models.ID
		Live     *int
	}
	err = tx.Raw("SELECT school_id, live FROM enrolments WHERE person_id = ? ORDER BY live DESC, to_date DESC, id DESC LIMIT 1", p.ID).Scan(&last).Error
	if err != nil || last.SchoolID.IsZero() {
		return err // known, but never at a school: nobody could release the person
	}
	if last.SchoolID == r.ToSchool {
		if last.Live != nil {
			return models.Conflict("enrolled_here")
		}
		return nil // a leaver of one's own comes back by the roster
	}
	live := 1
	r.PersonID, r.FromSchool, r.Live = p.ID, last.SchoolID, &live
	return nil
}

// mayAsk keeps a school from asking twice and from trying names by the
// thousand. It looks at what was typed, never at whether it fits somebody.
func mayAsk(tx *gorm.DB, school models.ID, code string, now time.Time) error {
	var n struct{ Same, Every int }
	err := tx.Raw("SELECT COALESCE(SUM(CASE WHEN typed_code = ? THEN 1 ELSE 0 END), 0) AS same, COUNT(*) AS every FROM school_transfers"+
		" WHERE to_school = ? AND kind = 'ask' AND state <> ? AND lapses_at > ?", code, school, Released, now).Scan(&n).Error
	switch {
	case err != nil:
		return err
	case n.Same > 0:
		return models.Conflict("already_asked")
	case n.Every >= maxAsked:
		return models.Conflict("too_many_asked")
	}
	return nil
}

func insertTransfer(tx *gorm.DB, row transferRow) error {
	err := insertAll(tx, "school_transfers", []transferRow{row})
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

func transferByID(tx *gorm.DB, id models.ID) (transferRow, error) {
	var row transferRow
	return row, store.One(tx.Raw("SELECT * FROM school_transfers WHERE id = ?", id).Scan(&row), models.NotFound())
}

// Transfers are a school's requests, and the requests of others for its pupils.
type Transfers struct {
	Asked    []Transfer `json:"asked" doc:"By this school, the latest first."`
	Incoming []Wanted   `json:"incoming" doc:"Of other schools for pupils of this one, the oldest first."`
	Offers   []Offer    `json:"offers" doc:"Codes this school has printed and nobody has used yet."`
}

// Wanted is a request of another school for a pupil of one's own.
type Wanted struct {
	ID         models.ID `json:"id"`
	PersonID   models.ID `json:"person_id"`
	Name       string    `json:"name"`
	ClassName  string    `json:"class_name"`
	ToSchool   string    `json:"to_school"`
	State      string    `json:"state"`
	AskedAt    time.Time `json:"asked_at"`
	LapsesAt   time.Time `json:"lapses_at"`
	RemindedAt bool      `json:"reminded" doc:"A week has passed: it stands on the to-do list."`
}

// Offer is a pupil of one's own whom another school may take with a code.
type Offer struct {
	ID        models.ID `json:"id"`
	PersonID  models.ID `json:"person_id"`
	Name      string    `json:"name"`
	ClassName string    `json:"class_name"`
	Code      string    `json:"code"`
	LapsesAt  time.Time `json:"lapses_at"`
}

// Transfers lists what is going on. The error is NotFound for a school out of
// reach.
func (s *Schools) Transfers(ctx context.Context, actor models.Actor, school models.ID) (Transfers, error) {
	db, now := s.db.Read(ctx), s.clock.Now()
	out := Transfers{Asked: []Transfer{}, Incoming: []Wanted{}, Offers: []Offer{}}
	if _, err := people.SchoolFor(db, actor, models.ActManageSchool, school); err != nil {
		return out, err
	}
	var rows []struct {
		Row       transferRow `gorm:"embedded"`
		ClassName string
	}
	err := db.Raw("SELECT t.*, COALESCE(c.name, '') AS class_name FROM school_transfers t LEFT JOIN school_classes c ON c.id = t.to_class"+
		" WHERE t.to_school = ? AND t.kind = 'ask' ORDER BY t.asked_at DESC, t.id DESC LIMIT 200", school).Scan(&rows).Error
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		out.Asked = append(out.Asked, r.Row.transfer(r.ClassName, now))
	}
	const last = " COALESCE((SELECT lc.name FROM enrolments le JOIN school_classes lc ON lc.id = le.class_id WHERE le.person_id = t.person_id" +
		" AND le.school_id = t.from_school ORDER BY le.live DESC, le.to_date DESC LIMIT 1), '') AS class_name"
	err1 := db.Raw("SELECT t.id, t.person_id, p.full_name AS name,"+last+", s.name AS to_school, t.state, t.asked_at, t.lapses_at"+
		" FROM school_transfers t JOIN persons p ON p.id = t.person_id JOIN schools s ON s.id = t.to_school"+
		" WHERE t.from_school = ? AND t.kind = 'ask' AND t.state = ? AND t.lapses_at > ? ORDER BY t.asked_at, t.id LIMIT 200",
		school, Asked, now).Scan(&out.Incoming).Error
	err2 := db.Raw("SELECT t.id, t.person_id, p.full_name AS name,"+last+", t.code, t.lapses_at FROM school_transfers t JOIN persons p ON p.id = t.person_id"+
		" WHERE t.from_school = ? AND t.kind = 'offer' AND t.state = ? AND t.lapses_at > ? ORDER BY t.asked_at DESC, t.id LIMIT 200",
		school, Offered, now).Scan(&out.Offers).Error
	for i, w := range out.Incoming {
		out.Incoming[i].RemindedAt = !now.Before(w.AskedAt.Add(remindAfter))
		out.Incoming[i].AskedAt, out.Incoming[i].LapsesAt = w.AskedAt.UTC(), w.LapsesAt.UTC()
	}
	for i := range out.Offers {
		out.Offers[i].Code, out.Offers[i].LapsesAt = models.GroupCode(out.Offers[i].Code), out.Offers[i].LapsesAt.UTC()
	}
	return out, errors.Join(err1, err2)
}
