package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/seeds"
)

// writeAtomic writes a file so that it is there whole or not at all: a stick
// that is pulled out half way must not hold half a file under the right name.
func writeAtomic(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".nhaso-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func saveRequest(a *app, house *seeds.House, name string) error {
	keys, err := house.Classroom.Prepare(a.ctx)
	if err != nil {
		return err
	}
	err = writeAtomic(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(keys) })
	if err == nil {
		fmt.Fprintf(a.stdout, "%s holds the request; load it on the province's page of laptops\n", name)
	}
	return err
}

// endPacks takes sign-in away when the class pack is over.
func endPacks(a *app, house *seeds.House) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if _, err := house.Classroom.EndPack(a.ctx); err != nil && a.ctx.Err() == nil {
			slog.Warn("end class pack", "error", err)
		}
		select {
		case <-a.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

type classroomExportCmd struct {
	laptopFlags
	File string `arg:"" help:"File to write."`
	JSON bool   `help:"Print the result as JSON."`
}

// Run saves the waiting batches.
func (c *classroomExportCmd) Run(a *app) error {
	house, err := c.laptop(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	n := 0
	err = writeAtomic(c.File, func(w io.Writer) (err error) {
		n, err = house.Classroom.Export(a.ctx, w)
		return err
	})
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]int{"batches": n}, func(w io.Writer) { fmt.Fprintf(w, "%d batches are in %s\n", n, c.File) })
}

type classroomReceiptsCmd struct {
	laptopFlags
	File string `arg:"" help:"Receipts file that came back." type:"existingfile"`
	JSON bool   `help:"Print the result as JSON."`
}

// Run takes the receipts.
func (c *classroomReceiptsCmd) Run(a *app) error {
	house, err := c.laptop(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := house.Classroom.ImportReceipts(a.ctx, f)
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]int{"receipts": n}, func(w io.Writer) { fmt.Fprintf(w, "%d batches are safe\n", n) })
}

type classroomStatusCmd struct {
	laptopFlags
	JSON bool `help:"Print the result as JSON."`
}

// Run says whose results are safe.
func (c *classroomStatusCmd) Run(a *app) error {
	house, err := c.laptop(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	s, err := house.Classroom.Status(a.ctx, models.System())
	if err != nil {
		return err
	}
	return a.print(c.JSON, s, func(w io.Writer) {
		fmt.Fprintf(w, "%d of %d safe; %d waiting, %d on phones, %d never here\n", s.Safe, s.Total,
			s.Counts[classroom.PupilWaiting], s.Counts[classroom.PupilPhone], s.Counts[classroom.PupilNever])
		for _, p := range s.Pupils {
			if p.State != classroom.PupilSafe {
				fmt.Fprintf(w, "  %-8s %-6s %s\n", p.State, p.Class, p.Name)
			}
		}
	})
}

type classroomApplyCmd struct {
	File     string `arg:"" help:"Results file of a laptop." type:"existingfile"`
	Receipts string `help:"Write the receipts for the way back to this file." placeholder:"FILE"`
	JSON     bool   `help:"Print the result as JSON."`
}

// Run takes a results file on the server.
func (c *classroomApplyCmd) Run(a *app) error {
	house, err := onServer(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	report, err := house.Classroom.ApplyFile(a.ctx, models.System(), f)
	if err != nil {
		return err
	}
	if c.Receipts != "" {
		if err := writeAtomic(c.Receipts, func(w io.Writer) error { return classroom.WriteReceipts(w, report.Receipts) }); err != nil {
			return err
		}
	}
	return a.print(c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "%d batches: %d new with %d facts (%d left out), %d were here already\n", report.Batches, report.New, report.Facts, report.Skipped, report.Again)
	})
}

type classroomLaptopsCmd struct {
	List   laptopsListCmd   `cmd:"" default:"withargs" help:"List the laptops."`
	Revoke laptopsRevokeCmd `cmd:"" help:"Stop a laptop at once."`
}

type laptopsListCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run lists the laptops of the province.
func (c *laptopsListCmd) Run(a *app) error {
	house, err := onServer(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	list, err := house.Classroom.Laptops(a.ctx, models.System())
	if err != nil {
		return err
	}
	return a.print(c.JSON, list, func(w io.Writer) {
		for _, l := range list {
			last := "never"
			if l.LastSyncAt != nil {
				last = l.LastSyncAt.Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%s  %-8s %-24s %s, %s; %d batches, last %s %s\n", l.ID, l.State, l.Name, l.SchoolName, classNames(l.Classes), l.Batches, last, l.Refused)
		}
	})
}

type laptopsRevokeCmd struct {
	ID   string `arg:"" help:"Id of the laptop."`
	JSON bool   `help:"Print the result as JSON."`
}

// Run revokes one laptop.
func (c *laptopsRevokeCmd) Run(a *app) error {
	id, err := models.ParseID(c.ID)
	if err != nil {
		return usageError{"the id is not one of a laptop"}
	}
	house, err := onServer(a)
	if err != nil {
		return err
	}
	defer house.DB.Close()
	l, err := house.Classroom.Revoke(a.ctx, models.System(), id)
	if err != nil {
		return err
	}
	return a.print(c.JSON, l, func(w io.Writer) { fmt.Fprintf(w, "%s is revoked\n", l.Name) })
}
