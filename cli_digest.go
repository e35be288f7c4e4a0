package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/paper"
	"nhaso/seeds"
)

type coverageDigestCmd struct {
	Day   string `help:"Civil day, 2026-11-25; default the last one that has a digest."`
	Out   string `help:"Write the digest to this file, to be kept elsewhere and checked later; packed when the name ends in .gz." type:"path"`
	Whole bool   `help:"With --out: add a line for every household, so that a check can name each that was altered (about 110 bytes a household)."`
	PDF   string `name:"pdf" help:"Write the printable page to this file." type:"path"`
	Check string `help:"Compare a digest's file that was kept with the database as it is now." type:"path"`
	Root  string `help:"Compare this root, as printed (spaces do not matter), with the database; needs --day."`
	JSON  bool   `help:"Print the result as JSON."`
}

// Run makes the digests that are due, then shows, writes or checks one. It ends
// with exit code 1 when a check finds a difference.
func (c *coverageDigestCmd) Run(a *app) error {
	switch {
	case c.Check != "" && c.Root != "":
		return usageError{"--check or --root, not both"}
	case c.Root != "" && c.Day == "":
		return usageError{"--root needs --day"}
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if c.Check != "" {
		want, heads, err := readDigestFile(c.Check)
		if err != nil {
			return err
		}
		return c.check(a, house, want, heads)
	}
	if _, err := house.Coverage.SealDays(a.ctx); err != nil {
		return err
	}
	d, err := c.pick(a, house)
	if err != nil {
		return err
	}
	if c.Root != "" {
		d.Root = strings.ToLower(strings.Join(strings.Fields(c.Root), ""))
		return c.check(a, house, d, nil)
	}
	if err := c.write(a, house, d); err != nil {
		return err
	}
	return a.print(c.JSON, d, func(w io.Writer) {
		fmt.Fprintf(w, "%s root %s\n  batch %d, %d ledger rows of %d subjects; %d covered and %d known of %d households\n",
			d.Day, d.Root, d.Batch, d.RowCount, d.Subjects, d.Covered, d.Known, d.Households)
	})
}

func (c *coverageDigestCmd) pick(a *app, house *seeds.House) (coverage.Digest, error) {
	if c.Day != "" {
		return house.Coverage.DigestOf(a.ctx, house.System, c.Day)
	}
	list, err := house.Coverage.Digests(a.ctx, house.System, 1)
	if err == nil && len(list) == 0 {
		err = errors.New("there is no digest yet: the first is made of yesterday")
	}
	if err != nil {
		return coverage.Digest{}, err
	}
	return list[0], nil
}

func (c *coverageDigestCmd) write(a *app, house *seeds.House, d coverage.Digest) error {
	if c.Out != "" {
		err := writeFile(c.Out, func(w io.Writer) error { return house.Coverage.WriteDigest(a.ctx, w, d, c.Whole) })
		if err != nil {
			return err
		}
	}
	if c.PDF != "" {
		return writeFile(c.PDF, func(w io.Writer) error { return paper.Digest(w, digestSheet(d)) })
	}
	return nil
}

// writeFile makes a file, packed when its name ends in .gz.
func writeFile(name string, fill func(io.Writer) error) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if !strings.HasSuffix(name, ".gz") {
		return fill(f)
	}
	z := gzip.NewWriter(f)
	return errors.Join(fill(z), z.Close())
}

func readDigestFile(name string) (coverage.Digest, []coverage.Head, error) {
	f, err := os.Open(name)
	if err != nil {
		return coverage.Digest{}, nil, err
	}
	defer f.Close()
	if !strings.HasSuffix(name, ".gz") {
		return coverage.ReadDigest(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return coverage.Digest{}, nil, err
	}
	return coverage.ReadDigest(z)
}

// check prints what differs; exit code 1 when anything does.
func (c *coverageDigestCmd) check(a *app, house *seeds.House, want coverage.Digest, heads []coverage.Head) error {
	found, err := house.Coverage.CheckDigest(a.ctx, want, heads)
	if err != nil {
		return err
	}
	err = a.print(c.JSON, found, func(w io.Writer) {
		if found.Same {
			fmt.Fprintf(w, "%s: the ledger is as it was (%d rows checked)\n", found.Day, found.Rows)
			return
		}
		fmt.Fprintf(w, "%s: the ledger is NOT as it was\n  kept %s\n  now  %s\n", found.Day, want.Root, found.Root)
		for _, f := range found.Findings {
			fmt.Fprintln(w, "  "+findingLine(f))
		}
	})
	if err == nil && !found.Same {
		return errSilent
	}
	return err
}

func findingLine(f coverage.Finding) string {
	line := f.What
	if !f.SubjectID.IsZero() {
		line += fmt.Sprintf(" household or register %s row %d", f.SubjectID, f.Seq)
	}
	if f.Village != "" {
		line += " in " + f.Village + " of " + f.OnDate
	}
	switch f.What {
	case coverage.FoundBatch:
		line += fmt.Sprintf(" batch %d", f.Batch)
	case coverage.FoundBucket:
		line += fmt.Sprintf(" %d of 256: the subjects whose id ends in %02x", f.Bucket, f.Bucket)
	}
	return line
}

func digestSheet(d coverage.Digest) paper.DigestSheet {
	day, _ := time.ParseInLocation(time.DateOnly, d.Day, models.VietNam()) // the ledger's own
	return paper.DigestSheet{Day: day, Root: d.Root, PrevRoot: d.PrevRoot, BatchHash: d.BatchHash, Batch: d.Batch, Rows: d.RowCount,
		Subjects: d.Subjects, Households: d.Households, Known: d.Known, Covered: d.Covered, MadeAt: d.MadeAt}
}
