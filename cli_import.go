package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/place"
	"nhaso/models/sheet"
)

type importCmd struct {
	Households importHouseholdsCmd `cmd:"" help:"Import a household register: household code, village, head's name, optional members."`
	Roster     importRosterCmd     `cmd:"" help:"Import a school's roster of pupils."`
	Villages   importVillagesCmd   `cmd:"" help:"Import a list of villages: commune, kind, name, optional code."`
}

// rowError is one refused cell, in the same shape for every import. It never
// repeats the value.
type rowError struct {
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row"`
	Column string `json:"column"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`   // what it could be instead
	Beside int    `json:"beside,omitempty"` // the earlier row that it contradicts
}

// importOptions are the flags that every import has.
type importOptions struct {
	File   string `arg:"" help:"CSV or XLSX file."`
	DryRun bool   `help:"Check only; write nothing."`
	JSON   bool   `help:"Print the result as JSON."`
}

// openFile opens the file with its size; a missing one is a wrong call.
func (o importOptions) openFile() (*os.File, int64, error) {
	f, err := os.Open(o.File)
	if err != nil {
		return nil, 0, usageError{err.Error()}
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = usageError{o.File + " is a folder"}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// report prints the outcome; refused rows make the exit code 1.
func (o importOptions) report(a *app, result map[string]any, errs []rowError) error {
	if errs == nil {
		errs = []rowError{}
	}
	_, said := result["written"]
	if !said {
		result["written"] = !o.DryRun && len(errs) == 0
	}
	result["errors"], result["dry_run"] = errs, o.DryRun
	err := a.print(o.JSON, result, func(w io.Writer) {
		for _, name := range []string{"new", "changed", "moved", "left", "missing", "unchanged", "left_out"} {
			if n, ok := result[name]; ok {
				fmt.Fprintf(w, "%s %v  ", name, n)
			}
		}
		fmt.Fprintln(w)
		if result["written"] == false {
			fmt.Fprintln(w, "nothing was written")
		}
		if dropped, ok := result["dropped_columns"].([]string); ok && len(dropped) > 0 {
			fmt.Fprintf(w, "columns not kept: %s\n", strings.Join(dropped, ", "))
		}
		for _, e := range errs {
			place := ""
			if e.Sheet != "" {
				place = "sheet " + e.Sheet + ", "
			}
			more := e.Hint
			if e.Beside > 0 {
				more = fmt.Sprintf("see row %d", e.Beside)
			}
			if more != "" {
				more = " (" + more + ")"
			}
			fmt.Fprintf(w, "%srow %d, %s: %s%s\n", place, e.Row, e.Column, e.Reason, more)
		}
	})
	if err == nil && len(errs) > 0 {
		return errSilent
	}
	return err
}

// refusal turns a file that cannot be read at all into the same report.
func (o importOptions) refusal(a *app, err error) error {
	var e *models.Error
	if !errors.As(err, &e) || e.Kind == models.KindInternal {
		return err
	}
	errs := []rowError{{Column: "file", Reason: e.Code}}
	if len(e.Fields) > 0 {
		errs = nil
		for _, f := range e.Fields {
			errs = append(errs, rowError{Column: f.Location, Reason: f.Code})
		}
	}
	return o.report(a, map[string]any{"new": 0, "changed": 0, "left": 0}, errs)
}

type importHouseholdsCmd struct {
	importOptions
	Source     string `help:"Where the register comes from; shown under every figure." default:"Sổ hộ"`
	AsOf       string `help:"Day the register speaks of (YYYY-MM-DD); default today."`
	MapOn      string `help:"Day whose map the communes of the file are of (YYYY-MM-DD); default the register's day."`
	Successors bool   `help:"Read communes that are gone as those they went into."`
	GoodRows   bool   `help:"Write the households without a fault although others have one."`
	LocalCodes bool   `help:"The household codes are unique in a commune only."`
}

// Run imports a register: all rows or none, unless good rows are asked for.
func (c *importHouseholdsCmd) Run(a *app) error {
	f, size, err := c.openFile()
	if err != nil {
		return err
	}
	defer f.Close()
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	bar := a.progress(size, "register")
	if c.AsOf == "" {
		c.AsOf = a.clock.Today()
	}
	if _, err := models.ParseDay(c.AsOf); err != nil {
		return usageError{"--as-of is not a day like 2026-11-23"}
	}
	report, err := house.Households.ImportRegister(a.ctx, house.System,
		household.RegisterFile{Source: c.Source, AsOf: c.AsOf, MapOn: c.MapOn, Successors: c.Successors, GoodRows: c.GoodRows,
			LocalCodes: c.LocalCodes, DryRun: c.DryRun}, io.TeeReader(f, bar), size)
	if err != nil {
		return c.refusal(a, err)
	}
	errs := make([]rowError, len(report.Errors))
	for i, e := range report.Errors {
		errs[i] = rowError(e)
	}
	return c.report(a, map[string]any{"rows": report.Rows, "new": report.New, "changed": report.Changed,
		"unchanged": report.Unchanged, "missing": report.Missing, "left_out": report.LeftOut, "written": report.Written}, errs)
}

type importVillagesCmd struct {
	importOptions
	ValidFrom string `help:"Day from which the villages exist, where the file does not say (YYYY-MM-DD); default today."`
}

var villageSheet = sheet.Options{
	HeaderAliases: map[string][]string{
		"code":         {"Mã thôn", "Mã", "code"},
		"commune_code": {"Mã xã", "Mã phường", "Mã ĐVHC", "commune_code"},
		"commune":      {"Xã", "Xã/Phường", "Phường", "Tên xã", "commune"},
		"kind":         {"Loại", "kind"},
		"name":         {"Thôn", "Tên thôn", "Thôn/Khu phố", "Thôn/Xóm", "Khu phố", "name"},
		"valid_from":   {"Từ ngày", "Hiệu lực từ", "valid_from"},
	},
	Required: []string{"name"},
}

// Run imports a list of villages: all rows or none.
func (c *importVillagesCmd) Run(a *app) error {
	f, size, err := c.openFile()
	if err != nil {
		return err
	}
	defer f.Close()
	tables, err := sheet.Read(f, size, villageSheet)
	if err != nil {
		return c.refusal(a, err)
	}
	rows, errs := c.rows(a, tables)
	if len(errs) > 0 {
		return c.report(a, map[string]any{"new": 0, "changed": 0}, errs)
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	report, err := house.Places.ImportVillages(a.ctx, house.System, rows, c.DryRun)
	if err != nil {
		return err
	}
	for _, e := range report.Errors {
		errs = append(errs, rowError{Row: e.Row, Column: e.Column, Reason: e.Reason})
	}
	return c.report(a, map[string]any{"rows": report.Rows, "new": report.New, "changed": report.Changed, "unchanged": report.Unchanged}, errs)
}

func (c *importVillagesCmd) rows(a *app, tables []sheet.Table) (rows []place.VillageRow, errs []rowError) {
	fallback := c.ValidFrom
	if fallback == "" {
		fallback = a.clock.Today()
	}
	for _, t := range tables {
		for _, r := range t.Rows {
			v := place.VillageRow{
				Row: r.Number, Code: t.Cell(r, "code"), CommuneCode: areaCode(t.Cell(r, "commune_code")), CommuneName: t.Cell(r, "commune"),
				Kind: t.Cell(r, "kind"), Name: t.Cell(r, "name"), ValidFrom: fallback,
			}
			if day := t.Cell(r, "valid_from"); day != "" {
				parsed, err := sheet.Date(day)
				if err != nil {
					errs = append(errs, rowError{Row: r.Number, Column: "valid_from", Reason: "invalid_date"})
					continue
				}
				v.ValidFrom = parsed
			}
			rows = append(rows, v)
		}
	}
	return rows, errs
}

// areaCode gives a commune code back the zeros that a spreadsheet took away.
func areaCode(s string) string {
	s = sheet.Code(s)
	if s == "" {
		return ""
	}
	return strings.Repeat("0", max(0, 5-len(s))) + s
}
