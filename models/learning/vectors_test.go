package learning

import (
	"bytes"
	"encoding/json"
	cli "flag" // the room has a flag of its own
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
)

var update = cli.Bool("update", false, "write the golden files anew")

// vector is one try at one question as dealt, with everything that Go says
// about it. The browser's grader (frontend/src/lib/practice) reads the same
// file and must say the same.
type vector struct {
	Question int             `json:"question"` // index in questions
	Options  []int           `json:"options"`
	Lefts    []int           `json:"lefts"`
	Response Response        `json:"response"`
	Valid    bool            `json:"valid"`
	Score    int             `json:"score"`
	Feedback []Feedback      `json:"feedback"`
	Replies  []PracticeReply `json:"replies,omitempty"` // at the first, second, third and fourth miss; their feedback is that above
	View     *QuestionView   `json:"view,omitempty"`
}

type vectors struct {
	Questions []curriculum.Question
	Vectors   []vector
}

// vectorQuestions are the six kinds, and the odd ones among them.
func vectorQuestions() []curriculum.Question {
	var list []curriculum.Question
	for i, kind := range kinds {
		list = append(list, question(i, kind, usePractice))
	}
	plain := question(6, "true_false", usePractice)
	plain.Options = nil
	twins := question(7, "match", usePractice)
	twins.Pairs[2].Right = twins.Pairs[0].Right // interchangeable
	picture := question(8, "spot", usePractice)
	picture.Message, picture.Image = nil, &curriculum.Picture{Src: "0123456789abcdef.svg", Alt: "Trang web"}
	for i := range 5 {
		picture.Spots = append(picture.Spots, curriculum.Spot{Key: fmt.Sprintf("s%d", i), X: float64(i) * 12.5, Y: 10, W: 10, H: 5,
			Label: fmt.Sprintf("Vùng %d", i), Sign: i%2 == 0, Feedback: fmt.Sprintf("Vì sao %d", i)})
	}
	short := question(9, "order", usePractice)
	short.Options = short.Options[:2]
	shown := question(10, "single", usePractice)
	shown.WorkedExample, shown.Hints = "Làm mẫu từng bước", nil
	one := question(11, "multiple", usePractice)
	one.Hints = one.Hints[:1]
	list = append(list, plain, twins, picture, short, shown, one)
	for i := range list {
		list[i].Hash = list[i].ContentHash()
	}
	return list
}

// randomResponse is mostly an answer of the question's kind, right and wrong
// parts mixed, and now and then one that does not fit.
func randomResponse(s shown, rng *rand.Rand) Response {
	keys := func(n int) []string {
		var list []string
		for _, i := range rng.Perm(max(n, 1))[:rng.IntN(n+1)] {
			list = append(list, key(i))
		}
		return list
	}
	kind := s.q.Kind
	if rng.IntN(12) == 0 {
		kind = kinds[rng.IntN(len(kinds))]
	}
	most := len(s.item.Options)
	if rng.IntN(12) == 0 {
		most++
	}
	var r Response
	switch kind {
	case "single":
		r.Choice = key(rng.IntN(most + 1))
	case "multiple":
		r.Choices = keys(most)
	case "true_false":
		yes := rng.IntN(2) == 0
		r.Verdict = &yes
		if most > 0 {
			r.Reason = key(rng.IntN(most))
		}
	case "order":
		for _, i := range rng.Perm(most) {
			r.Order = append(r.Order, key(i))
		}
		if rng.IntN(6) == 0 && len(r.Order) > 0 {
			r.Order = r.Order[1:]
		}
	case "match":
		r.Pairs = map[string]string{}
		for i := range s.item.Lefts {
			if rng.IntN(5) > 0 && most > 0 {
				r.Pairs[key(i)] = key(rng.IntN(most))
			}
		}
	case "spot":
		r.Marks = keys(s.marks())
	}
	return r
}

func makeVectors() vectors {
	rng := rand.New(rand.NewPCG(26, 11))
	v := vectors{Questions: vectorQuestions()}
	for i := range v.Questions {
		q := &v.Questions[i]
		for deals := range 2 {
			s := shown{item: deal(q, rng), q: q}
			for n := range 12 {
				r := s.key()
				switch n {
				case 0:
				case 1:
					r = Response{}
				case 2: // the same part twice
					r.Choices, r.Marks, r.Order = double(r.Choices), double(r.Marks), double(r.Order)
				case 3:
					r.Choice, r.Reason = r.Choice+"0", r.Reason+"0"
				default:
					r = randomResponse(s, rng)
				}
				x := vector{Question: i, Options: orEmpty(s.item.Options), Lefts: orEmpty(s.item.Lefts), Response: r,
					Valid: s.check(r) == nil, Score: s.grade(r), Feedback: s.feedback(r, false)}
				for miss := 1; miss <= 4 && deals == 0; miss++ {
					reply := s.reply(r, x.Score, miss)
					reply.Feedback = nil
					x.Replies = append(x.Replies, reply)
				}
				if n == 0 && deals == 0 {
					view := s.view(0)
					x.View = &view
				}
				v.Vectors = append(v.Vectors, x)
			}
		}
	}
	return v
}

func double(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return append(slices.Clone(list), list[0])
}

// The golden file is what both graders agree on. It is random only in its
// making: the seed is fixed.
func TestPracticeVectors(t *testing.T) {
	v := makeVectors()
	got := &bytes.Buffer{}
	enc := json.NewEncoder(got) // one line each: a difference can be read
	require.NoError(t, enc.Encode(v.Questions))
	for _, x := range v.Vectors {
		require.NoError(t, enc.Encode(x))
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/practice.jsonl", got.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/practice.jsonl")
	require.NoError(t, err)
	require.Equal(t, string(want), got.String(), "run `go test ./models/learning -run TestPracticeVectors -update` and look at the difference")
}

// What the vectors are worth: every kind right, partly right, wrong and
// refused.
func TestPracticeVectorsCoverEverything(t *testing.T) {
	v := makeVectors()
	seen := map[string]bool{}
	for _, x := range v.Vectors {
		kind := v.Questions[x.Question].Kind
		switch {
		case !x.Valid:
			seen[kind+" refused"] = true
		case x.Score == full:
			seen[kind+" right"] = true
		case x.Score > 0:
			seen[kind+" partly"] = true
		default:
			seen[kind+" wrong"] = true
		}
	}
	for _, kind := range kinds {
		for _, how := range []string{"refused", "right", "wrong"} {
			require.True(t, seen[kind+" "+how], "%s %s", kind, how)
		}
	}
	for _, kind := range []string{"multiple", "order", "match", "spot"} {
		require.True(t, seen[kind+" partly"], "%s partly; have %v", kind, slices.Sorted(maps.Keys(seen)))
	}
}
