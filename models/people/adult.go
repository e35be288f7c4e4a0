package people

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// adultFrom is the age from which somebody makes an own account with a code.
const adultFrom = 18

// AdultInviteDays is how long a code for an adult's account holds.
const AdultInviteDays = 30

// codeOfAdult is the length of the code without its check character: as a
// confirmation's, 31⁹ ≈ 2.6·10¹³.
const codeOfAdult = 9

// AdultInvite is the right of one grown-up member of a household to make an
// account.
type AdultInvite struct {
	ID          models.ID
	HouseholdID models.ID
	MadeBy      models.ID
	ExpiresAt   time.Time
	PersonID    models.ID // who used it, zero before
}

// NewAdult is what somebody grown up says at first. AccountID is made by the
// client: a repeat answers the same account.
type NewAdult struct {
	AccountID models.ID
	FullName  string
	BirthDate string // civil day; at least 18 years ago
	Password  string // at least 8 characters, the person's own choice
}

// InviteAdultTx makes a code for a household. It is answered this once. A repeat
// with the same id makes a new code and the old one is void, until it was used:
// Conflict "invite_used". The caller has looked whether the actor may.
func InviteAdultTx(tx *gorm.DB, actor models.Actor, id, household models.ID, now time.Time) (code string, expires time.Time, err error) {
	code, expires = models.NewCode(codeOfAdult), now.AddDate(0, 0, AdultInviteDays)
	var old []AdultInvite
	if err := tx.Raw("SELECT id, household_id, made_by, person_id FROM adult_invites WHERE id = ?", id).Scan(&old).Error; err != nil {
		return "", expires, fmt.Errorf("look for invitation: %w", err)
	}
	switch {
	case len(old) == 0:
		err = tx.Exec("INSERT INTO adult_invites (id, household_id, code_hash, made_by, made_at, expires_at, person_id, used_at) VALUES (?,?,?,?,?,?,NULL,NULL)",
			id, household, hashToken(code), actor.Account, now, expires).Error
	case old[0].HouseholdID != household || old[0].MadeBy != actor.Account:
		return "", expires, models.Conflict("id_taken")
	case !old[0].PersonID.IsZero():
		return "", expires, models.Conflict("invite_used")
	default:
		err = store.One(tx.Exec("UPDATE adult_invites SET code_hash = ? WHERE id = ? AND person_id IS NULL", hashToken(code), id), store.ErrRetry)
	}
	if store.IsDuplicate(err) {
		err = store.ErrRetry
	}
	return code, expires, err
}

// AdultInviteByCode finds an invitation by what was typed. Wrong, mistyped and
// expired codes are NotFound alike; a used one is answered with its person.
func AdultInviteByCode(tx *gorm.DB, code string, now time.Time) (AdultInvite, error) {
	code, err := models.NormalizeCode(code)
	if err != nil || len(code) != codeOfAdult+1 {
		return AdultInvite{}, models.NotFound()
	}
	var one AdultInvite
	res := tx.Raw("SELECT id, household_id, made_by, expires_at, person_id FROM adult_invites WHERE code_hash = ? AND expires_at > ?", hashToken(code), now).Scan(&one)
	return one, store.One(res, models.NotFound())
}

// PrepareAdult checks what somebody grown up said and hashes the password,
// which must not happen inside a transaction. Errors: Invalid naming the field.
func (p *People) PrepareAdult(ctx context.Context, n NewAdult) (NewAccount, error) {
	born, err := models.ParseDay(n.BirthDate)
	if err != nil {
		return NewAccount{}, models.InvalidField("body.birth_date", "invalid_date")
	}
	if !grownUp(born, p.db.Clock().Today()) {
		return NewAccount{}, models.InvalidField("body.birth_date", "adult_only")
	}
	if n.AccountID.IsZero() {
		return NewAccount{}, models.InvalidField("body.id", "required")
	}
	a := NewAccount{ID: n.AccountID, DisplayName: n.FullName, Password: n.Password, PersonID: models.NewID(p.db.Clock().Now()),
		Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
	name := models.Clean(n.FullName)
	if err := checkPassword(n.Password, Username(name), "body.password", minPassword); err != nil {
		return NewAccount{}, err
	}
	return a, p.prepare(ctx, models.Reach{}, &a)
}

// grownUp tells whether somebody born on a day is an adult today.
func grownUp(born, today string) bool {
	year, _ := strconv.Atoi(born[:4])
	return fmt.Sprintf("%04d%s", year+adultFrom, born[4:]) <= today && today[:4] <= fmt.Sprintf("%04d", year+120)
}

// JoinAdultTx makes the person and the account of an invitation and marks it
// used. Errors: NotFound for an invitation used meanwhile; KindConflict
// "username_taken" when somebody took the made name at the same moment.
func JoinAdultTx(tx *gorm.DB, invite AdultInvite, a NewAccount, bornOn string, now time.Time) (Account, error) {
	person, err := CreatePerson(tx, NewPerson{ID: a.PersonID, FullName: a.DisplayName, BirthDate: bornOn}, now)
	if err != nil {
		return Account{}, err
	}
	made, err := createAccounts(tx, models.Actor{}, []NewAccount{a}, now)
	if models.CodeOf(err) == "username_taken" {
		return Account{}, store.ErrRetry
	}
	if err != nil {
		return Account{}, err
	}
	err = store.One(tx.Exec("UPDATE adult_invites SET person_id = ?, used_at = ? WHERE id = ? AND person_id IS NULL", person.ID, now, invite.ID), models.NotFound())
	if err != nil {
		return Account{}, err
	}
	err = tx.Exec("INSERT INTO adult_learners (person_id, invite_id, joined_at) VALUES (?,?,?)", person.ID, invite.ID, now).Error
	return made[0], err
}

// IsAdult tells whether a person learns with an account of a grown-up member of a
// household. The zero id is nobody.
func IsAdult(tx *gorm.DB, person models.ID) (bool, error) {
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM adult_learners WHERE person_id = ?", person).Scan(&n).Error
	return n > 0, err
}

// AccountOfPerson answers the account of a person; NotFound when there is none.
func AccountOfPerson(tx *gorm.DB, person models.ID) (Account, error) {
	var row accountRow
	res := tx.Raw("SELECT * FROM accounts WHERE person_id = ?", person).Scan(&row)
	return row.account(), store.One(res, models.NotFound())
}
