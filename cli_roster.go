package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/seeds"
)

type importRosterCmd struct {
	File     string `arg:"" optional:"" help:"CSV, XLSX, a page named .xls, or a OneRoster .zip."`
	DryRun   bool   `help:"Check only; write nothing."`
	JSON     bool   `help:"Print the result as JSON."`
	School   string `help:"Code of the school." required:""`
	Year     string `help:"School year, like 2026-2027; default the current one."`
	GoodRows bool   `help:"Import the rows without errors instead of nothing."`
	Complete bool   `help:"The file lists everybody: pupils of the school it lacks have left."`
	Undo     bool   `help:"Take the school's last import back, within 24 hours, instead of importing a file."`
}

// Run imports a roster, or takes the last one back.
func (c *importRosterCmd) Run(a *app) error {
	if c.Undo == (c.File != "") {
		return usageError{"name a file, or --undo without one"}
	}
	if c.Year != "" {
		if _, err := place.ParseSchoolYear(c.Year); err != nil {
			return usageError{"--year is not a school year like 2026-2027"}
		}
	}
	options := importOptions{File: c.File, DryRun: c.DryRun, JSON: c.JSON}
	var f *os.File
	var size int64
	var err error
	if !c.Undo {
		if f, size, err = options.openFile(); err != nil {
			return err
		}
		defer f.Close()
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	school, err := house.Places.SchoolByCode(a.ctx, c.School)
	if err != nil {
		return usageError{"no school has the code " + c.School}
	}
	if c.Undo {
		return c.undo(a, house, school)
	}
	return c.take(a, house, school, options, f, size)
}

func (c *importRosterCmd) take(a *app, house *seeds.House, school place.School, options importOptions, f io.Reader, size int64) error {
	bar := a.progress(size, "read")
	file, err := people.ReadRoster(io.TeeReader(f, bar), size)
	if err != nil {
		return options.refusal(a, err)
	}
	writing := a.progress(-1, "write")
	report, err := house.People.ImportRoster(a.ctx, house.System, people.RosterTarget{
		SchoolID: school.ID, SchoolYear: c.Year, DryRun: c.DryRun, GoodRowsOnly: c.GoodRows, Complete: c.Complete, FileName: c.File,
		Progress: func(stage string, done, total int) {
			writing.Describe(stage)
			writing.ChangeMax(total)
			_ = writing.Set(done) // only a picture
		},
	}, file)
	_ = writing.Finish()
	if err != nil {
		return options.refusal(a, err)
	}
	result := map[string]any{"rows": report.Rows, "new": report.New, "changed": report.Changed, "moved": report.Moved, "left": report.Left,
		"unchanged": report.Unchanged, "written": report.Written, "dropped_columns": append([]string{}, report.DroppedColumns...), "new_classes": append([]string{}, report.NewClasses...),
		"skipped": rowErrors(report.Skipped), "error_count": report.ErrorCount}
	if !report.ImportID.IsZero() {
		result["import_id"] = report.ImportID.String()
	}
	err = options.report(a, result, rowErrors(report.Errors))
	if err == errSilent && report.Written { // asked for with --good-rows
		return nil
	}
	return err
}

func rowErrors(list []people.RowError) []rowError {
	out := make([]rowError, len(list))
	for i, e := range list {
		out[i] = rowError{Sheet: e.Sheet, Row: e.Row, Column: e.Column, Reason: e.Reason}
	}
	return out
}

// undo takes the last import back. A second time it answers that it was.
func (c *importRosterCmd) undo(a *app, house *seeds.House, school place.School) error {
	last, err := house.People.LastImport(a.ctx, house.System, school.ID)
	if models.KindOf(err) == models.KindNotFound {
		return a.print(c.JSON, map[string]any{"restored": 0, "kept": []any{}, "nothing_to_undo": true}, func(w io.Writer) {
			fmt.Fprintln(w, "no import of the last 30 days is left to take back")
		})
	}
	if err != nil {
		return err
	}
	if c.DryRun {
		return a.print(c.JSON, map[string]any{"import_id": last.ID.String(), "imported_at": last.ImportedAt, "undoable": last.Undoable, "dry_run": true}, func(w io.Writer) {
			fmt.Fprintf(w, "would take back the import of %s\n", last.ImportedAt.Format("2006-01-02 15:04:05Z07:00"))
		})
	}
	out, err := house.People.UndoRoster(a.ctx, house.System, last.ID)
	if err != nil {
		return err
	}
	kept := make([]map[string]string, len(out.Kept)) // by id: the command line is kept in logs
	for i, k := range out.Kept {
		kept[i] = map[string]string{"person_id": k.PersonID.String(), "reason": k.Reason}
	}
	return a.print(c.JSON, map[string]any{"import_id": out.ImportID.String(), "restored": out.Restored, "kept": kept, "kept_classes": out.Classes, "already": out.Already}, func(w io.Writer) {
		if out.Already {
			fmt.Fprintln(w, "the last import was taken back before; nothing was done")
		}
		fmt.Fprintf(w, "%d pupils are as they were, %d kept\n", out.Restored, len(kept))
		for _, k := range kept {
			fmt.Fprintf(w, "%s: %s\n", k["person_id"], k["reason"])
		}
	})
}

type exportCmd struct {
	Roster exportRosterCmd `cmd:"" help:"Write a school's pupils for another program, or the template to fill in."`
}

type exportRosterCmd struct {
	File             string `arg:"" help:"File to write."`
	Format           string `help:"oneroster: a bundle of the pupils; template: the empty workbook." enum:"oneroster,template" default:"oneroster"`
	OnerosterVersion string `help:"Version of the standard." enum:"1.1,1.2" default:"1.2"`
	School           string `help:"Code of the school; for oneroster."`
	Year             string `help:"School year, like 2026-2027; default the current one."`
	JSON             bool   `help:"Print the result as JSON."`
}

// Run writes the file whole or not at all.
func (c *exportRosterCmd) Run(a *app) error {
	var b bytes.Buffer
	if c.Format == "template" {
		if err := people.WriteRosterTemplate(&b); err != nil {
			return err
		}
		return c.save(a, &b, map[string]any{"bytes": b.Len()})
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	school, err := house.Places.SchoolByCode(a.ctx, c.School)
	if err != nil {
		return usageError{"no school has the code " + c.School}
	}
	r, err := house.People.WriteOneRoster(a.ctx, house.System, people.OneRosterTarget{SchoolID: school.ID, SchoolYear: c.Year, Version: c.OnerosterVersion}, &b)
	if models.KindOf(err) == models.KindInvalid {
		return usageError{"--year is not a school year like 2026-2027"}
	}
	if err != nil {
		return err
	}
	left := make([]map[string]string, len(r.LeftOut))
	for i, l := range r.LeftOut {
		left[i] = map[string]string{"name": l.FullName, "class": l.Class, "reason": l.Reason}
	}
	return c.save(a, &b, map[string]any{"pupils": r.Pupils, "classes": r.Classes, "left_out": left, "bytes": b.Len()})
}

func (c *exportRosterCmd) save(a *app, b *bytes.Buffer, result map[string]any) error {
	if err := os.WriteFile(c.File, b.Bytes(), 0o600); err != nil {
		return err
	}
	return a.print(c.JSON, result, func(w io.Writer) {
		for _, name := range []string{"pupils", "classes", "bytes"} {
			if n, ok := result[name]; ok {
				fmt.Fprintf(w, "%s %v  ", name, n)
			}
		}
		fmt.Fprintln(w)
		if left, ok := result["left_out"].([]map[string]string); ok {
			for _, l := range left {
				fmt.Fprintf(w, "not in the file: %s (%s): %s\n", l["name"], l["class"], l["reason"])
			}
		}
	})
}
