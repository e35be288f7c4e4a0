package api

import (
	"context"
	"net/http"
	"time"

	"nhaso/models"
	"nhaso/models/people"
)

type rosterReport struct {
	ImportReport
	ImportID       *string         `json:"import_id" doc:"Of the import that was kept, to take it back; null when nothing was written."`
	Already        bool            `json:"already" doc:"This import was taken before; the figures are those of then."`
	Moved          int             `json:"moved" doc:"Of the changed: into another class or from another school."`
	Left           int             `json:"left" doc:"Pupils who left: the file says so, or with complete=true does not name them."`
	NewClasses     []string        `json:"new_classes"`
	DroppedColumns []string        `json:"dropped_columns" doc:"Headings of the file that are not kept."`
	Skipped        []rowProblem    `json:"skipped" doc:"Rows that are no pupils: examples, sums, signatures."`
	Changes        []rosterChange  `json:"changes" doc:"What differs, the first 500."`
	Preview        []rosterPreview `json:"preview" doc:"The first 20 rows, and those with an error."`
	Plan           string          `json:"plan" doc:"Names what is to be written; send it as expect."`
}

type rosterChange struct {
	Sheet       string        `json:"sheet,omitempty"`
	Row         int           `json:"row" doc:"0 for a pupil whom the file does not name."`
	Kind        string        `json:"kind" enum:"new,changed,moved,left"`
	Name        string        `json:"name"`
	Class       string        `json:"class"`
	FromClass   string        `json:"from_class"`
	OtherSchool bool          `json:"other_school" doc:"Comes from another school."`
	Fields      []rosterField `json:"fields"`
}

type rosterField struct {
	Field string `json:"field" enum:"full_name,birth_date,gender,school_code"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

type rosterPreview struct {
	Sheet string       `json:"sheet,omitempty"`
	Row   int          `json:"row"`
	Kind  string       `json:"kind" enum:"new,changed,moved,left,unchanged,error,skipped"`
	Cells []rosterCell `json:"cells"`
}

type rosterCell struct {
	Column string `json:"column"`
	Value  string `json:"value"`
	Reason string `json:"reason,omitempty"`
}

type rosterInput struct {
	ByID
	DryRun       bool   `query:"dry_run" doc:"Say what would happen, write nothing."`
	GoodRowsOnly bool   `query:"good_rows_only" doc:"Write the rows without an error."`
	Complete     bool   `query:"complete" doc:"The file lists everybody: pupils it lacks have left."`
	ImportID     string `query:"import_id" maxLength:"36" doc:"Made by the client: a repeat answers as the first did. Its progress can be asked for meanwhile."`
	Expect       string `query:"expect" maxLength:"64" doc:"The plan of the dry run; another one is refused with roster_changed."`
	SchoolYear   string `query:"school_year" maxLength:"9" doc:"For a whole school; default the present one."`
}

type rosterImportView struct {
	ID         string     `json:"id"`
	ImportedAt time.Time  `json:"imported_at"`
	ByName     string     `json:"by_name"`
	SchoolYear string     `json:"school_year"`
	WholeFile  bool       `json:"whole_school" doc:"Brought to the school, not to one class."`
	Rows       int        `json:"rows"`
	New        int        `json:"new"`
	Changed    int        `json:"changed"`
	Moved      int        `json:"moved"`
	Left       int        `json:"left"`
	UndoneAt   *time.Time `json:"undone_at"`
	UndoUntil  *time.Time `json:"undo_until" doc:"null: it cannot be taken back (any more)."`
}

type rosterUndoneView struct {
	ImportID string       `json:"import_id"`
	UndoneAt time.Time    `json:"undone_at"`
	Restored int          `json:"restored" doc:"Pupils who are as they were before the import."`
	Already  bool         `json:"already"`
	Kept     []keptPerson `json:"kept" doc:"Pupils left as they are, because of what happened since."`
	Classes  []string     `json:"kept_classes"`
}

type keptPerson struct {
	PersonID string `json:"person_id"`
	FullName string `json:"full_name"`
	Reason   string `json:"reason" enum:"has_work,has_account,changed_since"`
}

type rosterProgress struct {
	Stage string `json:"stage" enum:"read,compare,write"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

func rosterOp(id, method, path, summary string, refuses ...models.Kind) op {
	return op{id: id, method: method, path: path, tag: "imports", action: models.ActImportRoster, summary: summary, refuses: refuses}
}

// rosterOperations bring pupils into classes and take an import back.
func (s *server) rosterOperations() {
	registerUpload(s, rosterOp("import-roster", http.MethodPost, "/classes/{id}/rosters",
		"Take a list of pupils of a class: CSV, XLSX, a page named .xls, or a OneRoster bundle.", models.KindConflict), nil, s.importClassRoster)
	registerUpload(s, rosterOp("import-school-roster", http.MethodPost, "/schools/{id}/rosters",
		"Take a list of pupils of a whole school; classes it names are made.", models.KindConflict), nil, s.importSchoolRoster)
	register(s, rosterOp("list-class-roster-imports", http.MethodGet, "/classes/{id}/roster-imports", "The imports into a class in the last 30 days, the newest first."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[rosterImportView]], error) {
			return withID(in, func(id models.ID) (list[rosterImportView], error) {
				return s.rosterImports(ctx, actor, models.ID{}, id)
			})
		})
	register(s, rosterOp("list-school-roster-imports", http.MethodGet, "/schools/{id}/roster-imports", "The imports into a school in the last 30 days, the newest first."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[list[rosterImportView]], error) {
			return withID(in, func(id models.ID) (list[rosterImportView], error) {
				return s.rosterImports(ctx, actor, id, models.ID{})
			})
		})
	register(s, rosterOp("undo-roster-import", http.MethodPost, "/roster-imports/{id}/undo",
		"Take the last import back, for 24 hours. Pupils with work since are kept and listed.", models.KindConflict, models.KindClosed),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[rosterUndoneView], error) {
			return withID(in, func(id models.ID) (rosterUndoneView, error) {
				r, err := s.People.UndoRoster(ctx, actor, id)
				return rosterUndoneView{ImportID: r.ImportID.String(), UndoneAt: r.UndoneAt, Restored: r.Restored, Already: r.Already, Classes: filled(r.Classes),
					Kept: converted(r.Kept, func(k people.KeptPerson) keptPerson { return keptPerson{k.PersonID.String(), k.FullName, k.Reason} })}, err
			})
		})
	register(s, rosterOp("get-roster-progress", http.MethodGet, "/roster-imports/{id}/progress", "How far an import is that is being read or written now."),
		func(ctx context.Context, actor models.Actor, in *ByID) (*body[rosterProgress], error) {
			return withID(in, func(id models.ID) (rosterProgress, error) { return s.progress.of(ctx, actor.Account, id) })
		})
	s.rosterFiles()
}

func (s *server) rosterImports(ctx context.Context, actor models.Actor, school, class models.ID) (list[rosterImportView], error) {
	rows, err := s.People.RosterImports(ctx, actor, school, class)
	views := converted(rows, func(r people.RosterImport) rosterImportView {
		v := rosterImportView{ID: r.ID.String(), ImportedAt: r.ImportedAt, ByName: r.ActorName, SchoolYear: r.SchoolYear, WholeFile: r.ClassID.IsZero(),
			Rows: r.RowCount, New: r.NewCount, Changed: r.ChangedCount, Moved: r.MovedCount, Left: r.LeftCount, UndoneAt: r.UndoneAt}
		if r.Undoable {
			until := r.ImportedAt.Add(people.UndoFor)
			v.UndoUntil = &until
		}
		return v
	})
	return listed(views, ""), err
}

func (s *server) importClassRoster(ctx context.Context, actor models.Actor, in *rosterInput, file *fileForm) (*body[rosterReport], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	// The class first: a stranger must not make us read a file.
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return nil, err
	}
	if _, err := s.Places.Class(ctx, reach, id); err != nil {
		return nil, err
	}
	return s.importRoster(ctx, actor, in, file, people.RosterTarget{ClassID: id})
}

func (s *server) importSchoolRoster(ctx context.Context, actor models.Actor, in *rosterInput, file *fileForm) (*body[rosterReport], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if _, err := s.People.RosterImports(ctx, actor, id, models.ID{}); err != nil { // is the school in reach
		return nil, err
	}
	return s.importRoster(ctx, actor, in, file, people.RosterTarget{SchoolID: id, SchoolYear: in.SchoolYear})
}

func (s *server) importRoster(ctx context.Context, actor models.Actor, in *rosterInput, file *fileForm, target people.RosterTarget) (*body[rosterReport], error) {
	if in.ImportID != "" {
		id, err := parseID("query.import_id", in.ImportID)
		if err != nil {
			return nil, err
		}
		target.ID = id
		tell, end := s.progress.begin(ctx, actor.Account, id)
		defer end()
		target.Progress = tell
	}
	read, err := people.ReadRoster(file, file.size)
	if err != nil {
		return nil, err
	}
	target.DryRun, target.GoodRowsOnly, target.Complete, target.Expect = in.DryRun, in.GoodRowsOnly, in.Complete, in.Expect
	target.FileName = file.title
	r, err := s.People.ImportRoster(ctx, actor, target, read)
	return answer(rosterView(r, in.DryRun), err)
}

func rosterView(r people.RosterReport, dryRun bool) rosterReport {
	problem := func(e people.RowError) rowProblem {
		return rowProblem{Sheet: e.Sheet, Row: e.Row, Column: e.Column, Reason: e.Reason}
	}
	return rosterReport{
		ImportReport: ImportReport{DryRun: dryRun, Written: r.Written, Rows: r.Rows, New: r.New, Changed: r.Changed, Unchanged: r.Unchanged,
			ErrorCount: r.ErrorCount, Errors: converted(r.Errors, problem)},
		ImportID: optionalID(r.ImportID), Already: r.Already, Moved: r.Moved, Left: r.Left, NewClasses: filled(r.NewClasses), DroppedColumns: filled(r.DroppedColumns),
		Skipped: converted(r.Skipped, problem), Plan: r.Plan,
		Changes: converted(r.Changes, func(c people.RowChange) rosterChange {
			return rosterChange{c.Sheet, c.Row, c.Kind, c.Name, c.Class, c.FromClass, c.OtherSchool,
				converted(c.Fields, func(f people.FieldChange) rosterField { return rosterField(f) })}
		}),
		Preview: converted(r.Preview, func(p people.PreviewRow) rosterPreview {
			return rosterPreview{p.Sheet, p.Row, p.Kind, converted(p.Cells, func(c people.PreviewCell) rosterCell { return rosterCell(c) })}
		}),
	}
}
