package learning

import (
	"context"
	crand "crypto/rand"
	"encoding/json"
	"math/rand/v2"
	"slices"

	"nhaso/curriculum"
	"nhaso/models"
)

// pool is the questions that may stand in a quiz by objective.
type pool map[string][]*curriculum.Question

// pools sorts the questions that may stand in a quiz by objective. The order
// is that of the content, so that a draw depends on the seed alone.
func pools(c *curriculum.Course) pool {
	m := pool{}
	for i := range c.Questions {
		if q := &c.Questions[i]; q.Quizzed() {
			m[q.Objective] = append(m[q.Objective], q)
		}
	}
	return m
}

// checkBlueprint refuses a course whose quiz asks for more questions of an
// objective than there are. The error is Invalid, field
// "course.<key>.quiz.<objective>".
func checkBlueprint(c *curriculum.Course) error {
	need, total := needs(c.Quiz)
	have := pools(c)
	for _, s := range c.Quiz.Slots {
		if len(have[s.Objective]) < need[s.Objective] || s.Count < 1 {
			return models.InvalidField("course."+c.Key+".quiz."+s.Objective, "too_few_questions")
		}
	}
	if total == 0 || c.Quiz.Minutes < 1 || c.Quiz.PassPercent < 1 || c.Quiz.PassPercent > 100 || len(c.Lessons) == 0 {
		return models.InvalidField("course."+c.Key, "incomplete")
	}
	return nil
}

// needs is how many questions of each objective a quiz asks for, and of all.
func needs(quiz curriculum.Quiz) (need map[string]int, total int) {
	need = map[string]int{}
	for _, s := range quiz.Slots {
		need[s.Objective] += s.Count
		total += s.Count
	}
	return need, total
}

// without is a pool without the questions that are flagged. Where so few of an
// objective would be left that the quiz could not be drawn, all of them stay:
// those kept although they are flagged come back.
func (p pool) without(flagged map[string]bool, quiz curriculum.Quiz) (drawn pool, kept []string) {
	need, _ := needs(quiz)
	drawn = pool{}
	for objective, list := range p {
		good := slices.DeleteFunc(slices.Clone(list), func(q *curriculum.Question) bool { return flagged[q.Hash] })
		if len(good) >= max(1, need[objective]) || len(good) == len(list) {
			drawn[objective] = good
			continue
		}
		drawn[objective] = list
		for _, q := range list {
			if flagged[q.Hash] {
				kept = append(kept, q.Hash)
			}
		}
	}
	return drawn, kept
}

// draw takes the questions of one attempt by the blueprint: for each slot as
// many of its objective as it asks for, none twice, in mixed order, the parts
// of each shuffled.
func draw(quiz curriculum.Quiz, pools pool, rng *rand.Rand) []item {
	taken := map[string]int{} // how many of a shuffled pool are gone
	mixed := map[string][]*curriculum.Question{}
	var items []item
	for _, slot := range quiz.Slots {
		pool, ok := mixed[slot.Objective]
		if !ok {
			pool = slices.Clone(pools[slot.Objective])
			rng.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
			mixed[slot.Objective] = pool
		}
		from := taken[slot.Objective]
		to := min(from+slot.Count, len(pool))
		for _, q := range pool[from:to] {
			items = append(items, deal(q, rng))
		}
		taken[slot.Objective] = to
	}
	rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items
}

// Drawn is a quiz that was drawn and is kept nowhere: the version of its course,
// its questions as an AttemptFact carries them, and as a pupil sees them.
type Drawn struct {
	Hash      string
	Items     json.RawMessage
	Questions []QuestionView
}

// Draw draws a quiz of a course as StartAttempt would at this moment, for a
// history that is written as facts. NotFound for an unknown course.
func (l *Learning) Draw(ctx context.Context, courseKey string) (Drawn, error) {
	c, err := l.catalog.byKey(ctx, courseKey)
	if err != nil {
		return Drawn{}, err
	}
	items := draw(c.Quiz, l.catalog.drawnFrom(c), newRand())
	d := Drawn{Hash: c.Hash}
	if d.Items, err = json.Marshal(items); err != nil {
		return Drawn{}, err
	}
	for i, it := range items {
		d.Questions = append(d.Questions, shown{item: it, q: c.byHash[it.Question]}.view(i+1))
	}
	return d, nil
}

// newRand is a generator that nobody can foresee.
func newRand() *rand.Rand {
	var seed [32]byte
	if _, err := crand.Read(seed[:]); err != nil {
		panic(err) // crypto/rand documents that it does not return
	}
	return rand.New(rand.NewChaCha8(seed))
}
