package api

import (
	"context"
	"net/http"
	"strconv"

	"nhaso/models"
	"nhaso/models/place"
)

// AreaHit is an area as it was from valid_from up to, not including, valid_to.
type AreaHit struct {
	ID         string  `json:"id"`
	Code       string  `json:"code"`
	Name       string  `json:"name"`
	Kind       string  `json:"kind"`
	Level      string  `json:"level"`
	ParentCode *string `json:"parent_code"`
	ValidFrom  string  `json:"valid_from"`
	ValidTo    *string `json:"valid_to" doc:"null: still valid"`
}

// areaRef is the way up from an area.
type areaRef struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level string `json:"level"`
}

// areaChange is what an area came from or became.
type areaChange struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Extent string `json:"extent" enum:"whole,part"`
	On     string `json:"on"`
}

type areaDetail struct {
	AreaHit
	Ancestors    []areaRef    `json:"ancestors"`
	Successors   []areaChange `json:"successors"`
	Predecessors []areaChange `json:"predecessors"`
}

type areaQuery struct {
	Code string `path:"code" maxLength:"16"`
	On   string `query:"on" maxLength:"10" doc:"Civil day; default today."`
}

func (s *server) areaOperations() {
	type search struct {
		Q      string `query:"q" maxLength:"100" doc:"Part of a name, with or without marks, or a code."`
		On     string `query:"on" maxLength:"10" doc:"Civil day; default today."`
		Level  string `query:"level" enum:"province,district,commune"`
		Within string `query:"within" maxLength:"16" doc:"Code of the area to search below."`
		PageQuery
	}
	register(s, op{
		id: "search-areas", method: http.MethodGet, path: "/areas", tag: "places", action: models.ActReadArea,
		summary: "Find areas by name or code, as they were on a day.",
	}, func(ctx context.Context, _ models.Actor, in *search) (*body[list[AreaHit]], error) {
		on, err := parseDay("query.on", in.On)
		if err != nil {
			return nil, err
		}
		skip, err := in.skip()
		if err != nil {
			return nil, err
		}
		filter := place.SearchFilter{Level: in.Level, On: on, Limit: in.Limit, Skip: skip}
		if in.Within != "" {
			area, err := s.Places.AreaByCode(ctx, in.Within, on)
			if err != nil {
				return nil, err
			}
			filter.Within = area.ID
		}
		areas, more, err := s.Places.Search(ctx, in.Q, filter)
		if err != nil {
			return nil, err
		}
		next := ""
		if more {
			next = strconv.Itoa(skip + len(areas))
		}
		hits, err := s.areaHits(ctx, areas)
		return answer(listed(hits, next), err)
	})
	register(s, op{
		id: "get-area", method: http.MethodGet, path: "/areas/{code}", tag: "places", action: models.ActReadArea,
		summary: "One area on a day, with what lies above it, what it came from and what it became.",
	}, func(ctx context.Context, _ models.Actor, in *areaQuery) (*body[areaDetail], error) {
		on, err := parseDay("query.on", in.On)
		if err != nil {
			return nil, err
		}
		return answer(s.areaDetail(ctx, in.Code, on))
	})
}

// areaHits adds the codes of the parents, each looked up once.
func (s *server) areaHits(ctx context.Context, areas []place.Area) ([]AreaHit, error) {
	codes := map[models.ID]string{}
	hits := make([]AreaHit, len(areas))
	for i, a := range areas {
		if _, known := codes[a.ParentID]; !known && !a.ParentID.IsZero() {
			parent, err := s.Places.AreaByID(ctx, a.ParentID)
			if err != nil {
				return nil, err
			}
			codes[a.ParentID] = parent.Code
		}
		hits[i] = AreaHit{ID: a.ID.String(), Code: a.Code, Name: a.Name, Kind: a.Kind, Level: a.Level,
			ParentCode: optional(codes[a.ParentID]), ValidFrom: a.ValidFrom, ValidTo: untilForever(a.ValidTo)}
	}
	return hits, nil
}

func untilForever(day string) *string {
	if day == models.Forever {
		return nil
	}
	return &day
}

func (s *server) areaDetail(ctx context.Context, code, on string) (areaDetail, error) {
	area, err := s.Places.AreaByCode(ctx, code, on)
	if err != nil {
		return areaDetail{}, err
	}
	hits, err := s.areaHits(ctx, []place.Area{area})
	if err != nil {
		return areaDetail{}, err
	}
	up, err := s.Places.Ancestors(ctx, area.ID)
	if err != nil {
		return areaDetail{}, err
	}
	after, err := s.Places.Successors(ctx, area.ID)
	if err != nil {
		return areaDetail{}, err
	}
	before, err := s.Places.Predecessors(ctx, area.ID)
	if err != nil {
		return areaDetail{}, err
	}
	return areaDetail{AreaHit: hits[0], Ancestors: converted(up, refOf),
		Successors: converted(after, changeOf), Predecessors: converted(before, changeOf)}, nil
}

func refOf(a place.Area) areaRef { return areaRef{Code: a.Code, Name: a.Name, Level: a.Level} }

func changeOf(c place.Succession) areaChange {
	return areaChange{Code: c.Code, Name: c.Name, Extent: c.Extent, On: c.OnDate}
}
