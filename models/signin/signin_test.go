package signin_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/signin"
)

func TestEntering(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an, binh := w.pupil("Nguyễn Văn An", 0), w.pupil("Trần Bình", 0)
		twin := w.pupil("Nguyễn Văn An", 0)
		w.print(0, an, twin)
		s := w.open(0)
		lesson, names, err := w.signin.Lookup(ctx, " "+s.Code[:3]+"-"+s.Code[3:])
		require.NoError(t, err)
		assert.Equal(t, signin.Lesson{ID: s.ID, ClassID: w.class[0], ClassName: "7A", ClosesAt: s.ClosesAt}, lesson)
		require.Len(t, names, 3)
		hints := map[string]bool{}
		for _, n := range names {
			hints[n.Hint] = true
			assert.Equal(t, n.PersonID == binh, n.Kind == "", "only who holds a card can enter")
		}
		assert.Equal(t, map[string]bool{"nguyenvanan": true, "nguyenvanan2": true, "": true}, hints, "namesakes are told apart, others are not named twice")

		session, err := w.signin.Enter(ctx, w.right(s.Code, an))
		require.NoError(t, err)
		assert.Equal(t, s.ID, session.Lesson)
		assert.Equal(t, an, session.Account.PersonID)
		assert.Equal(t, 1, w.count("session_participants", "session_id = ? AND person_id = ?", s.ID, an), "a participant at once")
		_, err = w.signin.Enter(ctx, w.right(s.Code, an))
		require.NoError(t, err, "again, on another computer")
		_, err = w.signin.Enter(ctx, signin.Entry{Code: s.Code, Person: binh, Secret: "4812"})
		assert.Equal(t, "no_card", models.CodeOf(err))
	})
}

func TestOutsideTheWindowIsAWrongCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an, other := w.pupil("An", 0), w.pupil("Bình", 1)
		w.print(0)
		w.print(1)
		s := w.open(0)
		refused := func(why string, e signin.Entry) {
			_, err := w.signin.Enter(ctx, e)
			assert.Equal(t, models.NotFound(), err, why)
		}
		look := func(why, code string) {
			_, _, err := w.signin.Lookup(ctx, code)
			assert.Equal(t, models.NotFound(), err, why)
		}
		code := models.NewCode(5)
		for why, c := range map[string]string{"another code": code, "no code": "??", "a long one": s.Code + "AAAA", "one wrong character": s.Code[:5] + "0"} {
			look(why, c)
			refused(why, w.right(c, an))
		}
		refused("a pupil of another class", w.right(s.Code, other))
		refused("nobody", signin.Entry{Code: s.Code, Person: w.id(), Secret: "4812"})
		w.clock.Add(45 * time.Minute)
		look("time is over", s.Code)
		refused("time is over", w.right(s.Code, an))
		again := w.open(0)
		_, err := w.learning.CloseSession(ctx, w.teacher[0], again.ID)
		require.NoError(t, err)
		look("closed", again.Code)
		refused("closed", w.right(again.Code, an))
		assert.Zero(t, w.count("lesson_tries", "1 = 1"), "no tries are counted outside a lesson")
	})
}

// TestFiveWrongTriesInParallel sends many at once: exactly five are compared.
func TestFiveWrongTriesInParallel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("An", 0)
		w.print(0)
		s := w.open(0)
		before := cheap.Checked()
		var wrong, lockedOut atomic.Int32
		var all sync.WaitGroup
		for range 24 {
			all.Go(func() {
				_, err := w.signin.Enter(ctx, w.wrong(s.Code, an))
				switch models.KindOf(err) {
				case models.KindInvalid:
					wrong.Add(1)
				case models.KindLocked:
					lockedOut.Add(1)
				default:
					t.Errorf("unexpected: %v", err)
				}
			})
		}
		all.Wait()
		assert.EqualValues(t, signin.MaxTries, cheap.Checked()-before, "compared")
		assert.EqualValues(t, 4, wrong.Load(), "the fifth wrong one says that the name is locked")
		assert.EqualValues(t, 20, lockedOut.Load())
		_, err := w.signin.Enter(ctx, w.right(s.Code, an))
		assert.Equal(t, "name_locked", models.CodeOf(err), "also the right one now")
	})
}

func TestLockAndUnlock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an, binh := w.pupil("An", 0), w.pupil("Bình", 0)
		w.print(0)
		s := w.open(0)
		for left := 4; left > 0; left-- {
			_, err := w.signin.Enter(ctx, w.wrong(s.Code, an))
			var e *models.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, []models.Field{{Location: "body.secret", Code: "wrong_secret"}}, e.Fields)
			assert.Equal(t, string(rune('0'+left)), e.Detail["left"])
		}
		locks, err := w.signin.Locks(ctx, w.teacher[0], s.ID)
		require.NoError(t, err)
		assert.Empty(t, locks, "four are not five")
		_, err = w.signin.Enter(ctx, w.wrong(s.Code, an))
		assert.Equal(t, "name_locked", models.CodeOf(err))
		_, err = w.signin.Enter(ctx, w.right(s.Code, binh))
		require.NoError(t, err, "others are not locked")
		locks, err = w.signin.Locks(ctx, w.teacher[0], s.ID)
		require.NoError(t, err)
		assert.Equal(t, []signin.Lock{{PersonID: an, Name: "An", At: w.clock.Now()}}, locks)
		w.clock.Add(20 * time.Minute)
		_, err = w.signin.Enter(ctx, w.right(s.Code, an))
		assert.Equal(t, "name_locked", models.CodeOf(err), "waiting does not unlock")

		_, err = w.signin.Locks(ctx, w.teacher[1], s.ID)
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "another class's teacher")
		assert.Equal(t, models.KindNotFound, models.KindOf(w.signin.Unlock(ctx, w.teacher[1], s.ID, an)))
		require.NoError(t, w.signin.Unlock(ctx, w.teacher[0], s.ID, an))
		require.NoError(t, w.signin.Unlock(ctx, w.teacher[0], s.ID, an), "a second tap does nothing")
		_, err = w.signin.Enter(ctx, w.right(s.Code, an))
		require.NoError(t, err)
		_, err = w.signin.Enter(ctx, w.wrong(s.Code, an))
		assert.Equal(t, models.KindInvalid, models.KindOf(err), "a right one cleared the count")
	})
}

func TestALockIsOfOneLesson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("An", 0)
		w.print(0)
		s := w.open(0)
		for range 5 {
			_, err := w.signin.Enter(ctx, w.wrong(s.Code, an))
			require.Error(t, err)
		}
		_, err := w.learning.CloseSession(ctx, w.teacher[0], s.ID)
		require.NoError(t, err)
		next := w.open(0)
		_, err = w.signin.Enter(ctx, w.right(next.Code, an))
		require.NoError(t, err)
		w.clock.Add(25 * time.Hour)
		removed, err := w.signin.Sweep(ctx)
		require.NoError(t, err)
		assert.EqualValues(t, 1, removed)
	})
}

func TestTheSessionEndsWithTheLesson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("An", 0)
		w.print(0)
		s := w.open(0)
		session, err := w.signin.Enter(ctx, w.right(s.Code, an))
		require.NoError(t, err)
		_, err = w.signin.Bound(ctx, session.Lesson)
		require.NoError(t, err)
		w.clock.Add(40 * time.Minute)
		_, err = w.learning.Extend(ctx, w.teacher[0], s.ID, 30)
		require.NoError(t, err)
		w.clock.Add(10 * time.Minute)
		session, err = w.signin.Refresh(ctx, session.RefreshToken)
		require.NoError(t, err, "the lesson was extended")
		bound, err := w.signin.Bound(ctx, session.Lesson)
		require.NoError(t, err)
		assert.Equal(t, s.OpenedAt.Add(75*time.Minute), bound.ClosesAt)

		w.clock.Add(30 * time.Minute)
		_, err = w.signin.Bound(ctx, session.Lesson)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err), "over by the clock, to the second")
		_, err = w.signin.Refresh(ctx, session.RefreshToken)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err))
		assert.Zero(t, w.count("refresh_tokens", "revoked_at IS NULL"), "the whole sign-in is over")

		again := w.open(0)
		session, err = w.signin.Enter(ctx, w.right(again.Code, an))
		require.NoError(t, err)
		other := signin.New(w.db, w.people, w.learning) // another copy of the program
		_, err = other.Bound(ctx, session.Lesson)
		require.NoError(t, err)
		_, err = w.learning.CloseSession(ctx, w.teacher[0], again.ID)
		require.NoError(t, err)
		_, err = w.signin.Bound(ctx, session.Lesson)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err), "nothing was remembered here")
		w.clock.Add(5 * time.Second)
		_, err = other.Bound(ctx, session.Lesson)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err), "five seconds later elsewhere")
	})
}

func TestALockedScreen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		an := w.pupil("An", 0)
		require.NoError(t, w.people.SetClassSecretKind(ctx, w.teacher[0], w.class[0], people.SecretIcons))
		w.print(0)
		s := w.open(0)
		session, err := w.signin.Enter(ctx, w.right(s.Code, an))
		require.NoError(t, err)
		actor := w.actor(session)
		require.NoError(t, w.signin.Check(ctx, actor, w.cards[an].Secret))
		for range 4 {
			assert.Equal(t, models.KindInvalid, models.KindOf(w.signin.Check(ctx, actor, "sun-moon-sun")))
		}
		assert.Equal(t, "name_locked", models.CodeOf(w.signin.Check(ctx, actor, "sun-moon-sun")))
		_, err = w.signin.Enter(ctx, w.right(s.Code, an))
		assert.Equal(t, "name_locked", models.CodeOf(err), "the count is one")
		require.NoError(t, w.signin.Unlock(ctx, w.teacher[0], s.ID, an))
		require.NoError(t, w.signin.Check(ctx, actor, w.cards[an].Secret))

		w.print(0)
		_, err = w.people.ActorOf(ctx, session.Account.ID, session.Epoch)
		assert.Equal(t, models.KindUnauthenticated, models.KindOf(err), "printing ends what goes on")
		actor.Lesson = models.ID{}
		assert.Equal(t, models.KindForbidden, models.KindOf(w.signin.Check(ctx, actor, "4812")), "signed in by password")
	})
}
