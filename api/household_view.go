package api

import (
	"context"
	"time"

	"nhaso/models"
	"nhaso/models/household"
)

type villageRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// memberView is a link as the officer of its village sees it.
type memberView struct {
	ID              string     `json:"id"`
	PersonID        string     `json:"person_id" doc:"Empty where name_withheld."`
	Name            string     `json:"name" doc:"Empty where name_withheld."`
	Withheld        bool       `json:"name_withheld" doc:"No consent to be named here. The member counts all the same."`
	Certified       bool       `json:"certified"`
	Adult           bool       `json:"adult" doc:"A grown-up learner with an own account."`
	Relation        string     `json:"relation"`
	State           string     `json:"state" enum:"claimed,confirmed,rejected,ended"`
	ClaimedAt       time.Time  `json:"claimed_at"`
	DecidedBy       *string    `json:"decided_by"`
	DecidedAt       *time.Time `json:"decided_at"`
	CertificateCode *string    `json:"certificate_code"`
	BoardsSince     *string    `json:"boards_since" doc:"The day from which the member lives at a school away from home; counts here all the same."`
}

// listedView is a member as the register has them.
type listedView struct {
	ID        string `json:"id"`
	FullName  string `json:"full_name"`
	Relation  string `json:"relation"`
	BirthYear *int   `json:"birth_year"`
}

// joinedView is a merge that holds.
type joinedView struct {
	ID        string    `json:"id"`
	Kept      bool      `json:"kept" doc:"This household is the one that stayed."`
	OtherID   string    `json:"other_id"`
	OtherCode string    `json:"other_code"`
	OtherHead string    `json:"other_head"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Reason    *string   `json:"reason"`
}

type historyLine struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	By     string    `json:"by"`
	Reason *string   `json:"reason"`
}

type householdView struct {
	ID        string        `json:"id"`
	Code      string        `json:"code"`
	HeadName  string        `json:"head_name" doc:"Masked unless the caller may read names there."`
	Village   villageRef    `json:"village"`
	Register  *registerView `json:"register"`
	Status    string        `json:"status" enum:"covered,not_covered,unknown"`
	CoveredAt *time.Time    `json:"covered_at"`
	Links     []memberView  `json:"links"`
	Events    []historyLine `json:"events"`
	State     string        `json:"state" enum:"active,merged"`
	Members   []listedView  `json:"members" nullable:"false" doc:"As the register has them; empty without the right to names."`
	Merges    []joinedView  `json:"merges" nullable:"false" doc:"Those that hold, the newest first."`
}

func householdOf(d household.Details) householdView {
	return householdView{
		ID: d.ID.String(), Code: d.Code, HeadName: d.HeadName, Village: villageRef{Code: d.Village.Code, Name: d.Village.Name},
		Register: registerOf(d.Register), Status: d.Status(), CoveredAt: optionalTime(d.CoveredAt),
		Links: converted(d.Members, func(m household.Member) memberView {
			return memberView{ID: m.ID.String(), PersonID: textOf(m.PersonID), Name: m.Name, Withheld: m.Withheld, Adult: m.Adult, Certified: m.Certified, Relation: m.Relation, State: m.State,
				ClaimedAt: m.ClaimedAt.UTC(), DecidedBy: optional(m.DecidedName), DecidedAt: optionalTime(m.DecidedAt),
				CertificateCode: optional(m.CertificateCode), BoardsSince: optional(m.BoardsSince)}
		}),
		State: d.State,
		Members: converted(d.Listed, func(m household.ListedMember) listedView {
			v := listedView{ID: m.ID.String(), FullName: m.FullName, Relation: m.Relation}
			if m.BirthYear != 0 {
				v.BirthYear = &m.BirthYear
			}
			return v
		}),
		Merges: converted(d.Merges, func(j household.Joined) joinedView {
			return joinedView{ID: j.ID.String(), Kept: j.GoneID == j.Other, OtherID: j.Other.String(), OtherCode: j.OtherCode, OtherHead: j.OtherHead,
				By: j.MergedName, At: j.MergedAt.UTC(), Reason: optional(j.Reason)}
		}),
		Events: converted(d.Events, func(e household.Event) historyLine {
			return historyLine{At: e.At.UTC(), Kind: e.Kind, By: e.ActorName, Reason: optional(e.Reason)}
		}),
	}
}

func registerOf(r *household.Register) *registerView {
	if r == nil {
		return nil
	}
	return &registerView{Source: r.Source, AsOf: r.AsOf, ImportedAt: r.ImportedAt.UTC()}
}

// stepView is one fact that a figure rests on. Titles and facts are translated
// by the front end.
type stepView struct {
	Kind  string         `json:"kind" enum:"household,ledger,link,certificate,rule,pass,attempt"`
	ID    string         `json:"id" doc:"Empty for a rule, which has a version."`
	At    *time.Time     `json:"at"`
	Title string         `json:"title"`
	Facts map[string]any `json:"facts"`
	Hash  *string        `json:"hash"`
}

type householdExplanation struct {
	Status string     `json:"status" enum:"covered,not_covered,unknown"`
	Reason string     `json:"reason" enum:"certified_member,no_certificate,no_confirmed_member"`
	Intact bool       `json:"intact" doc:"Every hash recomputes, and grading the stored answers again gives the stored scores."`
	Chain  []stepView `json:"chain"`
}

// explainHousehold joins the household's chain with the attempts under its
// passes: the only place that knows both.
func (s *server) explainHousehold(ctx context.Context, actor models.Actor, id models.ID) (householdExplanation, error) {
	e, err := s.Households.Explain(ctx, actor, id)
	if err != nil {
		return householdExplanation{}, err
	}
	out := householdExplanation{Status: e.Status, Reason: e.Reason, Intact: e.Intact, Chain: []stepView{}}
	for _, step := range e.Chain {
		out.Chain = append(out.Chain, stepOf(step))
		if step.Kind != household.StepPass {
			continue
		}
		attempt, ok := step.Facts["attempt_id"].(models.ID)
		if !ok {
			continue
		}
		proof, intact, err := s.attemptStep(ctx, actor, attempt)
		if err != nil {
			return householdExplanation{}, err
		}
		out.Intact = out.Intact && intact
		out.Chain = append(out.Chain, proof)
	}
	return out, nil
}

func stepOf(step household.Step) stepView {
	v := stepView{Kind: step.Kind, ID: textOf(step.ID), At: optionalTime(&step.At), Title: step.Kind, Facts: step.Facts, Hash: optional(step.Hash)}
	for key, fact := range v.Facts {
		if at, ok := fact.(time.Time); ok {
			v.Facts[key] = at.UTC()
		}
	}
	return v
}

func (s *server) attemptStep(ctx context.Context, actor models.Actor, id models.ID) (stepView, bool, error) {
	p, err := s.Learning.Explain(ctx, actor, id)
	if err != nil {
		return stepView{}, false, err
	}
	return stepView{Kind: "attempt", ID: textOf(p.AttemptID), At: optionalTime(p.SubmittedAt), Title: "attempt", Hash: optional(p.Hash),
		Facts: map[string]any{
			"course_key": p.CourseKey, "course_hash": p.CourseHash, "session_id": optionalID(p.SessionID), "started_at": p.StartedAt.UTC(),
			"score": p.Score, "answers": p.Answers, "slots": p.Slots, "intact": p.Intact,
		}}, p.Intact, nil
}
