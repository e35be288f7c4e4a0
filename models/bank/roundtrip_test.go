package bank

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
)

// embedded is every question that ships with the program, with all pictures.
var embedded = sync.OnceValues(func() ([]curriculum.Question, map[string]curriculum.Image) {
	catalog, problems := curriculum.Load(curriculum.Content())
	if catalog == nil {
		panic(fmt.Sprint(problems))
	}
	var list []curriculum.Question
	images := map[string]curriculum.Image{}
	for _, c := range catalog.Courses {
		list = append(list, c.Questions...)
		for _, i := range c.Images {
			images[i.Src] = i
		}
	}
	return list, images
})

func byName(list []curriculum.Image) map[string]curriculum.Image {
	out := map[string]curriculum.Image{}
	for _, i := range list {
		out[i.Src] = i
	}
	return out
}

// roundTrip writes, reads and writes again: what was written is read as it was, and written as it was.
func roundTrip(t *testing.T, f Format, list []curriculum.Question, images map[string]curriculum.Image) (Report, *Set) {
	t.Helper()
	first, report, err := Write(f, list, images)
	require.NoError(t, err)
	require.Len(t, list, report.Exported+len(report.Skipped), "every question is exported or listed")
	if report.Exported == 0 {
		return report, &Set{}
	}
	set, err := Read(f, first)
	require.NoError(t, err)
	require.Empty(t, set.Skipped)
	require.Len(t, set.Questions, report.Exported)
	listed := map[string]bool{}
	for _, n := range report.Skipped {
		listed[n.Where] = true
	}
	n := 0
	for _, q := range list {
		if listed[q.Key] {
			continue
		}
		if want, got := q.ContentHash(), set.Questions[n].ContentHash(); want != got {
			require.Equal(t, asJSON(q), asJSON(set.Questions[n]), "%s: %s", f, q.Key)
			require.Equal(t, want, got)
		}
		n++
	}
	second, _, err := Write(f, set.Questions, byName(set.Images))
	require.NoError(t, err)
	require.True(t, bytes.Equal(first, second), "%s: the second file is the first", f)
	return report, set
}

func asJSON(q curriculum.Question) string {
	q.Hash = ""
	text, _ := json.MarshalIndent(q, "", " ")
	return string(text)
}

// TestEveryCourseTravels: all embedded questions leave and come back as they were, in every format. Only what has a
// picture cannot go into GIFT.
func TestEveryCourseTravels(t *testing.T) {
	list, images := embedded()
	require.Greater(t, len(list), 700)
	pictures := 0
	for _, q := range list {
		if q.Image != nil {
			pictures++
		}
	}
	for _, f := range Formats {
		t.Run(string(f), func(t *testing.T) {
			report, set := roundTrip(t, f, list, images)
			want := 0
			if f == GIFT {
				want = pictures
			}
			require.Len(t, report.Skipped, want)
			for _, n := range set.Notes {
				require.NotContains(t, []string{"markup_dropped", "picture_dropped", "extension_broken", "weights_dropped"}, n.Reason, n.Where)
			}
			carried := 0
			for _, q := range set.Questions {
				if len(Problems(&q)) > 0 {
					t.Errorf("%s: %v", q.Key, Problems(&q))
				}
				carried += len(q.Hints)
			}
			require.Positive(t, carried)
		})
	}
}

// TestLittleIsHidden: the extension is for what a format cannot say, not a copy of the question. In QTI nearly
// everything has a place.
func TestLittleIsHidden(t *testing.T) {
	list, images := embedded()
	for f, most := range map[Format]float64{Moodle: 0.65, QTI: 0.2} {
		data, _, err := Write(f, list, images)
		require.NoError(t, err)
		text := string(data)
		if f == QTI {
			p, err := unpack(data)
			require.NoError(t, err)
			text = string(p.files["imsmanifest.xml"])
		}
		share := float64(strings.Count(text, "<nhaso:rest")) / float64(len(list))
		require.Less(t, share, most, f)
		t.Logf("%s: %.0f%% of the questions have an extension", f, 100*share)
	}
}

// alphabets are what random texts are made of: letters, what each format uses as a sign, and what breaks files.
var alphabets = []string{"a", "b", "ế", "đ", " ", "  ", "\n", "\t", ":", "::", "#", "####", "=", "~", "{", "}", "%50%", "->", "\\", "\\n", "[html]",
	"[", "]", "<", ">", "&", "&amp;", "<b>", "</p>", "\"", "'", "//", "$CATEGORY:", "]]>", "<![CDATA[", "-->", "TRUE", "😀", "@@PLUGINFILE@@/x", ",", ";", "_", "\u200b", "0"}

func randomText(rng *rand.Rand) string {
	for {
		var b strings.Builder
		for range 1 + rng.IntN(8) {
			b.WriteString(alphabets[rng.IntN(len(alphabets))])
		}
		if s := printable(b.String()); strings.TrimSpace(s) != "" {
			return s
		}
	}
}

func maybe(rng *rand.Rand) string {
	if rng.IntN(2) == 0 {
		return ""
	}
	return randomText(rng)
}

// randomQuestion is any question that settle lets through.
func randomQuestion(rng *rand.Rand, n int, image string) (curriculum.Question, bool) {
	q := curriculum.Question{Key: fmt.Sprintf("q-%d", n), Kind: kinds[rng.IntN(len(kinds))], Use: uses[rng.IntN(4)], Difficulty: rng.IntN(4), Stem: randomText(rng),
		Explain: maybe(rng), WorkedExample: maybe(rng), Competences: []string{}, Sources: []string{}}
	if rng.IntN(2) == 0 {
		q.Objective, q.Twin, q.Competences, q.Sources = "o-1", "t-2", []string{"1.2", "2.3"}, []string{"s-1"}
	}
	for range rng.IntN(3) {
		q.Hints = append(q.Hints, randomText(rng))
	}
	if rng.IntN(3) == 0 || q.Kind == "spot" {
		q.Image = &curriculum.Picture{Src: image, Alt: maybe(rng)}
	}
	keys := []string{"a", "b", "c", "0x", "-", "z9"}
	for i := range 2 + rng.IntN(4) {
		yes := i == 0
		o := curriculum.Option{Key: keys[i], Text: randomText(rng), Correct: yes, Feedback: maybe(rng)}
		switch q.Kind {
		case "match":
			q.Pairs = append(q.Pairs, curriculum.Pair{Key: keys[i], Left: o.Text, Right: randomText(rng), Feedback: o.Feedback})
			if rng.IntN(3) == 0 {
				q.Extra = append(q.Extra, curriculum.Option{Key: "x" + keys[i], Text: randomText(rng)})
			}
		case "spot":
			q.Spots = append(q.Spots, curriculum.Spot{Key: o.Key, X: float64(rng.IntN(500)) / 10, Y: float64(rng.IntN(500)) / 10, W: 1 + rng.Float64()*40, H: 12.5, Label: o.Text, Sign: yes, Feedback: o.Feedback})
		case "order":
			o.Correct = false
			q.Options = append(q.Options, o)
		default:
			q.Options = append(q.Options, o)
		}
	}
	if q.Kind == "true_false" {
		answer := rng.IntN(2) == 0
		q.Answer, q.WrongFeedback = &answer, maybe(rng)
	}
	if q.Kind == "spot" && rng.IntN(2) == 0 {
		q.Image, q.Message = nil, &curriculum.Message{Channel: channels[rng.IntN(6)], Sender: randomText(rng), Time: maybe(rng)}
		for _, s := range q.Spots {
			q.Message.Parts = append(q.Message.Parts, curriculum.Part{Key: s.Key, Text: s.Label, Sign: s.Sign, Feedback: s.Feedback})
		}
		q.Spots = nil
	}
	ok := settle(&q) == ""
	return q, ok
}

// TestAnyQuestionTravels is the property that byte-stability rests on, over random questions of every kind.
func TestAnyQuestionTravels(t *testing.T) {
	_, images := embedded()
	src := ""
	for name := range images {
		if strings.HasSuffix(name, ".svg") && (src == "" || name < src) {
			src = name
		}
	}
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	var list []curriculum.Question
	for n := 0; len(list) < 150; n++ {
		q, ok := randomQuestion(rng, n, src)
		if !ok {
			continue
		}
		again := q
		require.Empty(t, settle(&again), "seed %d", seed)
		require.Equal(t, asJSON(q), asJSON(again), "settling is done once")
		list = append(list, q)
	}
	for _, f := range Formats {
		t.Run(fmt.Sprintf("%s %d", f, seed), func(t *testing.T) { roundTrip(t, f, list, images) })
	}
}
