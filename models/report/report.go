package report

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Reports makes reports of areas.
type Reports struct {
	// Dir is a folder into which the reports of each month are laid as well;
	// empty: none. It is set before anything runs.
	Dir string

	db    *store.DB
	cov   *coverage.Coverage
	owner models.ID // of this process in the lease row
}

// New makes the room.
func New(db *store.DB, cov *coverage.Coverage) *Reports {
	return &Reports{db: db, cov: cov, owner: models.NewID(db.Clock().Now())}
}

// Area names what a report is about.
type Area struct {
	coverage.Area
	Code string
	Name string // with its kind: "Phường Hà Tu"
	In   string // the area above, empty for a province
}

// Report is the figures of an area at the end of a day, under the map of that
// day, with those right below it and how they came to be.
type Report struct {
	Area
	OnDate   string
	Target   coverage.Target
	Figures  coverage.Figures
	Rows     []Row
	Unplaced coverage.Figures // in none of the rows
	Trend    []coverage.Point
	Register *coverage.Register
}

// Row is an area right below.
type Row struct {
	Code, Name string
	Grade      string // one of coverage.Grades, "" without data
	coverage.Figures
}

// Of reads the report of an area in the actor's reach as of a day up to today,
// "" for today. Errors: NotFound, Invalid "invalid_date" or "future_date".
func (r *Reports) Of(ctx context.Context, actor models.Actor, area Area, onDate string) (Report, error) {
	today := r.db.Clock().Today()
	if onDate == "" {
		onDate = today
	}
	if onDate > today {
		return Report{}, models.InvalidField("query.on", "future_date")
	}
	view := coverage.View{On: onDate, Map: onDate}
	page, err := r.cov.PageAsOf(ctx, actor, area.Area, view)
	if err != nil {
		return Report{}, err
	}
	trend, err := r.cov.Trend(ctx, actor, area.Area, view)
	if err != nil {
		return Report{}, err
	}
	targets, err := coverage.TargetsOf(r.db.Read(ctx), area.Area, onDate)
	if err != nil {
		return Report{}, err
	}
	rep := Report{Area: area, OnDate: onDate, Figures: page.Figures, Unplaced: page.Unplaced, Trend: trend, Register: page.Register,
		Target: coverage.InForce(targets, "", onDate)}
	for _, c := range page.Children {
		rep.Rows = append(rep.Rows, Row{c.Code, Title(c.Kind, c.Name), coverage.Grade(c.Figures, "", rep.Target.Share), c.Figures})
	}
	slices.SortStableFunc(rep.Rows, byNumber)
	return rep, nil
}

// byNumber puts "Khu phố 2" before "Khu phố 10" and changes no other order.
func byNumber(a, b Row) int {
	kindA, x, okA := numbered(a.Name)
	kindB, y, okB := numbered(b.Name)
	if !okA || !okB || kindA != kindB {
		return 0
	}
	return cmp.Compare(x, y)
}

// numbered splits "Khu phố 2" into its kind and number.
func numbered(name string) (kind string, n int, ok bool) {
	at := strings.LastIndexByte(name, ' ')
	n, err := strconv.Atoi(name[at+1:])
	return name[:max(at, 0)], n, err == nil
}

// Title is a place's name as it is said: "Phường Hà Tu", "Thôn Khe Vằn".
func Title(kind, name string) string {
	if title := place.VillageTitle(kind, name); title != name || kind == "" {
		return title
	}
	first, size := utf8.DecodeRuneInString(kind)
	return string(unicode.ToUpper(first)) + kind[size:] + " " + name
}
