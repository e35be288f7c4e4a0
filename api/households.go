package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/people"
	"nhaso/models/place"
)

// myHousehold is what a pupil sees of the own household.
type myHousehold struct {
	State     string           `json:"state" enum:"none,claimed,confirmed,rejected,ended"`
	Link      *linkView        `json:"link"`
	Household *maskedHousehold `json:"household"`
	Covered   *bool            `json:"covered"`
}

type maskedHousehold struct {
	Code        string `json:"code"`
	VillageName string `json:"village_name"`
	CommuneName string `json:"commune_name"`
	HeadMasked  string `json:"head_masked"`
}

type claimInput struct {
	Body struct {
		ID            *string `json:"id,omitempty" nullable:"true" maxLength:"36" doc:"Made by the client."`
		HouseholdCode string  `json:"household_code,omitempty" maxLength:"30"`
		VillageCode   string  `json:"village_code,omitempty" maxLength:"16"`
		HeadName      string  `json:"head_name,omitempty" maxLength:"120"`
		Relation      string  `json:"relation" enum:"child,grandchild,sibling,spouse,head,other"`
	}
}

// villageHit is a village in a pupil's search.
type villageHit struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	CommuneName string `json:"commune_name"`
}

// householdRow is one line of an officer's list.
type householdRow struct {
	ID               string     `json:"id"`
	Code             string     `json:"code"`
	HeadName         string     `json:"head_name" doc:"Masked unless the caller may read names there."`
	Status           string     `json:"status" enum:"covered,not_covered,unknown"`
	MembersConfirmed int        `json:"members_confirmed"`
	Certified        int        `json:"certified"`
	CoveredAt        *time.Time `json:"covered_at"`
}

type moveHouseholdInput struct {
	ByID
	Body struct {
		VillageCode string `json:"village_code" minLength:"1" maxLength:"16"`
		On          string `json:"on" minLength:"10" maxLength:"10"`
		Reason      string `json:"reason" minLength:"3" maxLength:"400"`
	}
}

type householdQuery struct {
	PageQuery
	Code   string `path:"code" maxLength:"16"`
	Status string `query:"status" enum:"covered,not_covered,unknown"`
	Pupils string `query:"pupils" enum:"yes,no,unknown" doc:"Whether somebody of school age lives there."`
	Q      string `query:"q" maxLength:"100" doc:"Part of the head's name (for those who may read it), or of the code."`
}

func (s *server) householdOperations() {
	s.myHouseholdOperations()
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "households", action: models.ActReadHousehold}
	}
	register(s, read("list-households", "/villages/{code}/households", "The households of a village, by the head's given name."),
		func(ctx context.Context, actor models.Actor, in *householdQuery) (*body[list[householdRow]], error) {
			after, err := in.after()
			if err != nil {
				return nil, err
			}
			page, err := s.Households.List(ctx, actor, in.Code, household.ListFilter{Status: in.Status, Pupils: in.Pupils, Query: in.Q, Cursor: after, Limit: in.Limit})
			return answer(listed(converted(page.Items, func(i household.Item) householdRow {
				return householdRow{ID: i.ID.String(), Code: i.Code, HeadName: i.HeadName, Status: i.Status,
					MembersConfirmed: i.MembersConfirmed, Certified: i.Certified, CoveredAt: optionalTime(i.CoveredAt)}
			}), page.Next), err)
		})
	register(s, read("get-household", "/households/{id}", "One household with its links and history."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[householdView], error) {
			return withID(in, func(id models.ID) (householdView, error) {
				d, err := s.Households.Household(ctx, actor, id)
				return householdOf(d), err
			})
		})
	register(s, read("explain-household", "/households/{id}/explanation",
		"Why a household counts as it does: links, certificates, passes, attempts, rule, each with its hash."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[householdExplanation], error) {
			return withID(in, func(id models.ID) (householdExplanation, error) { return s.explainHousehold(ctx, actor, id) })
		})
	register(s, op{
		id: "move-household", method: http.MethodPost, path: "/households/{id}/move", tag: "households", action: models.ActMoveHousehold,
		summary: "Put a household into another village; what it counts for goes with it.", refuses: []models.Kind{models.KindConflict},
	}, func(ctx context.Context, actor models.Actor, in *moveHouseholdInput) (*body[householdView], error) {
		return withID(&in.ByID, func(id models.ID) (householdView, error) {
			if _, err := s.Households.Move(ctx, actor, id, in.Body.VillageCode, in.Body.On, in.Body.Reason); err != nil {
				return householdView{}, err
			}
			d, err := s.Households.Household(ctx, actor, id)
			return householdOf(d), err
		})
	})
}

func (s *server) myHouseholdOperations() {
	own := func(id, method, path, summary string, refuses ...models.Kind) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "me", action: models.ActOwnHousehold, refuses: refuses}
	}
	register(s, own("get-my-household", http.MethodGet, "/me/household", "The pupil's own household link."),
		func(ctx context.Context, actor models.Actor, _ *none) (*body[myHousehold], error) {
			return answer(s.mine(ctx, actor))
		})
	register(s, own("claim-household", http.MethodPost, "/me/household-claim",
		"Say to which household the pupil belongs: by its code, or by village and head. Somebody else confirms it.",
		models.KindNotFound, models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *claimInput) (*body[myHousehold], error) {
			id, err := parseOptionalID("body.id", in.Body.ID)
			if err != nil {
				return nil, err
			}
			_, err = s.Households.Claim(ctx, actor, household.NewClaim{ID: id, HouseholdCode: in.Body.HouseholdCode,
				VillageCode: in.Body.VillageCode, HeadName: in.Body.HeadName, Relation: in.Body.Relation})
			if err != nil {
				return nil, err
			}
			return answer(s.mine(ctx, actor))
		})
	type query struct {
		Q string `query:"q" required:"true" minLength:"2" maxLength:"100"`
	}
	register(s, own("search-my-village", http.MethodGet, "/me/village-search", "Find a village by a part of its name, to claim a household."),
		func(ctx context.Context, actor models.Actor, in *query) (*body[list[villageHit]], error) {
			rows, err := s.villagesNear(ctx, actor, in.Q)
			return answer(listed(converted(rows, func(v place.Village) villageHit {
				return villageHit{Code: v.Code, Name: v.Name, CommuneName: v.CommuneName}
			}), ""), err)
		})
}

// maxHits is how many villages a search shows.
const maxHits = 50

// villagesNear finds villages, those of the commune of the pupil's school
// first: every commune has a "Khu 1".
func (s *server) villagesNear(ctx context.Context, actor models.Actor, q string) ([]place.Village, error) {
	all, err := s.Places.SearchVillages(ctx, q, models.ID{}, maxHits)
	if err != nil {
		return nil, err
	}
	student, err := people.Enrolment(s.DB.Read(ctx), actor.Person)
	if models.KindOf(err) == models.KindNotFound {
		return all, nil // has left school
	}
	if err != nil {
		return nil, err
	}
	school, err := s.Places.School(ctx, student.SchoolID)
	if err != nil {
		return nil, err
	}
	near, err := s.Places.SearchVillages(ctx, q, school.CommuneID, maxHits)
	for _, v := range all {
		if v.CommuneID != school.CommuneID && len(near) < maxHits {
			near = append(near, v)
		}
	}
	return near, err
}

func (s *server) mine(ctx context.Context, actor models.Actor) (myHousehold, error) {
	m, err := s.Households.Mine(ctx, actor)
	out := myHousehold{State: m.State, Covered: m.Covered}
	if m.Link != nil {
		l := linkOf(*m.Link)
		l.DecidedBy = nil // the role is enough for a pupil
		out.Link = &l
	}
	if h := m.Household; h != nil {
		out.Household = &maskedHousehold{Code: h.Code, VillageName: place.VillageTitle(h.VillageKind, h.VillageName), CommuneName: h.CommuneName, HeadMasked: h.HeadName}
	}
	return out, err
}
