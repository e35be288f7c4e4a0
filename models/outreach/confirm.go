package outreach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/store"
)

// Confirmation is what a relative says after the three steps. Pin is four
// digits of the relative's own choice, so that a teacher who calls can ask for
// them. Agreed is the relative's consent to what is kept: kinship, day and a
// digest of the pin. Device is own or shared: on whose phone it was.
type Confirmation struct {
	ID      models.ID // made by the device: a repeat answers as the first did
	Kinship string
	Pin     string
	Device  string
	Agreed  bool
	Log     []scenario.Entry
}

// Thanks answers a confirmation. Counted is false when this relative was
// counted before.
type Thanks struct {
	Skill       string    `json:"skill"`
	Counted     bool      `json:"counted"`
	ConfirmedAt time.Time `json:"confirmed_at"`
}

var (
	pinForm = regexp.MustCompile(`^[0-9]{4}$`)
	weak    = map[string]bool{"0000": true, "1111": true, "1234": true, "4321": true}
)

// Confirm ends a mission. Errors: NotFound for a code that is wrong, over or
// used by another confirmation; Invalid fields body.id, body.kinship,
// body.pin ("four_digits", "too_easy"), body.device, body.agreed, body.log
// ("too_few_steps") and body.log[i].
func (o *Outreach) Confirm(ctx context.Context, code string, c Confirmation) (Thanks, error) {
	if err := c.check(); err != nil {
		return Thanks{}, err
	}
	if again, err := o.confirmed(ctx, code, c.ID); again != nil || err != nil {
		return thanksOf(again), err
	}
	r, m, err := o.waiting(ctx, code)
	if err != nil {
		return Thanks{}, err
	}
	if err := checkSteps(m, r, c.Log); err != nil {
		return Thanks{}, err
	}
	log, err := json.Marshal(c.Log)
	if err != nil {
		return Thanks{}, err
	}
	var out Thanks
	err = o.db.Tx(ctx, func(tx *gorm.DB) error {
		now := o.clock.Now()
		family, err := familyOf(tx, r.PersonID)
		if err != nil {
			return err
		}
		digest := pinDigest(family, c.Kinship, c.Pin)
		key, err := countable(tx, family, c.Kinship, digest)
		if err != nil {
			return err
		}
		out = Thanks{Skill: r.Skill, Counted: key != nil, ConfirmedAt: now}
		err = store.One(tx.Exec(`UPDATE family_missions SET state = ?, kinship = ?, family_id = ?, relative_key = ?, pin_digest = ?, confirm_id = ?,
			log = ?, device = ?, confirmed_at = ? WHERE id = ? AND state = ? AND expires_at > ?`, Confirmed, c.Kinship, family, key, digest, c.ID,
			string(log), c.Device, now, r.ID, Waiting, now), models.NotFound())
		if store.IsDuplicate(err) {
			return store.ErrRetry // the same relative confirmed another mission at this moment
		}
		return err
	})
	if models.KindOf(err) == models.KindNotFound { // a repeat of this request may have won
		if again, err := o.confirmed(ctx, code, c.ID); again != nil || err != nil {
			return thanksOf(again), err
		}
	}
	return out, err
}

func (c Confirmation) check() error {
	var bad []models.Field
	add := func(at, code string) { bad = append(bad, models.Field{Location: "body." + at, Code: code}) }
	if c.ID.IsZero() {
		add("id", "required")
	}
	if _, known := kinships[c.Kinship]; !known {
		add("kinship", "unknown")
	}
	switch {
	case !pinForm.MatchString(c.Pin):
		add("pin", "four_digits")
	case weak[c.Pin]:
		add("pin", "too_easy")
	}
	if c.Device != "own" && c.Device != "shared" {
		add("device", "unknown")
	}
	if !c.Agreed {
		add("agreed", "required")
	}
	if len(bad) > 0 {
		return models.Invalid("invalid", bad...)
	}
	return nil
}

func checkSteps(m *scenario.Machine, r row, log []scenario.Entry) error {
	steps, err := taught(m, m.PickVariant(r.ID), log)
	var bad *scenario.BadEntry
	switch {
	case errors.As(err, &bad) && bad.Index < len(log):
		return models.InvalidField(fmt.Sprintf("body.log[%d]", bad.Index), bad.Reason)
	case errors.As(err, &bad):
		return models.InvalidField("body.log", bad.Reason)
	case err != nil:
		return err
	case steps < Steps:
		return models.InvalidField("body.log", "too_few_steps")
	}
	return nil
}

// confirmed finds the mission of a code that this very confirmation has ended.
func (o *Outreach) confirmed(ctx context.Context, code string, confirm models.ID) (*row, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return nil, nil
	}
	list, err := rows(o.db.Read(ctx).Raw(missionSelect+"code = ? AND confirm_id = ?", code, confirm))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func thanksOf(r *row) Thanks {
	if r == nil || r.ConfirmedAt == nil {
		return Thanks{}
	}
	return Thanks{Skill: r.Skill, Counted: r.RelativeKey != nil, ConfirmedAt: r.ConfirmedAt.UTC()}
}

// familyOf is whose relatives a pupil's are: the household of the confirmed
// link, so that siblings share them, or else the pupil's own.
func familyOf(tx *gorm.DB, person models.ID) (models.ID, error) {
	var list []struct{ HouseholdID models.ID }
	err := tx.Raw("SELECT household_id FROM household_links WHERE person_id = ? AND live = 1 AND state = 'confirmed'", person).Scan(&list).Error
	if err != nil || len(list) == 0 {
		return person, err
	}
	return list[0].HouseholdID, nil
}

// countable answers the key under which a relative counts, nil when the
// relative was counted before. A family has one mother; of siblings, aunts and
// uncles it may have several, told apart by their digits.
func countable(tx *gorm.DB, family models.ID, kinship, digest string) (*string, error) {
	key := kinship
	if !kinships[kinship] {
		key += " " + digest
	}
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM family_missions WHERE family_id = ? AND relative_key = ?", family, key).Scan(&n).Error
	if err != nil || n > 0 {
		return nil, err
	}
	return &key, nil
}

// pinDigest keeps four digits from being read at a glance. It is no secret:
// whoever holds the database can try all ten thousand; nothing depends on it
// but a teacher's call-back.
func pinDigest(family models.ID, kinship, pin string) string {
	sum := sha256.Sum256([]byte("family mission|" + family.String() + "|" + kinship + "|" + pin))
	return hex.EncodeToString(sum[:])
}
