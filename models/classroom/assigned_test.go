package classroom_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
)

// give assigns something to 7A, from now on for a week.
func (w *world) give(change func(*learning.NewAssignment)) models.ID {
	now := w.clock.Now()
	n := learning.NewAssignment{ID: models.NewID(now), ClassID: w.classA, CourseKey: course,
		Terms: learning.Terms{OpensAt: now, DueAt: now.Add(7 * 24 * time.Hour)}}
	change(&n)
	_, err := w.house.Learning.Assign(ctx, w.teacher, n)
	require.NoError(w.t, err)
	w.tick(time.Second)
	return n.ID
}

// pictured keeps a set of two questions of a bank, one with a picture.
func (w *world) pictured() learning.QuestionSet {
	options := []curriculum.Option{{Text: "Đúng", Correct: true}, {Text: "Sai"}}
	picture := curriculum.Image{Src: "0123456789abcdef.png", Type: "image/png", Data: []byte("png")}
	set, err := w.house.Learning.PutSet(ctx, w.teacher, learning.NewSet{SchoolID: w.school, Title: "Tin 7", Images: []curriculum.Image{picture},
		Questions: []curriculum.Question{
			{Key: "mot", Kind: "single", Use: "practice", Stem: "Một?", Options: options, Image: &curriculum.Picture{Src: picture.Src, Alt: "Hình"}},
			{Key: "hai", Kind: "single", Use: "practice", Stem: "Hai?", Options: options},
		}})
	require.NoError(w.t, err)
	return set
}

// asked answers what each pupil of 7A finds on the home page, by assignment.
func (w *world) asked(l *learning.Learning) [][]models.ID {
	list := make([][]models.ID, len(w.pupilsA))
	for i, p := range w.pupilsA {
		home, err := l.Home(ctx, p.Actor())
		require.NoError(w.t, err)
		for _, a := range home.Assignments {
			list[i] = append(list[i], a.ID)
		}
	}
	return list
}

// On the laptop each pupil is asked what the pupil is asked at home, and not
// what the others are: by class, by group, by name.
func TestEachPupilHasTheOwnAssignments(t *testing.T) {
	each(t, 4, func(t *testing.T, w *world) {
		lern, person := w.house.Learning, func(i int) models.ID { return w.pupilsA[i].Person }
		group := learning.Group{ID: models.NewID(w.clock.Now()), ClassID: w.classA, Name: "Nhóm 1", Persons: []models.ID{person(0), person(1)}}
		_, err := lern.PutGroup(ctx, w.teacher, group)
		require.NoError(t, err)
		c, _ := w.house.Catalog.Course(course)
		all := w.give(func(*learning.NewAssignment) {})
		theirs := w.give(func(n *learning.NewAssignment) {
			n.Recipients = learning.Recipients{To: learning.ToGroup, GroupID: &group.ID}
		})
		two := w.give(func(n *learning.NewAssignment) {
			n.Kind, n.Parts = learning.AssignLessons, []string{c.Lessons[0].Key}
			n.Recipients = learning.Recipients{To: learning.ToPupils, Persons: []models.ID{person(1), person(2)}}
		})
		set := w.pictured()
		bank := w.give(func(n *learning.NewAssignment) {
			n.Kind, n.CourseKey, n.Recipients = learning.AssignBank, set.Key, learning.Recipients{To: learning.ToPupils, Persons: []models.ID{person(3)}}
		})
		want := [][]models.ID{{all, theirs}, {all, theirs, two}, {all, two}, {all, bank}}
		require.Equal(t, want, w.asked(lern))
		w.load(w.laptop)
		away := w.laptop.house.Learning
		assert.Equal(t, want, w.asked(away))
		list, err := away.Assignments(ctx, w.teacher, w.classA)
		require.NoError(t, err)
		home, err := lern.Assignments(ctx, w.teacher, w.classA)
		require.NoError(t, err)
		assert.Equal(t, home, list, "the teacher's list too")

		group.Persons = []models.ID{person(0), person(3)}
		_, err = lern.PutGroup(ctx, w.teacher, group)
		require.NoError(t, err)
		require.NoError(t, lern.RemoveAssignment(ctx, w.teacher, two))
		w.tick(time.Minute)
		pack, err := w.room().Pack(ctx, w.teacher, w.laptop.id)
		require.NoError(t, err)
		older, err := classroom.WithoutMember(pack, w.room(), w.laptop.house.Classroom, "assigned")
		require.NoError(t, err)
		_, err = w.laptop.house.Classroom.LoadPack(ctx, bytes.NewReader(older))
		require.NoError(t, err)
		assert.Equal(t, want, w.asked(away), "a server of before says nothing of recipients, so nothing changes")
		w.load(w.laptop)
		changed := [][]models.ID{{all, theirs}, {all}, {all}, {all, theirs, bank}}
		assert.Equal(t, [2][][]models.ID{changed, changed}, [2][][]models.ID{w.asked(lern), w.asked(away)})
	})
}

// What pupils practise of a bank on the laptop is in the teacher's results at
// home, once, whichever way and however often it comes.
func TestPracticeOfABankComesHome(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		set := w.pictured()
		id := w.give(func(n *learning.NewAssignment) {
			n.Kind, n.CourseKey, n.Recipients = learning.AssignBank, set.Key, learning.Recipients{To: learning.ToPupils, Persons: []models.ID{w.pupilsA[0].Person, w.pupilsA[1].Person}}
		})
		w.load(w.laptop)
		away := w.laptop.house.Learning
		try := func(i int, key, text string) {
			q, err := away.PracticeQuestion(ctx, w.pupilsA[i].Actor(), set.Key, key)
			require.NoError(t, err)
			var choice string
			for _, o := range q.Question.Options {
				if o.Text == text {
					choice = o.Key
				}
			}
			_, err = away.PracticeAnswer(ctx, w.pupilsA[i].Actor(), learning.PracticeAnswer{ID: models.NewID(w.clock.Now()), CourseKey: set.Key, QuestionKey: key,
				Nonce: q.Nonce, Response: learning.Response{Choice: choice}})
			require.NoError(t, err)
			w.tick(time.Second)
		}
		try(0, "mot", "Sai")
		try(0, "mot", "Đúng")
		try(0, "hai", "Đúng")
		try(1, "hai", "Sai")
		_, err := away.PracticeQuestion(ctx, w.pupilsA[2].Actor(), set.Key, "mot")
		assert.Equal(t, models.KindNotFound, models.KindOf(err), "not asked")
		_, err = away.Media(ctx, "0123456789abcdef.png")
		require.NoError(t, err, "the picture came along")
		there, err := away.SetResults(ctx, w.teacher, id)
		require.NoError(t, err)
		w.tick(time.Minute)
		file, _ := w.laptop.export(t)
		for range 2 {
			_, err = w.room().ApplyFile(ctx, w.teacher, bytes.NewReader(file))
			require.NoError(t, err)
			w.push()
		}
		home, err := w.house.Learning.SetResults(ctx, w.teacher, id)
		require.NoError(t, err)
		assert.Equal(t, there, home)
		of := map[models.ID][]any{}
		for _, p := range home.Pupils {
			of[p.PersonID] = []any{p.Right, p.First, p.Tries, p.State}
		}
		assert.Equal(t, map[models.ID][]any{w.pupilsA[0].Person: {2, 1, 3, "done"}, w.pupilsA[1].Person: {0, 0, 1, "in_progress"}}, of)
	})
}
