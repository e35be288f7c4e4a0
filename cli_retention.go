package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"nhaso/models"
	"nhaso/seeds"
)

type retentionCmd struct {
	Run retentionRunCmd `cmd:"" help:"Erase what is over now, or count it with --dry-run."`
}

type retentionRunCmd struct {
	DryRun bool `help:"Only count."`
	JSON   bool `help:"Print the result as JSON."`
}

// Run fails with exit code 1 when a proof does not hold: its details stay.
func (c *retentionRunCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	result, err := house.Rights.Retain(a.ctx, house.System, c.DryRun)
	if err != nil {
		return err
	}
	err = a.print(c.JSON, result, func(w io.Writer) {
		for _, e := range result.Expired {
			fmt.Fprintf(w, "%-16s before %s (%d months)\n", e.Key, e.Before, e.Months)
			for _, table := range slices.Sorted(maps.Keys(e.Rows)) {
				fmt.Fprintf(w, "  %8d %s\n", e.Rows[table], table)
			}
		}
		if c.DryRun {
			fmt.Fprintln(w, "nothing was erased: --dry-run")
			return
		}
		fmt.Fprintf(w, "%d proofs are carried by stubs from now on; %d persons left alone because a proof of theirs does not hold\n", result.Stubs, result.Broken)
	})
	if err == nil && result.Broken > 0 {
		return errSilent
	}
	return err
}

// retainAtNight runs retention between one and five in the morning in Viet Nam,
// when no lesson waits for the database. Once it has run there is nothing left
// to do until the next day, so that looking again costs a few counts.
func retainAtNight(ctx context.Context, house *seeds.House) error {
	if hour := house.DB.Clock()().In(models.VietNam()).Hour(); hour < 1 || hour > 4 {
		return nil
	}
	_, err := house.Rights.Retain(ctx, house.System, false)
	if models.CodeOf(err) == "busy" {
		return nil
	}
	return err
}
