package seeds

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"nhaso/models/learning"
)

func TestHowFarAHistoryGoesBack(t *testing.T) {
	for _, c := range []struct {
		today string
		want  int
	}{
		{"2026-11-26", 98}, // a term
		{"2027-05-31", 98},
		{"2026-11-07", 98}, // to the first of August
		{"2026-10-01", 61}, // the school year is not older
		{"2026-09-15", 45}, // as old as the register at least, though it falls into the year before
		{"2026-08-01", 45},
	} {
		day, err := time.Parse(time.DateOnly, c.today)
		assert.NoError(t, err)
		assert.Equal(t, c.want, daysBack(day.Add(5*time.Hour)), c.today)
	}
}

func TestLessonsAreOnSchoolDaysOfTheHistory(t *testing.T) {
	p := &past{g: newGenerator(1), start: time.Date(2026, 8, 20, 1, 0, 0, 0, time.UTC), end: time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)}
	for share := 0.04; share < 0.97; share += 0.005 {
		at := p.day(share)
		assert.NotContains(t, []time.Weekday{time.Saturday, time.Sunday}, at.Weekday())
		assert.Equal(t, 8, at.Hour())
		assert.False(t, at.Before(p.start) || at.After(p.end), at)
	}
}

func TestWhatGoesWrong(t *testing.T) {
	catalog, err := Courses()
	assert.NoError(t, err)
	p := &past{g: newGenerator(2), House: &House{Catalog: catalog}}
	s := &pastSchool{past: p}
	const key = "online_payment-thcs"
	course, _ := catalog.Course(key)
	easy, hard := "", ""
	for _, q := range course.Questions {
		switch q.Difficulty {
		case 1:
			easy = q.Key
		case 3:
			hard = q.Key
		}
	}
	asked := views(easy, easy, easy, easy, easy, hard, hard, hard, hard, hard)
	wrong := func(of int) (easy, hard int) {
		for range 1000 {
			for i := range s.missed(key, asked, of) {
				if i < 5 {
					easy++
				} else {
					hard++
				}
			}
		}
		return easy, hard
	}
	e, h := wrong(1)
	assert.Equal(t, []int{0, 1000}, []int{e, h}, "one who misses one misses a hard one")
	e, h = wrong(4)
	assert.Equal(t, 4000, e+h, "as many as asked")
	assert.InDelta(t, e, h, 300, "one who misses many misses any")
	assert.Len(t, s.missed(key, views(easy, easy), 5), 1, "where nothing is hard")
}

func views(keys ...string) (list []learning.QuestionView) {
	for i, key := range keys {
		list = append(list, learning.QuestionView{Slot: i + 1, QuestionKey: key})
	}
	return list
}

func TestNoTwoPupilsOfTheDemoHaveOneCode(t *testing.T) {
	g, seen := newGenerator(3), map[string]bool{}
	for school := range 11 {
		for k := range 16 {
			for n := range 38 {
				grade := 6 + k%4
				code := ministryCode(fmt.Sprintf("22MINHHOA%02d", school), grade, fmt.Sprintf("%d%c", grade, 'A'+k/4), g.IntN(10), n)
				assert.Len(t, code, 13)
				assert.False(t, seen[code], code)
				seen[code] = true
			}
		}
	}
}
