package learning

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// leaks tells what of the content's secrets a payload shows.
func leaks(t testing.TB, payload any) []string {
	t.Helper()
	text, err := json.Marshal(payload)
	require.NoError(t, err)
	var found []string
	for _, s := range []string{secretWord, contentKey, `"correct":true`, `"sign"`, `"feedback"`, `"explain"`, `"hints"`, `"answer":`, `"key":{`} {
		if strings.Contains(string(text), s) {
			found = append(found, s)
		}
	}
	return found
}

// Every payload that a pupil can get before release is searched for keys,
// marks of right and wrong, feedback and explanations.
func TestNothingLeavesBeforeRelease(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		a := w.start(p, course1, s.ID)
		seen := map[string]any{"start": a}
		w.answer(p, a.ID, 10)
		add := func(name string, payload any, err error) {
			require.NoError(w.t, err, name)
			seen[name] = payload
		}
		x, err := w.l.Attempt(ctx, p, a.ID)
		add("attempt", x, err)
		_, err = w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		r, err := w.l.Result(ctx, p, a.ID)
		add("result", r, err)
		assert.False(w.t, r.Released)
		h, err := w.l.Home(ctx, p)
		add("home", h, err)
		list, err := w.l.MyAttempts(ctx, p)
		add("attempts", list, err)
		c, err := w.l.Courses(ctx)
		add("courses", c, err)
		d, err := w.l.Course(ctx, models.System(), course1)
		add("course", d, err)
		lesson, err := w.l.Lesson(ctx, models.System(), course1, "bai-1")
		add("lesson", lesson, err)
		q, err := w.l.PracticeQuestion(ctx, p, course1, "q-00")
		add("practice", q, err)
		detail, err := w.l.SessionDetail(ctx, w.teacher, s.ID)
		add("session", detail, err)
		board, err := w.l.Board(ctx, w.teacher, w.class)
		add("board", board, err)
		proof, err := w.l.Explain(ctx, models.System(), a.ID)
		add("proof", proof, err)
		for name, payload := range seen {
			assert.Empty(w.t, leaks(w.t, payload), name)
		}
	})
}

// The same scan finds plenty in a released result, but never the content's own
// keys.
func TestReleasedResultHoldsTheKeys(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		r := w.quiz(p, course1, s.ID, 10)
		_, err := w.l.Release(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		r, err = w.l.Result(ctx, p, r.AttemptID)
		require.NoError(w.t, err)
		require.True(w.t, r.Released)
		require.Len(w.t, r.Items, 10)
		assert.NotEmpty(w.t, leaks(w.t, r), "the scan finds what is there")
		assert.NotContains(w.t, mustJSON(w.t, r), contentKey, "the content's keys never leave")
		for _, it := range r.Items {
			assert.Equal(w.t, 100, it.Percent)
			assert.Equal(w.t, it.Key, *it.Response)
		}
	})
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestWhenResultsAreReleased(t *testing.T) {
	each(t, func(w *world) {
		released := func(p models.Actor, id models.ID) bool {
			r, err := w.l.Result(ctx, p, id)
			require.NoError(w.t, err)
			assert.Equal(w.t, r.Released, len(r.Items) == 10)
			return r.Released
		}
		p, q := w.pupil(w.class), w.pupil(w.class)
		// At home: at once, but not while another attempt draws from the same pool.
		home := w.quiz(p, course1, models.ID{}, 3)
		assert.True(w.t, released(p, home.AttemptID))
		next := w.start(p, course1, models.ID{})
		assert.False(w.t, released(p, home.AttemptID))
		_, err := w.l.PracticeQuestion(ctx, p, course1, "q-00")
		assert.Equal(w.t, models.KindClosed, models.KindOf(err))
		_, err = w.l.Submit(ctx, p, next.ID)
		require.NoError(w.t, err)
		assert.True(w.t, released(p, home.AttemptID))

		// In a session: later. Nor is there a way round it through a quiz at home.
		s := w.session("", p, q)
		mine, theirs := w.quiz(p, course1, s.ID, 3), w.quiz(q, course1, s.ID, 3)
		assert.False(w.t, released(p, mine.AttemptID))
		assert.Equal(w.t, 30, mine.Percent, "the score is known at once")
		assert.False(w.t, released(p, home.AttemptID))
		assert.False(w.t, released(p, w.quiz(p, course1, models.ID{}, 0).AttemptID))

		// The assignment may show session results at once.
		_, err = w.l.Assign(ctx, w.teacher, NewAssignment{ID: newID(), ClassID: w.class, CourseKey: course1,
			Terms: Terms{OpensAt: w.clock.Now().Add(-time.Hour), DueAt: w.clock.Now().Add(time.Hour), Release: AtOnce}})
		require.NoError(w.t, err)
		assert.True(w.t, released(q, theirs.AttemptID))
		assert.True(w.t, released(p, home.AttemptID))
		w.exec("UPDATE assignments SET results = ?", AfterClose)
		assert.False(w.t, released(q, theirs.AttemptID))
		_, err = w.l.CloseSession(ctx, w.teacher, s.ID)
		require.NoError(w.t, err)
		assert.True(w.t, released(q, theirs.AttemptID))
	})
}

// A session that nobody closes is over when its time is.
func TestReleaseWhenTimeIsOver(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		r := w.quiz(p, course1, s.ID, 3)
		w.clock.Add(90 * time.Minute)
		r, err := w.l.Result(ctx, p, r.AttemptID)
		require.NoError(w.t, err)
		assert.True(w.t, r.Released)
	})
}

func TestReleasedResultExplains(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.start(p, course1, models.ID{})
		slot, s := w.slotOf(a.ID, "spot")
		_, err := w.l.SaveAnswer(ctx, p, a.ID, Answer{Seq: 1, Slot: slot, Response: Response{Marks: []string{"1", "3"}}})
		require.NoError(w.t, err)
		_, err = w.l.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		r, err := w.l.Result(ctx, p, a.ID)
		require.NoError(w.t, err)
		it := r.Items[slot-1]
		assert.Equal(w.t, 0, it.Percent, "one hit, one false alarm")
		assert.Equal(w.t, []string{"1", "2"}, it.Key.Marks)
		assert.Len(w.t, it.Feedback, 3, "the hit, the missed sign, the false alarm")
		assert.Equal(w.t, s.q.Explain, it.Explain)
		for i, other := range r.Items {
			if i != slot-1 {
				assert.Nil(w.t, other.Response)
			}
		}
	})
}

func TestExplainStaysInReach(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		a := w.quiz(p, course1, models.ID{}, 8)
		officer := func(at models.ID) models.Actor {
			return models.Actor{Grants: []models.Grant{{Role: models.RoleCommuneOfficer, Scope: models.ScopeArea, At: at}}}
		}
		home := w.household()
		commune := w.idOf("SELECT vc.commune_id AS id FROM households h JOIN village_communes vc ON vc.village_id = h.village_id WHERE h.id = ?", home)
		province := w.idOf("SELECT province_id AS id FROM areas WHERE id = ?", commune)
		_, err := w.l.Explain(ctx, officer(commune), a.AttemptID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err), "no household yet")
		w.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_role, claimed_at, decided_name, decided_role, reason, from_date, to_date)
			VALUES (?, ?, ?, 'child', 'confirmed', 1, 'student', ?, '', '', '', '2026-11-23', '9999-12-31')`, newID(), home, p.Person, w.clock.Now())
		for _, at := range []models.ID{commune, province} {
			proof, err := w.l.Explain(ctx, officer(at), a.AttemptID)
			require.NoError(w.t, err)
			for _, slot := range proof.Slots {
				assert.Nil(w.t, slot.Response, "who reads the name does not read the answers")
			}
			assert.True(w.t, proof.Intact)
			assert.Equal(w.t, 8, proof.Answers)
			assert.Equal(w.t, 8000, proof.Score)
		}
		_, err = w.l.Explain(ctx, officer(newID()), a.AttemptID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.l.Explain(ctx, w.teacher, a.AttemptID)
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))

		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, &HomeHousehold{State: "confirmed", VillageName: "Khe"}, h.Household)
		assert.Equal(w.t, ClassGoal{Total: 1}, h.ClassGoal)
		b, err := w.l.Board(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.Equal(w.t, 1, b.Totals.LinksConfirmed)

		for _, sql := range []string{
			"UPDATE answers SET response = '{}' WHERE seq = 3", "UPDATE attempts SET score = 10000",
			"UPDATE attempts SET items = REPLACE(items, '1', '1 ')", "UPDATE attempts SET result_hash = 'x'",
		} {
			w.exec(sql)
			proof, err := w.l.Explain(ctx, models.System(), a.AttemptID)
			require.NoError(w.t, err)
			assert.False(w.t, proof.Intact, sql)
		}
	})
}
