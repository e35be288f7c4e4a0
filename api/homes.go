package api

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/household"
)

// duplicateSide is one of two households that may be one.
type duplicateSide struct {
	ID          string   `json:"id"`
	Code        string   `json:"code"`
	Ref         string   `json:"ref" doc:"The register's own code."`
	HeadName    string   `json:"head_name" doc:"Masked unless the caller may read names there."`
	VillageCode string   `json:"village_code"`
	Village     string   `json:"village"`
	Commune     string   `json:"commune"`
	Since       string   `json:"since" doc:"The day from which it counts there."`
	Source      string   `json:"source"`
	AsOf        string   `json:"as_of"`
	Members     []string `json:"members" nullable:"false" doc:"As the register has them, masked like the head."`
	Confirmed   int      `json:"confirmed"`
	Status      string   `json:"status" enum:"covered,not_covered,unknown"`
}

// duplicatePair is two households that may be one.
type duplicatePair struct {
	ID        string        `json:"id"`
	Score     int           `json:"score" doc:"0 to 100."`
	Reasons   []string      `json:"reasons" nullable:"false" doc:"Codes; members:2 carries a count."`
	State     string        `json:"state" enum:"open,not_duplicate,merged"`
	DecidedBy *string       `json:"decided_by"`
	DecidedAt *time.Time    `json:"decided_at"`
	MergeID   *string       `json:"merge_id"`
	A         duplicateSide `json:"a"`
	B         duplicateSide `json:"b"`
}

// duplicatePage is a part of an area's list.
type duplicatePage struct {
	Items      []duplicatePair `json:"items" nullable:"false"`
	NextCursor *string         `json:"next_cursor"`
	Open       int             `json:"open" doc:"Pairs of the area that nobody has decided, also those the caller does not reach whole."`
	Scan       *household.Scan `json:"scan"`
}

type duplicateQuery struct {
	PageQuery
	Code  string `path:"code" maxLength:"16"`
	State string `query:"state" enum:"open,not_duplicate,merged" default:"open"`
}

type areaCodeInput struct {
	Code string `path:"code" maxLength:"16"`
}

type pairDecisionInput struct {
	ByID
	Body struct {
		Open bool `json:"open,omitempty" doc:"true: this is open once more."`
	}
}

type mergeInput struct {
	ByID
	Body struct {
		ID       string `json:"id" maxLength:"36" doc:"Made by the client: a repeat is the same merge."`
		GoneID   string `json:"gone_id,omitempty" maxLength:"36" doc:"The household that goes into this one."`
		GoneCode string `json:"gone_code,omitempty" maxLength:"30" doc:"The same by its code."`
		Home     string `json:"home,omitempty" enum:"kept,gone" doc:"Whose village is the right one; needed when the two are in different villages."`
		Reason   string `json:"reason,omitempty" maxLength:"400"`
	}
}

type undoMergeInput struct {
	ByID
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"400"`
	}
}

type splitInput struct {
	ByID
	Body struct {
		ID          string   `json:"id" maxLength:"36" doc:"Of the new household; made by the client."`
		HeadName    string   `json:"head_name" maxLength:"200"`
		VillageCode string   `json:"village_code,omitempty" maxLength:"16" doc:"Empty: the same village."`
		On          string   `json:"on" maxLength:"10"`
		Links       []string `json:"links" maxItems:"50" nullable:"false"`
		Members     []string `json:"members" maxItems:"50" nullable:"false"`
		Reason      string   `json:"reason" minLength:"3" maxLength:"400"`
	}
}

type boardingInput struct {
	ByID
	Body struct {
		Since string `json:"since" maxLength:"10" doc:"Empty: no more."`
	}
}

type schoolAgeFile struct {
	Code   string `path:"code" maxLength:"16"`
	Pupils string `query:"pupils" enum:"yes,no,unknown" doc:"Without it: all."`
}

func (s *server) homeOperations() {
	merge := func(id, method, path, summary string) op {
		return op{id: id, method: method, path: path, summary: summary, tag: "households", action: models.ActMergeHouseholds, refuses: []models.Kind{models.KindConflict}}
	}
	scan := merge("find-duplicates", http.MethodPost, "/areas/{code}/duplicate-scan", "Look for households of a commune or province that may be one.")
	scan.within = uploadTime
	register(s, scan, func(ctx context.Context, actor models.Actor, in *areaCodeInput) (*body[household.Scan], error) {
		area, err := s.Places.AreaByCode(ctx, in.Code, "")
		if err != nil {
			return nil, err
		}
		return answer(s.Households.FindDuplicates(ctx, actor, area.ID))
	})
	register(s, merge("list-duplicates", http.MethodGet, "/areas/{code}/duplicates", "Households of an area that may be one, the likeliest first, with what speaks for it."), s.listDuplicates)
	register(s, merge("decide-duplicate", http.MethodPost, "/household-duplicates/{id}/decision", "Keep for good that two households are two, or open this once more."),
		func(ctx context.Context, actor models.Actor, in *pairDecisionInput) (*body[duplicatePair], error) {
			return withID(&in.ByID, func(id models.ID) (duplicatePair, error) {
				p, err := s.Households.NotDuplicate(ctx, actor, id, in.Body.Open)
				return pairOf(p), err
			})
		})
	register(s, merge("merge-households", http.MethodPost, "/households/{id}/merge", "Put another household into this one; it can be taken back."), s.mergeHouseholds)
	register(s, merge("undo-household-merge", http.MethodPost, "/household-merges/{id}/undo", "Make two households of one again."),
		func(ctx context.Context, actor models.Actor, in *undoMergeInput) (*body[householdView], error) {
			return withID(&in.ByID, func(id models.ID) (householdView, error) {
				m, err := s.Households.UndoMerge(ctx, actor, id, in.Body.Reason)
				if err != nil {
					return householdView{}, err
				}
				return s.householdFor(ctx, actor, m.KeptID)
			})
		})
	register(s, merge("split-household", http.MethodPost, "/households/{id}/split", "Make a household of its own out of some members, from a day on."), s.splitHousehold)
	register(s, decide("board-member", http.MethodPost, "/household-links/{id}/boarding", "Say that a member lives at a school away from home, or no more.", models.KindConflict),
		func(ctx context.Context, actor models.Actor, in *boardingInput) (*body[linkView], error) {
			return withID(&in.ByID, func(id models.ID) (linkView, error) {
				l, err := s.Households.Board(ctx, actor, id, in.Body.Since)
				return linkOf(l), err
			})
		})
	register(s, op{id: "count-by-school-age", method: http.MethodGet, path: "/areas/{code}/school-age", tag: "households", action: models.ActReadHousehold,
		summary: "Households of a commune's villages by whether somebody of school age lives there; those without are for the digital teams."},
		func(ctx context.Context, actor models.Actor, in *areaCodeInput) (*body[list[household.VillagePupils]], error) {
			area, err := s.Places.AreaByCode(ctx, in.Code, "")
			if err != nil {
				return nil, err
			}
			rows, err := s.Households.ByPupils(ctx, actor, area.ID)
			return answer(listed(rows, ""), err)
		})
	registerFile(s, op{id: "export-by-school-age", method: http.MethodGet, path: "/areas/{code}/school-age.xlsx", tag: "households", action: models.ActReadHousehold,
		refuses: []models.Kind{models.KindTooLarge}, summary: "The households of a commune as a workbook, village by village."}, xlsxKind, s.schoolAgeFile)
}

func (s *server) listDuplicates(ctx context.Context, actor models.Actor, in *duplicateQuery) (*body[duplicatePage], error) {
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	area, err := s.Places.AreaByCode(ctx, in.Code, "")
	if err != nil {
		return nil, err
	}
	page, err := s.Households.Duplicates(ctx, actor, area.ID, in.State, after, in.Limit)
	if err != nil {
		return nil, err
	}
	rows := listed(converted(page.Pairs, pairOf), page.Next)
	return answer(duplicatePage{Items: rows.Items, NextCursor: rows.NextCursor, Open: page.Open, Scan: page.Scan}, nil)
}

func pairOf(p household.Pair) duplicatePair {
	side := func(h household.Side) duplicateSide {
		return duplicateSide{ID: textOf(h.ID), Code: h.Code, Ref: h.Ref, HeadName: h.HeadName, VillageCode: h.VillageCode, Village: h.Village, Commune: h.Commune,
			Since: h.Since, Source: h.Source, AsOf: h.AsOf, Members: filled(h.Members), Confirmed: h.Confirmed, Status: h.Status}
	}
	return duplicatePair{ID: textOf(p.ID), Score: p.Score, Reasons: filled(p.Reasons), State: p.State, DecidedBy: optional(p.DecidedName),
		DecidedAt: optionalTime(p.DecidedAt), MergeID: optionalID(p.MergeID), A: side(p.A), B: side(p.B)}
}

func (s *server) householdFor(ctx context.Context, actor models.Actor, id models.ID) (householdView, error) {
	d, err := s.Households.Household(ctx, actor, id)
	return householdOf(d), err
}

func (s *server) mergeHouseholds(ctx context.Context, actor models.Actor, in *mergeInput) (*body[householdView], error) {
	id, err := parseID("body.id", in.Body.ID)
	if err != nil {
		return nil, err
	}
	n := household.NewMerge{ID: id, GoneCode: in.Body.GoneCode, Home: in.Body.Home, Reason: in.Body.Reason}
	if n.GoneCode == "" {
		if n.Gone, err = parseID("body.gone_id", in.Body.GoneID); err != nil {
			return nil, err
		}
	}
	return withID(&in.ByID, func(kept models.ID) (householdView, error) {
		n.Kept = kept
		if _, err := s.Households.MergeHouseholds(ctx, actor, n); err != nil {
			return householdView{}, err
		}
		return s.householdFor(ctx, actor, kept)
	})
}

func (s *server) splitHousehold(ctx context.Context, actor models.Actor, in *splitInput) (*body[householdView], error) {
	n := household.NewSplit{HeadName: in.Body.HeadName, VillageCode: in.Body.VillageCode, On: in.Body.On, Reason: in.Body.Reason}
	var err error
	if n.ID, err = parseID("body.id", in.Body.ID); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		place string
		from  []string
		to    *[]models.ID
	}{{"body.links", in.Body.Links, &n.Links}, {"body.members", in.Body.Members, &n.Members}} {
		for _, text := range part.from {
			id, err := parseID(part.place, text)
			if err != nil {
				return nil, err
			}
			*part.to = append(*part.to, id)
		}
	}
	return withID(&in.ByID, func(from models.ID) (householdView, error) {
		made, err := s.Households.Split(ctx, actor, from, n)
		if err != nil {
			return householdView{}, err
		}
		return s.householdFor(ctx, actor, made.ID)
	})
}

func (s *server) schoolAgeFile(ctx context.Context, actor models.Actor, in *schoolAgeFile) (*file, error) {
	area, err := s.Places.AreaByCode(ctx, in.Code, "")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = s.Households.ExportByPupils(ctx, actor, area.ID, in.Pupils, &b)
	return &file{"ho-gia-dinh-" + area.Code + ".xlsx", xlsxKind, b.Bytes()}, err
}
