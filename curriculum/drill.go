package curriculum

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Drill is the scam of a week: what is going round, and a few practice questions answered in 90 seconds. It keeps a
// skill fresh; it never takes a certificate away.
type Drill struct {
	Key     string     `json:"key"`  // 2026-w48
	From    string     `json:"from"` // the Monday from which it is shown
	Skill   string     `json:"skill"`
	Title   string     `json:"title"`
	TitleEN string     `json:"title_en"`
	Alert   string     `json:"alert"`
	AlertEN string     `json:"alert_en"`
	AskHome string     `json:"ask_home"` // what to show at home
	Source  Source     `json:"source"`
	Items   DrillItems `json:"items"`
	Hash    string     `json:"hash,omitempty"`
}

// DrillItems holds question keys of the skill's course at each level.
type DrillItems struct {
	THCS []string `json:"thcs"`
	THPT []string `json:"thpt,omitempty"`
}

// Of answers the items for a level.
func (i DrillItems) Of(level string) []string {
	if level == "thpt" {
		return i.THPT
	}
	return i.THCS
}

// maxAlertWords keeps the alert on one card.
const maxAlertWords = maxWords

var drillName = regexp.MustCompile(`^[0-9]{4}-w[0-9]{2}\.yaml$`)

func (l *loader) drills(catalog *Catalog) (out []Drill) {
	for _, name := range l.folder("drills", func(name string, dir bool) bool { return !dir && drillName.MatchString(name) }) {
		var d Drill
		doc, ok := l.part("drills/"+name, drillSchema, &d)
		if !ok {
			continue
		}
		if d.Key+".yaml" != name {
			l.add(doc.at("/key", "key must be the file's name, %q", strings.TrimSuffix(name, ".yaml")))
		}
		if from, err := time.Parse(time.DateOnly, d.From); err == nil {
			if year, week := from.ISOWeek(); from.Weekday() != time.Monday || fmt.Sprintf("%d-w%02d", year, week) != d.Key {
				l.add(doc.at("/from", "must be the Monday of week %s", d.Key))
			}
		}
		if n := len(strings.Fields(d.Alert)); n > maxAlertWords {
			l.add(doc.at("/alert", "the alert has %d words, at most %d", n, maxAlertWords))
		}
		for _, level := range Levels() {
			if _, there := catalog.Course(d.Skill + "-" + level); there && len(d.Items.Of(level)) == 0 {
				l.add(doc.at("/items", "the course %s-%s needs items too", d.Skill, level))
			}
			for i, key := range d.Items.Of(level) {
				l.add(l.drillItem(doc, fmt.Sprintf("/items/%s/%d", level, i), d.Skill+"-"+level, key, catalog)...)
			}
		}
		d.Hash = hashJSON(d)
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Drill) int { return cmp.Compare(a.From, b.From) })
	return out
}

func (l *loader) drillItem(doc *document, at, courseKey, key string, catalog *Catalog) []Problem {
	c, unread := l.referred(catalog, courseKey)
	if unread {
		return nil
	}
	if c == nil {
		return []Problem{doc.at(at, "there is no course %q", courseKey)}
	}
	i := slices.IndexFunc(c.Questions, func(q Question) bool { return q.Key == key })
	if i < 0 || !c.Questions[i].Practised() {
		return []Problem{doc.at(at, "course %q has no practice question %q", courseKey, key)}
	}
	return nil
}
