package people

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// A class secret is what a pupil of a class signs in with at a shared computer
// while the teacher holds a lesson session open, and at no other time: models/
// signin counts the tries, five a lesson. It is never readable again after
// printing; only its argon2id hash is kept.

// The kinds of a class secret.
const (
	SecretPIN   = "pin"   // four digits
	SecretIcons = "icons" // three different ones of Icons, in order
)

// Icons are the pictures that a secret of SecretIcons is made of, by the keys
// under which package paper and the web app draw them.
var Icons = []string{"sun", "moon", "star", "heart", "fish", "boat", "mountain", "house", "tree", "flower", "umbrella", "key"}

const (
	pinDigits   = 4
	iconsChosen = 3
	// maxClassSecret is the longest that is compared, in bytes.
	maxClassSecret = 60
)

// secretRow is the class_secrets table.
type secretRow struct {
	PersonID   models.ID
	Kind       string
	SecretHash string
	MadeBy     models.ID
	MadeAt     time.Time
}

// below draws a number in [0, n) from the system's randomness.
func below(n int) int {
	k, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand documents that it does not return
	}
	return int(k.Int64())
}

// newClassSecret draws a secret of a kind: "4812", or the keys of three icons,
// "sun-fish-key". birthDate (a civil day or empty) is what a PIN must not
// repeat.
func newClassSecret(kind, birthDate string) string {
	if kind == SecretIcons {
		left := append([]string(nil), Icons...)
		chosen := make([]string, iconsChosen)
		for i := range chosen {
			k := below(len(left))
			chosen[i] = left[k]
			left = append(left[:k], left[k+1:]...)
		}
		return strings.Join(chosen, "-")
	}
	for {
		if pin := fmt.Sprintf("%0*d", pinDigits, below(10_000)); !weakPIN(pin, birthDate) {
			return pin
		}
	}
}

// weakPIN tells whether four digits are among those tried first: one digit or
// one pair repeated, a run up or down, a year a pupil or parent may be born in,
// the own birthday. Of 10,000 there remain 9,688.
func weakPIN(pin, birthDate string) bool {
	if pin[:2] == pin[2:] || pin[:2] == "19" || pin[:2] == "20" {
		return true
	}
	step := int(pin[1]) - int(pin[0])
	if (step == 1 || step == -1) && int(pin[2])-int(pin[1]) == step && int(pin[3])-int(pin[2]) == step {
		return true
	}
	if len(birthDate) != len("2014-03-05") {
		return false
	}
	month, day := birthDate[5:7], birthDate[8:10]
	return pin == day+month || pin == month+day
}

// classSecretTurn compares a class secret in a turn of the hasher. A pupil without a
// card, without an account, with a disabled one or with more than a pupil's
// roles costs the same and never matches: ok is false.
func (p *People) classSecretTurn(ctx context.Context, person models.ID, secret string) (row accountRow, grants []models.Grant, ok bool, err error) {
	if err := p.hasher.enter(ctx); err != nil {
		return row, nil, false, err
	}
	defer p.hasher.leave()
	db := p.db.Read(ctx)
	var kept secretRow
	if err := db.Raw("SELECT * FROM class_secrets WHERE person_id = ?", person).Scan(&kept).Error; err != nil {
		return row, nil, false, err
	}
	row, a, err := loadAccount(db, "person_id = ? AND state = ?", person, AccountActive)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return row, nil, false, err
	}
	if !pupilOnly(a.Grants) || len(secret) > maxClassSecret {
		kept.SecretHash = ""
	}
	ok, _, err = p.hasher.check(secret, kept.SecretHash)
	return row, a.Grants, ok, err
}

// CheckClassSecret tells whether a class secret is the person's, at the cost of
// one password hash whatever the answer. It counts no tries: that is for the
// caller. The error is KindUnavailable "busy" when too many wait.
func (p *People) CheckClassSecret(ctx context.Context, person models.ID, secret string) (bool, error) {
	_, _, ok, err := p.classSecretTurn(ctx, person, secret)
	return ok, err
}

// SignInToLesson opens a session that is bound to a lesson session: its actor
// may only learn (models.Actor.Lesson), and whoever serves it must end it with
// the lesson. ok is false when the secret is not the person's; no tries are
// counted here. A password that must be changed does not stand in the way: it is
// for the own telephone.
func (p *People) SignInToLesson(ctx context.Context, person models.ID, secret string, lesson models.ID) (s Session, ok bool, err error) {
	row, grants, ok, err := p.classSecretTurn(ctx, person, secret)
	if err != nil || !ok {
		return s, false, err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		now := p.db.Clock().Now()
		s, err = p.issue(tx, row, grants, family{id: models.NewID(now), lesson: lesson}, now)
		return err
	})
	s.MustChange = false
	return s, err == nil, err
}

// keepSecret writes what was printed last.
func keepSecret(tx *gorm.DB, row secretRow) error {
	res := tx.Exec("UPDATE class_secrets SET kind = ?, secret_hash = ?, made_by = ?, made_at = ? WHERE person_id = ?",
		row.Kind, row.SecretHash, row.MadeBy, row.MadeAt, row.PersonID)
	if res.Error != nil || res.RowsAffected == 1 {
		return res.Error
	}
	err := tx.Table("class_secrets").Create(&row).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

// ClassSecretKind answers what a class prints next, SecretPIN unless a teacher
// chose.
func ClassSecretKind(tx *gorm.DB, classID models.ID) (string, error) {
	kind := SecretPIN
	err := tx.Raw("SELECT kind FROM class_secret_kinds WHERE class_id = ?", classID).Scan(&kind).Error
	return kind, err
}

// ClassSecretKindOf answers what a person's card shows; SecretPIN without one.
func ClassSecretKindOf(tx *gorm.DB, person models.ID) (string, error) {
	kind := SecretPIN
	err := tx.Raw("SELECT kind FROM class_secrets WHERE person_id = ?", person).Scan(&kind).Error
	return kind, err
}

// SetClassSecretKind chooses what a class prints from now on; cards that are out
// stay good until they are printed anew. Errors: Invalid field body.kind;
// NotFound for a class out of reach.
func (p *People) SetClassSecretKind(ctx context.Context, actor models.Actor, classID models.ID, kind string) error {
	if kind != SecretPIN && kind != SecretIcons {
		return models.InvalidField("body.kind", "unknown")
	}
	if _, err := p.classFor(ctx, actor, classID); err != nil {
		return err
	}
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		now := p.db.Clock().Now()
		res := tx.Exec("UPDATE class_secret_kinds SET kind = ?, set_by = ?, set_at = ? WHERE class_id = ?", kind, actor.Account, now, classID)
		if res.Error != nil || res.RowsAffected == 1 {
			return res.Error
		}
		err := tx.Exec("INSERT INTO class_secret_kinds (class_id, kind, set_by, set_at) VALUES (?, ?, ?, ?)", classID, kind, actor.Account, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}

// LessonName is a pupil as the list of names at a shared computer shows them.
type LessonName struct {
	PersonID models.ID
	FullName string
	Kind     string // of the pupil's own card; empty: no card that works
	Username string // what tells namesakes apart
}

// LessonNames lists a class by given name.
func LessonNames(tx *gorm.DB, classID models.ID) ([]LessonName, error) {
	var list []LessonName
	err := tx.Raw(`SELECT p.id AS person_id, p.full_name, COALESCE(a.username, '') AS username,
		CASE WHEN a.id IS NULL THEN '' ELSE COALESCE(c.kind, '') END AS kind
		FROM enrolments e JOIN persons p ON p.id = e.person_id
		LEFT JOIN accounts a ON a.person_id = p.id AND a.state = ?
		LEFT JOIN class_secrets c ON c.person_id = p.id
		WHERE e.class_id = ? AND e.live = 1 ORDER BY p.sort_key, p.id`, AccountActive, classID).Scan(&list).Error
	return list, err
}
