package learning

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
)

// bankSet keeps one practice question of each kind as a set of a school.
func (w *world) bankSet(school models.ID) QuestionSet {
	w.t.Helper()
	n := NewSet{SchoolID: school, Title: "Tin học 7"}
	for i, kind := range kinds {
		n.Questions = append(n.Questions, question(i, kind, "practice"))
	}
	set, err := w.l.PutSet(ctx, w.teacher, n)
	require.NoError(w.t, err)
	return set
}

// trySet answers a question of a set, rightly or leaving it blank.
func (w *world) trySet(p models.Actor, set, question string, right bool) PracticeReply {
	w.t.Helper()
	q, err := w.l.PracticeQuestion(ctx, p, set, question)
	require.NoError(w.t, err)
	c, err := w.l.catalog.set(ctx, set)
	require.NoError(w.t, err)
	r := Response{}
	if right {
		r = w.l.dealt(p.Person, q.Nonce, c.byKey[question]).key()
	}
	reply, err := w.l.PracticeAnswer(ctx, p, PracticeAnswer{ID: newID(), CourseKey: set, QuestionKey: question, Nonce: q.Nonce, Response: r})
	require.NoError(w.t, err)
	w.clock.Add(time.Minute)
	return reply
}

// A set is assigned like anything else: it is on the pupil's home page, gives
// the feedback of practice, is done when every question was right once, and
// shows in the teacher's results. It is in no quiz, no lesson and no award.
func TestSetIsPractised(t *testing.T) {
	each(t, func(w *world) {
		p, idle := w.pupil(w.class), w.pupil(w.class)
		set := w.bankSet(w.school)
		assert.Equal(w.t, set, w.bankSet(w.school), "the same questions are the same set")
		a := w.give(func(n *NewAssignment) { n.Kind, n.CourseKey = AssignBank, set.Key })
		assert.Equal(w.t, []any{"Tin học 7", 0, 0, 2}, []any{a.Title, a.Done, a.Begun, a.Total})
		h := w.home(p)
		require.Len(w.t, h, 1)
		assert.Equal(w.t, []any{AssignBank, set.Key, "Tin học 7", 6, workNotStarted}, []any{h[0].Kind, h[0].CourseKey, h[0].Title, h[0].Minutes, h[0].State})
		assert.Positive(w.t, h[0].Bytes)

		reply := w.trySet(p, set.Key, "q-00", false)
		assert.False(w.t, reply.Correct)
		w.trySet(p, set.Key, "q-00", false)
		reply = w.trySet(p, set.Key, "q-00", false)
		assert.Equal(w.t, []any{3, true, true, (*string)(nil)}, []any{reply.Miss, reply.Hint != nil, reply.WorkedExample != nil, reply.Twin})
		assert.Equal(w.t, workInProgress, w.home(p)[0].State)
		for _, q := range []string{"q-00", "q-01", "q-02", "q-03", "q-04", "q-05"} {
			assert.True(w.t, w.trySet(p, set.Key, q, true).Correct)
		}
		w.trySet(p, set.Key, "q-05", false)
		assert.Equal(w.t, workDone, w.home(p)[0].State)
		mine, err := w.l.PracticeSet(ctx, p, set.Key)
		require.NoError(w.t, err)
		assert.Equal(w.t, []any{6, 6, a.DueAt}, []any{len(mine.Questions), len(mine.Right), *mine.DueAt})

		r, err := w.l.SetResults(ctx, w.teacher, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, []any{workDone, 6, 5, 10}, []any{r.Pupils[0].State, r.Pupils[0].Right, r.Pupils[0].First, r.Pupils[0].Tries})
		assert.Equal(w.t, SetPupil{PersonID: idle.Person, Name: idle.Name, State: workNotStarted}, r.Pupils[1])
		assert.Equal(w.t, SetQuestion{Key: "q-00", Stem: "Câu <em>hỏi</em>", Tried: 1, First: 0, Right: 1}, r.Questions[0])
		list, err := w.l.Assignments(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.Equal(w.t, []int{1, 0}, []int{list[0].Done, list[0].Begun})
		up, err := w.l.CatchUp(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.Equal(w.t, []NotYet{{PersonID: idle.Person, Name: idle.Name, State: workNotStarted}}, up.Assignments[0].NotYet)

		for name, err := range map[string]error{
			"a quiz":   second(w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: set.Key})),
			"a lesson": second(w.l.OpenSession(ctx, w.teacher, NewSession{ID: newID(), ClassID: w.class, CourseKey: set.Key, Minutes: 45})),
			"a course": second(w.l.Pack(ctx, p, set.Key)),
		} {
			assert.Error(w.t, err, name)
		}
		assert.Zero(w.t, w.count("SELECT (SELECT COUNT(*) FROM attempts) + (SELECT COUNT(*) FROM skill_passes) + (SELECT COUNT(*) FROM lesson_progress)"))
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM item_stats")+w.count("SELECT COUNT(*) FROM question_versions WHERE course_key = ?", set.Key))

		w.give(func(n *NewAssignment) { n.Kind, n.CourseKey = AssignBank, set.Key }) // once more: the questions are the same
		w.give(func(n *NewAssignment) { n.OpensAt, n.Kind, n.CourseKey = n.DueAt.Add(-time.Minute), AssignBank, w.bankSet(models.ID{}).Key })
		practised := map[models.ID]*BoardPractice{}
		b, err := w.l.Board(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		for _, s := range b.Students {
			practised[s.PersonID] = s.Practice
		}
		assert.Equal(w.t, map[models.ID]*BoardPractice{p.Person: {Asked: 6, Right: 6}, idle.Person: {Asked: 6}}, practised)
		assert.Equal(w.t, []int{12, 6}, []int{b.Totals.PracticeAsked, b.Totals.PracticeRight})
	})
}

// A set is open to those who are asked to practise it, and to the classes of
// its own school.
func TestSetReach(t *testing.T) {
	each(t, func(w *world) {
		p, left, other := w.pupil(w.class), w.pupil(w.class), w.pupil(w.other)
		set, shared, foreign := w.bankSet(w.school), w.bankSet(models.ID{}), newID()
		_, err := w.l.PutSet(ctx, w.teacher, NewSet{SchoolID: foreign, Title: "x", Questions: []curriculum.Question{question(0, "single", "practice")}})
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err), "another school's bank")
		w.exec("UPDATE question_sets SET school_id = ? WHERE set_key = ?", foreign, set.Key)
		_, err = w.l.PracticeSet(ctx, p, set.Key)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err), "not asked")
		_, err = w.l.Assign(ctx, w.teacher, NewAssignment{ID: newID(), ClassID: w.class, Kind: AssignBank, CourseKey: set.Key,
			Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(day)}})
		assert.ErrorContains(w.t, err, "changed after it was made")
		w.exec("UPDATE question_sets SET school_id = ? WHERE set_key = ?", w.school, set.Key)

		elsewhere := newID()
		w.exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, 'F', 'F', 'f', 'thcs', ?, ?)", foreign, newID(), w.clock.Now())
		w.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', 7, '7A', ?)", elsewhere, foreign, w.clock.Now())
		both := models.Actor{Account: newID(), Grants: append(slices.Clone(w.teacher.Grants), models.Grant{Role: models.RoleTeacher, Scope: models.ScopeClass, At: elsewhere})}
		give := func(class models.ID, key string) error {
			_, err := w.l.Assign(ctx, both, NewAssignment{ID: newID(), ClassID: class, Kind: AssignBank, CourseKey: key,
				Terms: Terms{OpensAt: w.clock.Now(), DueAt: w.clock.Now().Add(day)}})
			return err
		}
		assert.Equal(w.t, []string{"body.course_key other_school"}, places(give(elsewhere, set.Key)))
		require.NoError(w.t, give(elsewhere, shared.Key), "the province's questions are everybody's")
		assert.Equal(w.t, []string{"body.course_key unknown"}, places(give(w.class, "set-00000000000000000000000000000000")))
		assert.Equal(w.t, []string{"body.course_key unknown"}, places(give(w.class, course1)), "a course is no set")

		g := w.group("Nhóm 1", p, left)
		a := w.give(func(n *NewAssignment) {
			n.Kind, n.CourseKey, n.Recipients = AssignBank, set.Key, Recipients{To: ToGroup, GroupID: &g.ID}
		})
		_, err = w.l.CopyAssignment(ctx, both, a.ID, []Copy{{ID: newID(), ClassID: elsewhere}})
		assert.Equal(w.t, []string{"body.copies[0].class_id other_school"}, places(err))
		sees := func(who models.Actor) bool {
			_, err := w.l.PracticeQuestion(ctx, who, set.Key, "q-00")
			return err == nil
		}
		assert.Equal(w.t, []bool{true, true, false}, []bool{sees(p), sees(left), sees(other)})
		_, err = w.l.SetResults(ctx, w.teacherOf(w.other), a.ID)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))

		// Tried without a network, in another class when the network is back.
		c, err := w.l.catalog.set(ctx, set.Key)
		require.NoError(w.t, err)
		q := c.byKey["q-00"]
		held := OfflineTry{ID: newID(), CourseKey: set.Key, QuestionKey: q.Key, QuestionHash: q.Hash, Options: []int{0, 1, 2, 3}, Response: Response{Choice: "1"}}
		w.move(left, w.other)
		assert.False(w.t, sees(left))
		for range 2 {
			report, err := w.l.RecordTries(ctx, left, []OfflineTry{held})
			require.NoError(w.t, err)
			assert.Equal(w.t, []models.ID{held.ID}, report.Acked)
		}
		held.ID = newID()
		report, err := w.l.RecordTries(ctx, other, []OfflineTry{held})
		require.NoError(w.t, err)
		assert.Equal(w.t, []TryRejection{{held.ID, "not_found"}}, report.Rejected)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM practice_answers"))
		require.NoError(w.t, w.l.RemoveAssignment(ctx, w.teacher, a.ID))
		assert.False(w.t, sees(p), "taken off the list")
	})
}

// Two files may have brought a question under one key; what may stand in a
// quiz is in no set.
func TestSetKeys(t *testing.T) {
	a, b, c := question(0, "single", "practice"), question(1, "single", "practice"), question(2, "single", "practice")
	b.Key, c.Key = a.Key, a.Key+"-2"
	list, err := ownKeys([]curriculum.Question{a, b, c})
	require.NoError(t, err)
	assert.Equal(t, []string{"q-00", "q-00-2", "q-00-2-2"}, []string{list[0].Key, list[1].Key, list[2].Key})
	for _, q := range list {
		assert.Equal(t, q.ContentHash(), q.Hash)
	}
	_, err = ownKeys([]curriculum.Question{question(0, "single", "both")})
	assert.Equal(t, []string{"body.question_ids not_practice"}, places(err))
	assert.NotEqual(t, setKey(newID(), "x", list), setKey(newID(), "x", list), "each school has its own")
}

// Whatever the tries, the sums of the pupils and of the questions are the same.
func TestSetResultsAddUp(t *testing.T) {
	each(t, func(w *world) {
		rng := rand.New(rand.NewPCG(7, 11))
		set := w.bankSet(w.school)
		pupils := []models.Actor{w.pupil(w.class), w.pupil(w.class), w.pupil(w.class)}
		a := w.give(func(n *NewAssignment) { n.Kind, n.CourseKey = AssignBank, set.Key })
		type cell struct{ pupil, question int }
		first, right, tried := map[cell]bool{}, map[cell]bool{}, map[cell]bool{}
		for range 60 {
			k, ok := cell{rng.IntN(3), rng.IntN(6)}, rng.IntN(2) == 0
			w.trySet(pupils[k.pupil], set.Key, []string{"q-00", "q-01", "q-02", "q-03", "q-04", "q-05"}[k.question], ok)
			if ok {
				right[k] = true
				if !tried[k] {
					first[k] = true
				}
			}
			tried[k] = true
		}
		r, err := w.l.SetResults(ctx, w.teacher, a.ID)
		require.NoError(w.t, err)
		sum := SetQuestion{}
		for _, q := range r.Questions {
			sum.Tried, sum.First, sum.Right = sum.Tried+q.Tried, sum.First+q.First, sum.Right+q.Right
		}
		assert.Equal(w.t, SetQuestion{Tried: len(tried), First: len(first), Right: len(right)}, sum)
		pupil := SetPupil{}
		for _, p := range r.Pupils {
			pupil.Tries, pupil.First, pupil.Right = pupil.Tries+p.Tries, pupil.First+p.First, pupil.Right+p.Right
		}
		assert.Equal(w.t, SetPupil{Tries: 60, First: len(first), Right: len(right)}, pupil)
	})
}
