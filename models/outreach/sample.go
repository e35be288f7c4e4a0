package outreach

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Sampled is one confirmed mission for the teacher to call back about.
type Sampled struct {
	ID          models.ID  `json:"id"`
	PersonID    models.ID  `json:"person_id"`
	Name        string     `json:"name"` // of the pupil
	Skill       string     `json:"skill"`
	Kinship     string     `json:"kinship"`
	Device      string     `json:"device"`
	ConfirmedAt time.Time  `json:"confirmed_at"`
	Check       string     `json:"check"` // empty, match, no_match, unreachable
	CheckedAt   *time.Time `json:"checked_at"`
	TriesLeft   int        `json:"tries_left"` // how often digits may still be typed
}

// Sample is what a teacher sees of a class's missions: the counts, and the few
// to call back about. It never lists who has none.
type Sample struct {
	Confirmed int       `json:"confirmed"`
	Relatives int       `json:"relatives"` // counted once each
	Checked   int       `json:"checked"`
	Items     []Sampled `json:"items"`
}

// One in twenty is called back, and at least one (features.md, row 11).
const sampleOf = 20

// The outcomes of a call.
const (
	CheckMatch       = "match"
	CheckNoMatch     = "no_match"
	CheckUnreachable = "unreachable"
)

// maxCheckTries is how often a teacher may type the relative's digits.
const maxCheckTries = 3

// ClassSample answers the sample of a class for those who may read it. Which
// missions are in it follows from their ids alone: nobody chooses.
func (o *Outreach) ClassSample(ctx context.Context, actor models.Actor, classID models.ID) (Sample, error) {
	s := Sample{Items: []Sampled{}}
	db := o.db.Read(ctx)
	if _, err := place.ClassFor(db, actor, models.ActReadClass, classID); err != nil {
		return s, err
	}
	list, err := classRows(db, classID)
	if err != nil {
		return s, err
	}
	s.Confirmed = len(list)
	for _, r := range list {
		if r.RelativeKey != nil {
			s.Relatives++
		}
		if r.CheckState == CheckMatch || r.CheckState == CheckNoMatch {
			s.Checked++
		}
	}
	for _, r := range drawn(list) {
		s.Items = append(s.Items, r.sampled())
	}
	return s, nil
}

func (r row) sampled() Sampled {
	x := Sampled{ID: r.ID, PersonID: r.PersonID, Name: r.Name, Skill: r.Skill, Kinship: r.Kinship, Device: r.Device, Check: r.CheckState,
		TriesLeft: max(0, maxCheckTries-r.CheckTries)}
	if r.ConfirmedAt != nil {
		x.ConfirmedAt = r.ConfirmedAt.UTC()
	}
	if r.CheckedAt != nil {
		at := r.CheckedAt.UTC()
		x.CheckedAt = &at
	}
	if x.Check == CheckMatch {
		x.TriesLeft = 0
	}
	return x
}

// drawn picks one in twenty, at least one, by a hash of the id. What a teacher
// has called about stays in it, also when a later mission is luckier than the
// one that was drawn because there had to be one.
func drawn(list []row) []row {
	order := slices.Clone(list)
	slices.SortFunc(order, func(a, b row) int { return cmp.Compare(luck(a.ID), luck(b.ID)) })
	if len(order) == 0 {
		return nil
	}
	out := order[:1]
	for _, r := range order[1:] {
		if luck(r.ID) < 65536/sampleOf || r.CheckState != "" {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b row) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return out
}

// luck is a number below 65536 that an id has by chance.
func luck(id models.ID) int {
	sum := sha256.Sum256(id[:])
	return int(sum[0])<<8 | int(sum[1])
}

// classRows are the confirmed missions of a class's pupils.
func classRows(db *gorm.DB, classID models.ID) ([]row, error) {
	return rows(db.Raw(`SELECT m.id, m.person_id, m.family_id, m.skill, m.kinship, m.device, m.relative_key, m.pin_digest, m.confirmed_at, m.check_state,
		m.checked_at, m.check_tries, p.full_name AS name FROM family_missions m
		JOIN enrolments e ON e.person_id = m.person_id AND e.live = 1 AND e.class_id = ?
		JOIN persons p ON p.id = m.person_id WHERE m.state = ?`, classID, Confirmed))
}

// Check records a call: the digits that the relative said, or none when nobody
// answered. Errors: NotFound for a mission of another class or outside the
// sample; Invalid field body.pin; Conflict "checked" once it was decided;
// Closed after three wrong tries, when it stays no_match.
func (o *Outreach) Check(ctx context.Context, actor models.Actor, classID, id models.ID, pin string) (Sampled, error) {
	if pin != "" && !pinForm.MatchString(pin) {
		return Sampled{}, models.InvalidField("body.pin", "four_digits")
	}
	var out Sampled
	err := o.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := place.ClassFor(tx, actor, models.ActTeach, classID); err != nil {
			return err
		}
		list, err := classRows(tx, classID)
		if err != nil {
			return err
		}
		sample := drawn(list)
		at := slices.IndexFunc(sample, func(r row) bool { return r.ID == id })
		if at < 0 {
			return models.NotFound()
		}
		r := sample[at]
		if r.CheckState == CheckMatch {
			return models.Conflict("checked")
		}
		if r.CheckTries >= maxCheckTries {
			return models.Fail(models.KindClosed, "closed")
		}
		now := o.clock.Now()
		state, tries := CheckUnreachable, r.CheckTries
		if pin != "" {
			state, tries = CheckNoMatch, tries+1
			if pinDigest(r.FamilyID, r.Kinship, pin) == r.PinDigest {
				state = CheckMatch
			}
		}
		before := r.CheckTries
		r.CheckState, r.CheckTries, r.CheckedAt = state, tries, &now
		out = r.sampled()
		return store.One(tx.Exec("UPDATE family_missions SET check_state = ?, checked_by = ?, checked_at = ?, check_tries = ? WHERE id = ? AND check_tries = ?",
			state, actor.Account, now, tries, id, before), store.ErrRetry)
	})
	return out, err
}
