package curriculum

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// staleAfter is how long a fact may go unchecked, in years: addresses, fees and laws in this field change every few months.
const staleAfter = 1

var keyForm = regexp.MustCompile(`^[a-z0-9-]+$`)

// fold makes texts that read alike equal.
func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

// checkCompetences checks the list "competences" of the object at that pointer against the framework's grammar.
func (d *document) checkCompetences(at string, codes []string) []Problem {
	var out []Problem
	for i, code := range codes {
		if !competence.MatchString(code) {
			out = append(out, d.at(fmt.Sprintf("%s/competences/%d", at, i), "competence %q is not of the form 4.2 or 4.2.TC1a", code))
		}
	}
	return append(out, d.checkUnique(at+"/competences", "competence", codes)...)
}

// checkUnique refuses equal entries in a list of strings.
func (d *document) checkUnique(at, what string, list []string) []Problem {
	var out []Problem
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			out = append(out, d.at(fmt.Sprintf("%s/%d", at, i), "%s %q stands in this list twice", what, s))
		}
	}
	return out
}

// check looks at course.yaml by itself.
func (c *courseFile) check(dir string) []Problem {
	d := c.doc
	var out []Problem
	if want := c.Skill + "-" + c.Level; c.Key != want {
		out = append(out, d.at("/key", "key must be %q, skill and level", want))
	}
	if want := c.Skill + "/" + c.Level; dir != want {
		out = append(out, d.at("/skill", "skill and level say %s but the file is in %s", want, dir))
	}
	if len(c.Goals) != len(c.GoalsEN) {
		out = append(out, d.at("/goals_en", "goals_en has %d entries, goals has %d", len(c.GoalsEN), len(c.Goals)))
	}
	out = append(out, d.checkCompetences("", c.Competences)...)
	out = append(out, d.checkUnique("/lessons", "lesson", c.Lessons)...)
	terms := map[string]bool{}
	for i, t := range c.Glossary {
		if terms[fold(t.Term)] {
			out = append(out, d.at(fmt.Sprintf("/glossary/%d", i), "term %q stands in the glossary twice", t.Term))
		}
		terms[fold(t.Term)] = true
	}
	objectives := map[string]bool{}
	for i, o := range c.Objectives {
		at := fmt.Sprintf("/objectives/%d", i)
		if objectives[o.Key] {
			out = append(out, d.at(at, "objective %q stands here twice", o.Key))
		}
		objectives[o.Key] = true
		out = append(out, d.checkCompetences(at, o.Competences)...)
	}
	return append(out, c.checkSources()...)
}

func (c *courseFile) checkSources() []Problem {
	var out []Problem
	ids := map[string]bool{}
	for i, s := range c.Sources {
		at := fmt.Sprintf("/sources/%d", i)
		if ids[s.ID] {
			out = append(out, c.doc.at(at, "source %q stands here twice", s.ID))
		}
		ids[s.ID] = true
		if _, err := time.Parse(time.DateOnly[:min(len(s.Date), len(time.DateOnly))], s.Date); err != nil {
			out = append(out, c.doc.at(at+"/date", "%q is not a real date", s.Date))
		}
	}
	return out
}

// checkCourse looks at what ties the files of a course together. Nothing in it is read a second time.
func checkCourse(c *courseFile, lessons []*lessonFile, questions []*questionFile) []Problem {
	byKey := map[string]*questionFile{}
	var out []Problem
	for _, q := range questions {
		if first, twice := byKey[q.Key]; twice {
			out = append(out, q.problem("/key", "the key is used before, in %s line %d", path.Base(first.doc.file), first.doc.line(first.at)))
			continue
		}
		byKey[q.Key] = q
		if !slices.ContainsFunc(c.Objectives, func(o Objective) bool { return o.Key == q.Objective }) {
			out = append(out, q.problem("/objective", "the course has no objective %q", q.Objective))
		}
		out = append(out, c.knownSources(q.doc, q.at, q.Sources)...)
	}
	out = append(out, checkTwins(questions, byKey, lessons)...)
	keys := map[string]*lessonFile{}
	for _, l := range lessons {
		if first, twice := keys[l.Key]; twice {
			out = append(out, l.doc.at("/key", "lesson key %q is used before, in %s", l.Key, path.Base(first.doc.file)))
		}
		keys[l.Key] = l
		out = append(out, c.knownSources(l.doc, "", l.Sources)...)
		for _, card := range l.Cards {
			for _, id := range card.Sources {
				if !slices.ContainsFunc(c.Sources, func(s Source) bool { return s.ID == id }) {
					out = append(out, l.doc.at("", "card %q: the course has no source %q", card.Key, id))
				}
			}
		}
		for i, key := range l.Practice {
			at := fmt.Sprintf("/practice/%d", i)
			switch q := byKey[key]; {
			case q == nil:
				out = append(out, l.doc.at(at, "the course has no question %q", key))
			case !q.Practised():
				out = append(out, l.doc.at(at, "question %q is kept for the quiz or the placement test (use: %s) and must not be practised", key, q.Use))
			}
		}
	}
	return append(out, c.checkBlueprint(questions)...)
}

func (c *courseFile) knownSources(d *document, at string, ids []string) []Problem {
	var out []Problem
	for i, id := range ids {
		if !slices.ContainsFunc(c.Sources, func(s Source) bool { return s.ID == id }) {
			out = append(out, d.at(fmt.Sprintf("%s/sources/%d", at, i), "the course has no source %q", id))
		}
	}
	return out
}

// checkBlueprint makes sure that every quiz can be drawn: enough questions of each objective that are open to the quiz.
func (c *courseFile) checkBlueprint(questions []*questionFile) []Problem {
	have, asked := map[string]int{}, map[string]int{}
	for _, q := range questions {
		if q.Quizzed() {
			have[q.Objective]++
		}
	}
	var out []Problem
	for i, s := range c.Quiz.Slots {
		at := fmt.Sprintf("/quiz/slots/%d", i)
		if !slices.ContainsFunc(c.Objectives, func(o Objective) bool { return o.Key == s.Objective }) {
			out = append(out, c.doc.at(at, "the course has no objective %q", s.Objective))
			continue
		}
		asked[s.Objective] += s.Count
		if asked[s.Objective] > have[s.Objective] {
			out = append(out, c.doc.at(at, "the quiz needs %d questions of objective %q, there are %d", asked[s.Objective], s.Objective, have[s.Objective]))
		}
	}
	for i, o := range c.Objectives {
		if !slices.ContainsFunc(questions, func(q *questionFile) bool { return q.Objective == o.Key }) {
			p := c.doc.at(fmt.Sprintf("/objectives/%d", i), "no question belongs to objective %q", o.Key)
			p.Warning = true
			out = append(out, p)
		}
	}
	return out
}

// checkAge warns of facts that nobody has compared with their source for a year, or that claim to be checked in the
// future. A zero today skips the check.
func checkAge(c *courseFile, lessons []*lessonFile, scenarios []*scenarioFile, today time.Time) []Problem {
	if today.IsZero() {
		return nil
	}
	limit, now := today.AddDate(-staleAfter, 0, 0).Format(time.DateOnly), today.Format(time.DateOnly)
	var out []Problem
	look := func(d *document, at, what, day string) {
		p := d.at(at+"/checked_on", "%s was last checked on %s, more than a year ago", what, day)
		if day > now {
			p.Reason = fmt.Sprintf("%s claims to be checked on %s, which is yet to come", what, day)
		}
		if p.Warning = true; day < limit || day > now {
			out = append(out, p)
		}
	}
	look(c.doc, "", "the course", c.CheckedOn)
	for i, s := range c.Sources {
		look(c.doc, fmt.Sprintf("/sources/%d", i), fmt.Sprintf("source %q", s.ID), s.CheckedOn)
	}
	for _, l := range lessons {
		look(l.doc, "", "the lesson", l.CheckedOn)
	}
	for _, s := range scenarios {
		look(s.doc, "", "the scenario", s.CheckedOn)
	}
	return out
}
