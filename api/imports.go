package api

import (
	"context"
	"net/http"

	"nhaso/models"
	"nhaso/models/household"
)

// rowProblem names a place in a file and why it was refused, never the value.
type rowProblem struct {
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row" doc:"As a spreadsheet program numbers it."`
	Column string `json:"column" doc:"The file's own heading; empty for the whole row."`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty" doc:"What it could be instead: names of places."`
	Beside int    `json:"beside,omitempty" doc:"The earlier row of the file that this one contradicts."`
}

// ImportReport is what an import did, or with dry_run would do.
type ImportReport struct {
	DryRun     bool         `json:"dry_run"`
	Written    bool         `json:"written" doc:"false after a dry run, and when a wrong row kept everything from being written."`
	Rows       int          `json:"rows"`
	New        int          `json:"new"`
	Changed    int          `json:"changed"`
	Unchanged  int          `json:"unchanged"`
	ErrorCount int          `json:"error_count"`
	Errors     []rowProblem `json:"errors"`
}

type registerReport struct {
	ImportReport
	RegisterID *string `json:"register_id"`
	Households int     `json:"households"`
	Missing    int     `json:"missing" doc:"Kept households of the same communes that the file does not have."`
	LeftOut    int     `json:"left_out" doc:"Households not taken because a row of theirs is wrong."`

	Communes []household.CommuneRows     `json:"communes" nullable:"false"`
	Replaced []household.ReplacedCommune `json:"replaced" nullable:"false" doc:"Communes of the file that are gone, with their successors."`
	Reused   []household.ReusedCode      `json:"reused" nullable:"false" doc:"Codes of the file that meant another commune before."`
	Sample   []household.SampleRow       `json:"sample" nullable:"false" doc:"The first 20 households of a preview."`
}

type registerInput struct {
	DryRun bool `query:"dry_run" doc:"Say what would happen, write nothing."`
}

func (s *server) importOperations() {
	registerUpload(s, op{
		id: "import-household-register", method: http.MethodPost, path: "/household-registers", tag: "imports", action: models.ActImportHouseholds,
		summary: "Take a household register (CSV or XLSX). One wrong row, and nothing is written.", refuses: []models.Kind{models.KindConflict},
	}, map[string]string{
		"source":       "Who keeps the register; shown under every figure.",
		"as_of":        "Civil day of its figures.",
		"commune_code": "For a file without a column of communes.",
		"local_codes":  "true: the file's household codes are unique in a commune only.",
	}, s.importRegister)
}

func (s *server) importRegister(ctx context.Context, actor models.Actor, in *registerInput, file *fileForm) (*body[registerReport], error) {
	asOf, err := parseDay("body.as_of", file.fields["as_of"])
	if err != nil {
		return nil, err
	}
	r, err := s.Households.ImportRegister(ctx, actor, household.RegisterFile{
		Source: models.Clean(file.fields["source"]), AsOf: asOf, CommuneCode: file.fields["commune_code"],
		LocalCodes: file.fields["local_codes"] == "true", DryRun: in.DryRun, MaxBytes: maxUpload,
	}, file, file.size)
	return answer(registerReportOf(r), err)
}

func registerReportOf(r household.RegisterReport) registerReport {
	return registerReport{
		ImportReport: ImportReport{DryRun: r.DryRun, Written: r.Written, Rows: r.Rows, New: r.New, Changed: r.Changed, Unchanged: r.Unchanged,
			ErrorCount: r.ErrorCount, Errors: converted(r.Errors, func(e household.RowError) rowProblem { return rowProblem(e) })},
		RegisterID: optionalID(r.RegisterID), Households: r.Households, Missing: r.Missing, LeftOut: r.LeftOut,
		Communes: filled(r.Communes), Replaced: filled(r.Replaced), Reused: filled(r.Reused), Sample: filled(r.Sample),
	}
}
