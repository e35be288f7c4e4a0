// Package outreach carries skills from pupils into homes. Family missions: a
// pupil teaches a relative three steps of a practice scenario, on either
// phone, and the relative confirms with a code of their own. No account, no
// name, no phone number of the relative is kept.
//
// A mission is a reminder and a count for the class. It never covers a
// household: only a certified member does (household, Recount).
package outreach

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/store"
)

// Outreach answers for what happens between pupils and their families.
type Outreach struct {
	db    *store.DB
	clock models.Clock
}

// New makes the room on one database.
func New(db *store.DB) *Outreach { return &Outreach{db: db, clock: db.Clock()} }

// Steps is how many different things the relative does in the scenario.
const Steps = 3

// kinships lists who a relative may be; true where a family has one at most,
// so that a second code does not make a second person.
var kinships = map[string]bool{
	"mother": true, "father": true, "grandmother_mother": true, "grandfather_mother": true, "grandmother_father": true, "grandfather_father": true,
	"sibling": false, "aunt_uncle": false, "guardian": false, "other": false,
}

// Kinships lists the words for a relative, in the order in which they are shown.
func Kinships() []string {
	return []string{"mother", "father", "grandmother_mother", "grandfather_mother", "grandmother_father", "grandfather_father", "sibling", "aunt_uncle", "guardian", "other"}
}

// machine reads a version of a scenario that was published. NotFound when it is
// not that course's.
func machine(tx *gorm.DB, courseKey, key, hash string) (*scenario.Machine, error) {
	var docs []string
	if err := tx.Raw("SELECT doc FROM scenario_versions WHERE hash = ?", hash).Scan(&docs).Error; err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, models.NotFound()
	}
	s := &scenario.Scenario{}
	if err := json.Unmarshal([]byte(docs[0]), s); err != nil {
		return nil, fmt.Errorf("scenario version %.12s: %w", hash, err)
	}
	if s.Key != key || s.Course != courseKey {
		return nil, models.NotFound()
	}
	return scenario.NewMachine(s)
}

// self answers the pupil behind an actor.
func self(actor models.Actor) (models.ID, error) {
	reach, err := models.Allow(actor, models.ActLearn)
	if err != nil {
		return models.ID{}, err
	}
	if reach.Self.IsZero() {
		return models.ID{}, models.Fail(models.KindForbidden, "forbidden")
	}
	return reach.Self, nil
}
