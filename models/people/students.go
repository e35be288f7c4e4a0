package people

import (
	"context"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
	"nhaso/models/store"
)

// SignInCard is one line of a class's sign-in list. Secret is empty when the
// pupil had an account before and the secret is the pupil's own.
type SignInCard struct {
	PersonID  models.ID
	AccountID models.ID
	FullName  string
	Username  string
	Secret    string
}

// CreateStudentAccounts makes an account for every pupil of a class who has
// none, and answers the class's sign-in list by given name. Doing it again
// makes nothing new. The temporary secrets are answered this once; hashing 45
// of them takes about two seconds, outside the transaction. Whoever may write
// pupils into the class may do it. The error is NotFound for another class.
func (p *People) CreateStudentAccounts(ctx context.Context, actor models.Actor, classID models.ID) ([]SignInCard, error) {
	students, err := p.classFor(ctx, actor, classID)
	if err != nil {
		return nil, err
	}
	wanted := map[models.ID]NewAccount{}
	have, err := accountsOf(p.db.Read(ctx), students)
	if err != nil {
		return nil, err
	}
	secrets := map[models.ID]string{}
	for _, s := range students {
		if _, ok := have[s.ID]; ok {
			continue
		}
		secrets[s.ID] = newSecret(minInitial)
		hash, err := p.hasher.Hash(ctx, secrets[s.ID])
		if err != nil {
			return nil, err
		}
		wanted[s.ID] = NewAccount{
			ID: models.NewID(p.db.Clock().Now()), DisplayName: s.FullName, SecretHash: hash, PersonID: s.ID, Locale: "vi",
			MustChange: true, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}},
		}
	}
	var cards []SignInCard
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if cards, err = p.giveAccounts(tx, actor, students, wanted); err != nil || len(wanted) == 0 {
			return err
		}
		return recordClass(tx, actor, audit.CardsPrinted, classID, len(wanted))
	})
	if err != nil {
		return nil, err
	}
	for i, c := range cards {
		if wanted[c.PersonID].ID == c.AccountID {
			cards[i].Secret = secrets[c.PersonID]
		}
	}
	return cards, nil
}

// giveAccounts writes the accounts still missing. Of two teachers who make the
// same ones the second finds them made when its transaction runs again.
func (p *People) giveAccounts(tx *gorm.DB, actor models.Actor, students []Student, wanted map[models.ID]NewAccount) ([]SignInCard, error) {
	have, err := accountsOf(tx, students)
	if err != nil {
		return nil, err
	}
	var list []NewAccount
	for _, s := range students {
		if _, ok := have[s.ID]; !ok {
			list = append(list, wanted[s.ID])
		}
	}
	made, err := createAccounts(tx, actor, list, p.db.Clock().Now())
	if models.CodeOf(err) == "person_has_account" {
		err = store.ErrRetry
	}
	if err != nil {
		return nil, err
	}
	for _, a := range made {
		have[a.PersonID] = accountRow{ID: a.ID, Username: a.Username}
	}
	cards := make([]SignInCard, len(students))
	for i, s := range students {
		cards[i] = SignInCard{PersonID: s.ID, AccountID: have[s.ID].ID, FullName: s.FullName, Username: have[s.ID].Username}
	}
	return cards, nil
}

// ResetStudentSecrets gives pupils of a class new temporary secrets for a
// printed list; the old ones and all sessions end at once. Pupils without an
// account, and accounts that are more than a pupil's, are left out. Errors as
// CreateStudentAccounts.
func (p *People) ResetStudentSecrets(ctx context.Context, actor models.Actor, classID models.ID, persons []models.ID) ([]SignInCard, error) {
	students, err := p.classFor(ctx, actor, classID)
	if err != nil {
		return nil, err
	}
	have, err := accountsOf(p.db.Read(ctx), students)
	if err != nil {
		return nil, err
	}
	chosen := map[models.ID]bool{}
	for _, id := range persons {
		chosen[id] = true
	}
	var cards []SignInCard
	for _, s := range students {
		row, ok := have[s.ID]
		if !ok || !chosen[s.ID] {
			continue
		}
		a, err := AccountByID(p.db.Read(ctx), row.ID)
		if err != nil {
			return nil, err
		}
		if !pupilOnly(a.Grants) {
			continue
		}
		secret, err := p.ResetPassword(ctx, actor, row.ID)
		if err != nil {
			return nil, err
		}
		cards = append(cards, SignInCard{PersonID: s.ID, AccountID: row.ID, FullName: s.FullName, Username: row.Username, Secret: secret})
	}
	return cards, nil
}

// classFor lists a class that the actor may write pupils into.
func (p *People) classFor(ctx context.Context, actor models.Actor, classID models.ID) ([]Student, error) {
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return nil, err
	}
	db := p.db.Read(ctx)
	ok, err := place.ClassInReach(db, reach, classID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, models.NotFound()
	}
	return ClassStudents(db, classID)
}

// accountsOf finds the accounts of pupils, by person.
func accountsOf(tx *gorm.DB, students []Student) (map[models.ID]accountRow, error) {
	ids := make([]models.ID, len(students))
	for i, s := range students {
		ids[i] = s.ID
	}
	have := map[models.ID]accountRow{}
	if len(ids) == 0 {
		return have, nil
	}
	var rows []accountRow
	err := tx.Raw("SELECT * FROM accounts WHERE person_id IN ?", ids).Scan(&rows).Error
	for _, r := range rows {
		have[r.PersonID] = r
	}
	return have, err
}
