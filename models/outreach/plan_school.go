package outreach

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/place"
)

// PlanSchool plans for the pupils of one school, with their names: the actor
// needs read_class for the whole school, otherwise NotFound. pupils bounds the
// plan; 0 is as far as a pupil still adds a household. A household counts as
// waiting for a decision alone only when the certified pupil is the school's.
func (o *Outreach) PlanSchool(ctx context.Context, actor models.Actor, school models.ID, pupils int) (SchoolPlan, error) {
	reach, err := models.Allow(actor, models.ActReadClass)
	if err != nil {
		return SchoolPlan{}, err
	}
	out := SchoolPlan{Classes: []ClassGain{}, Students: []Chosen{}}
	err = o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		ok, err := place.SchoolInReach(tx, reach, school)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		s, err := place.SchoolByID(tx, school)
		if err != nil {
			return err
		}
		out.School.ID, out.School.Name = s.ID, s.Name
		list, err := candidatesOfSchool(tx, school)
		if err != nil {
			return err
		}
		plan := MakePlan(list, pupils)
		out.Outlook = plan.outlook()
		return out.name(tx, plan)
	})
	return out, err
}

// name fills in classes and pupils.
func (s *SchoolPlan) name(tx *gorm.DB, p Plan) error {
	var classes []ClassGain
	err := tx.Raw(`SELECT DISTINCT c.id, c.name, c.grade FROM school_classes c JOIN enrolments e ON e.class_id = c.id AND e.live = 1
		WHERE c.school_id = ? ORDER BY c.grade, c.name, c.id`, s.School.ID).Scan(&classes).Error
	if err != nil {
		return fmt.Errorf("read classes: %w", err)
	}
	passed, err := passesOf(tx, p.Picks)
	if err != nil {
		return err
	}
	at := map[models.ID]int{}
	for i, c := range classes {
		at[c.ID] = i
	}
	for _, c := range p.Picks {
		chosen := Chosen{PersonID: c.Person, Name: c.Name, ClassID: c.Class, Confirmed: c.Confirmed, Missing: []string{}}
		for _, skill := range certificate.Skills {
			if !slices.Contains(passed[c.Person], skill) {
				chosen.Missing = append(chosen.Missing, skill)
			}
		}
		if i, ok := at[c.Class]; ok {
			classes[i].add(c)
			chosen.ClassName = classes[i].Name
		}
		s.Students = append(s.Students, chosen)
	}
	for _, c := range classes {
		if c.Pupils > 0 {
			s.Classes = append(s.Classes, c)
		}
	}
	return nil
}

func passesOf(tx *gorm.DB, picks []Candidate) (map[models.ID][]string, error) {
	passed := map[models.ID][]string{}
	for part := range slices.Chunk(picks, 500) {
		ids := make([]models.ID, len(part))
		for i, c := range part {
			ids[i] = c.Person
		}
		var rows []struct {
			PersonID models.ID
			Skill    string
		}
		if err := tx.Raw("SELECT person_id, skill FROM skill_passes WHERE person_id IN ?", ids).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read passes: %w", err)
		}
		for _, r := range rows {
			passed[r.PersonID] = append(passed[r.PersonID], r.Skill)
		}
	}
	return passed, nil
}
