package consent

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
)

// What a party said last.
const (
	SaidYes     = 1
	SaidNothing = 0
	SaidNo      = -1
)

// State is the sum of one person's events of one kind.
type State struct {
	PersonID models.ID
	Kind     string
	Seq      int // of the last event; 0: there is none
	Child    int // SaidYes, SaidNothing, SaidNo
	Guardian int
	Born     string // the pupil's birth date, "" when not known: then both must agree
}

const stateColumns = "s.person_id, s.kind, s.seq, s.child, s.guardian"

// with is the state after one more event.
func (s State) with(e Event) State {
	said := SaidYes
	if e.Act == Withdrawn {
		said = SaidNo
	}
	if e.Party == Guardian {
		s.Guardian = said
	} else {
		s.Child = said
	}
	s.Seq = e.Seq
	return s
}

// ChildMust tells whether the child has to agree on a civil day.
func (s State) ChildMust(today string) bool {
	from, _ := RuleOn(today).ages(s.Kind)
	return s.Born == "" || s.Born <= bornBy(today, from)
}

// GuardianMust tells whether the guardian has to agree on a civil day.
func (s State) GuardianMust(today string) bool {
	_, until := RuleOn(today).ages(s.Kind)
	return s.Born == "" || s.Born > bornBy(today, until)
}

// Shown is the decision. Whoever withdrew is heard at any age; where consent is
// the basis, everybody who must agree has to have done so.
func (s State) Shown(today string) bool {
	if s.Child == SaidNo || s.Guardian == SaidNo {
		return false
	}
	if RuleOn(today).basis(s.Kind) == BasisObjection {
		return true
	}
	return s.Complete(today)
}

// NeedsGuardian tells whether somebody is so young, on a civil day, that the law
// wants a guardian to agree; so for somebody whose birth date is not known.
func NeedsGuardian(tx *gorm.DB, person models.ID, today string) (bool, error) {
	var born []string
	if err := tx.Raw("SELECT COALESCE(birth_date, '') FROM persons WHERE id = ?", person).Scan(&born).Error; err != nil {
		return false, fmt.Errorf("read birth date: %w", err)
	}
	return len(born) > 0 && State{Born: born[0]}.GuardianMust(today), nil
}

// Complete tells whether everybody who must agree on a civil day did.
func (s State) Complete(today string) bool {
	child := s.Child == SaidYes || s.Child == SaidNothing && !s.ChildMust(today)
	guardian := s.Guardian == SaidYes || s.Guardian == SaidNothing && !s.GuardianMust(today)
	return child && guardian && s.Seq > 0
}

// ShownSQL is Shown as a condition on a column that holds a person's id. column
// is a name written in the program, never input.
func ShownSQL(column, kind, today string) (where string, args []any) {
	rule := RuleOn(today)
	if rule.basis(kind) == BasisObjection {
		return FreeSQL(column) + " AND NOT EXISTS (SELECT 1 FROM consent_states cs WHERE cs.person_id = " + column + " AND cs.kind = ? AND (cs.child = -1 OR cs.guardian = -1))", []any{kind}
	}
	child, guardian := rule.ages(kind)
	return FreeSQL(column) + " AND EXISTS (SELECT 1 FROM consent_states cs JOIN persons cp ON cp.id = cs.person_id WHERE cs.person_id = " + column + ` AND cs.kind = ?
		AND (cs.child = 1 OR (cs.child = 0 AND cp.birth_date > ?)) AND (cs.guardian = 1 OR (cs.guardian = 0 AND cp.birth_date <= ?)))`,
		[]any{kind, bornBy(today, child), bornBy(today, guardian)}
}

// maxPersons is how many persons one statement asks about.
const maxPersons = 500

// Shown answers which of the persons may be named in what a kind stands for:
// every list, search, export and explanation that shows pupils to somebody who
// is not of their school asks it. today is the civil day.
func Shown(tx *gorm.DB, persons []models.ID, kind, today string) (map[models.ID]bool, error) {
	shown := make(map[models.ID]bool, len(persons))
	objection := RuleOn(today).basis(kind) == BasisObjection
	for _, p := range persons {
		shown[p] = objection
	}
	where, args := ShownSQL("s.person_id", kind, today)
	for part := range slices.Chunk(persons, maxPersons) {
		var rows []struct {
			PersonID models.ID
			Shown    int
		}
		err := tx.Raw("SELECT s.person_id, CASE WHEN "+where+" THEN 1 ELSE 0 END AS shown FROM consent_states s WHERE s.kind = ? AND s.person_id IN ?",
			append(args, kind, part)...).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("ask for consent: %w", err)
		}
		for _, r := range rows {
			shown[r.PersonID] = r.Shown == 1
		}
	}
	return shown, hideRestricted(tx, shown, persons)
}

// states reads what is known of each person and kind; persons who were never
// asked have states without events.
func states(tx *gorm.DB, persons []models.ID, today string) (map[models.ID]map[string]State, error) {
	out := make(map[models.ID]map[string]State, len(persons))
	for part := range slices.Chunk(persons, maxPersons) {
		var born []struct {
			ID   models.ID
			Born string
		}
		if err := tx.Raw("SELECT id, COALESCE(birth_date, '') AS born FROM persons WHERE id IN ?", part).Scan(&born).Error; err != nil {
			return nil, fmt.Errorf("read birth dates: %w", err)
		}
		for _, p := range born {
			out[p.ID] = map[string]State{}
			for _, kind := range Kinds(today) {
				out[p.ID][kind] = State{PersonID: p.ID, Kind: kind, Born: p.Born}
			}
		}
		var rows []State
		if err := tx.Raw("SELECT "+stateColumns+" FROM consent_states s WHERE s.person_id IN ?", part).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read consent: %w", err)
		}
		for _, s := range rows {
			if kinds, ok := out[s.PersonID]; ok {
				s.Born = kinds[s.Kind].Born
				kinds[s.Kind] = s
			}
		}
	}
	return out, nil
}
