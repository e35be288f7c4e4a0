package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/bank"
	"nhaso/models/drafts"
	"nhaso/seeds"
)

type questionsCmd struct {
	Import questionsImportCmd `cmd:"" help:"Read questions of another program into a bank of drafts."`
	Export questionsExportCmd `cmd:"" help:"Write questions into a file for another program."`
	List   questionsListCmd   `cmd:"" help:"List the banks, or the drafts of one."`

	Items   questionsItemsCmd   `cmd:"" help:"How questions behave: difficulty, discrimination, flags."`
	Regrade questionsRegradeCmd `cmd:"" help:"Say whose results a mended question changes, and change them."`
}

// notes makes a list that is never null in JSON.
func notes(list []bank.Note) []bank.Note {
	if list == nil {
		return []bank.Note{}
	}
	return list
}

func printNotes(w io.Writer, skipped, noted []bank.Note) {
	for _, n := range skipped {
		fmt.Fprintf(w, "skipped: %s: %s %s\n", n.Where, n.Reason, n.Detail)
	}
	for _, n := range noted {
		fmt.Fprintf(w, "note: %s: %s %s\n", n.Where, n.Reason, n.Detail)
	}
}

type questionsImportCmd struct {
	File   string `arg:"" help:"GIFT text, Moodle XML, or a QTI 2 or 3 package or item."`
	Format string `help:"gift, moodlexml or qti; default: found out." enum:"gift,moodlexml,qti,qti3," default:""`
	Bank   string `help:"Name of the bank; made if there is none." default:"default"`
	School string `help:"Code of the school whose bank it is; default: the province's."`
	JSON   bool   `help:"Print the result as JSON."`
}

// importedQuestions is the fixed form of the result.
type importedQuestions struct {
	Imported  int         `json:"imported"`
	Unchanged int         `json:"unchanged"`
	Skipped   []bank.Note `json:"skipped"`
	Notes     []bank.Note `json:"notes"`
}

// Run imports a file. What is refused whole is reported in the same form, with
// exit code 1; so is a file of which nothing could be kept.
func (c *questionsImportCmd) Run(a *app) error {
	data, err := readLimited(c.File, bank.MaxBytes)
	if err != nil {
		return err
	}
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	to := drafts.Target{Name: c.Bank}
	if c.School != "" {
		school, err := house.Places.SchoolByCode(a.ctx, c.School)
		if err != nil {
			return usageError{"no school has the code " + c.School}
		}
		to.SchoolID = school.ID
	}
	result := importedQuestions{Skipped: []bank.Note{}, Notes: []bank.Note{}}
	r, err := house.Drafts.Import(a.ctx, house.System, to, bank.Format(c.Format), data)
	var refused *models.Error
	switch {
	case err == nil:
		result = importedQuestions{Imported: r.Imported, Unchanged: r.Unchanged, Skipped: notes(r.Skipped), Notes: notes(r.Notes)}
	case errors.As(err, &refused) && refused.Kind != models.KindInternal:
		for _, f := range refused.Fields {
			result.Skipped = append(result.Skipped, bank.Note{Where: f.Location, Reason: f.Code})
		}
		if len(refused.Fields) == 0 {
			result.Skipped = append(result.Skipped, bank.Note{Where: "file", Reason: refused.Code})
		}
	default:
		return err
	}
	err = a.print(c.JSON, result, func(w io.Writer) {
		fmt.Fprintf(w, "%d imported, %d there before, %d skipped\n", result.Imported, result.Unchanged, len(result.Skipped))
		printNotes(w, result.Skipped, result.Notes)
	})
	if err == nil && result.Imported+result.Unchanged == 0 {
		return errSilent
	}
	return err
}

// readLimited reads a file, and one byte more than allowed at most.
func readLimited(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, usageError{err.Error()}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, usageError{name + " is a folder"}
	}
	return io.ReadAll(io.LimitReader(f, most+1))
}

type questionsExportCmd struct {
	File   string `arg:"" help:"File to write."`
	Format string `help:"gift, moodlexml, qti (2.1) or qti3 (3.0)." enum:"gift,moodlexml,qti,qti3" required:""`
	Course string `help:"Key of a course; as published here, or as it ships with the program when nothing is published yet." xor:"what"`
	Bank   string `help:"Key of a bank. Without course and bank: everything there is, each question once." xor:"what"`
	School string `help:"Code of the school whose bank it is."`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run writes the file whole or not at all.
func (c *questionsExportCmd) Run(a *app) error {
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	content, err := c.content(a, house)
	if err != nil {
		return err
	}
	data, report, err := bank.Write(bank.Format(c.Format), content.Questions, content.Images)
	if err != nil {
		return err
	}
	if err := writeWhole(c.File, data); err != nil {
		return err
	}
	return a.print(c.JSON, report, func(w io.Writer) {
		fmt.Fprintf(w, "%d exported, %d skipped\n", report.Exported, len(report.Skipped))
		printNotes(w, report.Skipped, report.Notes)
	})
}

// writeWhole puts a file in place in one step.
func writeWhole(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".nhaso-*")
	if err != nil {
		return usageError{err.Error()}
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// content gathers what the flags name.
func (c *questionsExportCmd) content(a *app, house *seeds.House) (drafts.Content, error) {
	if c.Course != "" {
		return courseContent(a, house, c.Course)
	}
	if c.Bank != "" {
		id, err := bankID(a, house, c.Bank, c.School)
		if err != nil {
			return drafts.Content{}, err
		}
		return house.Drafts.Content(a.ctx, house.System, id)
	}
	all, seen := drafts.Content{Images: map[string]curriculum.Image{}}, map[string]bool{}
	add := func(one drafts.Content, err error) error {
		for _, q := range one.Questions {
			if hash := q.ContentHash(); !seen[hash] {
				seen[hash] = true
				all.Questions = append(all.Questions, q)
			}
		}
		for src, image := range one.Images {
			all.Images[src] = image
		}
		return err
	}
	keys, err := courseKeys(a, house)
	if err != nil {
		return all, err
	}
	for _, key := range keys {
		if err := add(courseContent(a, house, key)); err != nil {
			return all, err
		}
	}
	banks, err := house.Drafts.Banks(a.ctx, house.System)
	for _, b := range banks {
		err = errors.Join(err, add(house.Drafts.Content(a.ctx, house.System, b.ID)))
	}
	return all, err
}

// shipped is the courses inside the program; its own tests make sure that they load.
var shipped = sync.OnceValue(func() *curriculum.Catalog {
	catalog, _ := curriculum.Load(curriculum.Content())
	return catalog
})

// courseKeys lists the published courses, or those that ship with the program.
func courseKeys(a *app, house *seeds.House) (keys []string, err error) {
	list, err := house.Learning.Courses(a.ctx)
	for _, c := range list {
		keys = append(keys, c.Key)
	}
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	for _, c := range shipped().Courses {
		keys = append(keys, c.Key)
	}
	return keys, nil
}

// courseContent reads a published course, or the one that ships with the
// program when nothing is published.
func courseContent(a *app, house *seeds.House, key string) (drafts.Content, error) {
	published, err := house.Learning.Courses(a.ctx)
	if err != nil {
		return drafts.Content{}, err
	}
	if len(published) > 0 {
		c, err := house.Learning.CourseQuestions(a.ctx, house.System, key)
		if models.KindOf(err) == models.KindNotFound {
			err = usageError{"there is no course " + key}
		}
		return drafts.Content{Questions: c.Questions, Images: c.Images}, err
	}
	c, ok := shipped().Course(key)
	if !ok {
		return drafts.Content{}, usageError{"there is no course " + key}
	}
	out := drafts.Content{Questions: c.Questions, Images: map[string]curriculum.Image{}}
	for _, image := range c.Images {
		out.Images[image.Src] = image
	}
	return out, nil
}

// bankID finds a bank by its key, of a school or of the province first.
func bankID(a *app, house *seeds.House, key, schoolCode string) (models.ID, error) {
	banks, err := house.Drafts.Banks(a.ctx, house.System)
	if err != nil {
		return models.ID{}, err
	}
	var school models.ID
	if schoolCode != "" {
		s, err := house.Places.SchoolByCode(a.ctx, schoolCode)
		if err != nil {
			return models.ID{}, usageError{"no school has the code " + schoolCode}
		}
		school = s.ID
	}
	var found []drafts.Bank
	for _, b := range banks {
		if b.Key != key {
			continue
		}
		if schoolCode == "" && b.SchoolID == nil || b.SchoolID != nil && *b.SchoolID == school {
			return b.ID, nil
		}
		found = append(found, b)
	}
	switch {
	case len(found) == 0 || schoolCode != "":
		return models.ID{}, usageError{"there is no bank " + key}
	case len(found) > 1:
		return models.ID{}, usageError{"several schools have a bank " + key + "; name the school with --school"}
	}
	return found[0].ID, nil
}

type questionsListCmd struct {
	Bank   string `help:"Key of a bank: list its drafts."`
	School string `help:"Code of the school whose bank it is."`
	JSON   bool   `help:"Print the result as JSON."`
}

// listedDraft is a draft in a list: its answers stay in the database.
type listedDraft struct {
	Key      string   `json:"key"`
	Kind     string   `json:"kind"`
	Use      string   `json:"use"`
	Stem     string   `json:"stem"`
	Problems []string `json:"problems"`
}

// Run lists banks, or the drafts of one.
func (c *questionsListCmd) Run(a *app) error {
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if c.Bank == "" {
		banks, err := house.Drafts.Banks(a.ctx, house.System)
		if err != nil {
			return err
		}
		return a.print(c.JSON, map[string]any{"banks": banks}, func(w io.Writer) {
			for _, b := range banks {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d questions, %d incomplete\n", b.Key, b.Name, b.SchoolName, b.Questions, b.Incomplete)
			}
		})
	}
	id, err := bankID(a, house, c.Bank, c.School)
	if err != nil {
		return err
	}
	list := []listedDraft{}
	for after, more := 0, true; more; more = after > 0 {
		var page []drafts.Draft
		if page, after, err = house.Drafts.Questions(a.ctx, house.System, id, after, 200); err != nil {
			return err
		}
		for _, d := range page {
			list = append(list, listedDraft{d.Question.Key, d.Question.Kind, d.Question.Use, curriculum.PlainStem(d.Question.Stem), d.Problems})
		}
	}
	return a.print(c.JSON, map[string]any{"questions": list}, func(w io.Writer) {
		for _, d := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%v\n", d.Key, d.Kind, d.Stem, d.Problems)
		}
	})
}
