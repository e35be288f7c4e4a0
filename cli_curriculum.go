package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"nhaso/curriculum"
)

type curriculumCmd struct {
	Check   curriculumCheckCmd   `cmd:"" help:"Check the course files; name file, line and reason of every problem."`
	Publish curriculumPublishCmd `cmd:"" help:"Publish the courses into the database, by content hash."`
	Preview curriculumPreviewCmd `cmd:"" help:"Show the course files in the browser while they are written: cards, questions, plans, leaflets, scenarios to play."`
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
	})
}
