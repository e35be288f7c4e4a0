package gradebook

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"nhaso/models"
	"nhaso/models/certificate"
)

// View is what a reader has chosen to see of a board. The zero View is every
// pupil by given name.
//
// A filter is "dimension:value". Values of one dimension widen each other,
// different dimensions narrow: "skill:online_payment:learning" and
// "skill:online_payment:not_started" and "certificate:missing" shows who has no
// certificate and is learning online payment or has not begun. lib/board.ts
// does the same in the browser; both read testdata/views.json.
type View struct {
	Filters []string
	Sort    string // a column's code; empty: name
	Desc    bool
	Query   string      // part of a name, with or without marks
	Hide    []string    // codes of columns left out
	Persons []models.ID // only these; empty: all
}

// The most of each that a view may hold.
const (
	mostFilters = 60
	mostPersons = 5000
)

// filterValues lists the values of each dimension but class, whose values are
// ids.
var filterValues = func() map[string][]string {
	m := map[string][]string{
		"any":         {"not_started"},
		"near":        {"one"},
		"certificate": {"valid", "missing"},
		"link":        {"confirmed", "claimed", "missing"},
	}
	for _, skill := range certificate.Skills {
		m["skill:"+skill] = []string{"passed", "learning", "not_started", "not_passed"}
	}
	return m
}()

// split cuts a filter into dimension and value; ok is false for one that does
// not exist.
func split(filter string) (dimension, value string, ok bool) {
	i := strings.LastIndexByte(filter, ':')
	if i < 0 {
		return "", "", false
	}
	dimension, value = filter[:i], filter[i+1:]
	if dimension == "class" {
		_, err := models.ParseID(value)
		return dimension, value, err == nil
	}
	return dimension, value, slices.Contains(filterValues[dimension], value)
}

// matches tells whether a row has what one filter asks for.
func matches(r Row, dimension, value string) bool {
	switch dimension {
	case "class":
		return r.ClassID.String() == value
	case "any":
		for _, skill := range certificate.Skills {
			if state(r, skill) == "not_started" {
				return true
			}
		}
		return false
	case "near":
		return passedSkills(r) == len(certificate.Skills)-1
	case "certificate":
		return (certificateRank(r) == 2) == (value == "valid")
	case "link":
		if value == "missing" {
			return linkState(r) != "confirmed"
		}
		return linkState(r) == value
	}
	s := state(r, strings.TrimPrefix(dimension, "skill:"))
	if value == "not_passed" {
		return s != "passed"
	}
	return s == value
}

// Apply filters and sorts rows. The error is Invalid with location
// query.filter, query.sort or query.persons.
func (v View) Apply(rows []Row) ([]Row, error) {
	wanted := map[string][]string{}
	for _, f := range v.Filters {
		dimension, value, ok := split(f)
		if !ok {
			return nil, models.InvalidField("query.filter", "unknown")
		}
		wanted[dimension] = append(wanted[dimension], value)
	}
	if len(v.Filters) > mostFilters {
		return nil, models.InvalidField("query.filter", "too_long")
	}
	if len(v.Persons) > mostPersons {
		return nil, models.InvalidField("query.persons", "too_long")
	}
	order, err := v.order()
	if err != nil {
		return nil, err
	}
	persons := map[models.ID]bool{}
	for _, id := range v.Persons {
		persons[id] = true
	}
	query, shown := models.Fold(v.Query), []Row{}
	for _, r := range rows {
		if (len(persons) == 0 || persons[r.PersonID]) && strings.Contains(models.Fold(r.Name), query) && allows(wanted, r) {
			shown = append(shown, r)
		}
	}
	slices.SortFunc(shown, order)
	return shown, nil
}

func allows(wanted map[string][]string, r Row) bool {
	for dimension, values := range wanted {
		if !slices.ContainsFunc(values, func(value string) bool { return matches(r, dimension, value) }) {
			return false
		}
	}
	return true
}

// order compares by the column chosen; equals stand by given name whatever the
// direction.
func (v View) order() (func(a, b Row) int, error) {
	key := v.Sort
	if key == "" {
		key = "name"
	}
	if !slices.Contains(sortable, key) {
		return nil, models.InvalidField("query.sort", "unknown")
	}
	return func(a, b Row) int {
		c := slices.Compare(sortValue(a, key), sortValue(b, key))
		if v.Desc {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.NameRank, b.NameRank))
	}, nil
}

// sortable lists what a board can be sorted by: every column's code.
var sortable = append([]string{"name", "class", "certificate", "household", "practice", "last_work"}, certificate.Skills...)

// sortValue is what rows are compared by in one column, the most important
// figure first.
func sortValue(r Row, key string) []int {
	switch key {
	case "name":
		return []int{r.NameRank}
	case "class":
		return []int{r.ClassRank}
	case "certificate":
		return []int{certificateRank(r)}
	case "household":
		return []int{slices.Index(linkStates, linkState(r))}
	}
	if key == "practice" {
		if r.Practice == nil {
			return []int{-1, 0}
		}
		return []int{r.Practice.Right * 10000 / max(1, r.Practice.Asked), r.Practice.Right}
	}
	if key == "last_work" {
		day, _ := strconv.Atoi(strings.ReplaceAll(r.LastWork, "-", "")) // 0 for none
		return []int{day}
	}
	best := -1
	if p := r.Skills[key].BestPercent; p != nil {
		best = *p
	}
	return []int{slices.Index(skillStates, state(r, key)), best, r.Skills[key].LessonsDone}
}

// From the least to the most.
var (
	skillStates = []string{"not_available", "not_started", "learning", "passed"}
	linkStates  = []string{"none", "rejected", "claimed", "confirmed"}
)

func state(r Row, skill string) string { return r.Skills[skill].State }

func passedSkills(r Row) (n int) {
	for _, skill := range certificate.Skills {
		if state(r, skill) == "passed" {
			n++
		}
	}
	return n
}

// certificateRank is 2 for a valid certificate, 1 for a revoked one, 0 for none.
func certificateRank(r Row) int {
	switch {
	case r.Certificate == nil:
		return 0
	case r.Certificate.Status == certificate.Valid:
		return 2
	}
	return 1
}

func linkState(r Row) string {
	if r.Household == nil {
		return "none"
	}
	return r.Household.State
}

// byStanding orders rows by what was reached, and equals by the pattern of
// their states and scores, which says nothing of who they are.
func byStanding(rows []Row) []Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b Row) int {
		c := cmp.Or(cmp.Compare(certificateRank(b), certificateRank(a)), cmp.Compare(passedSkills(b), passedSkills(a)))
		for _, skill := range certificate.Skills {
			c = cmp.Or(c, slices.Compare(sortValue(b, skill), sortValue(a, skill)))
		}
		// Rows that show the same: an id tells no name, the given order would.
		return cmp.Or(c, slices.Compare(a.PersonID[:], b.PersonID[:]))
	})
	return rows
}
