package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/learning"
)

type curriculumCmd struct {
	Check   curriculumCheckCmd   `cmd:"" help:"Check the course files; name file, line and reason of every problem."`
	Publish curriculumPublishCmd `cmd:"" help:"Publish the courses into the database, by content hash."`
	Preview curriculumPreviewCmd `cmd:"" help:"Show the course files in the browser while they are written: cards, questions, plans, leaflets, scenarios to play."`
	Packs   packsCmd             `cmd:"" help:"What provinces and communes add to the courses."`
}

type curriculumCheckCmd struct {
	Dir  string `arg:"" optional:"" type:"existingdir" help:"Folder with course files; default: the courses inside the binary."`
	JSON bool   `help:"Print the result as JSON."`
}

// content is the folder named on the command line, or what is embedded.
func content(dir string) fs.FS {
	if dir == "" {
		return curriculum.Content()
	}
	return os.DirFS(dir)
}

// checkResult is what scripts read.
type checkResult struct {
	curriculum.Summary
	Problems []curriculum.Problem `json:"problems"`
}

// Run loads the courses and prints what is wrong; warnings alone do not fail.
func (c *curriculumCheckCmd) Run(a *app) error {
	catalog, problems := curriculum.LoadAt(content(c.Dir), time.Now())
	if catalog != nil && len(catalog.Courses)+len(catalog.Packs)+len(catalog.Drills) == 0 { // the wrong folder must not look right
		catalog, problems = nil, append(problems, curriculum.Problem{File: ".", Line: 1, Reason: "there is no course, no pack and no drill in this folder"})
	}
	result := checkResult{Problems: problems}
	if catalog != nil {
		result.Summary = catalog.Summary()
	}
	if result.Problems == nil {
		result.Problems = []curriculum.Problem{}
	}
	err := a.print(c.JSON, result, func(w io.Writer) {
		for _, p := range problems {
			word := "error"
			if p.Warning {
				word = "warning"
			}
			fmt.Fprintf(w, "%s:%d: %s: %s\n", p.File, p.Line, word, p.Reason)
		}
		if catalog != nil {
			fmt.Fprintf(w, "%d courses, %d lessons, %d cards, %d questions, %d scenarios\n",
				result.Courses, result.Lessons, result.Cards, result.Questions, result.Scenarios)
		}
	})
	if err == nil && catalog == nil {
		err = errSilent
	}
	return err
}

type curriculumPublishCmd struct {
	Dir  string `arg:"" optional:"" type:"existingdir" help:"Folder with course files; default: the courses inside the binary."`
	JSON bool   `help:"Print the result as JSON."`
}

// Run publishes; attempts already open keep the versions they were drawn from.
func (c *curriculumPublishCmd) Run(a *app) error {
	catalog, problems := curriculum.Load(content(c.Dir))
	if catalog == nil {
		return fmt.Errorf("the courses have %d problems; run `nhaso curriculum check`", len(problems))
	}
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	report, err := house.Learning.Publish(a.ctx, house.System, catalog)
	if err != nil {
		return err
	}
	return a.print(c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "%d courses published, %d unchanged\n", len(report.Published), len(report.Unchanged))
		for _, part := range []struct {
			name string
			keys []string
		}{{"packs", report.Packs}, {"drills", report.Drills}} {
			if len(part.keys) > 0 {
				fmt.Fprintf(w, "%d %s published: %s\n", len(part.keys), part.name, strings.Join(part.keys, ", "))
			}
		}
	})
}

type packsCmd struct {
	List   packsListCmd   `cmd:"" help:"List the packs: key, area, platforms, cards."`
	Remove packsRemoveCmd `cmd:"" help:"Take a pack back: its place sees the courses as they stand."`
}

type packsListCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

type packsListed struct {
	Items []learning.PackHead `json:"items"`
}

// Run prints the packs that are published.
func (c *packsListCmd) Run(a *app) error {
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	packs, err := house.Learning.PacksList(a.ctx, house.System)
	if err != nil {
		return err
	}
	return a.print(c.JSON, packsListed{packs}, func(w io.Writer) {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "KEY\tAREA\tPLATFORMS\tCARDS\tCHECKED\tEXTENDS\tTITLE")
		for _, p := range packs {
			fmt.Fprintf(table, "%s\t%s %s\t%d\t%d\t%s\t%s\t%s\n", p.Key, p.Area, p.AreaName, p.Platforms, p.Cards, p.CheckedOn, p.Extends, p.Title)
		}
		table.Flush()
	})
}

type packsRemoveCmd struct {
	Key  string `arg:"" help:"Key of the pack."`
	JSON bool   `help:"Print the result as JSON."`
}

type packRemoved struct {
	Removed string `json:"removed"`
}

// Run removes one pack; running servers notice within seconds.
func (c *packsRemoveCmd) Run(a *app) error {
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	err = house.Learning.RemovePack(a.ctx, house.System, c.Key)
	if models.KindOf(err) == models.KindNotFound {
		return fmt.Errorf("no pack %q; see `nhaso curriculum packs list`", c.Key)
	}
	if err != nil {
		return err
	}
	return a.print(c.JSON, packRemoved{c.Key}, func(w io.Writer) { fmt.Fprintf(w, "pack %s removed\n", c.Key) })
}
