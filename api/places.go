package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/place"
)

// villageView is a thôn, bản or khu phố and the commune it belongs to.
type villageView struct {
	Code        string  `json:"code"`
	Name        string  `json:"name"`
	Kind        string  `json:"kind"`
	CommuneCode string  `json:"commune_code"`
	CommuneName string  `json:"commune_name"`
	ValidFrom   string  `json:"valid_from"`
	ValidTo     *string `json:"valid_to" doc:"null: still there"`
}

// schoolView is one school.
type schoolView struct {
	ID   string `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
	Type string `json:"type" enum:"thcs,thpt,ptdtnt,lien_cap,gdtx"`
}

// classView is one class of a school year.
type classView struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Grade      int    `json:"grade"`
	SchoolYear string `json:"school_year"`
}

type newVillageInput struct {
	Body struct {
		Code        string `json:"code,omitempty" maxLength:"16" doc:"Empty: made here."`
		CommuneCode string `json:"commune_code" minLength:"1" maxLength:"16"`
		Kind        string `json:"kind,omitempty" maxLength:"24" doc:"Empty: read from the name."`
		Name        string `json:"name" minLength:"1" maxLength:"120"`
		ValidFrom   string `json:"valid_from,omitempty" maxLength:"10" doc:"Default today."`
	}
}

type moveVillageInput struct {
	Code string `path:"code" maxLength:"16"`
	Body struct {
		CommuneCode string `json:"commune_code" minLength:"1" maxLength:"16"`
		On          string `json:"on" minLength:"10" maxLength:"10"`
		Reason      string `json:"reason" minLength:"3" maxLength:"200"`
	}
}

func (s *server) placeOperations() {
	type villageQuery struct {
		PageQuery
		Commune string `query:"commune" required:"true" maxLength:"16" doc:"Code of the commune."`
		On      string `query:"on" maxLength:"10" doc:"Civil day; default today."`
	}
	register(s, op{
		id: "list-villages", method: http.MethodGet, path: "/villages", tag: "places", action: models.ActReadArea,
		summary: "The villages of a commune on a day, by name.", refuses: []models.Kind{models.KindNotFound},
	}, func(ctx context.Context, _ models.Actor, in *villageQuery) (*body[list[villageView]], error) {
		after, err := in.after()
		if err != nil {
			return nil, err
		}
		on, err := parseDay("query.on", in.On)
		if err != nil {
			return nil, err
		}
		commune, err := s.Places.AreaByCode(ctx, in.Commune, on)
		if err != nil {
			return nil, err
		}
		rows, next, err := s.Places.Villages(ctx, commune.ID, on, place.Page{After: after, Limit: in.Limit})
		return answer(listed(converted(rows, villageOf), next), err)
	})
	register(s, op{
		id: "create-village", method: http.MethodPost, path: "/villages", tag: "places", action: models.ActManagePlaces,
		summary: "Make a village.", refuses: []models.Kind{models.KindNotFound, models.KindConflict},
	}, func(ctx context.Context, actor models.Actor, in *newVillageInput) (*body[villageView], error) {
		v, err := s.Places.CreateVillage(ctx, actor, place.NewVillage{CommuneCode: in.Body.CommuneCode, Kind: in.Body.Kind,
			Name: in.Body.Name, ValidFrom: in.Body.ValidFrom, Code: in.Body.Code})
		return answer(villageOf(v), err)
	})
	register(s, op{
		id: "move-village", method: http.MethodPost, path: "/villages/{code}/move", tag: "places", action: models.ActManagePlaces,
		summary: "Put a village into another commune; its figures go with it.", refuses: []models.Kind{models.KindConflict},
	}, s.moveVillage)
	register(s, op{
		id: "merge-village", method: http.MethodPost, path: "/villages/{code}/merge", tag: "places", action: models.ActManagePlaces,
		summary: "Close a village and move its households into another. Repeating it finishes what was cut off.",
		refuses: []models.Kind{models.KindConflict}, within: uploadTime,
	}, func(ctx context.Context, actor models.Actor, in *mergeVillageInput) (*body[mergeReport], error) {
		n, err := s.Households.MergeVillage(ctx, actor, in.Code, in.Body.IntoCode, in.Body.On, in.Body.Reason)
		return answer(mergeReport{Moved: n}, err)
	})
	s.schoolOperations()
}

type mergeVillageInput struct {
	Code string `path:"code" maxLength:"16"`
	Body struct {
		IntoCode string `json:"into_code" minLength:"1" maxLength:"16"`
		On       string `json:"on" minLength:"10" maxLength:"10"`
		Reason   string `json:"reason" minLength:"3" maxLength:"200"`
	}
}

type mergeReport struct {
	Moved int `json:"moved" doc:"Households that were moved."`
}

func (s *server) moveVillage(ctx context.Context, actor models.Actor, in *moveVillageInput) (*body[villageView], error) {
	on, err := parseDay("body.on", in.Body.On)
	if err != nil {
		return nil, err
	}
	village, err := s.Places.Village(ctx, in.Code)
	if err != nil {
		return nil, absent(err)
	}
	commune, err := s.Places.AreaByCode(ctx, in.Body.CommuneCode, on)
	if err != nil {
		return nil, err
	}
	if err := s.Coverage.MoveVillage(ctx, actor, village.ID, commune.ID, on, in.Body.Reason); err != nil {
		return nil, err
	}
	village, err = s.Places.Village(ctx, in.Code)
	return answer(villageOf(village), err)
}

// absent makes of a mistyped code in an address what it is there: an address
// of nothing.
func absent(err error) error {
	if models.KindOf(err) == models.KindInvalid {
		return models.NotFound()
	}
	return err
}

func (s *server) schoolOperations() {
	type schoolQuery struct {
		Q       string `query:"q" maxLength:"100" doc:"Part of the name, or the code."`
		Commune string `query:"commune" maxLength:"16" doc:"Code of the commune."`
		Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	register(s, op{
		id: "search-schools", method: http.MethodGet, path: "/schools", tag: "places", action: models.ActReadArea,
		summary: "Find schools by name or code.", refuses: []models.Kind{models.KindNotFound},
	}, func(ctx context.Context, _ models.Actor, in *schoolQuery) (*body[list[schoolView]], error) {
		var commune models.ID
		if in.Commune != "" {
			area, err := s.Places.AreaByCode(ctx, in.Commune, "")
			if err != nil {
				return nil, err
			}
			commune = area.ID
		}
		rows, err := s.Places.SearchSchools(ctx, in.Q, commune, in.Limit)
		return answer(listed(converted(rows, schoolOf), ""), err)
	})
	register(s, op{
		id: "create-school", method: http.MethodPost, path: "/schools", tag: "places", action: models.ActManagePlaces,
		summary: "Make a school.", refuses: []models.Kind{models.KindNotFound, models.KindConflict},
	}, func(ctx context.Context, actor models.Actor, in *newSchoolInput) (*body[schoolView], error) {
		school, err := s.Places.CreateSchool(ctx, actor, place.NewSchool{Code: in.Body.Code, Name: in.Body.Name, Type: in.Body.Type,
			CommuneCode: in.Body.CommuneCode})
		return answer(schoolOf(school), err)
	})
	register(s, op{
		id: "list-school-classes", method: http.MethodGet, path: "/schools/{id}/classes", tag: "places", action: models.ActReadArea,
		summary: "The classes of a school, the newest year first.",
	}, func(ctx context.Context, _ models.Actor, in *ByID) (*body[list[classView]], error) {
		return withID(in, func(id models.ID) (list[classView], error) {
			school, err := s.Places.School(ctx, id)
			if err != nil {
				return list[classView]{}, err
			}
			// Names of classes are no secret; who is in them is (see class boards).
			rows, err := s.Places.Classes(ctx, models.Reach{All: true}, place.ClassQuery{SchoolID: school.ID})
			return listed(converted(rows, func(c place.Class) classView {
				return classView{ID: c.ID.String(), Name: c.Name, Grade: c.Grade, SchoolYear: c.SchoolYear}
			}), ""), err
		})
	})
}

type newSchoolInput struct {
	Body struct {
		Code        string `json:"code" minLength:"1" maxLength:"24" doc:"The ministry's code."`
		Name        string `json:"name" minLength:"1" maxLength:"160"`
		Type        string `json:"type" enum:"thcs,thpt,ptdtnt,lien_cap,gdtx"`
		CommuneCode string `json:"commune_code" minLength:"1" maxLength:"16"`
	}
}

func schoolOf(c place.School) schoolView {
	return schoolView{ID: c.ID.String(), Code: c.Code, Name: c.Name, Type: c.Type}
}

func villageOf(v place.Village) villageView {
	return villageView{Code: v.Code, Name: v.Name, Kind: v.Kind, CommuneCode: v.CommuneCode, CommuneName: v.CommuneName,
		ValidFrom: v.ValidFrom, ValidTo: untilForever(v.ValidTo)}
}
