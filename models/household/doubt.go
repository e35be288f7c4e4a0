package household

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// The reasons to look twice at a claim. A sibling is said, not warned of.
const (
	DoubtSibling      = "sibling"       // another pupil of the same family name is linked to the household
	DoubtOtherSurname = "other_surname" // another pupil of another family name is
	DoubtNamesake     = "namesake"      // the village has another household whose head is called the same
	DoubtSameHead     = "same_head"     // another village of the commune has
	DoubtOtherClaim   = "other_claim"   // this pupil was linked to another household before
)

// Doubt is one such reason with what it rests on, to be shown beside the claim.
type Doubt struct {
	Kind      string
	Person    string // the other pupil; "" when not of the actor's classes or school
	Household *Brief // the other household; nil where it is the same
	State     string // of the other link
}

// Warns tells whether a doubt keeps a link out of a bulk confirmation.
func (d Doubt) Warns() bool { return d.Kind != DoubtSibling }

// Doubts answers what speaks against the live ones of these links, by person.
// The actor needs decide_link; the links are those that Links answered.
func (s *Households) Doubts(ctx context.Context, actor models.Actor, views map[models.ID]LinkView) (map[models.ID][]Doubt, error) {
	reach, err := models.Allow(actor, models.ActDecideLink)
	if err != nil {
		return nil, err
	}
	var homes, persons []models.ID
	for person, v := range views {
		if v.Live != nil {
			homes, persons = append(homes, v.HouseholdID), append(persons, person)
		}
	}
	doubts := map[models.ID][]Doubt{}
	if len(homes) == 0 {
		return doubts, nil
	}
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		d := doubter{tx: tx, today: s.db.Clock().Today(), views: views, out: doubts}
		if err := d.sharers(homes, func(person models.ID) (bool, error) {
			return s.personInReach(tx, models.Reach{All: reach.All, Classes: reach.Classes, Schools: reach.Schools}, person)
		}); err != nil {
			return err
		}
		if err := d.namesakes(homes); err != nil {
			return err
		}
		return d.claims(persons)
	})
	return doubts, err
}

// doubter collects doubts about the links of one list.
type doubter struct {
	tx    *gorm.DB
	today string
	views map[models.ID]LinkView
	out   map[models.ID][]Doubt
}

func (d doubter) add(person models.ID, one Doubt) { d.out[person] = append(d.out[person], one) }

// sharers finds who else is linked to the same households.
func (d doubter) sharers(homes []models.ID, known func(models.ID) (bool, error)) error {
	var rows []struct {
		HouseholdID, PersonID models.ID
		State, FullName       string
	}
	for part := range slices.Chunk(homes, partLinks) {
		err := d.tx.Raw(`SELECT l.household_id, l.person_id, l.state, p.full_name FROM household_links l JOIN persons p ON p.id = l.person_id
			WHERE l.household_id IN ? AND l.live = 1 ORDER BY l.claimed_at, l.id`, part).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("read who shares a household: %w", err)
		}
	}
	name := map[models.ID]string{}
	for _, r := range rows {
		name[r.PersonID] = r.FullName
	}
	seen := map[[2]models.ID]bool{} // a household that two of the list share is read twice
	for person, v := range d.views {
		for _, r := range rows {
			pair := [2]models.ID{person, r.PersonID}
			if v.Live == nil || r.HouseholdID != v.HouseholdID || r.PersonID == person || seen[pair] {
				continue
			}
			seen[pair] = true
			one := Doubt{Kind: DoubtSibling, State: r.State}
			if surname(r.FullName) != surname(name[person]) {
				one.Kind = DoubtOtherSurname
			}
			ok, err := known(r.PersonID)
			if err != nil {
				return err
			}
			if ok {
				one.Person = r.FullName
			}
			d.add(person, one)
		}
	}
	return nil
}

// surname is the family name as it is compared: its first word.
func surname(full string) string {
	first, _, _ := strings.Cut(models.Fold(full), " ")
	return first
}

// namesakes finds households of the commune whose head has the same name.
func (d doubter) namesakes(homes []models.ID) error {
	var rows []struct {
		OfHome, OfVillage, ID, VillageID         models.ID
		Code, HeadName, VillageKind, VillageName string
	}
	err := d.tx.Raw(`SELECT h.id AS of_home, h.village_id AS of_village, o.id, o.village_id, o.code, o.head_name, v.kind AS village_kind, v.name AS village_name
		FROM households h JOIN village_communes a ON a.village_id = h.village_id AND a.valid_from <= ? AND a.valid_to > ?
		JOIN village_communes b ON b.commune_id = a.commune_id AND b.valid_from <= ? AND b.valid_to > ?
		JOIN households o ON o.village_id = b.village_id AND o.head_sort = h.head_sort AND o.id <> h.id AND o.state = ?
		JOIN villages v ON v.id = o.village_id WHERE h.id IN ? ORDER BY o.code`,
		d.today, d.today, d.today, d.today, StateActive, homes).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("find namesakes: %w", err)
	}
	for person, v := range d.views {
		for _, r := range rows {
			if v.Live == nil || r.OfHome != v.HouseholdID {
				continue
			}
			one := Doubt{Kind: DoubtSameHead, Household: &Brief{ID: r.ID, Code: r.Code, HeadName: models.MaskName(r.HeadName), VillageKind: r.VillageKind, VillageName: r.VillageName}}
			if r.VillageID == r.OfVillage {
				one.Kind = DoubtNamesake
			}
			d.add(person, one)
		}
	}
	return nil
}

// claims finds the other households that the pupils were linked to.
func (d doubter) claims(persons []models.ID) error {
	var links []Link
	err := d.tx.Raw("SELECT "+linkColumns+" FROM household_links l WHERE l.person_id IN ? AND l.live IS NULL ORDER BY l.claimed_at, l.id", persons).Scan(&links).Error
	if err != nil {
		return fmt.Errorf("read other claims: %w", err)
	}
	for _, l := range links {
		if l.HouseholdID == d.views[l.PersonID].HouseholdID {
			continue
		}
		h, err := byID(d.tx, l.HouseholdID)
		if err != nil {
			return err
		}
		b := Brief{ID: h.ID, Code: h.Code, HeadName: models.MaskName(h.HeadName)}
		v, err := place.VillageByID(d.tx, h.VillageID, d.today)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		b.VillageKind, b.VillageName = v.Kind, v.Name
		d.add(l.PersonID, Doubt{Kind: DoubtOtherClaim, Household: &b, State: l.State})
	}
	return nil
}
