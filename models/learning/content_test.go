package learning

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// The courses that ship with the program can be published, drawn, answered and
// graded, and what a pupil sees of a question holds none of its feedback.
func TestShippedContent(t *testing.T) {
	cat, problems := curriculum.Load(curriculum.Content())
	require.NotNil(t, cat, "%v", problems)
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(t, err)
		p := w.pupil(w.class)
		for i := range cat.Courses {
			c := &cat.Courses[i]
			stored, err := w.l.catalog.version(ctx, c.Hash)
			require.NoError(t, err)
			assert.Equal(t, c.ContentHash(), stored.ContentHash())
			r := w.quiz(p, c.Key, models.ID{}, stored.slots)
			assert.Equal(t, 100, r.Percent, c.Key)
			for j := range c.Questions {
				q := &c.Questions[j]
				s := shown{item: deal(q, newRand()), q: q}
				_, err := s.canonical(s.key())
				require.NoError(t, err, q.Key)
				assert.Equal(t, full, s.grade(s.key()), q.Key)
				text := mustJSON(t, s.view(1))
				for _, secret := range append(spotTexts(q), q.Explain, q.WrongFeedback, q.WorkedExample) {
					assert.False(t, len(secret) > 12 && strings.Contains(text, secret), "%s shows %q", q.Key, secret)
				}
			}
		}
	})
}
