package main

import (
	"fmt"
	"io"

	"nhaso/models/coverage"
)

type coveragePublishCmd struct {
	DryRun bool `help:"Say what would be published, and publish nothing: a release is never made again."`
	JSON   bool `help:"Print the result as JSON."`
}

// published is the result: what is told, and whether it was written.
type published struct {
	coverage.ReleasePreview
	Made bool `json:"made"`
}

// Run makes the public release that is due: the first as of today, the next
// ones as of the end of last month, as the running server does by itself.
func (c *coveragePublishCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	var out published
	if out.ReleasePreview, err = house.Coverage.PreviewRelease(a.ctx, house.System); err != nil {
		return err
	}
	if !c.DryRun && out.OnDate != "" {
		day, err := house.Coverage.Publish(a.ctx, house.System)
		if err != nil {
			return err
		}
		out.Made = day == out.OnDate
	}
	return a.print(c.JSON, out, out.print)
}

func (p published) print(w io.Writer) {
	if p.OnDate == "" {
		fmt.Fprintf(w, "nothing is due: the newest release is that of %s\n", p.Newest)
		return
	}
	verb := "would publish"
	if p.Made {
		verb = "published"
	}
	fmt.Fprintf(w, "%s the figures of the end of %s: %d villages in %d units, %d of them together with others, %d in sums only\n",
		verb, p.OnDate, p.Villages, p.Units, p.Together, p.InSums)
	for _, area := range p.Areas {
		fmt.Fprintf(w, "  %s %s: %d communes, of %d nothing is told but the number of households; skills are told of %d\n",
			area.Code, area.Name, area.Communes, area.NothingTold, area.SkillsTold)
	}
}
