package curriculum

import (
	"regexp"
	"slices"
	"testing"
	"time"
)

// today is the day on which the shipped content was last gone through as a whole.
var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// TestContent is the gate for the embedded courses: they load without a single finding.
func TestContent(t *testing.T) {
	catalog, problems := LoadAt(Content(), today)
	for _, p := range problems {
		t.Errorf("%s:%d: %s (warning: %v)", p.File, p.Line, p.Reason, p.Warning)
	}
	if catalog == nil {
		t.Fatal("no catalog")
	}
	if len(catalog.Courses) != len(Skills())*len(Levels()) {
		t.Errorf("%d courses, want one of each skill at each level", len(catalog.Courses))
	}
	for i := range catalog.Courses {
		t.Run(catalog.Courses[i].Key, func(t *testing.T) { fullStandard(t, &catalog.Courses[i]) })
	}
	if len(catalog.Packs) == 0 || catalog.Packs[0].Area != "22" || len(catalog.Packs[0].Platforms) < 5 {
		t.Error("the province's own pack is missing or thin")
	}
	if len(catalog.Drills) < 8 {
		t.Errorf("%d drills, want two months of weeks", len(catalog.Drills))
	}
	if c, ok := catalog.Course("self_protection-thcs"); !ok || len(c.Translations) != 1 {
		t.Error("one whole course is there in English as the example")
	} else if en, ok := c.In("en"); !ok || vietnamese.MatchString(en.Lessons[0].Cards[0].Text+en.Questions[0].Stem+en.Questions[0].Explain) {
		t.Error("its first card and question are not English")
	}
}

var vietnamese = regexp.MustCompile(`(?i)[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]`)

// fullStandard is what every course must offer (issue 3).
func fullStandard(t *testing.T, c *Course) {
	kinds, uses := map[string]int{}, map[string]int{}
	for _, q := range c.Questions {
		uses[q.Use]++
		if q.Use != "placement" {
			kinds[q.Kind]++
		}
		if len(q.Hints) < 1 || q.Use != "placement" && q.WorkedExample == "" {
			t.Errorf("question %s: a hint and a worked example are the ladder", q.Key)
		}
		if q.Use == "practice" && q.Twin == "" {
			t.Errorf("question %s has no twin", q.Key)
		}
	}
	for _, l := range c.Lessons {
		if len(l.Practice) < 3 {
			t.Errorf("lesson %s practises %d questions, want 3", l.Key, len(l.Practice))
		}
		if !slices.ContainsFunc(c.Questions, func(q Question) bool { return q.Lesson == l.Key }) {
			t.Errorf("lesson %s has no placement question", l.Key)
		}
		if !slices.ContainsFunc(l.Cards, func(card Card) bool { return card.Image != nil }) {
			t.Errorf("lesson %s has no picture", l.Key)
		}
	}
	if len(c.Lessons) < 6 || len(kinds) < 6 || uses["practice"]+uses["quiz"]+uses["both"] < 40 || uses["placement"] < 8 || uses["placement"] > 10 {
		t.Errorf("%d lessons, kinds %v, uses %v", len(c.Lessons), kinds, uses)
	}
	if len(c.Scenarios) < 2 || len(c.Plans) < 2 || c.Leaflet == nil || len(c.Glossary) < 10 {
		t.Errorf("%d scenarios, %d plans, leaflet %v, %d terms", len(c.Scenarios), len(c.Plans), c.Leaflet != nil, len(c.Glossary))
	}
	level := map[string]string{"thcs": `\.TC[12]`, "thpt": `\.NC1`}[c.Level]
	for _, o := range c.Objectives {
		if !slices.ContainsFunc(o.Competences, regexp.MustCompile(level).MatchString) {
			t.Errorf("objective %s names no competence of its level: %v", o.Key, o.Competences)
		}
	}
	poolIsWide(t, c)
}

// poolIsWide wants at least twice as many quiz questions as a quiz draws, of each objective: two neighbours get different
// ones, and a second try is another quiz.
func poolIsWide(t *testing.T, c *Course) {
	pool := map[string]int{}
	for i := range c.Questions {
		if q := &c.Questions[i]; q.Quizzed() {
			pool[q.Objective]++
			if q.Practised() {
				t.Errorf("question %s may be practised and drawn: practice tells its answer", q.Key)
			}
		}
	}
	for _, s := range c.Quiz.Slots {
		if pool[s.Objective] < 2*s.Count {
			t.Errorf("objective %s: %d quiz questions for %d slots", s.Objective, pool[s.Objective], s.Count)
		}
	}
}

// TestScenariosCarryThePaper: each scenario of the shipped content can earn what rule 2 asks for, in every variant, and
// fails for the reasons that its author names. The checker has replayed the logs; here it is the count that matters.
func TestScenariosCarryThePaper(t *testing.T) {
	catalog, _ := Load(Content())
	if catalog == nil {
		t.Fatal("no catalog")
	}
	n := 0
	for _, c := range catalog.Courses {
		for _, s := range c.Scenarios {
			n++
			hard, legit := 0, 0
			for _, l := range s.Lures {
				if l.Legit {
					legit++
				} else if l.Difficulty == "hard" {
					hard++
				}
			}
			if hard == 0 || legit == 0 || len(s.Variants) < 2 || len(s.Failures) < 2 || len(s.Coach) < 6 {
				t.Errorf("%s/%s: %d hard, %d genuine, %d variants, %d failures, %d tips", c.Key, s.Key, hard, legit, len(s.Variants), len(s.Failures), len(s.Coach))
			}
		}
	}
	if n < 20 {
		t.Errorf("%d scenarios, want 20", n)
	}
}
