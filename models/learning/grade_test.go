package learning

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"nhaso/curriculum"
	"nhaso/models"
)

// plain shows a question in the order of its content, so that a table can name
// keys: part i has the key i+1.
func plain(q curriculum.Question) shown {
	s := shown{item: item{Question: q.Hash}, q: &q}
	n := len(q.Options)
	if q.Kind == "match" {
		n = len(q.Pairs) + len(q.Extra)
	}
	for i := range n {
		s.item.Options = append(s.item.Options, i)
	}
	for i := range q.Pairs {
		s.Lefts = append(s.Lefts, i)
	}
	return s
}

func TestGradeTable(t *testing.T) {
	yes, no := true, false
	single, multiple, order := plain(question(1, "single", "both")), plain(question(1, "multiple", "both")), plain(question(1, "order", "both"))
	tf, match, spot := plain(question(2, "true_false", "both")), plain(question(1, "match", "both")), plain(question(1, "spot", "both"))
	verdictOnly := plain(curriculum.Question{Kind: "true_false", Answer: &no})
	twins := question(1, "match", "both")
	twins.Pairs[1].Right = twins.Pairs[0].Right
	image := plain(curriculum.Question{Kind: "spot", Spots: []curriculum.Spot{{Key: "a", Sign: true}, {Key: "b"}}})
	for name, c := range map[string]struct {
		s    shown
		r    Response
		want int
	}{
		"single right":                   {single, Response{Choice: "2"}, full},
		"single wrong":                   {single, Response{Choice: "1"}, 0},
		"single empty":                   {single, Response{}, 0},
		"single unknown":                 {single, Response{Choice: "9"}, 0},
		"multiple both":                  {multiple, Response{Choices: []string{"4", "2"}}, full},
		"multiple one":                   {multiple, Response{Choices: []string{"2"}}, 5000},
		"multiple one and a false alarm": {multiple, Response{Choices: []string{"2", "1"}}, 0},
		"multiple everything":            {multiple, Response{Choices: []string{"1", "2", "3", "4", "5"}}, 0},
		"multiple only false alarms":     {multiple, Response{Choices: []string{"1", "3"}}, 0},
		"multiple twice the same":        {multiple, Response{Choices: []string{"2", "2"}}, 0},
		"verdict and reason":             {tf, Response{Verdict: &yes, Reason: "2"}, full},
		"verdict, wrong reason":          {tf, Response{Verdict: &yes, Reason: "1"}, 0},
		"verdict, no reason":             {tf, Response{Verdict: &yes}, 0},
		"wrong verdict, right reason":    {tf, Response{Verdict: &no, Reason: "2"}, 0},
		"no reasons offered":             {verdictOnly, Response{Verdict: &no}, full},
		"no reasons offered, wrong":      {verdictOnly, Response{Verdict: &yes}, 0},
		"order right":                    {order, Response{Order: []string{"1", "2", "3", "4"}}, full},
		"order one swap":                 {order, Response{Order: []string{"2", "1", "3", "4"}}, 6666},
		"order reversed":                 {order, Response{Order: []string{"4", "3", "2", "1"}}, 0},
		"order incomplete":               {order, Response{Order: []string{"1", "2"}}, 3333},
		"match right":                    {match, Response{Pairs: map[string]string{"1": "1", "2": "2", "3": "3"}}, full},
		"match one":                      {match, Response{Pairs: map[string]string{"1": "1", "2": "3", "3": "4"}}, 3333},
		"match unknown":                  {match, Response{Pairs: map[string]string{"1": "5"}}, 0},
		"match equal texts":              {plain(twins), Response{Pairs: map[string]string{"1": "2", "2": "1", "3": "3"}}, full},
		"spot signs":                     {spot, Response{Marks: []string{"1", "2"}}, full},
		"spot one sign":                  {spot, Response{Marks: []string{"2"}}, 5000},
		"spot everything":                {spot, Response{Marks: []string{"1", "2", "3", "4"}}, 0},
		"spot on a picture":              {image, Response{Marks: []string{"1"}}, full},
		"another kind's field":           {single, Response{Choice: "2", Marks: []string{"1"}}, 0},
		"unknown kind":                   {shown{q: &curriculum.Question{Kind: "essay"}}, Response{}, 0},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, c.s.grade(c.r)) })
	}
}

func TestQuizScoreIsNeverRoundedUp(t *testing.T) {
	assert.Equal(t, 0, quizScore(nil))
	assert.Equal(t, 8000, quizScore([]int{full, full, full, full, 0}))
	assert.Equal(t, 7999, quizScore([]int{full, full, full, 9999, 0, full, full, full, full, 0}))
}

// genQuestion draws a question of any kind and shape.
func genQuestion(t *rapid.T) curriculum.Question {
	q := question(rapid.IntRange(0, 40).Draw(t, "n"), rapid.SampledFrom(kinds).Draw(t, "kind"), "both")
	switch q.Kind {
	case "multiple", "single", "true_false":
		n := rapid.IntRange(2, 7).Draw(t, "options")
		q.Options = options(n, rapid.IntRange(0, n-1).Draw(t, "right"))
	case "order":
		q.Options = options(rapid.IntRange(2, 7).Draw(t, "items"))
	}
	q.Hash = q.ContentHash()
	return q
}

// However a question is dealt: the key is worth everything, what is shown is
// the question's own, the right order is never shown, and the draw survives
// the database.
func TestDealtQuestions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestion(t)
		s := shown{item: deal(&q, newRand()), q: &q}
		if !s.fits() {
			t.Fatalf("%s does not fit", q.Kind)
		}
		if _, err := s.canonical(s.key()); err != nil {
			t.Fatalf("key is refused: %v", err)
		}
		if got := s.grade(s.key()); got != full {
			t.Fatalf("%s: key scores %d", q.Kind, got)
		}
		if q.Kind == "order" && slices.IsSorted(s.item.Options) {
			t.Fatal("shown in the right order")
		}
		v := s.view(1)
		own := map[string]bool{}
		for _, o := range append(slices.Clone(q.Options), q.Extra...) {
			own[o.Text] = true
		}
		for _, p := range q.Pairs {
			own[p.Left], own[p.Right] = true, true
		}
		if q.Message != nil {
			for _, p := range q.Message.Parts {
				own[p.Text] = true
			}
			v.Options = append(v.Options, v.Message.Parts...)
		}
		for _, list := range [][]Choice{v.Options, v.Lefts, v.Rights} {
			for i, o := range list {
				if o.Key != key(i) || !own[o.Text] {
					t.Fatalf("%s shows %+v", q.Kind, o)
				}
			}
		}
		text, err := json.Marshal([]item{s.item})
		if err != nil {
			t.Fatal(err)
		}
		c := &course{byHash: map[string]*curriculum.Question{q.Hash: &q}}
		back, err := thaw(c, string(text))
		if err != nil || back[0].grade(s.key()) != full {
			t.Fatalf("thaw: %v", err)
		}
	})
}

// A draw obeys the blueprint: as many of each objective as asked for, nothing
// twice, nothing kept for practice.
func TestDrawObeysTheBlueprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := curriculum.Course{Key: "k", Quiz: curriculum.Quiz{Minutes: 10, PassPercent: 80}, Lessons: make([]curriculum.Lesson, 1)}
		for n := range rapid.IntRange(6, 60).Draw(t, "questions") {
			q := question(n, kinds[n%6], rapid.SampledFrom([]string{"both", "quiz", "practice"}).Draw(t, "use"))
			c.Questions = append(c.Questions, q)
		}
		for range rapid.IntRange(1, 8).Draw(t, "slots") {
			c.Quiz.Slots = append(c.Quiz.Slots, curriculum.Slot{Objective: "ob-" + rapid.SampledFrom(kinds).Draw(t, "objective"), Count: rapid.IntRange(1, 3).Draw(t, "count")})
		}
		if checkBlueprint(&c) != nil {
			return // cannot be published
		}
		want, got, seen := map[string]int{}, map[string]int{}, map[string]bool{}
		for _, s := range c.Quiz.Slots {
			want[s.Objective] += s.Count
		}
		byHash := map[string]curriculum.Question{}
		for _, q := range c.Questions {
			byHash[q.Hash] = q
		}
		for _, it := range draw(c.Quiz, pools(&c), newRand()) {
			q := byHash[it.Question]
			if seen[it.Question] || q.Use == "practice" {
				t.Fatalf("question %s", q.Key)
			}
			seen[it.Question] = true
			got[q.Objective]++
		}
		if !mapsEqual(want, got) {
			t.Fatalf("want %v, got %v", want, got)
		}
	})
}

func mapsEqual(a, b map[string]int) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}

func TestBrokenDrawsAreRefused(t *testing.T) {
	q := question(1, "single", "both")
	c := &course{byHash: map[string]*curriculum.Question{q.Hash: &q}}
	for name, text := range map[string]string{
		"no json":       "x",
		"unknown":       `[{"q":"nothing","o":[0,1,2,3]}]`,
		"too few":       `[{"q":"` + q.Hash + `","o":[0,1,2]}]`,
		"out of range":  `[{"q":"` + q.Hash + `","o":[0,1,2,4]}]`,
		"twice":         `[{"q":"` + q.Hash + `","o":[0,1,2,2]}]`,
		"lefts for one": `[{"q":"` + q.Hash + `","o":[0,1,2,3],"l":[0]}]`,
	} {
		_, err := thaw(c, text)
		assert.Error(t, err, name)
	}
}

func TestParseResponse(t *testing.T) {
	r, err := ParseResponse([]byte(`{"choices":["2","1"]}`))
	require.NoError(t, err)
	assert.Equal(t, Response{Choices: []string{"2", "1"}}, r)
	for _, bad := range []string{``, `[]`, `{"choice":1}`, `{"chioce":"1"}`, `{"choice":"1"} {}`, `{"choice":"1"`, `"` + string(make([]byte, maxResponse)) + `"`} {
		_, err := ParseResponse([]byte(bad))
		assert.Equal(t, models.KindInvalid, models.KindOf(err), "%.20q", bad)
	}
}

func FuzzParseResponse(f *testing.F) {
	for _, s := range []string{`{"choice":"1"}`, `{"choices":["1","2"]}`, `{"verdict":true,"reason":"1"}`, `{"order":["2","1"]}`,
		`{"pairs":{"1":"2"}}`, `{"marks":["1"]}`, `{"choice":"\u0000"}`, `{"pairs":{"":""}}`, `{"choices":["1","1"]}`, `null`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ParseResponse(raw)
		if err != nil {
			if models.KindOf(err) != models.KindInvalid {
				t.Fatal(err)
			}
			return
		}
		for _, kind := range kinds {
			q := question(1, kind, "both")
			s := shown{item: deal(&q, newRand()), q: &q}
			text, err := s.canonical(r)
			score := s.grade(r)
			if score < 0 || score > full || (err != nil && score != 0) {
				t.Fatalf("%s scores %d, %v", kind, score, err)
			}
			s.feedback(r, true)
			if err != nil {
				continue
			}
			// What is stored is graded as what was sent, and is stable.
			back := decode(text)
			again, err := s.canonical(back)
			if err != nil || again != text || s.grade(back) != score {
				t.Fatalf("%s: %q → %q, %v", kind, text, again, err)
			}
		}
	})
}

func FuzzThaw(f *testing.F) {
	q := question(1, "match", "both")
	c := &course{byHash: map[string]*curriculum.Question{q.Hash: &q}}
	f.Add(`[{"q":"` + q.Hash + `","o":[0,1,2,3],"l":[2,1,0]}]`)
	f.Add(`[{"q":"","o":null}]`)
	f.Fuzz(func(t *testing.T, text string) {
		items, err := thaw(c, text)
		if err != nil {
			return
		}
		for i, s := range items {
			s.view(i + 1)
			if s.grade(s.key()) != full {
				t.Fatal("key does not score")
			}
		}
	})
}
