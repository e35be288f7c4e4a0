package rights

import (
	"context"
	"unicode/utf8"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
	"nhaso/models/place"
)

// Found is somebody for whom a request can be filed.
type Found struct {
	PersonID   models.ID
	FullName   string // empty: may not be named to whoever asks
	BirthDate  string // only where the name stands
	ClassName  string
	SchoolName string
	Relation   string // to the head of the household, where a household was asked for
}

// foundMost is the most that one search answers.
const foundMost = 20

// Find looks for whom a request is: at school by name, part of it is enough; in
// the commune by the code of the household, whose members are answered, those
// without consent unnamed. The actor needs file_request. Errors: Invalid fields
// "q", "household"; KindForbidden.
func (s *Rights) Find(ctx context.Context, actor models.Actor, name, household string) ([]Found, error) {
	reach, err := models.Allow(actor, models.ActFileRequest)
	if err != nil {
		return nil, err
	}
	if household != "" {
		return s.members(ctx, actor, reach, household)
	}
	folded := models.Fold(name)
	if utf8.RuneCountInString(folded) < 2 {
		return nil, models.InvalidField("q", "too_short")
	}
	where, args := place.ClassFilter(models.Reach{Classes: reach.Classes, Schools: reach.Schools}, "e.class_id")
	list := []Found{}
	err = s.db.Read(ctx).Raw(`SELECT p.id AS person_id, p.full_name, COALESCE(p.birth_date, '') AS birth_date, c.name AS class_name, s.name AS school_name
		FROM enrolments e JOIN persons p ON p.id = e.person_id JOIN school_classes c ON c.id = e.class_id JOIN schools s ON s.id = e.school_id
		WHERE e.live = 1 AND `+where+` AND p.name_fold LIKE ? ESCAPE '!' ORDER BY p.sort_key, p.id LIMIT ?`,
		append(args, "%"+escape(folded)+"%", foundMost)...).Scan(&list).Error
	return list, err
}

func (s *Rights) members(ctx context.Context, actor models.Actor, reach models.Reach, household string) ([]Found, error) {
	code, err := models.NormalizeCode(household)
	if err != nil {
		return nil, models.InvalidField("household", "invalid_code")
	}
	tx, today := s.db.Read(ctx), s.clock.Today()
	where, args := place.VillageFilter(models.Reach{Areas: reach.Areas}, "h.village_id", today)
	list := []Found{}
	err = tx.Raw(`SELECT l.person_id, l.relation, p.full_name, COALESCE(p.birth_date, '') AS birth_date, COALESCE(c.name, '') AS class_name, COALESCE(s.name, '') AS school_name
		FROM household_links l JOIN households h ON h.id = l.household_id JOIN persons p ON p.id = l.person_id
		LEFT JOIN enrolments e ON e.person_id = p.id AND e.live = 1 LEFT JOIN school_classes c ON c.id = e.class_id LEFT JOIN schools s ON s.id = e.school_id
		WHERE h.code = ? AND l.live = 1 AND `+where+" ORDER BY p.sort_key, p.id LIMIT ?", append(append([]any{code}, args...), foundMost)...).Scan(&list).Error
	if err != nil {
		return nil, err
	}
	var home models.ID
	if err := tx.Raw("SELECT id FROM households WHERE code = ?", code).Scan(&home).Error; err != nil {
		return nil, err
	}
	ids := make([]models.ID, len(list))
	for i, f := range list {
		ids[i] = f.PersonID
	}
	agreed, err := consent.Shown(tx, ids, consent.AreaNames, today)
	if err != nil {
		return nil, err
	}
	named := false
	for i := range list {
		f := &list[i]
		if named = named || agreed[f.PersonID]; !agreed[f.PersonID] {
			f.FullName, f.BirthDate, f.ClassName, f.SchoolName = "", "", "", ""
		}
	}
	if named {
		err = audit.NamesListed(ctx, s.db, actor, audit.ListMembers, audit.Entry{Kind: audit.KindHousehold, Subject: home})
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}
