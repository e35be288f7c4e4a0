package consent

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// codeLength is that of a form's code without its check character: 31⁹ ≈
// 2.6·10¹³, as on a confirmation.
const codeLength = 9

// Codes answers the code on each pupil's form and makes those that are
// missing. A code stays the same however often a form is printed. The actor
// needs record_consent with every pupil in reach, otherwise NotFound.
func (c *Consents) Codes(ctx context.Context, actor models.Actor, persons []models.ID) (map[models.ID]string, error) {
	reach, err := models.Allow(actor, models.ActRecordConsent)
	if err != nil {
		return nil, err
	}
	var codes map[models.ID]string
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		for _, p := range persons {
			ok, err := c.inReach(tx, reach, p)
			if err == nil && !ok {
				err = models.NotFound()
			}
			if err != nil {
				return err
			}
		}
		if codes, err = codesOf(tx, persons); err != nil {
			return err
		}
		now := c.db.Clock().Now()
		for _, p := range persons {
			if codes[p] != "" {
				continue
			}
			if codes[p], err = newCode(tx, p, now); err != nil {
				return err
			}
		}
		return nil
	})
	return codes, err
}

func newCode(tx *gorm.DB, person models.ID, now time.Time) (string, error) {
	code := models.NewCode(codeLength)
	err := tx.Exec("INSERT INTO consent_codes (person_id, code, made_at) VALUES (?,?,?)", person, code, now).Error
	if store.IsDuplicate(err) {
		return "", store.ErrRetry // printed by somebody else at the same time
	}
	return code, err
}

// codesOf reads the codes that were made.
func codesOf(tx *gorm.DB, persons []models.ID) (map[models.ID]string, error) {
	codes := make(map[models.ID]string, len(persons))
	for part := range slices.Chunk(persons, maxPersons) {
		var rows []struct {
			PersonID models.ID
			Code     string
		}
		if err := tx.Raw("SELECT person_id, code FROM consent_codes WHERE person_id IN ?", part).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read codes: %w", err)
		}
		for _, r := range rows {
			codes[r.PersonID] = r.Code
		}
	}
	return codes, nil
}

// Choice is what whoever holds a form's code sees of one kind: the words, and
// whether the guardian's consent stands. Nothing of it says whose it is.
type Choice struct {
	Text      Text
	Granted   bool // the guardian agreed, and did not withdraw since
	Withdrawn bool // the guardian withdrew
}

// ByCode answers what a form's code can withdraw. A wrong, a mistyped and an
// unknown code are NotFound alike.
func (c *Consents) ByCode(ctx context.Context, code string) ([]Choice, error) {
	var list []Choice
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		person, err := personOf(tx, code)
		if err != nil {
			return err
		}
		list, err = c.choices(tx, person)
		return err
	})
	return list, err
}

func (c *Consents) choices(tx *gorm.DB, person models.ID) ([]Choice, error) {
	today := c.db.Clock().Today()
	have, err := states(tx, []models.ID{person}, today)
	if err != nil {
		return nil, err
	}
	var list []Choice
	for _, t := range TextsOn(today) {
		s := have[person][t.Kind]
		list = append(list, Choice{Text: t, Granted: s.Guardian == SaidYes, Withdrawn: s.Guardian == SaidNo})
	}
	return list, nil
}

// WithdrawByCode withdraws a guardian's consent by the code on the form. It
// needs no account; the code can only take back. ids are made by the client,
// one for each kind. Errors: NotFound; Invalid field "body.events[i].kind";
// Conflict "id_taken".
func (c *Consents) WithdrawByCode(ctx context.Context, code string, list []NewEvent) ([]Choice, error) {
	today := c.db.Clock().Today()
	for i := range list {
		list[i].Party, list[i].Act, list[i].Relation = Guardian, Withdrawn, "guardian"
		list[i].Channel, list[i].OnDate = ChannelCode, today
		if err := list[i].complete(i, today); err != nil {
			return nil, err
		}
	}
	err := c.db.Tx(ctx, func(tx *gorm.DB) error {
		person, err := personOf(tx, code)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].PersonID = person
		}
		return c.appendAll(tx, models.Actor{}, models.ActPublic, list)
	})
	if err != nil {
		return nil, err
	}
	return c.ByCode(ctx, code)
}

func personOf(tx *gorm.DB, code string) (models.ID, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		return models.ID{}, models.NotFound()
	}
	var row struct{ PersonID models.ID }
	res := tx.Raw("SELECT person_id FROM consent_codes WHERE code = ?", code).Scan(&row)
	return row.PersonID, store.One(res, models.NotFound())
}
