package api

import (
	"context"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
)

// allFive names the figure of all five skills in one person, beside the codes of
// the skills.
const allFive = "all"

// goalView is what an area is to reach for one skill or for all.
type goalView struct {
	Skill  string `json:"skill" enum:"all,public_services,online_shopping,online_payment,self_protection,local_platforms"`
	Share  int    `json:"share" doc:"Of the households on the register, in basis points."`
	On     string `json:"on" doc:"The day; empty for the standing goal of every household."`
	Source string `json:"source"`
	Area   string `json:"area" doc:"Name of the area whose goal it is; empty for the standing one."`
}

func goalOf(skill string, t coverage.Target) goalView {
	return goalView{Skill: skill, Share: t.Share, On: t.OnDate, Source: t.Source, Area: t.AreaName}
}

// gradeSet is the class of an area for all and for each skill.
type gradeSet struct {
	All            string `json:"all,omitempty"`
	PublicServices string `json:"public_services,omitempty"`
	OnlineShopping string `json:"online_shopping,omitempty"`
	OnlinePayment  string `json:"online_payment,omitempty"`
	SelfProtection string `json:"self_protection,omitempty"`
	LocalPlatforms string `json:"local_platforms,omitempty"`
}

// gradesOf puts figures into their classes; goals holds the shares for all and
// for each skill, in the order of coverage.SkillNames.
func gradesOf(f coverage.Figures, goals []goalView) gradeSet {
	var grades [6]string
	for i, goal := range goals {
		skill := ""
		if i > 0 {
			skill = coverage.SkillNames[i-1]
		}
		grades[i] = coverage.Grade(f, skill, goal.Share)
	}
	return gradeSet{grades[0], grades[1], grades[2], grades[3], grades[4], grades[5]}
}

// withGoals adds what is to be reached on a day, and with it the classes of the
// area and of those below, which are written here.
func (v *coverageView) withGoals(page coverage.Page, day string) {
	v.Goals = []goalView{goalOf(allFive, coverage.InForce(page.Targets, "", day))}
	for _, skill := range coverage.SkillNames {
		v.Goals = append(v.Goals, goalOf(skill, coverage.InForce(page.Targets, skill, day)))
	}
	v.Grades = gradesOf(page.Figures, v.Goals)
	v.Children = converted(page.Children, func(c coverage.Child) coverageChild {
		return coverageChild{AreaHead{c.Code, c.Name, c.Level, c.Kind}, figuresOf(c.Figures), gradesOf(c.Figures, v.Goals)}
	})
}

type pointView struct {
	On string `json:"on"`
	FigureSet
}

// forecastView is a range, and how it was made.
type forecastView struct {
	On          string  `json:"on"`
	Low         int     `json:"low" doc:"Households, if every week is like a slow one (lower quartile of the last eight)."`
	Mid         int     `json:"mid" doc:"… like a typical one (median)."`
	High        int     `json:"high" doc:"… like a good one (upper quartile)."`
	SlowWeek    float64 `json:"slow_week"`
	TypicalWeek float64 `json:"typical_week"`
	GoodWeek    float64 `json:"good_week"`
	Reached     *string `json:"reached" doc:"The day on which the goal is reached at the typical pace; null when never within ten years."`
}

type trendView struct {
	Area     AreaHead      `json:"area"`
	Skill    string        `json:"skill"`
	Points   []pointView   `json:"points" doc:"Ends of months, then the last eight weeks; the last one is the day asked for."`
	Goal     goalView      `json:"goal"`
	GoalAt   int           `json:"goal_at" doc:"The goal in households, on today's register."`
	Forecast *forecastView `json:"forecast" doc:"null with fewer than four weeks of history."`
}

type trendInput struct {
	Code  string `path:"code" maxLength:"16"`
	On    string `query:"on" maxLength:"10" doc:"Civil day: the last point. Default today."`
	Map   string `query:"map" maxLength:"10" doc:"Civil day: the area as it was on it. Default the day of the figures."`
	Skill string `query:"skill" enum:"all,public_services,online_shopping,online_payment,self_protection,local_platforms" default:"all"`
}

// forecastAhead is how many days a forecast looks ahead where no goal names a
// later day: half a year.
const forecastAhead = 182

func (s *server) coverageTrend(ctx context.Context, actor models.Actor, in *trendInput) (*body[trendView], error) {
	days := CoverageInput{Code: in.Code, On: in.On, Map: in.Map}
	view, asked, err := days.view(s.Clock.Today())
	if err != nil {
		return nil, err
	}
	if !asked {
		view = coverage.View{On: s.Clock.Today()}
	}
	where, err := s.spotOf(ctx, in.Code, view.Map)
	if err != nil {
		return nil, err
	}
	points, err := s.Coverage.Trend(ctx, actor, where.at, view)
	if err != nil {
		return nil, err
	}
	targets, err := s.Coverage.Targets(ctx, actor, where.at)
	if err != nil {
		return nil, err
	}
	skill := in.Skill
	if skill == allFive {
		skill = ""
	}
	goal := coverage.InForce(targets, skill, view.On)
	out := trendView{Area: where.head, Skill: in.Skill, Goal: goalOf(in.Skill, goal),
		Points: converted(points, func(p coverage.Point) pointView { return pointView{p.On, figuresOf(p.Figures)} })}
	if len(points) > 0 {
		out.GoalAt = points[len(points)-1].Goal(goal.Share)
		out.Forecast = forecastOf(points, view.On, goal, out.GoalAt, skill)
	}
	return answer(out, nil)
}

func forecastOf(points []coverage.Point, on string, goal coverage.Target, goalAt int, skill string) *forecastView {
	until := goal.OnDate
	if until <= on {
		day, err := time.Parse(time.DateOnly, on)
		if err != nil {
			return nil
		}
		until = day.AddDate(0, 0, forecastAhead).Format(time.DateOnly)
	}
	f, ok := coverage.Project(points, until, goalAt, func(f coverage.Figures) int { return f.Holding(skill) })
	if !ok {
		return nil
	}
	return &forecastView{On: f.On, Low: f.Low, Mid: f.Mid, High: f.High, SlowWeek: f.SlowWeek, TypicalWeek: f.TypicalWeek,
		GoodWeek: f.GoodWeek, Reached: optional(f.Reached)}
}

// schoolShare is one school seen from an area.
type schoolShare struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Commune    string `json:"commune" doc:"Where the school stands."`
	Pupils     int    `json:"pupils" doc:"With a confirmed household among those counted."`
	Households int    `json:"households"`
	Covered    int    `json:"covered"`
	Elsewhere  int    `json:"elsewhere" doc:"Households outside the commune in which the school stands."`
}

type schoolShares struct {
	Basis     string        `json:"basis"`
	CountedAt time.Time     `json:"counted_at"`
	Schools   []schoolShare `json:"schools"`
}

type schoolsInput struct {
	Code  string `path:"code" maxLength:"16"`
	Basis string `query:"basis" enum:"residence,school" default:"residence" doc:"residence: households of the area, by the schools of their pupils. school: schools of the area, wherever their pupils live."`
}

func (s *server) coverageSchools(ctx context.Context, actor models.Actor, in *schoolsInput) (*body[schoolShares], error) {
	where, err := s.spotOf(ctx, in.Code, "")
	if err != nil {
		return nil, err
	}
	found, at, err := s.Households.BySchool(ctx, actor, where.at, household.Basis(in.Basis))
	return answer(schoolShares{Basis: in.Basis, CountedAt: at.UTC(), Schools: converted(found, func(r household.SchoolRow) schoolShare {
		return schoolShare{r.Code, r.Name, r.CommuneName, r.Pupils, r.Households, r.Covered, r.Elsewhere}
	})}, err)
}
