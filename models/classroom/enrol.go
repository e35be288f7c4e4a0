package classroom

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// fileEnrolment is the file with which a laptop asks for its place.
const fileEnrolment = "classroom-enrolment"

// Keys are the public keys of a laptop, with its word that it has the private
// ones. Made by the laptop; the server keeps no more of it than this.
type Keys struct {
	What    string `json:"nhaso"`
	Version int    `json:"v"`
	SignKey []byte `json:"sign_key"` // Ed25519
	BoxKey  []byte `json:"box_key"`  // X25519
	Sig     []byte `json:"sig"`
}

// Enrolled is what a laptop learns of the server when it enrols.
type Enrolled struct {
	LaptopID  models.ID `json:"laptop_id"`
	Name      string    `json:"name"`
	ServerKey []byte    `json:"server_key"` // Ed25519: signs packs and receipts
}

func (k *Keys) signed() []byte {
	return []byte(fmt.Sprintf("nhaso classroom enrolment\n%d\n%x\n%x\n", k.Version, k.SignKey, k.BoxKey))
}

// keys makes the request of a laptop.
func (k laptopKeys) request() (Keys, error) {
	box, err := k.box()
	if err != nil {
		return Keys{}, err
	}
	req := Keys{What: fileEnrolment, Version: Version, SignKey: k.signPublic(), BoxKey: box.PublicKey().Bytes()}
	req.Sig = ed25519.Sign(k.signer(), req.signed())
	return req, nil
}

// check refuses keys that nobody holds. Errors are Invalid at "file": future
// version, not this file, invalid.
func (k *Keys) check() error {
	switch {
	case k.What != fileEnrolment:
		return models.InvalidField("file", "not_this_file")
	case k.Version != Version:
		return models.InvalidField("file", "future_version")
	case len(k.SignKey) != ed25519.PublicKeySize || !ed25519.Verify(k.SignKey, k.signed(), k.Sig):
		return models.InvalidField("file", "invalid")
	}
	if _, err := ecdh.X25519().NewPublicKey(k.BoxKey); err != nil {
		return models.InvalidField("file", "invalid")
	}
	return nil
}

// ReadKeys reads the request file of a laptop.
func ReadKeys(r io.Reader) (Keys, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 8<<10))
	if err != nil {
		return Keys{}, err
	}
	var k Keys
	if json.Unmarshal(raw, &k) != nil {
		return Keys{}, models.InvalidField("file", "not_this_file")
	}
	return k, k.check()
}

// Enrol gives the place that a code was made for to the keys of a laptop. The
// same keys with the same code get the same answer. Errors: NotFound for a
// code that is wrong, used or over, all alike; Invalid "file"; Conflict
// "laptop_known" for keys that are enrolled elsewhere.
func (c *Classroom) Enrol(ctx context.Context, code string, k Keys) (Enrolled, error) {
	if err := k.check(); err != nil {
		return Enrolled{}, err
	}
	code, err := models.NormalizeCode(code)
	if err != nil || len(code) != codeLength+1 {
		return Enrolled{}, models.NotFound()
	}
	key, err := c.key(ctx)
	if err != nil {
		return Enrolled{}, err
	}
	out := Enrolled{ServerKey: key.public()}
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		now := c.clock.Now()
		rows, err := laptopRows(tx.Raw(laptopSelect+"l.code_hash = ? AND l.code_expires_at > ?", hashCode(code), now))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return models.NotFound()
		}
		r := rows[0]
		out.LaptopID, out.Name = r.ID, r.Name
		if r.State == StateActive && string(r.SignKey) == string(k.SignKey) {
			return nil
		}
		err = store.One(tx.Exec("UPDATE laptops SET state = ?, sign_key = ?, box_key = ? WHERE id = ? AND state = ?",
			StateActive, k.SignKey, k.BoxKey, r.ID, StatePending), models.NotFound())
		if store.IsDuplicate(err) {
			return models.Conflict("laptop_known")
		}
		return err
	})
	if err != nil {
		return Enrolled{}, err
	}
	return out, nil
}

// EnrolByFile enrols a laptop from its request file, for a person who may keep
// it: no network is needed on the laptop. Enrolling the same file again answers
// the same laptop. Errors: as for Register and Enrol; Conflict "laptop_known"
// when its keys belong to a laptop out of reach.
func (c *Classroom) EnrolByFile(ctx context.Context, actor models.Actor, n NewLaptop, k Keys) (Laptop, error) {
	if err := k.check(); err != nil {
		return Laptop{}, err
	}
	school, err := c.prepare(ctx, actor, &n)
	if err != nil {
		return Laptop{}, err
	}
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		return c.insert(tx, actor, n, school, laptopRow{State: StateActive, SignKey: k.SignKey, BoxKey: k.BoxKey})
	})
	if store.IsDuplicate(err) {
		rows, err := laptopRows(c.db.Read(ctx).Raw(laptopSelect+"l.sign_key = ?", k.SignKey))
		if err != nil {
			return Laptop{}, err
		}
		if len(rows) == 0 {
			return Laptop{}, models.Conflict("id_taken")
		}
		l, err := c.laptop(ctx, actor, rows[0].ID)
		if models.KindOf(err) == models.KindNotFound {
			err = models.Conflict("laptop_known")
		}
		return l, err
	}
	if err != nil {
		return Laptop{}, err
	}
	return c.laptop(ctx, actor, n.ID)
}

// Asked is a signed question of a laptop for its class pack.
type Asked struct {
	Laptop models.ID `json:"laptop"`
	At     time.Time `json:"at"`
	Sig    []byte    `json:"sig"`
}

func (a *Asked) signed() []byte {
	return []byte(fmt.Sprintf("nhaso classroom pack please\n%s\n%s\n", a.Laptop, a.At.UTC().Format(time.RFC3339)))
}

// active reads an enrolled laptop that may act. Errors: Forbidden
// "laptop_unknown" and "laptop_revoked".
func active(tx *gorm.DB, id models.ID) (laptopRow, error) {
	rows, err := laptopRows(tx.Raw(laptopSelect+"l.id = ?", id))
	switch {
	case err != nil:
		return laptopRow{}, err
	case len(rows) == 0 || rows[0].State == StatePending:
		return laptopRow{}, models.Fail(models.KindForbidden, "laptop_unknown")
	case rows[0].State != StateActive:
		return laptopRow{}, models.Fail(models.KindForbidden, "laptop_revoked")
	}
	return rows[0], nil
}
