package learning

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// The kinds that came after the first version of batches: a server that does
// not know them must not be given them.
var laterKinds = map[string]int{FactAccommodation: 2, FactIncident: 2, FactDecision: 3}

// KindVersion is the version of batches from which on a server knows a kind.
func KindVersion(kind string) int { return max(1, laterKinds[kind]) }

// AccommodationFact is what a teacher arranged for a pupil, as it stands; the
// zero values take it away. It goes both ways, and the later word wins.
type AccommodationFact struct {
	PersonID     models.ID `json:"person_id"`
	ExtraPercent int       `json:"extra_percent"`
	ReadAloud    bool      `json:"read_aloud"`
	SetBy        models.ID `json:"set_by,omitzero"`
	At           time.Time `json:"at"`
}

// IncidentFact says why a pupil did not finish in a lesson; an empty category
// takes it back.
type IncidentFact struct {
	SessionID models.ID `json:"session_id"`
	PersonID  models.ID `json:"person_id"`
	Category  string    `json:"category"`
	NotedBy   models.ID `json:"noted_by,omitzero"`
	At        time.Time `json:"at"`
}

const accommodationSelect = "SELECT person_id, extra_percent, read_aloud = 1 AS read_aloud, set_by, set_at AS at FROM accommodations"

// classMarks lists what the teacher arranged and noted.
func classMarks(tx *gorm.DB) ([]FactMark, error) {
	var list []FactMark
	var arranged []AccommodationFact
	if err := tx.Raw(accommodationSelect).Scan(&arranged).Error; err != nil {
		return nil, err
	}
	for _, r := range arranged {
		list = append(list, FactMark{Kind: FactAccommodation, Key: r.PersonID.String(), Person: r.PersonID, At: r.At, id: r.PersonID,
			Mark: itoa(r.ExtraPercent) + "," + itoa(bit(r.ReadAloud)) + "," + stamp(&r.At)})
	}
	var noted []IncidentFact
	err := tx.Raw(`SELECT i.session_id, i.person_id, i.category, i.noted_at AS at FROM session_incidents i
		JOIN lesson_sessions s ON s.id = i.session_id WHERE s.laptop_id IS NULL`).Scan(&noted).Error
	for _, r := range noted {
		list = append(list, FactMark{Kind: FactIncident, Key: r.SessionID.String() + "/" + r.PersonID.String(), Person: r.PersonID, At: r.At,
			id: r.PersonID, of: r.SessionID, Mark: r.Category + "," + stamp(&r.At)})
	}
	return list, err
}

func readAccommodation(tx *gorm.DB, person models.ID) (*AccommodationFact, error) {
	f := &AccommodationFact{}
	return f, tx.Raw(accommodationSelect+" WHERE person_id = ?", person).Take(f).Error
}

func readIncident(tx *gorm.DB, session, person models.ID) (*IncidentFact, error) {
	f := &IncidentFact{}
	return f, tx.Raw("SELECT session_id, person_id, category, noted_by, noted_at AS at FROM session_incidents WHERE session_id = ? AND person_id = ?",
		session, person).Take(f).Error
}

// applyAccommodation takes what was arranged on a laptop, unless somebody
// arranged something later here.
func applyAccommodation(tx *gorm.DB, a *AccommodationFact) error {
	if a.ExtraPercent < 0 || a.ExtraPercent > mostExtra {
		return models.InvalidField("fact.accommodation.extra_percent", "out_of_range")
	}
	return putAccommodation(tx, a, false)
}

// putAccommodation merges by time; keep leaves a row also where nothing is
// arranged any more, so that this can be carried.
func putAccommodation(tx *gorm.DB, a *AccommodationFact, keep bool) error {
	var rows []AccommodationFact
	if err := tx.Raw(accommodationSelect+" WHERE person_id = ?", a.PersonID).Scan(&rows).Error; err != nil {
		return err
	}
	none := a.ExtraPercent == 0 && !a.ReadAloud && !keep
	switch {
	case len(rows) > 0 && rows[0].At.After(a.At):
		return nil
	case none:
		return tx.Exec("DELETE FROM accommodations WHERE person_id = ?", a.PersonID).Error
	case len(rows) > 0:
		return tx.Exec("UPDATE accommodations SET extra_percent = ?, read_aloud = ?, set_by = ?, set_at = ? WHERE person_id = ?",
			a.ExtraPercent, bit(a.ReadAloud), a.SetBy, a.At, a.PersonID).Error
	}
	return retryDuplicate(tx.Exec("INSERT INTO accommodations (person_id, extra_percent, read_aloud, set_by, set_at) VALUES (?, ?, ?, ?, ?)",
		a.PersonID, a.ExtraPercent, bit(a.ReadAloud), a.SetBy, a.At).Error)
}

// applyIncident takes what was noted of a lesson that the laptop held.
func applyIncident(tx *gorm.DB, h Arrival, i *IncidentFact) error {
	if i.Category != "" && !slices.Contains(IncidentCategories, i.Category) {
		return models.InvalidField("fact.incident.category", "unknown")
	}
	s, err := sessionOf(tx, h, i.SessionID)
	if err != nil {
		return err
	}
	if s == nil {
		return models.InvalidField("fact.incident.session_id", "not_of_laptop")
	}
	var rows []struct{ At time.Time }
	err = tx.Raw("SELECT noted_at AS at FROM session_incidents WHERE session_id = ? AND person_id = ?", i.SessionID, i.PersonID).Scan(&rows).Error
	switch {
	case err != nil:
		return err
	case len(rows) > 0 && rows[0].At.After(i.At):
		return nil // noted here since
	case i.Category == "":
		return tx.Exec("DELETE FROM session_incidents WHERE session_id = ? AND person_id = ?", i.SessionID, i.PersonID).Error
	case len(rows) > 0:
		return tx.Exec("UPDATE session_incidents SET category = ?, noted_by = ?, noted_at = ? WHERE session_id = ? AND person_id = ?",
			i.Category, i.NotedBy, i.At, i.SessionID, i.PersonID).Error
	}
	school, err := place.ClassSchool(tx, s.ClassID)
	if err != nil {
		return err
	}
	return retryDuplicate(tx.Exec(`INSERT INTO session_incidents (session_id, person_id, school_id, category, noted_by, noted_at) VALUES (?, ?, ?, ?, ?, ?)`,
		i.SessionID, i.PersonID, school, i.Category, i.NotedBy, i.At).Error)
}

// ClassAccommodations reads what is arranged for the persons, for a class pack;
// never nil, so that a pack says that there is nothing.
func ClassAccommodations(tx *gorm.DB, persons []models.ID) ([]AccommodationFact, error) {
	list := []AccommodationFact{}
	err := tx.Raw(accommodationSelect+" WHERE person_id IN ? ORDER BY person_id", persons).Scan(&list).Error
	for i := range list {
		list[i].At, list[i].SetBy = list[i].At.UTC(), models.ID{} // who arranged it is nobody's business on a laptop
	}
	return list, err
}

// LoadAccommodations takes what a class pack says is arranged; nil is a pack of
// a server that does not say. What was changed here and is not home yet (own,
// by person) stays.
func LoadAccommodations(tx *gorm.DB, list []AccommodationFact, own map[models.ID]bool) error {
	if list == nil {
		return nil
	}
	var here []models.ID
	if err := tx.Raw("SELECT person_id FROM accommodations").Scan(&here).Error; err != nil {
		return err
	}
	for _, person := range here {
		if own[person] || slices.ContainsFunc(list, func(a AccommodationFact) bool { return a.PersonID == person }) {
			continue
		}
		if err := tx.Exec("DELETE FROM accommodations WHERE person_id = ?", person).Error; err != nil {
			return err
		}
	}
	for i := range list {
		if err := putAccommodation(tx, &list[i], true); err != nil {
			return err
		}
	}
	return nil
}
