package learning

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
)

func TestFivePassedQuizzesEarnTheCertificate(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		s := w.session("", p)
		for i, skill := range certificate.Skills {
			key := skill + "-thcs"
			w.lessons(p, key)
			r := w.quiz(p, key, s.ID, 10)
			assert.Equal(w.t, 100, r.Percent)
			assert.True(w.t, r.Passed)
			assert.True(w.t, r.Counts)
			assert.False(w.t, r.Released)
			assert.Empty(w.t, r.Items)
			require.NotNil(w.t, r.SkillPass)
			assert.Equal(w.t, i == 4, r.Certificate != nil)
			assert.Equal(w.t, i == 4, r.Missing.Complete)
		}
		cert, missing, err := w.l.MyCertificate(ctx, p)
		require.NoError(w.t, err)
		require.NotNil(w.t, cert)
		assert.Equal(w.t, p.Name, cert.HolderName)
		assert.Equal(w.t, "7A", cert.ClassName)
		assert.True(w.t, missing.Complete)
		proof, err := certificate.Prove(w.db.Read(ctx), p.Person)
		require.NoError(w.t, err)
		assert.True(w.t, proof.Intact)
		for _, pass := range proof.Passes {
			a, err := w.l.Explain(ctx, models.System(), pass.AttemptID)
			require.NoError(w.t, err)
			assert.True(w.t, a.Intact)
			assert.Equal(w.t, pass.AttemptHash, a.Hash)
		}
	})
}

func TestWhatDoesNotCount(t *testing.T) {
	each(t, func(w *world) {
		const key = "self_protection-thcs"
		at := func(p models.Actor) certificate.MissingSkill {
			m, err := w.l.Missing(ctx, p)
			require.NoError(w.t, err)
			return m.Skills[3]
		}
		home := w.pupil(w.class)
		w.lessons(home, key)
		r := w.quiz(home, key, models.ID{}, 10)
		assert.True(w.t, r.Passed && !r.Counts && r.Released)
		assert.Nil(w.t, r.SkillPass)
		assert.True(w.t, at(home).NeedsSession)

		weak := w.pupil(w.class)
		s := w.session(key, weak)
		w.lessons(weak, key)
		r = w.quiz(weak, key, s.ID, 7)
		assert.Equal(w.t, 70, r.Percent)
		assert.Nil(w.t, r.SkillPass)
		r = w.quiz(weak, key, s.ID, 8)
		assert.Equal(w.t, 80, r.Percent)
		assert.NotNil(w.t, r.SkillPass)

		early := w.pupil(w.class)
		_, err := w.l.JoinSession(ctx, early, s.Code)
		require.NoError(w.t, err)
		r = w.quiz(early, key, s.ID, 10)
		assert.Nil(w.t, r.SkillPass)
		assert.Equal(w.t, certificate.MissingSkill{Skill: "self_protection", LessonsTotal: 2, BestPercent: new(100)}, at(early))
		w.lessons(early, key) // the last lesson completes the skill
		assert.True(w.t, at(early).Passed)
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM skill_passes"))
	})
}

func TestRepublishingKeepsOpenAttempts(t *testing.T) {
	each(t, func(w *world) {
		const key = "self_protection-thcs"
		p := w.pupil(w.class)
		a := w.start(p, key, models.ID{})
		w.answer(p, a.ID, 5)
		changed := testCatalog()
		for i := range changed.Courses {
			changed.Courses[i] = testCourse(changed.Courses[i].Skill, "thcs", 2)
			c := &changed.Courses[i]
			for j := range c.Questions {
				q := &c.Questions[j]
				q.Stem = "Câu đã sửa"
				for k := range q.Options {
					q.Options[k].Correct = !q.Options[k].Correct // the key is turned round
				}
				q.Hash = q.ContentHash()
			}
			c.Hash = c.ContentHash()
		}
		report, err := w.l.Publish(ctx, models.System(), changed)
		require.NoError(w.t, err)
		assert.Len(w.t, report.Published, 5)
		assert.Equal(w.t, 24, report.Questions) // the courses share their content
		assert.Zero(w.t, report.Lessons)
		again, err := w.l.Publish(ctx, models.System(), changed)
		require.NoError(w.t, err)
		assert.Len(w.t, again.Unchanged, 5)
		assert.Zero(w.t, again.Questions)

		// Another copy of the program, with nothing in memory, sees the same.
		l2 := New(w.db, Options{})
		got, err := l2.Attempt(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, a.Items, got.Items)
		assert.Equal(w.t, "Câu <em>hỏi</em>", got.Items[0].Stem)
		w.answer(p, a.ID, 10)
		out, err := l2.Submit(ctx, p, a.ID)
		require.NoError(w.t, err)
		assert.Equal(w.t, full, out.Score)
	})
}

func TestPublishRefusesWhatCannotBeDrawn(t *testing.T) {
	each(t, func(w *world) {
		bad := testCatalog()
		bad.Courses[2].Quiz.Slots[0].Count = 99
		_, err := w.l.Publish(ctx, models.System(), bad)
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))
		_, err = w.l.Publish(ctx, w.teacher, testCatalog())
		assert.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func TestTamperedContentIsRefused(t *testing.T) {
	each(t, func(w *world) {
		w.exec("UPDATE question_versions SET doc = REPLACE(doc, 'true', 'false')")
		_, err := New(w.db, Options{}).Courses(ctx)
		assert.ErrorContains(w.t, err, "changed after it was published")
	})
}

func TestCoursesAndLessons(t *testing.T) {
	each(t, func(w *world) {
		list, err := w.l.Courses(ctx)
		require.NoError(w.t, err)
		require.Len(w.t, list, 5)
		assert.Equal(w.t, "public_services", list[0].Skill)
		assert.Equal(w.t, 16, list[0].Minutes)
		assert.Positive(w.t, list[0].Bytes)
		c, err := w.l.Course(ctx, models.System(), list[0].Key)
		require.NoError(w.t, err)
		assert.Equal(w.t, QuizHead{Minutes: 20, Slots: 10, PassPercent: 80}, c.Quiz)
		lesson, err := w.l.Lesson(ctx, models.System(), list[0].Key, "bai-1")
		require.NoError(w.t, err)
		assert.Len(w.t, lesson.Cards, 3)
		assert.Equal(w.t, []string{"q-01"}, lesson.Practice) // q-04 is kept for the quiz
		body, hash, err := w.l.LessonJSON(ctx, models.System(), list[0].Key, "bai-1")
		require.NoError(w.t, err)
		assert.Contains(w.t, string(body), hash)
		m, err := w.l.Media(ctx, "0123456789abcdef.svg")
		require.NoError(w.t, err)
		assert.Equal(w.t, Media{"image/svg+xml", []byte("<svg/>")}, m)
		for _, err := range []error{
			errOf(w.l.Course(ctx, models.System(), "x")), errOf(w.l.Lesson(ctx, models.System(), list[0].Key, "x")), errOf(w.l.Media(ctx, "x")),
		} {
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		}
	})
}

func errOf[T any](_ T, err error) error { return err }

func TestHigherGradesFallBack(t *testing.T) {
	each(t, func(w *world) {
		ten := newID()
		w.addClass(ten, "10A", 10)
		p := w.pupil(ten)
		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, "self_protection-thcs", h.Skills[3].CourseKey)
		c := testCourse("self_protection", "thpt", 1)
		cat := testCatalog()
		cat.Courses = append(cat.Courses, c)
		_, err = w.l.Publish(ctx, models.System(), cat)
		require.NoError(w.t, err)
		h, err = w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, "self_protection-thpt", h.Skills[3].CourseKey)
		assert.Equal(w.t, "online_payment-thcs", h.Skills[2].CourseKey)

		// In a session only the course of the own grade counts.
		teacher := w.teacherOf(ten)
		s, err := w.l.OpenSession(ctx, teacher, NewSession{ID: newID(), ClassID: ten, Minutes: 45})
		require.NoError(w.t, err)
		_, err = w.l.JoinSession(ctx, p, s.Code)
		require.NoError(w.t, err)
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: "self_protection-thcs", SessionID: s.ID})
		assert.Equal(w.t, models.KindInvalid, models.KindOf(err))
		_, err = w.l.StartAttempt(ctx, p, NewAttempt{ID: newID(), CourseKey: "self_protection-thpt", SessionID: s.ID})
		assert.NoError(w.t, err)
	})
}

func TestSkillsWithoutCourseAreNotAvailable(t *testing.T) {
	each(t, func(w *world) {
		w.exec("DELETE FROM courses WHERE skill = 'online_payment'")
		w.clock.Add(time.Minute) // another copy of the program notices after a few seconds
		p := w.pupil(w.class)
		h, err := w.l.Home(ctx, p)
		require.NoError(w.t, err)
		assert.Equal(w.t, skillNotAvailable, h.Skills[2].State)
		assert.Equal(w.t, 0, errless(w.l.Missing(ctx, p)).Skills[2].LessonsTotal)
	})
}

func errless[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
