package people

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The states of an account.
const (
	AccountActive   = "active"
	AccountDisabled = "disabled"
	AccountResting  = "resting" // of a pupil who goes to no school; wakes with the next enrolment
)

// Account is who signs in. It carries no secret.
type Account struct {
	ID           models.ID
	PersonID     models.ID // zero for staff without a person record
	Username     string
	DisplayName  string
	State        string // AccountActive, AccountDisabled or AccountResting
	Locale       string // "vi" or "en"
	MustChange   bool   // the password was given by somebody else
	FactorOn     bool   // a second factor is enrolled
	FactorNeeded bool   // and one is required
	Epoch        int    // access and refresh tokens of an older epoch are void
	CreatedAt    time.Time
	Grants       []models.Grant
}

// NewAccount is what CreateAccount needs.
type NewAccount struct {
	ID          models.ID // zero: made here
	Username    string    // empty: made from DisplayName
	DisplayName string
	Password    string    // at least 8 characters, 6 for an account of a pupil alone
	SecretHash  string    // instead of Password, a hash made by Hasher.Hash; only for actors who may do so everywhere (seeds)
	PersonID    models.ID // required for the role student
	Locale      string    // "vi" (default) or "en"
	MustChange  bool      // ask for another password at the first sign-in
	Grants      []models.Grant
}

// accountRow is the accounts table.
type accountRow struct {
	ID           models.ID
	PersonID     models.ID
	Username     string
	DisplayName  string
	NameFold     string
	SecretHash   string
	State        string
	MustChange   int
	Epoch        int
	TotpSecret   *string
	TotpPending  *string
	TotpRequired int
	TotpLastStep int64
	Locale       string
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

func (r accountRow) account() Account {
	return Account{
		ID: r.ID, PersonID: r.PersonID, Username: r.Username, DisplayName: r.DisplayName,
		State: r.State, Locale: r.Locale, MustChange: r.MustChange != 0, Epoch: r.Epoch,
		FactorOn: r.TotpSecret != nil, FactorNeeded: r.TotpRequired != 0, CreatedAt: r.CreatedAt,
	}
}

// CreateAccount makes an account with its roles. Errors: Invalid naming the
// field; KindConflict "username_taken" or "person_has_account"; NotFound when
// a school admin names a person, class or school beyond the own schools;
// KindForbidden.
func (p *People) CreateAccount(ctx context.Context, actor models.Actor, n NewAccount) (Account, error) {
	list, err := p.CreateAccounts(ctx, actor, []NewAccount{n})
	if err != nil {
		return Account{}, err
	}
	return list[0], nil
}

// CreateAccounts makes many accounts in one transaction, all or none; errors
// as CreateAccount. Hashing takes its time, 20 to 40 ms each, before the
// transaction begins.
func (p *People) CreateAccounts(ctx context.Context, actor models.Actor, list []NewAccount) ([]Account, error) {
	reach, err := models.Allow(actor, models.ActManageAccounts)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	if err := checkDistinct(list); err != nil {
		return nil, err
	}
	for i := range list {
		if err := p.prepare(ctx, reach, &list[i]); err != nil {
			return nil, err
		}
	}
	var made []Account
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if made, err = createAccounts(tx, actor, list, p.db.Clock().Now()); err != nil {
			return err
		}
		if err := checkNew(tx, reach, made); err != nil {
			return err
		}
		return recordMade(tx, actor, made)
	})
	return made, err
}

// checkDistinct refuses a list that is in conflict with itself.
func checkDistinct(list []NewAccount) error {
	names, persons := map[string]bool{}, map[models.ID]bool{}
	for _, n := range list {
		if names[n.Username] {
			return models.Conflict("username_taken")
		}
		if persons[n.PersonID] {
			return models.Conflict("person_has_account")
		}
		names[n.Username] = n.Username != ""
		persons[n.PersonID] = !n.PersonID.IsZero()
	}
	return nil
}

// prepare checks what needs no database and hashes the password.
func (p *People) prepare(ctx context.Context, reach models.Reach, n *NewAccount) error {
	if n.ID.IsZero() {
		n.ID = models.NewID(p.db.Clock().Now())
	}
	n.DisplayName = models.Clean(n.DisplayName)
	if n.DisplayName == "" || len([]rune(n.DisplayName)) > maxName {
		return models.InvalidField("body.display_name", "invalid_name")
	}
	if n.Username != "" {
		if err := checkUsername(n.Username); err != nil {
			return err
		}
	}
	def(&n.Locale, "vi")
	if n.Locale != "vi" && n.Locale != "en" {
		return models.InvalidField("body.locale", "invalid_locale")
	}
	if err := checkGrants(n.Grants, n.PersonID); err != nil {
		return err
	}
	if n.SecretHash != "" && reach.All {
		return nil
	}
	least := minPassword
	if pupilOnly(n.Grants) {
		least = minInitial
	}
	username := n.Username
	if username == "" {
		username = Username(n.DisplayName)
	}
	if err := checkPassword(n.Password, username, "body.password", least); err != nil {
		return err
	}
	var err error
	n.SecretHash, err = p.hasher.Hash(ctx, n.Password)
	return err
}

// createAccounts writes prepared accounts and their grants.
func createAccounts(tx *gorm.DB, actor models.Actor, list []NewAccount, now time.Time) ([]Account, error) {
	taken := map[string]bool{}
	for _, n := range list {
		taken[n.Username] = true
	}
	rows, made := make([]accountRow, len(list)), make([]Account, len(list))
	var grants []grantRow
	for i, n := range list {
		if n.Username == "" {
			var err error
			if n.Username, err = freeUsername(tx, Username(n.DisplayName), taken); err != nil {
				return nil, err
			}
		}
		rows[i] = accountRow{
			ID: n.ID, PersonID: n.PersonID, Username: n.Username, DisplayName: n.DisplayName,
			NameFold: foldColumn(n.DisplayName), SecretHash: n.SecretHash, State: AccountActive, MustChange: flag(n.MustChange), Epoch: 1, Locale: n.Locale, CreatedAt: now, UpdatedAt: now,
		}
		made[i] = rows[i].account()
		made[i].Grants = slices.Clone(n.Grants)
		grants = append(grants, grantRows(n.ID, actor, n.Grants, now)...)
	}
	if err := insertAll(tx, "accounts", rows); err != nil {
		if store.IsDuplicate(err) {
			return nil, whichTaken(tx, list)
		}
		return nil, err
	}
	return made, insertAll(tx, "account_grants", grants)
}

// whichTaken explains a duplicate: the person, a chosen name, or a made one
// that somebody was quicker to take.
func whichTaken(tx *gorm.DB, list []NewAccount) error {
	for _, n := range list {
		var byPerson, byName int64
		err := tx.Raw("SELECT COUNT(*) FROM accounts WHERE person_id = ? AND id <> ?", n.PersonID, n.ID).Scan(&byPerson).Error
		if err != nil {
			return err
		}
		if byPerson > 0 {
			return models.Conflict("person_has_account")
		}
		if n.Username == "" {
			continue
		}
		if err := tx.Raw("SELECT COUNT(*) FROM accounts WHERE username = ? AND id <> ?", n.Username, n.ID).Scan(&byName).Error; err != nil {
			return err
		}
		if byName > 0 {
			return models.Conflict("username_taken")
		}
	}
	return store.ErrRetry
}

// loadAccount reads an account with its grants. The error is NotFound.
func loadAccount(tx *gorm.DB, where string, args ...any) (accountRow, Account, error) {
	var row accountRow
	res := tx.Raw("SELECT * FROM accounts WHERE "+where, args...).Scan(&row)
	if err := store.One(res, models.NotFound()); err != nil {
		return row, Account{}, err
	}
	a := row.account()
	grants, err := grantsOf(tx, []models.ID{row.ID})
	a.Grants = grants[row.ID]
	return row, a, err
}

// AccountByID reads an account. The error is NotFound when there is none.
func AccountByID(tx *gorm.DB, id models.ID) (Account, error) {
	_, a, err := loadAccount(tx, "id = ?", id)
	return a, err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
