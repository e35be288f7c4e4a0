package people

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// Card is one sign-in card as it is printed. Password (for the own telephone,
// to be changed at the first sign-in) and Secret (for the school's computers)
// are known to nobody after this answer.
type Card struct {
	PersonID   models.ID
	FullName   string
	ClassName  string
	SchoolName string
	Username   string
	Password   string
	Kind       string // SecretPIN or SecretIcons
	Secret     string // "4812", or "sun-fish-key"
}

// The states of a pupil's card.
const (
	CardReady = "ready" // printed, and it works
	CardNone  = "none"  // never printed
	CardOther = "other" // a disabled account, or one that is more than a pupil's: no card is made
)

// CardState is what a class's list says of one pupil's card.
type CardState struct {
	PersonID models.ID
	FullName string
	Username string // empty: no account yet
	State    string // CardReady, CardNone or CardOther
	Kind     string // of the card that is out
	MadeAt   *time.Time
}

// ClassCards lists the cards of a class by given name, and the kind that is
// printed next. The error is NotFound for a class out of reach.
func (p *People) ClassCards(ctx context.Context, actor models.Actor, classID models.ID) (kind string, list []CardState, err error) {
	students, err := p.classFor(ctx, actor, classID)
	if err != nil {
		return "", nil, err
	}
	db := p.db.Read(ctx)
	if kind, err = ClassSecretKind(db, classID); err != nil {
		return "", nil, err
	}
	holders, err := cardHolders(db, students, nil)
	if err != nil {
		return "", nil, err
	}
	var rows []secretRow
	err = db.Raw("SELECT c.* FROM class_secrets c JOIN enrolments e ON e.person_id = c.person_id AND e.live = 1 WHERE e.class_id = ?", classID).Scan(&rows).Error
	if err != nil {
		return "", nil, err
	}
	made := map[models.ID]secretRow{}
	for _, r := range rows {
		made[r.PersonID] = r
	}
	for _, h := range holders {
		c := CardState{PersonID: h.student.ID, FullName: h.student.FullName, Username: h.account.Username, State: CardNone}
		if r, ok := made[c.PersonID]; ok && !h.account.ID.IsZero() {
			at := r.MadeAt.UTC()
			c.State, c.Kind, c.MadeAt = CardReady, r.Kind, &at
		}
		if h.other {
			c.State = CardOther
		}
		list = append(list, c)
	}
	return kind, list, nil
}

// holder is a pupil for whom a card may be made. account is zero when there is
// none yet; other says that no card is made.
type holder struct {
	student Student
	account accountRow
	other   bool
}

// cardHolders finds the accounts of pupils, of the chosen ones unless chosen is
// nil.
func cardHolders(tx *gorm.DB, students []Student, chosen map[models.ID]bool) ([]holder, error) {
	have, err := accountsOf(tx, students)
	if err != nil {
		return nil, err
	}
	ids := make([]models.ID, 0, len(have))
	for _, a := range have {
		ids = append(ids, a.ID)
	}
	grants, err := grantsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	var list []holder
	for _, s := range students {
		if chosen != nil && !chosen[s.ID] {
			continue
		}
		a, ok := have[s.ID]
		list = append(list, holder{s, a, ok && (a.State != AccountActive || !pupilOnly(grants[a.ID]))})
	}
	return list, nil
}

// IssueCards makes new secrets, a password and a class secret, for pupils of a
// class and an account for those who have none; persons empty means all. The old
// secrets and every session of these pupils end at once, locks of their names
// are lifted. Accounts that are more than a pupil's, and disabled ones, are left
// out. All or none: hashing takes about 40 ms a secret and processor, before the
// transaction.
//
// Errors: NotFound for a class out of reach; KindConflict "no_cards" when nobody
// is left; KindConflict "cards_changed" when somebody printed for one of them,
// or changed the kind, meanwhile: of two teachers one holds cards that work.
func (p *People) IssueCards(ctx context.Context, actor models.Actor, classID models.ID, persons []models.ID) ([]Card, error) {
	students, err := p.classFor(ctx, actor, classID)
	if err != nil {
		return nil, err
	}
	kind, err := ClassSecretKind(p.db.Read(ctx), classID)
	if err != nil {
		return nil, err
	}
	holders, err := cardHolders(p.db.Read(ctx), students, chosenOf(persons))
	if err != nil {
		return nil, err
	}
	issue := cardIssue{kind: kind, class: classID}
	for _, h := range holders {
		if !h.other {
			issue.add(h, newSecret(minInitial), newClassSecret(kind, h.student.BirthDate), p.db.Clock().Now())
		}
	}
	if len(issue.cards) == 0 {
		return nil, models.Conflict("no_cards")
	}
	if issue.hashes, err = p.hasher.HashAll(ctx, issue.secrets()); err != nil {
		return nil, err
	}
	err = p.db.Tx(ctx, func(tx *gorm.DB) error { return p.writeCards(tx, actor, &issue) })
	for _, h := range issue.holders {
		p.actors.drop(h.account.ID)
	}
	if err != nil {
		return nil, err
	}
	return issue.cards, nil
}

func chosenOf(persons []models.ID) map[models.ID]bool {
	if len(persons) == 0 {
		return nil
	}
	chosen := map[models.ID]bool{}
	for _, id := range persons {
		chosen[id] = true
	}
	return chosen
}

// cardIssue is one printing: the holders, their cards, and for each card the
// hash of the password followed by that of the class secret.
type cardIssue struct {
	kind    string
	class   models.ID
	holders []holder
	fresh   []models.ID // the id of the account to be made
	cards   []Card
	hashes  []string
}

func (c *cardIssue) add(h holder, password, secret string, now time.Time) {
	c.holders, c.fresh = append(c.holders, h), append(c.fresh, models.NewID(now))
	c.cards = append(c.cards, Card{PersonID: h.student.ID, FullName: h.student.FullName, ClassName: h.student.ClassName, SchoolName: h.student.SchoolName,
		Username: h.account.Username, Password: password, Kind: c.kind, Secret: secret})
}

func (c *cardIssue) secrets() []string {
	list := make([]string, 0, 2*len(c.cards))
	for _, card := range c.cards {
		list = append(list, card.Password, card.Secret)
	}
	return list
}

// writeCards checks that nothing changed since the secrets were drawn, and
// writes them.
func (p *People) writeCards(tx *gorm.DB, actor models.Actor, c *cardIssue) error {
	changed := models.Conflict("cards_changed")
	now := p.db.Clock().Now()
	if kind, err := ClassSecretKind(tx, c.class); err != nil || kind != c.kind {
		return orChanged(err, changed)
	}
	var list []NewAccount
	for i, h := range c.holders {
		if h.account.ID.IsZero() {
			list = append(list, NewAccount{ID: c.fresh[i], DisplayName: h.student.FullName, SecretHash: c.hashes[2*i], PersonID: h.student.ID,
				Locale: "vi", MustChange: true, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}})
		} else {
			if err := p.replaceSecret(tx, h.account.ID, h.account.Epoch, c.hashes[2*i], true); err != nil {
				if models.KindOf(err) == models.KindConflict {
					err = changed
				}
				return err
			}
			if err := forgive(tx, h.account.Username); err != nil {
				return err
			}
		}
		row := secretRow{PersonID: h.student.ID, Kind: c.kind, SecretHash: c.hashes[2*i+1], MadeBy: actor.Account, MadeAt: now}
		if err := keepSecret(tx, row); err != nil {
			return err
		}
	}
	made, err := createAccounts(tx, actor, list, now)
	if models.CodeOf(err) == "person_has_account" {
		err = changed
	}
	if err != nil {
		return err
	}
	c.name(made)
	return recordClass(tx, actor, audit.CardsPrinted, c.class, len(c.cards))
}

// orChanged is the error, or the conflict when there is none.
func orChanged(err error, changed error) error {
	if err != nil {
		return err
	}
	return changed
}

// name puts the user names of accounts just made onto their cards.
func (c *cardIssue) name(made []Account) {
	for _, a := range made {
		for i := range c.cards {
			if c.cards[i].PersonID == a.PersonID {
				c.cards[i].Username = a.Username
			}
		}
	}
}

// HashAll hashes many secrets at once, as many at a time as there are turns.
// Others who sign in meanwhile get their turns in between. Errors as Hash.
func (h *Hasher) HashAll(ctx context.Context, secrets []string) ([]string, error) {
	hashes, errs := make([]string, len(secrets)), make([]error, cap(h.slots))
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for i := w; i < len(secrets) && errs[w] == nil; i += len(errs) {
				hashes[i], errs[w] = h.Hash(ctx, secrets[i])
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// GiveKnownSecret gives pupils of the demo a class secret that is written in the
// README. hash is made by Hasher.Hash.
func GiveKnownSecret(tx *gorm.DB, persons []models.ID, kind, hash string, now time.Time) error {
	rows := make([]secretRow, len(persons))
	for i, id := range persons {
		rows[i] = secretRow{PersonID: id, Kind: kind, SecretHash: hash, MadeAt: now}
	}
	err := insertAll(tx, "class_secrets", rows)
	if store.IsDuplicate(err) {
		return nil
	}
	return err
}
