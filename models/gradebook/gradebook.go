// Package gradebook shows what pupils have done as tables: the board of a
// class or school on the screen, and the same rows as a workbook, a text file
// or a printed report. One definition of columns (column.go), one of filters
// and order (view.go) and one sum (learning.TotalsOf) serve all of them, so a
// file never says something else than the screen it was made from.
//
// Names of minors leave the program here: every file is written down in the
// export log, which the school can read (log.go).
package gradebook

import (
	"context"
	"slices"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
)

// Gradebook makes boards and their files.
type Gradebook struct {
	db       *store.DB
	clock    models.Clock
	learning *learning.Learning
}

// New makes the room on one database.
func New(db *store.DB, l *learning.Learning) *Gradebook {
	return &Gradebook{db: db, clock: db.Clock(), learning: l}
}

// Row is a pupil on a board. The ranks are the row's place by given name and
// its class's place in the school: whoever sorts by them needs no collation of
// their own.
type Row struct {
	learning.BoardStudent
	NameRank  int `json:"name_rank"`
	ClassRank int `json:"class_rank"`
}

// Board is a class, or several classes of one school, with the rows that a
// view shows.
type Board struct {
	Class    *learning.BoardClass  `json:"class"` // of a class's board; null for a school's
	Classes  []learning.BoardClass `json:"classes"`
	Columns  []Column              `json:"columns"`  // those that the view shows, in their order
	Students []Row                 `json:"students"` // in the view's order
	Totals   learning.BoardTotals  `json:"totals"`   // of the rows shown
	All      int                   `json:"all"`      // pupils before any filter
}

// ClassBoard answers the board of a class as a view shows it. Errors: NotFound
// for a class out of reach; Invalid with the place of a bad filter or order.
func (g *Gradebook) ClassBoard(ctx context.Context, actor models.Actor, class models.ID, v View) (Board, error) {
	b, err := g.learning.Board(ctx, actor, class)
	if err != nil {
		return Board{}, err
	}
	return show(&b.Class, []learning.BoardClass{b.Class}, b.Students, v)
}

// SchoolBoard answers the board of the classes of a school that the actor may
// see. Errors as ClassBoard.
func (g *Gradebook) SchoolBoard(ctx context.Context, actor models.Actor, part learning.SchoolPart, v View) (Board, error) {
	classes, students, err := g.learning.SchoolBoard(ctx, actor, part)
	if err != nil {
		return Board{}, err
	}
	return show(nil, classes, students, v)
}

// show applies a view. students come by given name.
func show(class *learning.BoardClass, classes []learning.BoardClass, students []learning.BoardStudent, v View) (Board, error) {
	ranks := map[models.ID]int{}
	for i, c := range classes {
		ranks[c.ID] = i
	}
	rows := make([]Row, len(students))
	for i, s := range students {
		rows[i] = Row{BoardStudent: s, NameRank: i, ClassRank: ranks[s.ClassID]}
	}
	columns, err := v.columns()
	if err != nil {
		return Board{}, err
	}
	// Where no bank's questions were given there is nothing to say of practice.
	if !slices.ContainsFunc(students, func(s learning.BoardStudent) bool { return s.Practice != nil }) {
		columns = slices.DeleteFunc(columns, func(c Column) bool { return c.Kind == "practice" })
	}
	shown, err := v.Apply(rows)
	if err != nil {
		return Board{}, err
	}
	return Board{Class: class, Classes: classes, Columns: columns, Students: shown, Totals: totals(shown), All: len(rows)}, nil
}

func totals(rows []Row) learning.BoardTotals {
	list := make([]learning.BoardStudent, len(rows))
	for i, r := range rows {
		list[i] = r.BoardStudent
	}
	return learning.TotalsOf(list)
}

// School is the school of a board.
func (b Board) School() learning.BoardClass {
	if b.Class != nil {
		return *b.Class
	}
	if len(b.Classes) > 0 {
		return b.Classes[0]
	}
	return learning.BoardClass{}
}
