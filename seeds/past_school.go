package seeds

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/household"
	"nhaso/models/people"
	"nhaso/models/place"
)

// pastSchool is a pilot's school with what its lessons need.
type pastSchool struct {
	*past
	level   string
	classes []pastClass
	teacher models.Actor
	laptop  models.ID // stands in facts for the machine they come from; none is enrolled
}

type pastClass struct {
	class  place.Class
	pupils []Pupil
}

// staff gives a school its teacher.
func (s *pastSchool) staff(ctx context.Context, n int) error {
	name, _ := s.g.fullName()
	var grants []models.Grant
	for _, c := range s.classes {
		grants = append(grants, models.Grant{Role: models.RoleTeacher, Scope: models.ScopeClass, At: c.class.ID})
	}
	account, err := s.People.CreateAccount(ctx, s.System, people.NewAccount{
		Username: fmt.Sprintf("giaovien%d", n+2), DisplayName: name, SecretHash: s.hash, Grants: grants,
	})
	if err != nil {
		return err
	}
	s.teacher = models.Actor{Account: account.ID, Name: name, Grants: grants}
	if s.level == "thpt" {
		if err := s.upper(ctx); err != nil {
			return err
		}
	}
	return nil
}

// upper gives the first pupil of an upper school a user name, "hocsinh11" in
// grade 11.
func (s *pastSchool) upper(ctx context.Context) error {
	first := s.classes[0]
	_, err := s.People.CreateAccount(ctx, s.System, people.NewAccount{
		Username: fmt.Sprintf("hocsinh%d", first.class.Grade), DisplayName: first.pupils[0].Name, SecretHash: s.hash, PersonID: first.pupils[0].Person,
		Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}},
	})
	return err
}

// link claims the households of a class; most of the claims are confirmed days
// later, some wait to this day.
func (s *pastSchool) link(c pastClass, homes []string, said, decided time.Time) {
	var waiting []models.ID
	s.on(said, func(ctx context.Context) error {
		for i, pupil := range c.pupils {
			if i < len(homes) && i%17 != 16 { // one in seventeen was never asked
				link, err := s.Households.ClaimFor(ctx, s.teacher, household.NewClaim{PersonID: pupil.Person, HouseholdCode: homes[i], Relation: "child"})
				if err != nil {
					return err
				}
				if i%13 != 12 {
					waiting = append(waiting, link.ID)
				}
			}
		}
		return s.consent(ctx, c)
	})
	s.on(decided, func(ctx context.Context) error {
		for _, id := range waiting {
			if _, err := s.Households.Decide(ctx, s.teacher, id, true, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// consent hands in the forms of a class, of pupil and guardian; one in ten is
// not back yet.
func (s *pastSchool) consent(ctx context.Context, c pastClass) error {
	for _, part := range slices.Collect(slices.Chunk(c.pupils, 20)) {
		var list []consent.NewEvent
		for i, pupil := range part {
			for _, t := range consent.TextsOn(models.Day(s.at)) {
				for _, party := range []string{consent.Child, consent.Guardian} {
					e := consent.NewEvent{ID: models.NewID(s.at), PersonID: pupil.Person, Kind: t.Kind, Party: party, Act: consent.Granted, TextVersion: t.Version, Channel: consent.ChannelPaper}
					if party == consent.Guardian {
						e.Relation = consent.Relations[i%2]
					}
					if i%10 != 9 {
						list = append(list, e)
					}
				}
			}
		}
		if err := s.Consents.Record(ctx, s.teacher, list); err != nil {
			return err
		}
	}
	return nil
}
