package outreach

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/place"
)

// Gain is what teaching a plan's pupils brings, as counts. Households are
// covered when all of them pass; AfterLink more once claimed links are
// confirmed too.
type Gain struct {
	Pupils     int `json:"pupils"`
	Households int `json:"households"`
	AfterLink  int `json:"after_link"`
	Skills     int `json:"skills" doc:"Skills that these pupils still have to pass."`
}

func (g *Gain) add(c Candidate) {
	g.Pupils++
	g.Skills += c.Missing
	if c.Confirmed {
		g.Households++
	} else {
		g.AfterLink++
	}
}

// Outlook is a plan in counts, without a name.
type Outlook struct {
	Gain
	Alphabetical int     `json:"alphabetical" doc:"Households gained by as many pupils in alphabetical order."`
	ConfirmOnly  int     `json:"confirm_only" doc:"Households that a certified pupil claims: a decision on the link covers them."`
	Candidates   int     `json:"candidates" doc:"Pupils without a completion confirmation."`
	Reachable    int     `json:"reachable" doc:"Most households that any order gains with confirmed links."`
	Curve        []Point `json:"curve" nullable:"false"`
}

func (p Plan) outlook() Outlook {
	o := Outlook{Alphabetical: p.Alphabetical, ConfirmOnly: p.ConfirmOnly, Candidates: p.Pupils, Reachable: p.Reachable, Curve: p.Curve}
	for _, c := range p.Picks {
		o.add(c)
	}
	return o
}

// SchoolGain is one school's part of an area's plan.
type SchoolGain struct {
	ID   models.ID `json:"id"`
	Name string    `json:"name"`
	Gain
}

// AreaPlan is whom to teach next among the pupils who live in an area, by
// school, with no pupil named. Needed is how many more covered households the
// target asks for.
type AreaPlan struct {
	Registered int `json:"registered" doc:"Households on the register."`
	Covered    int `json:"covered"`
	Needed     int `json:"needed" doc:"More covered households that the target asks for; 0 without one."`
	Outlook
	Schools []SchoolGain `json:"schools" nullable:"false"`
}

// ClassGain is one class's part of a school's plan.
type ClassGain struct {
	ID   models.ID `json:"id"`
	Name string    `json:"name"`
	Gain
}

// Chosen is a pupil to teach, for the pupil's own school.
type Chosen struct {
	PersonID  models.ID `json:"person_id"`
	Name      string    `json:"name"`
	ClassID   models.ID `json:"class_id"`
	ClassName string    `json:"class_name"`
	Missing   []string  `json:"missing" nullable:"false" doc:"Skills still to pass."`
	Confirmed bool      `json:"confirmed" doc:"The link to the household is confirmed; else it has to be as well."`
}

// SchoolPlan is whom to teach next in a school.
type SchoolPlan struct {
	School struct {
		ID   models.ID `json:"id"`
		Name string    `json:"name"`
	} `json:"school"`
	Outlook
	Classes  []ClassGain `json:"classes" nullable:"false"`
	Students []Chosen    `json:"students" nullable:"false"`
}

// PlanWish says how far a plan goes: to a share of the register in percent (1 to
// 100), to a number of pupils, or, with neither, as far as a pupil still adds a
// household.
type PlanWish struct {
	Target int
	Pupils int
}

// PlanArea plans for the households of a province, commune or village. The
// actor needs read_coverage with it in reach, otherwise NotFound. Field error:
// query.target outside 0 to 100.
func (o *Outreach) PlanArea(ctx context.Context, actor models.Actor, code string, wish PlanWish) (AreaPlan, error) {
	reach, err := models.Allow(actor, models.ActReadCoverage)
	if err != nil {
		return AreaPlan{}, err
	}
	if wish.Target < 0 || wish.Target > 100 {
		return AreaPlan{}, models.InvalidField("query.target", "out_of_range")
	}
	var out AreaPlan
	var list []Candidate
	err = o.db.Snapshot(ctx, func(tx *gorm.DB) error {
		where, args, err := villagesOf(tx, reach, code, o.clock.Today())
		if err != nil {
			return err
		}
		var sums struct{ Registered, Covered int }
		err = tx.Raw("SELECT COUNT(*) AS registered, COALESCE(SUM(h.covered), 0) AS covered FROM households h WHERE h.state = 'active' AND "+where, args...).Scan(&sums).Error
		if err != nil {
			return fmt.Errorf("count households: %w", err)
		}
		out.Registered, out.Covered = sums.Registered, sums.Covered
		if list, err = candidatesOfArea(tx, where, args); err != nil {
			return err
		}
		out.Schools, err = schoolNames(tx, list)
		return err
	})
	if err != nil {
		return AreaPlan{}, err
	}
	plan := MakePlan(list, wish.Pupils)
	if wish.Target > 0 {
		out.Needed = max(0, (out.Registered*wish.Target+99)/100-out.Covered)
		plan = upTo(plan, list, out.Needed)
	}
	out.Outlook = plan.outlook()
	out.Schools = bySchool(plan, out.Schools)
	return out, nil
}

// upTo cuts a plan where it reaches so many households.
func upTo(p Plan, list []Candidate, needed int) Plan {
	n := p.ForHouseholds(needed)
	switch {
	case n == len(p.Picks):
		return p
	case n > 0:
		return MakePlan(list, n)
	}
	none := p
	none.Picks, none.Households, none.AfterLink, none.Skills, none.Alphabetical = nil, 0, 0, 0, 0
	return none
}

// villagesOf makes the condition on h.village_id of an area that is in reach.
func villagesOf(tx *gorm.DB, reach models.Reach, code, today string) (string, []any, error) {
	if place.IsVillageCode(code) {
		v, err := place.VillageByCode(tx, code, today)
		if err != nil {
			return "", nil, models.NotFound()
		}
		ok, err := place.InReach(tx, reach, v.ID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		return "h.village_id = ?", []any{v.ID}, err
	}
	a, err := place.AreaByCodeTx(tx, code, today)
	if err != nil {
		return "", nil, err
	}
	ok, err := place.AreaInReach(tx, reach, a.ID)
	if err == nil && (!ok || a.Level == place.LevelDistrict) {
		err = models.NotFound()
	}
	where, args := place.VillageFilter(models.Reach{Areas: []models.ID{a.ID}}, "h.village_id", today)
	return where, args, err
}

// found is a candidate as the database has it.
type found struct {
	Person, Household, School, Class, Certificate models.ID
	Name, State, Standing                         string
	SortKey                                       []byte
	Covered, Passed                               int
}

const candidateColumns = `p.id AS person, COALESCE(l.state, '') AS state, l.household_id AS household, COALESCE(h.covered, 0) AS covered,
	COALESCE(h.state, '') AS standing, e.school_id AS school, e.class_id AS class, c.id AS certificate, p.sort_key,
	(SELECT COUNT(*) FROM skill_passes sp WHERE sp.person_id = p.id) AS passed`

// candidatesOfArea reads everybody linked to a household there, nobody's name.
func candidatesOfArea(tx *gorm.DB, where string, args []any) ([]Candidate, error) {
	return candidates(tx.Raw("SELECT "+candidateColumns+` FROM households h JOIN household_links l ON l.household_id = h.id AND l.live = 1
		JOIN persons p ON p.id = l.person_id LEFT JOIN enrolments e ON e.person_id = p.id AND e.live = 1
		LEFT JOIN certificates c ON c.person_id = p.id AND c.live = 1 WHERE h.state = 'active' AND `+where, args...))
}

// candidatesOfSchool reads a school's pupils with their names, wherever they live.
func candidatesOfSchool(tx *gorm.DB, school models.ID) ([]Candidate, error) {
	return candidates(tx.Raw("SELECT "+candidateColumns+`, p.full_name AS name FROM enrolments e JOIN persons p ON p.id = e.person_id
		LEFT JOIN household_links l ON l.person_id = p.id AND l.live = 1 LEFT JOIN households h ON h.id = l.household_id
		LEFT JOIN certificates c ON c.person_id = p.id AND c.live = 1 WHERE e.school_id = ? AND e.live = 1`, school))
}

func candidates(q *gorm.DB) ([]Candidate, error) {
	var rows []found
	if err := q.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read candidates: %w", err)
	}
	list := make([]Candidate, 0, len(rows))
	for _, r := range rows {
		c := Candidate{Person: r.Person, Household: r.Household, School: r.School, Class: r.Class, Name: r.Name, Sort: r.SortKey,
			Missing: max(0, len(certificate.Skills)-r.Passed), Certified: !r.Certificate.IsZero(), Confirmed: r.State == "confirmed",
			Open: r.Standing == "active" && r.Covered == 0}
		// An adult without a class is nobody's pupil, but may hold a confirmation.
		if !c.School.IsZero() || c.Certified {
			list = append(list, c)
		}
	}
	return list, nil
}

// schoolNames reads the schools of the candidates, in the order of their names.
func schoolNames(tx *gorm.DB, list []Candidate) ([]SchoolGain, error) {
	seen := map[models.ID]bool{}
	ids := []models.ID{}
	for _, c := range list {
		if !c.School.IsZero() && !seen[c.School] {
			seen[c.School] = true
			ids = append(ids, c.School)
		}
	}
	schools := []SchoolGain{}
	for part := range slices.Chunk(ids, 500) {
		var some []SchoolGain
		if err := tx.Raw("SELECT id, name FROM schools WHERE id IN ?", part).Scan(&some).Error; err != nil {
			return nil, fmt.Errorf("read schools: %w", err)
		}
		schools = append(schools, some...)
	}
	slices.SortFunc(schools, func(a, b SchoolGain) int {
		return strings.Compare(models.Fold(a.Name)+a.ID.String(), models.Fold(b.Name)+b.ID.String())
	})
	return schools, nil
}

// bySchool shares a plan out, the school with most households first.
func bySchool(p Plan, schools []SchoolGain) []SchoolGain {
	gains := map[models.ID]*Gain{}
	for _, c := range p.Picks {
		if gains[c.School] == nil {
			gains[c.School] = &Gain{}
		}
		gains[c.School].add(c)
	}
	list := []SchoolGain{}
	for _, s := range schools {
		if g := gains[s.ID]; g != nil {
			s.Gain = *g
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b SchoolGain) int { return b.Households - a.Households })
	return list
}
