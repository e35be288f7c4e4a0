package learning

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// packMost is what a whole skill may weigh when it is taken along, pictures
// included: three megabytes (issue 3).
const packMost = 3_000_000

// Every shipped course can be taken along: it is small enough, it holds what
// its lessons show, and no word of a question that a quiz may ask.
func TestShippedPacks(t *testing.T) {
	cat, problems := curriculum.Load(curriculum.Content())
	require.NotNil(t, cat, "%v", problems)
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(t, err)
		for i := range cat.Courses {
			c := &cat.Courses[i]
			p, err := w.l.Pack(ctx, models.System(), c.Key)
			require.NoError(t, err)
			text := []byte(mustJSON(t, p))
			bytesAll := len(text)
			for _, m := range p.Media {
				bytesAll += m.Bytes
			}
			assert.LessOrEqual(t, bytesAll, packMost, c.Key)
			var gz bytes.Buffer
			z := gzip.NewWriter(&gz)
			_, _ = z.Write(text)
			_ = z.Close()
			t.Logf("%s: %d kB, of it pack %d kB (%d gzipped), %d pictures, %d questions",
				c.Key, bytesAll/1000, len(text)/1000, gz.Len()/1000, len(p.Media), len(p.Questions))
			assert.Len(t, p.Lessons, len(c.Lessons))
			noQuizKeys(t, c, p, text)
		}
	})
}

// noQuizKeys looks for the answers and explanations of quiz questions.
func noQuizKeys(t *testing.T, c *curriculum.Course, p Pack, text []byte) {
	t.Helper()
	practice := map[string]bool{}
	var said string // sentences that practice and quiz share tell nothing of the quiz
	for i := range p.Questions {
		q := &p.Questions[i]
		assert.Equal(t, usePractice, q.Use)
		practice[q.Key] = true
		said += mustJSON(t, q)
	}
	for _, q := range c.Questions {
		if practice[q.Key] {
			continue
		}
		assert.NotContains(t, string(text), `"hash":"`+q.Hash, q.Key)
		for _, secret := range append(spotTexts(&q), q.Stem, q.Explain) {
			quoted := mustJSON(t, secret)
			assert.False(t, len(secret) > 40 && !strings.Contains(said, quoted) && bytes.Contains(text, []byte(quoted)), "%s shows %q", q.Key, secret)
		}
	}
}

func TestPackHoldsPracticeOnly(t *testing.T) {
	each(t, func(w *world) {
		cat := testCatalog()
		c, _ := cat.Course(course1)
		for i, use := range []string{"practice", "quiz", "both", "placement", "practice"} {
			q := question(40+i, kinds[i], use)
			q.Hash = q.ContentHash()
			c.Questions = append(c.Questions, q)
		}
		c.Lessons[0].Cards[0].Image = &curriculum.Picture{Src: c.Images[0].Src, Alt: "Hình"}
		c.Lessons[0].Hash = c.Lessons[0].ContentHash()
		c.Images = append(c.Images, curriculum.Image{Src: "1111111111111111.svg", Type: "image/svg+xml", Data: []byte("<svg/>")})
		c.Hash = c.ContentHash()
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		p, err := w.l.Pack(ctx, models.System(), course1)
		require.NoError(w.t, err)
		require.Len(w.t, p.Questions, 2)
		assert.Equal(w.t, "q-40", p.Questions[0].Key)
		assert.Equal(w.t, "q-44", p.Questions[1].Key)
		assert.NotEmpty(w.t, p.Questions[0].Explain, "with its answers")
		assert.Equal(w.t, []PackMedia{{Name: c.Images[0].Src, Type: "image/svg+xml", Bytes: 6}}, p.Media, "only what is shown")
		_, err = w.l.Pack(ctx, models.System(), "no")
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}

func TestOfflineTriesAreRecordedOnce(t *testing.T) {
	each(t, func(w *world) {
		cat := testCatalog()
		c, _ := cat.Course(course1)
		q := question(40, "single", usePractice)
		c.Questions = append(c.Questions, q)
		c.Hash = c.ContentHash()
		_, err := w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		p := w.pupil(w.class)
		try := func(change func(*OfflineTry)) OfflineTry {
			t := OfflineTry{ID: newID(), CourseKey: course1, QuestionKey: q.Key, QuestionHash: q.Hash, Options: []int{3, 2, 1, 0}, Response: Response{Choice: "1"}}
			change(&t)
			return t
		}
		send := func(actor models.Actor, list ...OfflineTry) TryReport {
			r, err := w.l.RecordTries(ctx, actor, list)
			require.NoError(w.t, err)
			return r
		}
		// Position 4 shows the content's first option, the right one.
		wrong, right := try(func(*OfflineTry) {}), try(func(t *OfflineTry) { t.Response.Choice = "4" })
		first := send(p, wrong, right)
		require.Equal(w.t, []models.ID{wrong.ID, right.ID}, first.Acked, "%+v", first.Rejected)
		assert.Equal(w.t, first, send(p, wrong, right), "a repeat answers as before")
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM practice_answers WHERE person_id = ?", p.Person))
		assert.Equal(w.t, full, w.count("SELECT SUM(score) FROM practice_answers WHERE person_id = ?", p.Person), "the server grades by itself")

		for name, c := range map[string]struct {
			change func(*OfflineTry)
			code   string
		}{
			"no id":              {func(t *OfflineTry) { t.ID = models.ID{} }, "invalid"},
			"order does not fit": {func(t *OfflineTry) { t.Options = []int{0, 0, 1, 2} }, "invalid"},
			"unknown option":     {func(t *OfflineTry) { t.Response.Choice = "9" }, "invalid"},
			"other question":     {func(t *OfflineTry) { t.QuestionKey = "q-01" }, "invalid"},
			"a quiz question":    {func(t *OfflineTry) { t.QuestionHash = c.Questions[4].Hash }, "not_found"},
			"a shared question":  {func(t *OfflineTry) { t.QuestionHash = c.Questions[0].Hash }, "not_found"},
			"unknown version":    {func(t *OfflineTry) { t.QuestionHash = "x" }, "not_found"},
			"unknown course":     {func(t *OfflineTry) { t.CourseKey = "x" }, "not_found"},
		} {
			bad := try(c.change)
			r := send(p, bad, try(func(t *OfflineTry) { t.ID = right.ID; t.Response.Choice = "4" }))
			assert.Equal(w.t, []TryRejection{{ID: bad.ID, Code: c.code}}, r.Rejected, name)
			assert.Equal(w.t, []models.ID{right.ID}, r.Acked, "%s does not hold up the others", name)
		}
		assert.Equal(w.t, "id_taken", send(w.pupil(w.class), right).Rejected[0].Code, "another pupil's id")

		// What was taken along stays valid after the question was mended.
		q2 := q
		q2.Stem = "Câu đã sửa"
		q2.Hash = q2.ContentHash()
		c.Questions[len(c.Questions)-1] = q2
		c.Hash = c.ContentHash()
		_, err = w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		assert.Len(w.t, send(p, try(func(*OfflineTry) {})).Acked, 1)

		_, err = w.l.RecordTries(ctx, p, make([]OfflineTry, maxOfflinePractice+1))
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))
		_, err = w.l.RecordTries(ctx, w.teacher, nil)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}
