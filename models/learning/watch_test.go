package learning

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func next(t *testing.T, v *Watching) *LiveBoard {
	t.Helper()
	select {
	case b := <-v.Boards():
		return b
	case <-time.After(5 * time.Second):
		t.Fatal("no board came")
		return nil
	}
}

// However many watch, the database is asked once a round; a change reaches all
// of them, no change reaches nobody, and without viewers nobody looks.
func TestWatches(t *testing.T) {
	var looks, version atomic.Int64
	var broken atomic.Bool
	w := newWatches(func(context.Context, models.ID) (LiveBoard, error) {
		looks.Add(1)
		if broken.Load() {
			return LiveBoard{}, errors.New("away")
		}
		return LiveBoard{Version: strconv.FormatInt(version.Load(), 10)}, nil
	}, 10*time.Millisecond)
	id := newID()
	first := w.join(id)
	assert.Equal(t, "0", next(t, first).Version)
	var others []*Watching
	for range 20 {
		v := w.join(id)
		assert.Equal(t, "0", next(t, v).Version, "what is known comes at once")
		others = append(others, v)
	}
	looks.Store(0)
	time.Sleep(200 * time.Millisecond)
	assert.LessOrEqual(t, looks.Load(), int64(25), "once a round, not once a viewer")
	assert.Empty(t, first.Boards(), "no change, no word")
	broken.Store(true)
	time.Sleep(30 * time.Millisecond)
	broken.Store(false)
	version.Store(1)
	for _, v := range append(others, first) {
		assert.Equal(t, "1", next(t, v).Version)
	}
	// A slow viewer gets the newest, not all of them.
	for n := int64(2); n < 6; n++ {
		version.Store(n)
		time.Sleep(30 * time.Millisecond)
	}
	assert.Equal(t, "5", next(t, first).Version)
	for _, v := range append(others, first) {
		v.Stop()
	}
	require.Eventually(t, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return len(w.open) == 0 }, 5*time.Second, 5*time.Millisecond)
	before := looks.Load()
	time.Sleep(50 * time.Millisecond)
	assert.Equal(t, before, looks.Load())
	again := w.join(id)
	assert.Equal(t, "5", next(t, again).Version)
	again.Stop()
}

// Two copies of the program on one database: what one writes the other's
// viewers see.
func TestWatchSeesOtherCopies(t *testing.T) {
	each(t, func(w *world) {
		w.l.watches.every = 20 * time.Millisecond
		p := w.pupil(w.class)
		s := w.session(course1, p)
		v, err := w.l.Watch(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		defer v.Stop()
		assert.Equal(w.t, isIn, next(t, v).Pupils[0].Status)
		other := New(w.db, Options{Secret: []byte("test")})
		require.NoError(w.t, other.CallTeacher(ctx, p, s.ID, newID()))
		assert.Equal(w.t, needsHelp, next(t, v).Pupils[0].Status)
		_, err = w.l.Watch(ctx, w.teacherOf(w.other), s.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
	})
}
