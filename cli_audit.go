package main

import (
	"fmt"
	"io"

	"nhaso/models"
	"nhaso/models/audit"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check every hash of the record; differences must be 0."`
	Digest auditDigestCmd `cmd:"" help:"Print the digests of the last finished days, to be kept on paper."`
}

type auditVerifyCmd struct {
	Day    string `help:"Day of a printed digest, YYYY-MM-DD."`
	Digest string `help:"The printed digest of that day."`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run fails with exit code 1 when anything disagrees.
func (c *auditVerifyCmd) Run(a *app) error {
	if (c.Day == "") != (c.Digest == "") {
		return usageError{"--day and --digest belong together"}
	}
	if c.Day != "" {
		if _, err := models.ParseDay(c.Day); err != nil {
			return usageError{"--day is not a day, YYYY-MM-DD"}
		}
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	report, err := house.Audit.Verify(a.ctx, c.Day, c.Digest)
	if err != nil {
		return err
	}
	err = a.print(c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "%d differences (%d entries of %d chains, %d batches, %d sealed days; %d not joined yet)\n",
			report.Differences, report.Entries, report.Chains, report.Batches, report.Days, report.Unfolded)
		for _, b := range report.Breaks {
			fmt.Fprintf(w, "  %s %s: %s\n", b.Where, b.At, b.Reason)
		}
	})
	if err == nil && report.Differences > 0 {
		return errSilent
	}
	return err
}

type auditDigestCmd struct {
	Days int  `help:"How many days." default:"31"`
	JSON bool `help:"Print the result as JSON."`
}

// Run joins what waits, seals yesterday and prints.
func (c *auditDigestCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if _, err := house.Audit.Fold(a.ctx); err != nil {
		return err
	}
	days, err := audit.Days(house.DB.Read(a.ctx), c.Days)
	if err != nil {
		return err
	}
	return a.print(c.JSON, days, func(w io.Writer) {
		for _, d := range days {
			fmt.Fprintf(w, "%s  %8d entries  batch %6d  %s\n", d.Day, d.Entries, d.Batch, d.Digest)
		}
	})
}
