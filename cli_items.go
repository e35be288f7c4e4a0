package main

import (
	"errors"
	"fmt"
	"io"

	"nhaso/models"
	"nhaso/models/learning"
)

type questionsItemsCmd struct {
	Course  string `help:"Key of a course; default: all."`
	Rebuild bool   `help:"Throw the sums away first and count every attempt anew."`
	Flagged bool   `help:"Only questions that are flagged."`
	JSON    bool   `help:"Print the result as JSON."`
}

// itemsResult is the analysis with how many attempts were counted just now.
type itemsResult struct {
	Counted int                     `json:"counted"`
	Items   []learning.ItemAnalysis `json:"items"`
}

// Run counts what is not counted yet and lists the questions.
func (c *questionsItemsCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	result := itemsResult{Items: []learning.ItemAnalysis{}}
	if c.Rebuild {
		result.Counted, err = house.Learning.RebuildItems(a.ctx, house.System)
	} else {
		result.Counted, err = house.Learning.FoldItems(a.ctx)
	}
	if err != nil {
		return err
	}
	list, err := house.Learning.Items(a.ctx, house.System, c.Course)
	if err != nil {
		return err
	}
	for _, it := range list {
		if !c.Flagged || it.Flag != nil && it.Flag.ClearedAt == nil {
			result.Items = append(result.Items, it)
		}
	}
	return a.print(c.JSON, result, func(w io.Writer) {
		fmt.Fprintf(w, "%d attempts counted\n", result.Counted)
		for _, it := range result.Items {
			r := "-"
			if it.Discrimination != nil {
				r = fmt.Sprintf("%.3f", *it.Discrimination)
			}
			fmt.Fprintf(w, "%s\t%s\t%.12s\tn=%d p=%.3f r=%s\t%s\n", it.CourseKey, it.QuestionKey, it.QuestionHash, it.N, it.Difficulty, r, itemState(it))
		}
	})
}

func itemState(it learning.ItemAnalysis) string {
	switch {
	case !it.Current:
		return "old version"
	case it.Kept:
		return "flagged, drawn all the same: too few others"
	case it.Flag != nil && it.Flag.ClearedAt == nil:
		return "flagged, not drawn"
	}
	return ""
}

type questionsRegradeCmd struct {
	Key    string `arg:"" help:"Key of the question."`
	From   string `help:"Hash of the version that pupils answered, or its first 8 characters at least." required:""`
	Course string `help:"Key of the course, where several have the question."`
	Apply  bool   `help:"Change the results; without it nothing is written."`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run previews a regrade, or applies it.
func (c *questionsRegradeCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	spec := learning.RegradeSpec{QuestionKey: c.Key, From: c.From, CourseKey: c.Course}
	regrade := house.Learning.PreviewRegrade
	if c.Apply {
		regrade = house.Learning.ApplyRegrade
	}
	r, err := regrade(a.ctx, house.System, spec)
	var refused *models.Error
	if errors.As(err, &refused) && refused.Kind != models.KindInternal {
		if refused.Kind == models.KindNotFound {
			return usageError{"no question " + c.Key + " has a version " + c.From}
		}
		return usageError{err.Error()}
	}
	if err != nil {
		return err
	}
	return a.print(c.JSON, r, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s: %.12s -> %.12s\n", r.CourseKey, r.QuestionKey, r.From, r.To)
		fmt.Fprintf(w, "%d attempts: %d changed (%d up, %d down), %d unchanged, %d not regradable %s, %d waiting, %d open\n",
			r.Attempts, r.Changed, r.Up, r.Down, r.Unchanged, r.NotRegradable, r.Reason, r.Waiting, r.Open)
		fmt.Fprintf(w, "%d skills gained, %d below the mark now (passes earned stay), %d completion confirmations\n", r.PassGained, r.BelowNow, r.Certificates)
		for _, ch := range r.Changes {
			fmt.Fprintf(w, "%s\t%s %s\tquestion %d: %d%% -> %d%%\n", ch.AttemptID, ch.SchoolName, ch.ClassName, ch.Slot, ch.OldPercent, ch.NewPercent)
		}
		if !r.Applied {
			fmt.Fprintln(w, "nothing was written; --apply changes the results")
		}
	})
}
