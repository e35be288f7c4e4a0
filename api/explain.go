package api

import (
	"context"
	"slices"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/place"
)

// changeView is one ledger row.
type changeView struct {
	At              time.Time  `json:"at"`
	On              string     `json:"on"`
	Delta           int        `json:"delta" doc:"Of the figure asked for."`
	DeltaCovered    int        `json:"delta_covered"`
	DeltaKnown      int        `json:"delta_known"`
	DeltaHouseholds int        `json:"delta_households"`
	DeltaSkills     SkillCount `json:"delta_skills"`
	Cause           string     `json:"cause"`
	HouseholdID     *string    `json:"household_id" doc:"null for a register that brought many at once"`
	VillageName     string     `json:"village_name"`
	Hash            string     `json:"hash"`
}

// recountView is the last count of an area from its households.
type recountView struct {
	At    time.Time `json:"at"`
	Value int       `json:"value"`
	Same  bool      `json:"same" doc:"Counters and ledger said so too, in everything."`
}

// explainedSchool are those of one school's pupils in an area.
type explainedSchool struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Pupils     int    `json:"pupils"`
	Households int    `json:"households"`
	Covered    int    `json:"covered"`
}

type areaExplanation struct {
	Area        AreaHead         `json:"area"`
	Figure      FigureSet        `json:"figure"`
	Value       int              `json:"value" doc:"Of the figure asked for."`
	Replayed    int              `json:"replayed" doc:"The same added up from single rows of the ledger, past counters and history."`
	Recount     *recountView     `json:"recount" doc:"null before the first night, and for a past day."`
	Seen        *time.Time       `json:"seen"`
	KnownNow    *int             `json:"known_now" doc:"Beside a figure as it was known at an instant: what is known of the same day now."`
	School      *explainedSchool `json:"school" doc:"When one was asked for: the changes are those of its pupils' households."`
	Definition  string           `json:"definition"`
	RuleVersion int              `json:"rule_version"`
	LastChanges []changeView     `json:"last_changes"`
	Batches     int              `json:"batches" doc:"Number of the last batch folded into the counters."`
	ChainOK     bool             `json:"chain_ok" doc:"Every row and batch shown recomputes to its hash and follows the one before."`
}

type questionInput struct {
	CoverageInput
	Figure string `query:"figure" enum:"households,known,covered,not_covered,unknown" default:"covered" doc:"Only changes that moved it are shown."`
	Skill  string `query:"skill" maxLength:"24" doc:"Covered and not covered in one skill. Default all five in one person."`
	Seen   string `query:"seen" maxLength:"32" doc:"An instant, RFC 3339: the figure as it was known then."`
	School string `query:"school" maxLength:"24" doc:"Code: the households of the pupils of one school."`
	Basis  string `query:"basis" enum:"residence,school" default:"residence" doc:"With school: households of the area, or of the school that stands in it."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"10"`
}

// definition is what the figures mean, in the words of the house's rule.
const definition = "covered: at least one confirmed member holds a valid certificate; " +
	"not covered: at least one member is confirmed, none holds a valid certificate; " +
	"unknown: no member is confirmed"

// question makes a question to the ledger of what was asked.
func (in *questionInput) question(today string) (coverage.Question, error) {
	view, _, err := in.view(today)
	if err != nil {
		return coverage.Question{}, err
	}
	q := coverage.Question{View: view, Figure: in.Figure, Skill: in.Skill, Limit: in.Limit}
	if in.Skill == allFive {
		q.Skill = ""
	}
	if in.Seen != "" {
		if q.Seen, err = time.Parse(time.RFC3339, in.Seen); err != nil {
			return q, models.InvalidField("query.seen", "invalid_date")
		}
	}
	if in.School != "" {
		q.Within, q.Args = household.WithinSchool(in.School)
	}
	return q, nil
}

func (s *server) explainArea(ctx context.Context, actor models.Actor, in *questionInput) (areaExplanation, error) {
	q, err := in.question(s.Clock.Today())
	if err != nil {
		return areaExplanation{}, err
	}
	where, err := s.spotOf(ctx, in.Code, q.Map)
	if err != nil {
		return areaExplanation{}, err
	}
	e, err := s.Coverage.Explain(ctx, actor, where.at, q)
	if err != nil {
		return areaExplanation{}, err
	}
	out := areaExplanation{Area: where.head, Figure: figuresOf(e.Figures), Value: q.Of(e.Figures), Replayed: q.Of(e.Replayed),
		Definition: definition, ChainOK: e.ChainOK, LastChanges: changesOf(q, e.Changes)}
	if out.RuleVersion, err = s.activeRule(ctx); err != nil {
		return areaExplanation{}, err
	}
	if len(e.Batches) > 0 {
		out.Batches = int(e.Batches[0].Number)
	}
	if r := e.LastRecount; r != nil {
		out.Recount = &recountView{At: r.At.UTC(), Value: q.Of(r.Figures), Same: r.Same}
	}
	if !q.Seen.IsZero() {
		now := q
		now.Seen, now.Limit = time.Time{}, 1
		later, err := s.Coverage.Explain(ctx, actor, where.at, now)
		if err != nil {
			return areaExplanation{}, err
		}
		known := q.Of(later.Figures)
		out.Seen, out.KnownNow = optionalTime(&q.Seen), &known
	}
	if in.School != "" {
		return out, s.explainSchool(ctx, actor, where, in, &out)
	}
	return out, nil
}

// explainSchool adds the figures of one school. Those of the area stay beside them.
func (s *server) explainSchool(ctx context.Context, actor models.Actor, where spot, in *questionInput, out *areaExplanation) error {
	rows, _, err := s.Households.BySchool(ctx, actor, where.at, household.Basis(in.Basis))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r household.SchoolRow) bool { return r.Code == in.School })
	if i < 0 {
		return models.NotFound()
	}
	out.School = &explainedSchool{rows[i].Code, rows[i].Name, rows[i].Pupils, rows[i].Households, rows[i].Covered}
	return nil
}

func changesOf(q coverage.Question, list []coverage.Change) []changeView {
	return converted(list, func(c coverage.Change) changeView {
		v := changeView{At: c.At.UTC(), On: c.OnDate, Delta: q.Of(c.Figures), DeltaCovered: c.Covered, DeltaKnown: c.Known, DeltaHouseholds: c.Households,
			DeltaSkills: SkillCount(c.Skills), Cause: c.Cause, VillageName: place.VillageTitle(c.VillageKind, c.VillageName), Hash: c.Hash}
		if c.Cause != "register" && c.Cause != "rebuild" {
			v.HouseholdID = optionalID(c.SubjectID)
		}
		return v
	})
}
