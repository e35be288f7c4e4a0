package learning

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

func TestPutProgress(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		now := w.clock.Now()
		for i, c := range []struct {
			in   Progress
			seq  int64
			card int
			done *time.Time
		}{
			{Progress{Seq: 2, CardIndex: 1}, 2, 1, nil},
			{Progress{Seq: 2, CardIndex: 1}, 2, 1, nil},              // the same again
			{Progress{Seq: 1, CardIndex: 0}, 2, 1, nil},              // an old report
			{Progress{Seq: 3, CardIndex: 0}, 3, 0, nil},              // leafed back
			{Progress{Seq: 1, CardIndex: 2, Done: true}, 3, 0, &now}, // done on another device, told late
			{Progress{Seq: 5, CardIndex: 1}, 5, 1, &now},             // done stays
			{Progress{Seq: 6, CardIndex: 2, Done: true}, 6, 2, &now},
		} {
			got, err := w.l.PutProgress(ctx, p, course1, "bai-1", c.in)
			require.NoError(w.t, err)
			assert.Equal(w.t, LessonProgress{CourseKey: course1, LessonKey: "bai-1", Seq: c.seq, CardIndex: c.card, DoneAt: c.done}, got, "report %d", i)
		}
		list, err := w.l.MyProgress(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, []LessonProgress{{CourseKey: course1, LessonKey: "bai-1", Seq: 6, CardIndex: 2, DoneAt: &now}}, list)

		for name, c := range map[string]struct {
			course, lesson string
			p              Progress
			kind           models.Kind
		}{
			"unknown course":     {"x", "bai-1", Progress{Seq: 1}, models.KindNotFound},
			"unknown lesson":     {course1, "x", Progress{Seq: 1}, models.KindNotFound},
			"no number":          {course1, "bai-1", Progress{}, models.KindInvalid},
			"place out of range": {course1, "bai-1", Progress{Seq: 9, CardIndex: 4}, models.KindInvalid}, // three cards, one question to practise
			"negative card":      {course1, "bai-1", Progress{Seq: 9, CardIndex: -1}, models.KindInvalid},
			"done too early":     {course1, "bai-1", Progress{Seq: 9, CardIndex: 1, Done: true}, models.KindInvalid},
		} {
			_, err := w.l.PutProgress(ctx, p, c.course, c.lesson, c.p)
			assert.Equal(w.t, c.kind, models.KindOf(err), name)
		}
		at, err := w.l.PutProgress(ctx, p, course1, "bai-2", Progress{Seq: 1, CardIndex: 3})
		require.NoError(w.t, err, "the last practice question is a place as well")
		require.Equal(w.t, 3, at.CardIndex)
		_, err = w.l.PutProgress(ctx, w.teacher, course1, "bai-1", Progress{Seq: 1})
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// Whatever order reports arrive in, from however many devices: the place is
// that of the highest number, and done never goes away.
func TestProgressInAnyOrder(t *testing.T) {
	w := worldOnSQLite(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := w.pupil(w.class)
		reports := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Progress {
			card := rapid.IntRange(0, 2).Draw(t, "card")
			return Progress{Seq: rapid.Int64Range(1, 8).Draw(t, "seq"), CardIndex: card, Done: card == 2 && rapid.Bool().Draw(t, "done")}
		}), 1, 8).Draw(rt, "reports")
		var want Progress
		var got LessonProgress
		for _, r := range reports {
			var err error
			if got, err = w.l.PutProgress(ctx, p, course1, "bai-2", r); err != nil {
				rt.Fatal(err)
			}
			if r.Seq > want.Seq {
				want.Seq, want.CardIndex = r.Seq, r.CardIndex
			}
			want.Done = want.Done || r.Done
		}
		if got.Seq != want.Seq || got.CardIndex != want.CardIndex || (got.DoneAt != nil) != want.Done {
			rt.Fatalf("want %+v, got %+v", want, got)
		}
	})
}

func TestProgressFromTwoDevicesAtOnce(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				_, err := w.l.PutProgress(ctx, p, course1, "bai-1", Progress{Seq: int64(i + 1), CardIndex: i % 3, Done: i == 5})
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		list, err := w.l.MyProgress(ctx, p)
		require.NoError(w.t, err)
		require.Len(w.t, list, 1)
		assert.EqualValues(w.t, 8, list[0].Seq)
		assert.Equal(w.t, 1, list[0].CardIndex)
		assert.NotNil(w.t, list[0].DoneAt)
	})
}

// A late report that makes the lesson done leaves the number as it is. One that
// read the row before must not write over it.
func TestDoneIsNotOverwritten(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.MySQL(t, clock.Now), clock) // on SQLite the second transaction waits
	p := w.pupil(w.class)
	put := func(r Progress) error {
		_, err := w.l.PutProgress(ctx, p, course1, "bai-1", r)
		return err
	}
	require.NoError(t, put(Progress{Seq: 7, CardIndex: 1}))
	tries := 0
	require.NoError(t, w.db.Tx(ctx, func(tx *gorm.DB) error {
		if tries++; tries == 1 {
			if _, err := progressOf(tx, p.Person); err != nil { // begins the snapshot
				return err
			}
			require.NoError(t, put(Progress{Seq: 6, CardIndex: 2, Done: true}))
		}
		_, _, err := putProgress(tx, p.Person, course1, "bai-1", "h", Progress{Seq: 8, CardIndex: 0}, clock.Now())
		return err
	}))
	assert.Equal(t, 2, tries)
	list, err := w.l.MyProgress(ctx, p)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.EqualValues(t, 8, list[0].Seq)
	assert.NotNil(t, list[0].DoneAt)
}
