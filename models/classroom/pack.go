package classroom

import (
	"context"
	"crypto/ed25519"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/learning"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

// content is the inside of a class pack.
type content struct {
	Laptop   models.ID                 `json:"laptop"`
	Name     string                    `json:"name"`
	SchoolID models.ID                 `json:"school_id"`
	School   string                    `json:"school"`
	Classes  []LaptopClass             `json:"classes"`
	Tables   []packedTable             `json:"tables"`
	Progress []learning.PackedProgress `json:"progress"`

	// Not a table, which a laptop of an older program would refuse to read.
	Accommodations []learning.AccommodationFact `json:"accommodations"`

	// Who is asked what; nil from a server of an older program.
	Assigned []packedTable `json:"assigned"`
}

type packedTable struct {
	Name string     `json:"name"`
	Rows store.Rows `json:"rows"`
}

// Pack makes the class pack of a laptop for somebody who keeps it: a file that
// only this laptop opens. Errors: NotFound out of reach; Conflict
// "laptop_pending" before its keys are here; Forbidden "laptop_revoked".
func (c *Classroom) Pack(ctx context.Context, actor models.Actor, id models.ID) ([]byte, error) {
	l, err := laptopFor(c.db.Read(ctx), actor, id)
	if err != nil {
		return nil, err
	}
	if l.State == StatePending {
		return nil, models.Conflict("laptop_pending")
	}
	file, err := c.pack(ctx, id)
	if err != nil {
		return nil, err
	}
	return file, c.db.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Append(tx, actor, audit.Entry{Act: audit.ClassPackMade, Kind: audit.KindLaptop, Subject: id, School: l.SchoolID})
	})
}

// PackFor makes the class pack that a laptop itself asks for. The question is
// signed; a stranger who repeats it gets a file that he cannot open. Errors:
// Forbidden "laptop_unknown", "laptop_revoked", "bad_signature".
func (c *Classroom) PackFor(ctx context.Context, a Asked) ([]byte, error) {
	l, err := active(c.db.Read(ctx), a.Laptop)
	if err != nil {
		return nil, err
	}
	if len(l.SignKey) != ed25519.PublicKeySize || !ed25519.Verify(l.SignKey, a.signed(), a.Sig) {
		return nil, models.Fail(models.KindForbidden, "bad_signature")
	}
	return c.pack(ctx, a.Laptop)
}

func (c *Classroom) pack(ctx context.Context, id models.ID) ([]byte, error) {
	key, err := c.key(ctx)
	if err != nil {
		return nil, err
	}
	var l laptopRow
	var inside content
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if l, err = active(tx, id); err != nil {
			return err
		}
		inside, err = gather(tx, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := c.clock.Now()
	p := &sealedPack{Laptop: id, MadeAt: now, ExpiresAt: now.Add(packFor)}
	raw, err := p.seal(inside, l.BoxKey, key)
	if err != nil {
		return nil, err
	}
	return raw, c.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE laptops SET pack_at = ?, first_pack_at = COALESCE(first_pack_at, ?) WHERE id = ?", now, now, id).Error
	})
}

// gather reads everything that a laptop needs for its classes and no more.
func gather(tx *gorm.DB, l laptopRow) (content, error) {
	by, err := classesOf(tx, []models.ID{l.ID})
	if err != nil {
		return content{}, err
	}
	out := content{Laptop: l.ID, Name: l.Name, SchoolID: l.SchoolID, School: l.SchoolName, Classes: by[l.ID]}
	var classes []models.ID
	for _, x := range out.Classes {
		classes = append(classes, x.ID)
	}
	persons, err := people.PupilsOf(tx, classes)
	if err != nil {
		return out, err
	}
	copies, err := copiesFor(tx, classes, []models.ID{l.SchoolID}, persons, l.CreatedBy)
	if err != nil {
		return out, err
	}
	if out.Tables, err = dump(tx, copies); err != nil {
		return out, err
	}
	assigned, err := learning.AssignedCopies(tx, classes)
	if err != nil {
		return out, err
	}
	if out.Assigned, err = dump(tx, assigned); err != nil {
		return out, err
	}
	if out.Progress, err = learning.ClassProgress(tx, persons); err != nil {
		return out, err
	}
	out.Accommodations, err = learning.ClassAccommodations(tx, persons)
	return out, err
}

func dump(tx *gorm.DB, copies []store.Copy) ([]packedTable, error) {
	list := []packedTable{}
	for _, c := range copies {
		rows, err := store.Dump(tx, c)
		if err != nil {
			return nil, err
		}
		list = append(list, packedTable{c.Table, rows})
	}
	return list, nil
}

// copiesFor lists the tables of a pack. Without classes it says how each is
// read back.
func copiesFor(tx *gorm.DB, classes, schools, persons []models.ID, keeper models.ID) ([]store.Copy, error) {
	list, err := place.ClassCopies(tx, classes)
	if err != nil {
		return nil, err
	}
	within := append(append([]models.ID{}, classes...), schools...)
	list = append(list, people.ClassCopies(classes, within, keeper)...)
	list = append(list, certificate.ClassCopies(persons)...)
	taught, err := learning.ClassCopies(tx, classes)
	return append(list, taught...), err
}

// Ask signs a laptop's question for its pack, and answers whom to ask. Errors:
// Conflict "not_enrolled", "no_server".
func (c *Classroom) Ask(ctx context.Context) (a Asked, server string, err error) {
	me, err := c.self(ctx)
	if err != nil {
		return a, "", err
	}
	if me.Server == "" || me.Laptop.IsZero() {
		return a, "", models.Conflict("no_server")
	}
	a = Asked{Laptop: me.Laptop, At: c.clock.Now().UTC().Truncate(time.Second)}
	a.Sig = ed25519.Sign(me.Keys.signer(), a.signed())
	return a, me.Server, nil
}
