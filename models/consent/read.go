package consent

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
)

// Standing is where one kind stands with one pupil.
type Standing struct {
	State
	Shown        bool
	Complete     bool // everybody who must agree on the day did
	ChildMust    bool
	GuardianMust bool
	Optional     bool   // a form without an answer to it is complete
	LastChild    *Event // what the child said last, nil: nothing
	LastGuardian *Event
}

// Sheet is one pupil's consent, kind by kind in the rule's order.
type Sheet struct {
	PersonID models.ID
	Code     string // of the form; "": none was printed
	Kinds    []Standing
}

// Complete tells whether nothing is missing of what everybody is asked.
func (s Sheet) Complete() bool {
	return !slices.ContainsFunc(s.Kinds, func(k Standing) bool {
		return !k.Optional && !k.Complete && k.Child != SaidNo && k.Guardian != SaidNo
	})
}

// Sheets answers the consent of pupils in the order given. The actor needs
// record_consent; pupils out of reach are NotFound.
func (c *Consents) Sheets(ctx context.Context, actor models.Actor, persons []models.ID) ([]Sheet, error) {
	reach, err := models.Allow(actor, models.ActRecordConsent)
	if err != nil {
		return nil, err
	}
	var list []Sheet
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		for _, p := range persons {
			ok, err := c.inReach(tx, reach, p)
			if err == nil && !ok {
				err = models.NotFound()
			}
			if err != nil {
				return err
			}
		}
		list, err = c.sheets(tx, persons)
		return err
	})
	return list, err
}

// Mine answers the actor's own consent. The actor needs own_consent.
func (c *Consents) Mine(ctx context.Context, actor models.Actor) (Sheet, error) {
	reach, err := models.Allow(actor, models.ActOwnConsent)
	if err != nil {
		return Sheet{}, err
	}
	if reach.Self.IsZero() {
		return Sheet{}, models.NotFound()
	}
	var list []Sheet
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		list, err = c.sheets(tx, []models.ID{reach.Self})
		return err
	})
	if err != nil {
		return Sheet{}, err
	}
	return list[0], nil
}

func (c *Consents) sheets(tx *gorm.DB, persons []models.ID) ([]Sheet, error) {
	today := c.db.Clock().Today()
	have, err := states(tx, persons, today)
	if err != nil {
		return nil, err
	}
	codes, err := codesOf(tx, persons)
	if err != nil {
		return nil, err
	}
	last, err := lastEvents(tx, persons)
	if err != nil {
		return nil, err
	}
	list := make([]Sheet, len(persons))
	for i, p := range persons {
		list[i] = Sheet{PersonID: p, Code: codes[p]}
		for _, kind := range Kinds(today) {
			s := have[p][kind]
			list[i].Kinds = append(list[i].Kinds, Standing{
				State: s, Shown: s.Shown(today), Complete: s.Complete(today), ChildMust: s.ChildMust(today), GuardianMust: s.GuardianMust(today),
				Optional:  RuleOn(today).optional(kind),
				LastChild: last[said{p, kind, Child}], LastGuardian: last[said{p, kind, Guardian}],
			})
		}
	}
	return list, nil
}

// said is who said something about what.
type said struct {
	person      models.ID
	kind, party string
}

// lastEvents answers what each party said last.
func lastEvents(tx *gorm.DB, persons []models.ID) (map[said]*Event, error) {
	last := map[said]*Event{}
	for part := range slices.Chunk(persons, maxPersons) {
		var rows []Event
		err := tx.Raw("SELECT "+eventColumns+" FROM consent_events e WHERE e.person_id IN ? ORDER BY e.person_id, e.kind, e.seq", part).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("read consent events: %w", err)
		}
		for i, e := range rows {
			last[said{e.PersonID, e.Kind, e.Party}] = &rows[i]
		}
	}
	return last, nil
}

// Log answers every event of one pupil, the oldest first. The actor needs
// record_consent with the pupil in reach, otherwise NotFound.
func (c *Consents) Log(ctx context.Context, actor models.Actor, person models.ID) ([]Event, error) {
	reach, err := models.Allow(actor, models.ActRecordConsent)
	if err != nil {
		return nil, err
	}
	list := []Event{}
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		ok, err := c.inReach(tx, reach, person)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		return tx.Raw("SELECT "+eventColumns+" FROM consent_events e WHERE e.person_id = ? ORDER BY e.recorded_at, e.kind, e.seq", person).Scan(&list).Error
	})
	return list, err
}
