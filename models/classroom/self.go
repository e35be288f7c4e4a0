package classroom

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/store"
)

// selfSetting is the name under which a laptop keeps what it is.
const selfSetting = "classroom.self"

// identity is what a laptop knows of itself. It never leaves the laptop.
type identity struct {
	Laptop    models.ID     `json:"laptop"`
	Name      string        `json:"name"`
	Keys      laptopKeys    `json:"keys"`
	Server    string        `json:"server"`     // address of the province's server, empty: by file only
	ServerKey []byte        `json:"server_key"` // pinned with the first answer or pack
	SchoolID  models.ID     `json:"school_id"`
	School    string        `json:"school"`
	Classes   []LaptopClass `json:"classes"`
	PackAt    *time.Time    `json:"pack_at"`
	ExpiresAt *time.Time    `json:"expires_at"`
	Behind    int64         `json:"behind"` // seconds by which this clock was behind the pack's when it was loaded
	Refused   string        `json:"refused"`
}

func readSelf(tx *gorm.DB) (*identity, error) {
	var docs []string
	if err := tx.Raw("SELECT value FROM settings WHERE name = ?", selfSetting).Scan(&docs).Error; err != nil || len(docs) == 0 {
		return nil, err
	}
	me := &identity{}
	if err := json.Unmarshal([]byte(docs[0]), me); err != nil {
		return nil, fmt.Errorf("identity of the laptop: %w", err)
	}
	return me, nil
}

func (c *Classroom) writeSelf(tx *gorm.DB, me *identity) error {
	doc, err := json.Marshal(me)
	if err != nil {
		return err
	}
	now := c.clock.Now()
	res := tx.Exec("UPDATE settings SET value = ?, updated_at = ? WHERE name = ?", string(doc), now, selfSetting)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	return tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?)", selfSetting, string(doc), now).Error
}

// self reads what the laptop is; Conflict "not_enrolled" before its keys exist.
func (c *Classroom) self(ctx context.Context) (*identity, error) {
	me, err := readSelf(c.db.Read(ctx))
	if err == nil && me == nil {
		err = models.Conflict("not_enrolled")
	}
	return me, err
}

// Prepare makes the keys of this laptop, once, and answers the request with
// which it enrols.
func (c *Classroom) Prepare(ctx context.Context) (Keys, error) {
	var me *identity
	err := c.db.Tx(ctx, func(tx *gorm.DB) (err error) {
		if me, err = readSelf(tx); err != nil || me != nil {
			return err
		}
		keys, err := newLaptopKeys()
		if err != nil {
			return err
		}
		me = &identity{Keys: keys}
		return c.writeSelf(tx, me)
	})
	if err != nil {
		return Keys{}, err
	}
	return me.Keys.request()
}

// Joined writes down the place that the server at address gave this laptop.
// Errors: Invalid field "server"; Conflict "other_server" when the laptop
// belongs to another one already.
func (c *Classroom) Joined(ctx context.Context, address string, e Enrolled) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return models.InvalidField("server", "invalid")
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		me, err := readSelf(tx)
		if err != nil {
			return err
		}
		switch {
		case me == nil:
			return models.Conflict("not_enrolled")
		case len(e.ServerKey) != ed25519.PublicKeySize:
			return models.InvalidField("server", "invalid")
		case len(me.ServerKey) > 0 && string(me.ServerKey) != string(e.ServerKey), !me.Laptop.IsZero() && me.Laptop != e.LaptopID:
			return models.Conflict("other_server")
		}
		me.Laptop, me.Name, me.Server, me.ServerKey = e.LaptopID, e.Name, strings.TrimRight(address, "/"), e.ServerKey
		return c.writeSelf(tx, me)
	})
}

// LoadReport says what a class pack brought.
type LoadReport struct {
	School    string        `json:"school"`
	Classes   []LaptopClass `json:"classes"`
	Pupils    int           `json:"pupils"`
	ExpiresAt time.Time     `json:"expires_at"`
}

// LoadPack opens a class pack on the laptop that it was made for and writes it
// over the one before, in one transaction. Results of this laptop stay,
// whatever the pack says. The first pack pins the server's key. Errors:
// Invalid at "pack": also "expired", "older" than the one loaded,
// "other_laptop", "other_server"; Conflict "not_enrolled".
func (c *Classroom) LoadPack(ctx context.Context, r io.Reader) (LoadReport, error) {
	p, err := readPack(r)
	if err != nil {
		return LoadReport{}, err
	}
	me, err := c.self(ctx)
	if err != nil {
		return LoadReport{}, err
	}
	now := c.clock.Now()
	switch {
	case len(me.ServerKey) > 0 && string(me.ServerKey) != string(p.ServerKey):
		return LoadReport{}, models.InvalidField("pack", "other_server")
	case !me.Laptop.IsZero() && me.Laptop != p.Laptop:
		return LoadReport{}, models.InvalidField("pack", "other_laptop")
	case !p.ExpiresAt.After(now):
		return LoadReport{}, models.InvalidField("pack", "expired")
	case me.PackAt != nil && p.MadeAt.Before(*me.PackAt):
		return LoadReport{}, models.InvalidField("pack", "older")
	}
	var inside content
	if err := p.open(me.Keys, &inside); err != nil {
		return LoadReport{}, err
	}
	if inside.Laptop != p.Laptop {
		return LoadReport{}, models.InvalidField("pack", "other_laptop")
	}
	report := LoadReport{School: inside.School, Classes: inside.Classes, ExpiresAt: p.ExpiresAt.UTC()}
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		me, err := readSelf(tx)
		if err != nil {
			return err
		}
		made, until := p.MadeAt.UTC(), p.ExpiresAt.UTC()
		me.Laptop, me.Name, me.ServerKey, me.PackAt, me.ExpiresAt = inside.Laptop, inside.Name, p.ServerKey, &made, &until
		me.SchoolID, me.School, me.Classes = inside.SchoolID, inside.School, inside.Classes
		me.Behind = max(0, int64(made.Sub(now)/time.Second))
		if err := loadContent(tx, &inside); err != nil {
			return err
		}
		if err := tx.Raw("SELECT COUNT(*) FROM enrolments WHERE live = 1").Scan(&report.Pupils).Error; err != nil {
			return err
		}
		return c.writeSelf(tx, me)
	})
	c.learning.Forget()
	return report, err
}

// loadContent writes the rows of a pack. Places in lessons are merged, and
// those that came with the pack are not this laptop's results.
func loadContent(tx *gorm.DB, inside *content) error {
	copies, err := copiesFor(tx, nil, nil, nil, models.ID{})
	if err != nil {
		return err
	}
	shape := map[string]store.Copy{}
	for _, c := range copies {
		shape[c.Table] = c
	}
	own, err := unsent(tx)
	if err != nil {
		return err
	}
	if err := people.BeforeClassPack(tx); err != nil {
		return err
	}
	if err := learning.BeforeClassPack(tx); err != nil {
		return err
	}
	for _, t := range inside.Tables {
		c, known := shape[t.Name]
		if !known {
			return models.InvalidField("pack", "invalid")
		}
		if err := store.Load(tx, c, t.Rows); err != nil {
			return err
		}
	}
	if err := people.AfterClassPack(tx); err != nil {
		return err
	}
	if err := loadAssigned(tx, inside.Assigned); err != nil {
		return err
	}
	if err := learning.LoadProgress(tx, inside.Progress); err != nil {
		return err
	}
	mine, arranged := map[string]bool{}, map[models.ID]bool{}
	for _, m := range own {
		mine[m.Kind+" "+m.Key] = true
		arranged[m.Person] = arranged[m.Person] || m.Kind == learning.FactAccommodation
	}
	if err := learning.LoadAccommodations(tx, inside.Accommodations, arranged); err != nil {
		return err
	}
	after, err := unsent(tx)
	if err != nil {
		return err
	}
	for _, m := range after {
		if !mine[m.Kind+" "+m.Key] {
			if err := markSent(tx, m, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// loadAssigned takes who is asked what; nil is a pack of a server that does not
// say. A table that this program does not know is left: it says nothing that
// this program could do.
func loadAssigned(tx *gorm.DB, tables []packedTable) error {
	if tables == nil {
		return nil
	}
	copies, err := learning.AssignedCopies(tx, nil)
	if err != nil {
		return err
	}
	if err := learning.BeforeAssigned(tx); err != nil {
		return err
	}
	for _, t := range tables {
		for _, c := range copies {
			if c.Table != t.Name {
				continue
			}
			if err := store.Load(tx, c, t.Rows); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// EndPack takes sign-in away when the class pack is over: names and results
// stay until they are home, secrets do not. It answers whether it did.
func (c *Classroom) EndPack(ctx context.Context) (ended bool, err error) {
	me, err := readSelf(c.db.Read(ctx))
	if err != nil || me == nil || me.ExpiresAt == nil || me.ExpiresAt.After(c.clock.Now()) {
		return false, err
	}
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		var n int
		if err := tx.Raw("SELECT COUNT(*) FROM accounts WHERE secret_hash <> ''").Scan(&n).Error; err != nil || n == 0 {
			return err
		}
		ended = true
		return people.EndClassPack(tx)
	})
	return ended, err
}
