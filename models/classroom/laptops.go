package classroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// The states of a laptop.
const (
	StatePending = "pending" // registered, its keys are not here yet
	StateActive  = "active"
	StateRevoked = "revoked"
)

// codeLength is the number of random characters of an enrolment code, one
// check character follows: 31^9 codes, good for three days and one use.
const codeLength = 9

// NewLaptop registers a laptop for classes of one school. ID is made by the
// client: the same again changes nothing but the code.
type NewLaptop struct {
	ID      models.ID
	Name    string
	Classes []models.ID
}

// LaptopClass is a class that a laptop is prepared for.
type LaptopClass struct {
	ID   models.ID `json:"id"`
	Name string    `json:"name"`
}

// Laptop is an enrolled laptop as its school sees it.
type Laptop struct {
	ID         models.ID     `json:"id"`
	Name       string        `json:"name"`
	SchoolID   models.ID     `json:"school_id"`
	SchoolName string        `json:"school_name"`
	Classes    []LaptopClass `json:"classes"`
	State      string        `json:"state"`        // pending, active, revoked
	Batches    int64         `json:"batches"`      // taken so far
	LastSyncAt *time.Time    `json:"last_sync_at"` // when results last came
	LastVia    string        `json:"last_via"`     // network, file; empty: never
	PackAt     *time.Time    `json:"pack_at"`
	ClockShift int64         `json:"clock_shift"` // seconds by which its clock was wrong at the last batch
	Refused    string        `json:"refused"`     // code of the last refusal since, empty: none
	RefusedAt  *time.Time    `json:"refused_at"`
	CreatedAt  time.Time     `json:"created_at"`
}

// laptopRow is the laptops table.
type laptopRow struct {
	ID, SchoolID            models.ID
	Name, SchoolName, State string
	SignKey, BoxKey         []byte
	CodeHash                *string
	CodeExpiresAt           *time.Time
	NextSeq                 int64
	LastHash, LastVia       string
	LastSyncAt              *time.Time
	FirstPackAt, PackAt     *time.Time
	ClockShift              int64
	RefusedCode             string
	RefusedAt               *time.Time
	CreatedBy               models.ID
	CreatedAt               time.Time
}

const laptopSelect = `SELECT l.id, l.school_id, l.name, s.name AS school_name, l.state, l.sign_key, l.box_key, l.code_hash, l.code_expires_at, l.next_seq,
	l.last_hash, l.last_via, l.last_sync_at, l.first_pack_at, l.pack_at, l.clock_shift, l.refused_code, l.refused_at, l.created_by, l.created_at
	FROM laptops l JOIN schools s ON s.id = l.school_id WHERE `

func laptopRows(q *gorm.DB) ([]laptopRow, error) {
	var rows []laptopRow
	err := q.Scan(&rows).Error
	return rows, err
}

func (r laptopRow) laptop(classes []LaptopClass) Laptop {
	return Laptop{ID: r.ID, Name: r.Name, SchoolID: r.SchoolID, SchoolName: r.SchoolName, Classes: classes, State: r.State, Batches: r.NextSeq - 1,
		LastSyncAt: utc(r.LastSyncAt), LastVia: r.LastVia, PackAt: utc(r.PackAt), ClockShift: r.ClockShift,
		Refused: r.RefusedCode, RefusedAt: utc(r.RefusedAt), CreatedAt: r.CreatedAt.UTC()}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// classRow is a class with its school, as far as the reach goes.
type classRow struct {
	ID, SchoolID models.ID
	Name         string
}

// classesFor reads classes that the actor may take along, all or NotFound.
func classesFor(tx *gorm.DB, reach models.Reach, ids []models.ID) ([]classRow, error) {
	var rows []classRow
	if err := tx.Raw("SELECT id, school_id, name FROM school_classes WHERE id IN ? ORDER BY name, id", ids).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) != len(ids) {
		return nil, models.NotFound()
	}
	for _, r := range rows {
		if !reach.All && !slices.Contains(reach.Classes, r.ID) && !slices.Contains(reach.Schools, r.SchoolID) {
			return nil, models.NotFound()
		}
	}
	return rows, nil
}

// prepare checks a new laptop and answers its school.
func (c *Classroom) prepare(ctx context.Context, actor models.Actor, n *NewLaptop) (models.ID, error) {
	reach, err := models.Allow(actor, models.ActKeepLaptop)
	if err != nil {
		return models.ID{}, err
	}
	n.Name = norm.NFC.String(strings.TrimSpace(n.Name))
	slices.SortFunc(n.Classes, func(a, b models.ID) int { return slices.Compare(a[:], b[:]) })
	n.Classes = slices.Compact(n.Classes)
	switch {
	case n.ID.IsZero():
		return models.ID{}, models.InvalidField("body.id", "required")
	case n.Name == "":
		return models.ID{}, models.InvalidField("body.name", "required")
	case utf8.RuneCountInString(n.Name) > maxName:
		return models.ID{}, models.InvalidField("body.name", "too_long")
	case len(n.Classes) == 0 || len(n.Classes) > maxClasses:
		return models.ID{}, models.InvalidField("body.class_ids", "out_of_range")
	}
	rows, err := classesFor(c.db.Read(ctx), reach, n.Classes)
	if err != nil {
		return models.ID{}, err
	}
	for _, r := range rows {
		if r.SchoolID != rows[0].SchoolID {
			return models.ID{}, models.InvalidField("body.class_ids", "two_schools")
		}
	}
	return rows[0].SchoolID, nil
}

// Register makes a place for a laptop and a code with which it enrols itself
// over the network; the code is shown once and is good for 72 hours. Errors:
// NotFound for a class out of reach; Invalid fields body.id, body.name,
// body.class_ids ("two_schools"); Conflict "id_taken", also when the laptop is
// enrolled already.
func (c *Classroom) Register(ctx context.Context, actor models.Actor, n NewLaptop) (Laptop, string, error) {
	school, err := c.prepare(ctx, actor, &n)
	if err != nil {
		return Laptop{}, "", err
	}
	code := models.NewCode(codeLength)
	hash, until := hashCode(code), c.clock.Now().Add(codeFor)
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		err := c.insert(tx, actor, n, school, laptopRow{State: StatePending, CodeHash: &hash, CodeExpiresAt: &until})
		if !store.IsDuplicate(err) {
			return err
		}
		return store.One(tx.Exec("UPDATE laptops SET code_hash = ?, code_expires_at = ? WHERE id = ? AND state = ? AND school_id = ? AND name = ?",
			hash, until, n.ID, StatePending, school, n.Name), models.Conflict("id_taken"))
	})
	if err != nil {
		return Laptop{}, "", err
	}
	l, err := c.laptop(ctx, actor, n.ID)
	return l, code, err
}

// hashCode is how a code is kept: it is random enough that no slow hash is needed.
func hashCode(code string) string {
	sum := sha256.Sum256([]byte("nhaso classroom code\n" + code))
	return hex.EncodeToString(sum[:])
}

// insert writes a laptop with its classes.
func (c *Classroom) insert(tx *gorm.DB, actor models.Actor, n NewLaptop, school models.ID, r laptopRow) error {
	err := tx.Exec(`INSERT INTO laptops (id, school_id, name, state, sign_key, box_key, code_hash, code_expires_at, next_seq, last_hash, last_via,
		clock_shift, refused_code, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, '', '', 0, '', ?, ?)`,
		n.ID, school, n.Name, r.State, r.SignKey, r.BoxKey, r.CodeHash, r.CodeExpiresAt, actor.Account, c.clock.Now()).Error
	if err != nil {
		return err
	}
	for _, id := range n.Classes {
		if err := tx.Exec("INSERT INTO laptop_classes (laptop_id, class_id) VALUES (?, ?)", n.ID, id).Error; err != nil {
			return err
		}
	}
	return audit.Append(tx, actor, audit.Entry{Act: audit.LaptopEnrolled, Kind: audit.KindLaptop, Subject: n.ID, School: school})
}

// inReach picks the laptops l that an actor keeps: those of the own schools,
// and those all of whose classes are the actor's.
func inReach(reach models.Reach) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	where = "(1 = 0"
	if len(reach.Schools) > 0 {
		where, args = where+" OR l.school_id IN ?", append(args, reach.Schools)
	}
	if len(reach.Classes) > 0 {
		where += " OR NOT EXISTS (SELECT 1 FROM laptop_classes x WHERE x.laptop_id = l.id AND x.class_id NOT IN ?)"
		args = append(args, reach.Classes)
	}
	return where + ")", args
}

// laptopFor reads one laptop that the actor keeps; any other is NotFound.
func laptopFor(tx *gorm.DB, actor models.Actor, id models.ID) (laptopRow, error) {
	reach, err := models.Allow(actor, models.ActKeepLaptop)
	if err != nil {
		return laptopRow{}, err
	}
	where, args := inReach(reach)
	rows, err := laptopRows(tx.Raw(laptopSelect+"l.id = ? AND "+where, append([]any{id}, args...)...))
	if err != nil {
		return laptopRow{}, err
	}
	if len(rows) == 0 {
		return laptopRow{}, models.NotFound()
	}
	return rows[0], nil
}

func (c *Classroom) laptop(ctx context.Context, actor models.Actor, id models.ID) (Laptop, error) {
	r, err := laptopFor(c.db.Read(ctx), actor, id)
	if err != nil {
		return Laptop{}, err
	}
	classes, err := classesOf(c.db.Read(ctx), []models.ID{id})
	return r.laptop(classes[id]), err
}

func classesOf(tx *gorm.DB, laptops []models.ID) (map[models.ID][]LaptopClass, error) {
	var rows []struct {
		LaptopID, ID models.ID
		Name         string
	}
	err := tx.Raw(`SELECT x.laptop_id, c.id, c.name FROM laptop_classes x JOIN school_classes c ON c.id = x.class_id
		WHERE x.laptop_id IN ? ORDER BY c.name, c.id`, laptops).Scan(&rows).Error
	by := map[models.ID][]LaptopClass{}
	for _, r := range rows {
		by[r.LaptopID] = append(by[r.LaptopID], LaptopClass{r.ID, r.Name})
	}
	return by, err
}

// Laptops lists the laptops that the actor keeps, the newest first.
func (c *Classroom) Laptops(ctx context.Context, actor models.Actor) ([]Laptop, error) {
	reach, err := models.Allow(actor, models.ActKeepLaptop)
	if err != nil {
		return nil, err
	}
	where, args := inReach(reach)
	rows, err := laptopRows(c.db.Read(ctx).Raw(laptopSelect+where+" ORDER BY l.created_at DESC, l.id DESC LIMIT ?", append(args, store.MaxRows)...))
	if err != nil {
		return nil, err
	}
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	classes, err := classesOf(c.db.Read(ctx), ids)
	list := []Laptop{}
	for _, r := range rows {
		list = append(list, r.laptop(classes[r.ID]))
	}
	return list, err
}

// Revoke stops a laptop at once: no batch of it is taken and no pack is made
// for it from now on. What it brought before stays. NotFound out of reach.
func (c *Classroom) Revoke(ctx context.Context, actor models.Actor, id models.ID) (Laptop, error) {
	err := c.db.Tx(ctx, func(tx *gorm.DB) error {
		l, err := laptopFor(tx, actor, id)
		if err != nil {
			return err
		}
		res := tx.Exec("UPDATE laptops SET state = ?, code_hash = NULL, revoked_by = ?, revoked_at = ? WHERE id = ? AND state <> ?",
			StateRevoked, actor.Account, c.clock.Now(), id, StateRevoked)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.LaptopRevoked, Kind: audit.KindLaptop, Subject: id, School: l.SchoolID})
	})
	if err != nil {
		return Laptop{}, err
	}
	return c.laptop(ctx, actor, id)
}
