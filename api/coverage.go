package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/coverage"
	"nhaso/models/place"
)

// SkillCount says in how many households at least one confirmed member holds a
// skill.
type SkillCount struct {
	PublicServices int `json:"public_services"`
	OnlineShopping int `json:"online_shopping"`
	OnlinePayment  int `json:"online_payment"`
	SelfProtection int `json:"self_protection"`
	LocalPlatforms int `json:"local_platforms"`
}

// FigureSet is never a bare percentage: covered, not covered and unknown
// against the register's own count of households.
type FigureSet struct {
	Households int        `json:"households"`
	Covered    int        `json:"covered" doc:"One member holds all five skills."`
	NotCovered int        `json:"not_covered"`
	Unknown    int        `json:"unknown"`
	Skills     SkillCount `json:"skills"`
}

func figuresOf(f coverage.Figures) FigureSet {
	return FigureSet{Households: f.Households, Covered: f.Covered, NotCovered: f.NotCovered(), Unknown: f.Unknown(), Skills: SkillCount(f.Skills)}
}

// AreaHead names the area a page is about.
type AreaHead struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Level string `json:"level" enum:"province,commune,village"`
	Kind  string `json:"kind"`
}

type coverageChild struct {
	AreaHead
	FigureSet
	Grades gradeSet `json:"grades" doc:"Class A to E by target, for all and for each skill; left out where nothing is known."`
}

// registerView is where a denominator comes from.
type registerView struct {
	Source     string    `json:"source"`
	AsOf       string    `json:"as_of"`
	ImportedAt time.Time `json:"imported_at"`
}

type coverageView struct {
	Area      AreaHead        `json:"area"`
	Ancestors []areaRef       `json:"ancestors"`
	FigureSet                 // of the area itself
	Register  *registerView   `json:"register"`
	CountedAt time.Time       `json:"counted_at"`
	Exact     bool            `json:"exact" doc:"Always true: counters and everything not folded into them yet."`
	On        string          `json:"on" doc:"The day at whose end the figures held; empty: now."`
	Map       string          `json:"map" doc:"The day whose areas are shown; empty: today's."`
	Goals     []goalView      `json:"goals" doc:"What is to be reached, for all and for each skill."`
	Grades    gradeSet        `json:"grades"`
	Children  []coverageChild `json:"children"`
	Unplaced  FigureSet       `json:"unplaced" doc:"In none of the children: on an older map nobody can tell where these villages lay."`
}

// CoverageInput names an area and the two days of its figures.
type CoverageInput struct {
	Code string `path:"code" maxLength:"16" doc:"Of a province, commune or village (V-…), as it was on the day of the map."`
	On   string `query:"on" maxLength:"10" doc:"Civil day: the figures at its end. Default now."`
	Map  string `query:"map" maxLength:"10" doc:"Civil day: the areas as they were on it. Default the day of the figures."`
}

// view checks the two days. asked is false when the page of this moment is meant.
func (in *CoverageInput) view(today string) (view coverage.View, asked bool, err error) {
	on, err := parseDay("query.on", in.On)
	if err != nil {
		return view, false, err
	}
	mapDay, err := parseDay("query.map", in.Map)
	if err != nil {
		return view, false, err
	}
	if on > today {
		return view, false, models.InvalidField("query.on", "future_date")
	}
	if on == "" && mapDay == "" {
		return view, false, nil
	}
	if on == "" {
		on = today
	}
	if mapDay == "" {
		mapDay = on
	}
	return coverage.View{On: on, Map: mapDay}, true, nil
}

func (s *server) coverageOperations() {
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "coverage", action: models.ActReadCoverage}
	}
	register(s, read("get-coverage", "/areas/{code}/coverage", "How many households of an area have a skilled member, and of each area below; as of any day, under the map of any day."),
		s.coverageOf)
	register(s, read("explain-coverage", "/areas/{code}/coverage/explanation", "What a figure is made of: definition, rule, the last changes that moved it, the last recount, chain of hashes; as of any day, and as it was known at an instant."),
		func(ctx context.Context, actor models.Actor, in *questionInput) (*body[areaExplanation], error) {
			return answer(s.explainArea(ctx, actor, in))
		})
	register(s, read("get-coverage-trend", "/areas/{code}/coverage/trend", "How the figures of an area came about, what is to be reached, and where the pace of the last weeks leads."),
		s.coverageTrend)
	register(s, read("list-coverage-schools", "/areas/{code}/coverage/schools", "Households by the school of their pupils: where a school stands is not where its pupils live."),
		s.coverageSchools)
}

// spot is an area or village as found by its code.
type spot struct {
	head AreaHead
	at   coverage.Area
	up   []areaRef
}

// spotOf finds the province, commune or village of a code as of a day.
func (s *server) spotOf(ctx context.Context, code, on string) (spot, error) {
	if strings.HasPrefix(strings.ToUpper(code), "V") {
		if on == "" {
			on = s.Clock.Today()
		}
		v, err := place.VillageByCode(s.DB.Read(ctx), code, on)
		if err != nil {
			return spot{}, absent(err)
		}
		up, err := s.above(ctx, v.CommuneID)
		return spot{head: AreaHead{Code: v.Code, Name: v.Name, Level: coverage.LevelVillage, Kind: v.Kind},
			at: coverage.Area{ID: v.ID, Level: coverage.LevelVillage}, up: up}, err
	}
	a, err := s.Places.AreaByCode(ctx, code, on)
	if err != nil {
		return spot{}, absent(err)
	}
	if a.Level == place.LevelDistrict {
		return spot{}, models.NotFound() // districts ended before the first household was counted
	}
	up, err := s.above(ctx, a.ParentID)
	return spot{head: AreaHead{Code: a.Code, Name: a.Name, Level: a.Level, Kind: a.Kind},
		at: coverage.Area{ID: a.ID, Level: a.Level}, up: up}, err
}

// above answers an area and those above it, the province first; none for the
// zero ID.
func (s *server) above(ctx context.Context, id models.ID) ([]areaRef, error) {
	up := []areaRef{}
	for !id.IsZero() {
		a, err := s.Places.AreaByID(ctx, id)
		if err != nil {
			return nil, err
		}
		up, id = append(up, refOf(a)), a.ParentID
	}
	slices.Reverse(up)
	return up, nil
}

func (s *server) coverageOf(ctx context.Context, actor models.Actor, in *CoverageInput) (*body[coverageView], error) {
	today := s.Clock.Today()
	view, asked, err := in.view(today)
	if err != nil {
		return nil, err
	}
	where, err := s.spotOf(ctx, in.Code, view.Map)
	if err != nil {
		return nil, err
	}
	var page coverage.Page
	if asked {
		page, err = s.Coverage.PageAsOf(ctx, actor, where.at, view)
	} else {
		page, err = s.Coverage.Page(ctx, actor, where.at)
	}
	if err != nil {
		return nil, err
	}
	out := coverageView{Area: where.head, Ancestors: where.up, CountedAt: s.Clock.Now(), Exact: true, On: view.On, Map: view.Map,
		FigureSet: figuresOf(page.Figures), Unplaced: figuresOf(page.Unplaced)}
	if r := page.Register; r != nil {
		out.Register = &registerView{Source: r.Source, AsOf: r.AsOf, ImportedAt: r.ImportedAt.UTC()}
	}
	day := view.On
	if day == "" {
		day = today
	}
	out.withGoals(page, day)
	return answer(out, nil)
}

func (s *server) activeRule(ctx context.Context) (int, error) {
	rule, err := certificate.ActiveRule(s.DB.Read(ctx), s.Clock.Now())
	return rule.Version, err
}
