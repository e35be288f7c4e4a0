package main

import (
	"context"
	"fmt"
	"io"

	"nhaso/models/coverage"
	"nhaso/models/household"
	"nhaso/models/learning"
	"nhaso/models/signoff"
	"nhaso/seeds"
)

type coverageCmd struct {
	Fold    coverageFoldCmd    `cmd:"" help:"Add what is still in the ledger's tail to the counters."`
	Rebuild coverageRebuildCmd `cmd:"" help:"Recount every household and write the counters anew."`
	Verify  coverageVerifyCmd  `cmd:"" help:"Recount every household, check every hash link, print the differences (must be 0)."`
	Publish coveragePublishCmd `cmd:"" help:"Make the public release that is due, or say with --dry-run what it would tell."`
	Digest  coverageDigestCmd  `cmd:"" help:"Make the digest of a day: print it, keep it, check one that was kept."`
}

type coverageFoldCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run folds until nothing is left.
func (c *coverageFoldCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	bar := a.progress(-1, "ledger rows")
	total := 0
	for {
		n, err := house.Coverage.Fold(a.ctx)
		if err != nil {
			return err
		}
		total += n
		if err := bar.Add(n); err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	return a.print(c.JSON, map[string]int{"folded": total}, func(w io.Writer) { fmt.Fprintf(w, "%d ledger rows folded\n", total) })
}

type coverageRebuildCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// rebuildResult says what was written anew. Repaired counts households whose
// own flag disagreed with their members.
type rebuildResult struct {
	coverage.Rebuilt
	Repaired int `json:"repaired"`
}

// Run recounts from the households.
func (c *coverageRebuildCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	repaired, rebuilt, err := house.Households.Rebuild(a.ctx, house.System)
	if err != nil {
		return err
	}
	result := rebuildResult{Rebuilt: rebuilt, Repaired: repaired}
	return a.print(c.JSON, result, func(w io.Writer) {
		fmt.Fprintf(w, "%d counters written, %d villages and %d households corrected\n", result.Counters, result.Corrected, repaired)
	})
}

type coverageVerifyCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run fails with exit code 1 when anything disagrees.
func (c *coverageVerifyCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	report, err := verify(a.ctx, house)
	if err != nil {
		return err
	}
	err = a.print(c.JSON, report, func(w io.Writer) {
		report.write(w)
	})
	if err == nil && report.Differences > 0 {
		return errSilent
	}
	return err
}

// verifyResult is everything that was checked; Differences sums all of it and
// must be 0. The keys stay: scripts read them.
type verifyResult struct {
	coverage.Report
	household.Checked
	learning.ProofReport
	SignOff signoff.Verified `json:"sign_off"` // locked months: figures, signatures, steps
}

// verify recounts every area from members and certificates, compares household
// by household its own flags and its own part of the ledger, checks every hash
// of the ledger, and grades every attempt behind a certificate again.
func verify(ctx context.Context, house *seeds.House) (verifyResult, error) {
	var r verifyResult
	var err error
	if r.Report, err = house.Coverage.Verify(ctx, household.Recounter()); err != nil {
		return r, err
	}
	if r.Checked, err = house.Households.Check(ctx, house.System); err != nil {
		return r, err
	}
	if r.ProofReport, err = house.Learning.CheckProofs(ctx, house.System); err != nil {
		return r, err
	}
	if r.SignOff, err = house.SignOff.Verify(ctx, house.System); err != nil {
		return r, err
	}
	r.Differences += r.Checked.Sum() + r.Broken + r.Missing + len(r.SignOff.Faults)
	return r, nil
}

// write says what was checked and names what does not agree.
func (r verifyResult) write(w io.Writer) {
	fmt.Fprintf(w, "%d differences (%d villages, %d households, %d ledger rows, %d batches, %d certificates, %d people on the way checked)\n",
		r.Differences, r.Villages, r.Checked.Households, r.Rows, r.Batches, r.Certificates, r.Learners)
	for _, d := range r.Areas {
		fmt.Fprintf(w, "  %+v\n", d)
	}
	for _, f := range r.Checked.Faults {
		fmt.Fprintf(w, "  %s: household %s in village %s: %s\n", f.Kind, f.Code, f.Village, f.Detail)
	}
	for _, person := range r.Persons {
		fmt.Fprintf(w, "  the proof of person %s is broken\n", person)
	}
	for _, person := range r.MissingPersons {
		fmt.Fprintf(w, "  missing_certificates: person %s has every skill and no certificate\n", person)
	}
	for _, f := range r.SignOff.Faults {
		fmt.Fprintf(w, "  locked month %s: %s %s\n", f.Month, f.What, f.Unit)
	}
}
