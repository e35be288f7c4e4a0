package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

type qualityCmd struct {
	Run    qualityRunCmd    `cmd:"" help:"Look for what is not ordinary now; the server does it once a night."`
	Checks qualityChecksCmd `cmd:"" help:"Load the checks and their limits from a file; an empty file brings back those that ship."`
}

type qualityRunCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run replaces the findings.
func (c *qualityRunCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	ran, err := house.Quality.Run(a.ctx, house.System)
	if err != nil {
		return err
	}
	return a.print(c.JSON, ran, func(w io.Writer) {
		for _, key := range slices.Sorted(maps.Keys(ran.Findings)) {
			fmt.Fprintf(w, "%6d %s\n", ran.Findings[key], key)
		}
	})
}

type qualityChecksCmd struct {
	File string `arg:"" help:"JSON, as models/quality/checks.json." type:"existingfile"`
	JSON bool   `help:"Print the result as JSON."`
}

// Run loads the file.
func (c *qualityChecksCmd) Run(a *app) error {
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	n, err := house.Quality.LoadChecks(a.ctx, house.System, file)
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]int{"checks": n}, func(w io.Writer) { fmt.Fprintf(w, "%d checks from the next run on\n", n) })
}
