package learning

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
)

// copyOf is a question whose parts may be changed.
func copyOf(q curriculum.Question) curriculum.Question {
	q.Options, q.Pairs, q.Extra = slices.Clone(q.Options), slices.Clone(q.Pairs), slices.Clone(q.Extra)
	if q.Message != nil {
		m := *q.Message
		m.Parts = slices.Clone(m.Parts)
		q.Message = &m
	}
	return q
}

func TestRemapRefusesOtherParts(t *testing.T) {
	for _, c := range []struct {
		name, kind, reason string
		change             func(q *curriculum.Question)
	}{
		{"another key", "single", "", func(q *curriculum.Question) { q.Options[0].Correct, q.Options[1].Correct = true, false }},
		{"another order of the content", "single", "", func(q *curriculum.Question) { slices.Reverse(q.Options) }},
		{"another stem", "single", "", func(q *curriculum.Question) { q.Stem = "Câu khác" }},
		{"spaces", "single", "", func(q *curriculum.Question) { q.Options[0].Text = "  Lựa  chọn 0 " }},
		{"another text", "single", notOptions, func(q *curriculum.Question) { q.Options[0].Text = "Khác" }},
		{"one more", "single", notOptions, func(q *curriculum.Question) { q.Options = append(q.Options, curriculum.Option{Key: "z", Text: "Z"}) }},
		{"one less", "multiple", notOptions, func(q *curriculum.Question) { q.Options = q.Options[1:] }},
		{"another kind", "single", notKind, func(q *curriculum.Question) { q.Kind = "multiple" }},
		{"verdict", "true_false", "", func(q *curriculum.Question) { no := !*q.Answer; q.Answer = &no }},
		{"right sides change places", "match", "", func(q *curriculum.Question) {
			q.Pairs[0].Right, q.Pairs[1].Right = q.Pairs[1].Right, q.Pairs[0].Right
		}},
		{"another right side", "match", notOptions, func(q *curriculum.Question) { q.Pairs[0].Right = "Khác" }},
		{"another sign", "spot", "", func(q *curriculum.Question) { q.Message.Parts[3].Sign = true }},
		{"another part", "spot", notOptions, func(q *curriculum.Question) { q.Message.Parts[3].Text = "Khác" }},
		{"another right order", "order", "", func(q *curriculum.Question) { q.Options[0], q.Options[1] = q.Options[1], q.Options[0] }},
	} {
		old := question(slices.Index(kinds, c.kind), c.kind, "both")
		fresh := copyOf(old)
		c.change(&fresh)
		_, reason := remap(&old, deal(&old, newRand()), &fresh)
		assert.Equal(t, c.reason, reason, c.name)
	}
}

// What was shown under an opaque key before is what stands under it after: a
// remapped answer that was right by the old version and an unchanged key scores
// the same, in whatever order the content comes.
func TestRemapKeepsTheMeaning(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for n := range 300 {
		old := question(n%24, kinds[n%6], "both")
		fresh := copyOf(old)
		if old.Kind != "order" { // whose content order is the key
			rng.Shuffle(len(fresh.Options), func(i, j int) { fresh.Options[i], fresh.Options[j] = fresh.Options[j], fresh.Options[i] })
		}
		rng.Shuffle(len(fresh.Pairs), func(i, j int) { fresh.Pairs[i], fresh.Pairs[j] = fresh.Pairs[j], fresh.Pairs[i] })
		fresh.Explain = "Khác"
		fresh.Hash = fresh.ContentHash()
		before := shown{item: deal(&old, rng), q: &old}
		it, reason := remap(&old, before.item, &fresh)
		require.Empty(t, reason)
		after := shown{item: it, q: &fresh}
		require.True(t, after.fits())
		a, b := before.view(1), after.view(1)
		assert.Equal(t, []any{a.Options, a.Lefts, a.Rights, a.Message}, []any{b.Options, b.Lefts, b.Rights, b.Message})
		assert.Equal(t, full, after.grade(before.key()))
	}
}

func TestPairing(t *testing.T) {
	for _, c := range []struct {
		old, fresh []string
		want       []int
		ok         bool
	}{
		{[]string{"a", "b"}, []string{"b", "a"}, []int{1, 0}, true},
		{[]string{"a", "a", "b"}, []string{"a", "b", "a"}, []int{0, 2, 1}, true},
		{[]string{"a", "a"}, []string{"a", "b"}, nil, false},
		{[]string{"a"}, []string{"a", "b"}, nil, false},
		{nil, nil, nil, true},
	} {
		got, ok := pairing(c.old, c.fresh)
		assert.Equal(t, c.ok, ok)
		assert.Equal(t, c.want, got)
	}
}
