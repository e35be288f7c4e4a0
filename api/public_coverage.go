package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/coverage"
)

// SpanView is what is published of a count: it lies between low and high, both
// included. "Fewer than five" is 0 to 4.
type SpanView struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// PublicFigures never tell fewer than five households from each other, nor do
// any two of them taken together.
type PublicFigures struct {
	Households int      `json:"households" doc:"On the register."`
	Covered    SpanView `json:"covered"`
	NotCovered SpanView `json:"not_covered"`
	Unknown    SpanView `json:"unknown"`
	Hidden     bool     `json:"hidden" doc:"Too few households: nothing is published beyond their number."`
}

func publicFigures(p coverage.Published) PublicFigures {
	return PublicFigures{p.Households, SpanView(p.Covered), SpanView(p.NotCovered), SpanView(p.Unknown), p.Hidden()}
}

// publicSkill is what is published of one skill in a commune or province.
type publicSkill struct {
	Skill string   `json:"skill"`
	Held  SpanView `json:"held" doc:"Households in which at least one confirmed member holds the skill."`
}

// publicSkills is empty where no skill is told.
func publicSkills(p coverage.Published, told bool) []publicSkill {
	list := []publicSkill{}
	if !told {
		return list
	}
	for i, name := range coverage.SkillNames {
		list = append(list, publicSkill{name, SpanView(p.Skills[i])})
	}
	return list
}

// publicRow is an area, or small villages together.
type publicRow struct {
	Code  string   `json:"code" doc:"Empty for villages together."`
	Kind  string   `json:"kind"`
	Name  string   `json:"name" doc:"Empty for villages together."`
	Names []string `json:"names" doc:"Villages too small to be published one by one."`
	PublicFigures
	Skills []publicSkill `json:"skills" doc:"Of communes; of villages no skill is told."`
}

// publicPoint is one release of an area.
type publicPoint struct {
	OnDate string `json:"on_date"`
	PublicFigures
}

// publicRegister is where the number of households comes from.
type publicRegister struct {
	Source string `json:"source"`
	AsOf   string `json:"as_of"`
}

type publicView struct {
	Area       AreaHead  `json:"area"`
	Ancestors  []areaRef `json:"ancestors"`
	OnDate     string    `json:"on_date" doc:"The figures are those of the end of this civil day; they stay until the next release."`
	ReleasedOn string    `json:"released_on"`
	PublicFigures
	Skills   []publicSkill   `json:"skills" doc:"The five skills; empty in releases made before they were published."`
	Register *publicRegister `json:"register"`
	Rows     []publicRow     `json:"rows" doc:"Communes, or villages; they need not add up to the area exactly."`
	HiddenIn int             `json:"hidden_villages" doc:"Villages that are part of the sum only."`
	Trend    []publicPoint   `json:"trend" doc:"Every release kept, the oldest first."`
}

// publicBody may be kept by caches: it changes once a month.
type publicBody[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

const publicCache = "public, max-age=300"

func publicAnswer[T any](v T, err error) (*publicBody[T], error) {
	if err != nil {
		return nil, err
	}
	return &publicBody[T]{publicCache, v}, nil
}

type publicInput struct {
	Code string `path:"code" maxLength:"16" doc:"Of a province or commune."`
	On   string `query:"on" maxLength:"10" doc:"Day of a release; default the newest."`
}

// released is the day of a release.
type released struct {
	OnDate string `json:"on_date"`
}

func (s *server) publicCoverageOperations() {
	open := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "public", action: models.ActPublic, pace: s.paces.public}
	}
	register(s, open("list-public-areas", "/public/coverage", "The provinces that publish how many households have a skilled member."),
		func(ctx context.Context, _ models.Actor, _ *none) (*publicBody[list[areaRef]], error) {
			areas, err := s.Coverage.PublicAreas(ctx)
			return publicAnswer(listed(converted(areas, func(a coverage.PublicRow) areaRef {
				return areaRef{Code: a.Code, Name: a.Name, Level: coverage.LevelProvince}
			}), ""), err)
		})
	register(s, open("get-public-coverage", "/public/coverage/{code}", "What is published of a province or commune: sums only, counts below five never shown, once a month."),
		func(ctx context.Context, _ models.Actor, in *publicInput) (*publicBody[publicView], error) {
			return publicAnswer(s.publicOf(ctx, in.Code, in.On))
		})
	register(s, op{id: "begin-publishing", method: http.MethodPost, path: "/public-releases", tag: "coverage", action: models.ActPublish,
		summary: "Begin to publish: the first release is made now, the next ones at the end of each month.", refuses: []models.Kind{models.KindConflict}},
		func(ctx context.Context, actor models.Actor, _ *none) (*body[released], error) {
			day, err := s.Coverage.BeginPublishing(ctx, actor)
			return answer(released{day}, err)
		})
}

func (s *server) publicOf(ctx context.Context, code, on string) (publicView, error) {
	on, err := parseDay("query.on", on)
	if err != nil {
		return publicView{}, err
	}
	where, err := s.spotOf(ctx, code, on)
	if err != nil {
		return publicView{}, err
	}
	page, err := s.Coverage.Public(ctx, where.at.ID, on)
	if err != nil {
		return publicView{}, err
	}
	return s.publicViewOf(ctx, where, page)
}

func (s *server) publicViewOf(ctx context.Context, where spot, page coverage.PublicPage) (publicView, error) {
	trend, err := s.Coverage.PublicTrend(ctx, where.at.ID)
	if err != nil {
		return publicView{}, err
	}
	v := publicView{Area: where.head, Ancestors: where.up, OnDate: page.OnDate, ReleasedOn: page.ReleasedOn,
		PublicFigures: publicFigures(page.Published), HiddenIn: page.HiddenIn,
		Skills: publicSkills(page.Published, page.TellsSkills),
		Rows: converted(page.Rows, func(r coverage.PublicRow) publicRow {
			return publicRow{r.Code, r.Kind, r.Name, filled(r.Names), publicFigures(r.Published),
				publicSkills(r.Published, page.TellsSkills && page.RowsAre == coverage.LevelCommune)}
		}), Trend: converted(trend, func(p coverage.PublicPoint) publicPoint {
			return publicPoint{p.OnDate, publicFigures(p.Published)}
		})}
	if r := page.Register; r != nil {
		v.Register = &publicRegister{r.Source, r.AsOf}
	}
	return v, nil
}
