package learning

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func TestGroups(t *testing.T) {
	each(t, func(w *world) {
		a, b, stranger := w.pupil(w.class), w.pupil(w.class), w.pupil(w.other)
		g := w.group("  Nhóm   1 ", a)
		assert.Equal(w.t, Group{ID: g.ID, ClassID: w.class, Name: "Nhóm 1", Persons: []models.ID{a.Person}}, g)
		again, err := w.l.PutGroup(ctx, w.teacher, g)
		require.NoError(w.t, err)
		assert.Equal(w.t, g, again)
		assert.Equal(w.t, 1, w.count("SELECT COUNT(*) FROM group_members"), "sent twice")
		for name, c := range map[string]struct {
			g      Group
			fields []string
		}{
			"name taken":    {Group{ID: newID(), Name: "nhóm 1"}, []string{"body.name taken"}},
			"no name":       {Group{ID: newID(), Name: " "}, []string{"body.name required"}},
			"long name":     {Group{ID: newID(), Name: strings.Repeat("ỗ", 61)}, []string{"body.name too_long"}},
			"another class": {Group{ID: newID(), Name: "X", Persons: []models.ID{stranger.Person}}, []string{"body.person_ids unknown"}},
			"no id":         {Group{Name: "X"}, []string{"body.id required"}},
			"too many":      {Group{ID: newID(), Name: "X", Persons: make([]models.ID, 201)}, []string{"body.person_ids out_of_range"}},
		} {
			c.g.ClassID = w.class
			_, err := w.l.PutGroup(ctx, w.teacher, c.g)
			assert.Equal(w.t, c.fields, places(err), name)
		}
		_, err = w.l.PutGroup(ctx, w.teacherOf(w.other), g)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		taken := g
		taken.ClassID, taken.Persons = w.other, nil
		_, err = w.l.PutGroup(ctx, w.teacherOf(w.other), taken)
		assert.Equal(w.t, "id_taken", models.CodeOf(err))

		given := w.give(func(n *NewAssignment) { n.Recipients = Recipients{To: ToGroup, GroupID: &g.ID} })
		assert.Equal(w.t, "Nhóm 1", given.GroupName)
		assert.Equal(w.t, 1, given.Total)
		assert.Equal(w.t, "group_assigned", models.CodeOf(w.l.RemoveGroup(ctx, w.teacher, g.ID)))
		g.Persons, g.Name = []models.ID{b.Person}, "Nhóm Hai"
		_, err = w.l.PutGroup(ctx, w.teacher, g)
		require.NoError(w.t, err)
		assert.Empty(w.t, w.asked(a), "from now on")
		assert.Equal(w.t, []models.ID{given.ID}, w.asked(b))
		list, err := w.l.Groups(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		assert.Equal(w.t, []Group{g}, list)
		_, err = w.l.Groups(ctx, w.teacherOf(w.other), w.class)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(err))

		w.clock.Add(8 * day)
		assert.Equal(w.t, models.KindNotFound, models.KindOf(w.l.RemoveGroup(ctx, w.teacherOf(w.other), g.ID)))
		for range 2 {
			require.NoError(w.t, w.l.RemoveGroup(ctx, w.teacher, g.ID))
		}
		assert.Equal(w.t, 2, w.count("SELECT COUNT(*) FROM group_members"), "history stays")
		w.group("Nhóm Hai") // the name is free again
		_, err = w.l.PutGroup(ctx, w.teacher, g)
		assert.NotEmpty(w.t, err, "a removed group does not come back")
	})
}

// Two teachers who send different members at one moment come one after the
// other: one of the two lists stands whole.
func TestTwoTeachersChangeAGroup(t *testing.T) {
	each(t, func(w *world) {
		var pupils []models.Actor
		for range 6 {
			pupils = append(pupils, w.pupil(w.class))
		}
		g := w.group("Nhóm 1", pupils...)
		lists := [][]models.ID{g.Persons[:2], g.Persons[3:], g.Persons[1:4]}
		var wg sync.WaitGroup
		for _, persons := range lists {
			wg.Go(func() {
				_, err := w.l.PutGroup(ctx, w.teacher, Group{ID: g.ID, ClassID: w.class, Name: "Nhóm 1", Persons: persons})
				assert.NoError(w.t, err)
			})
		}
		wg.Wait()
		got, err := w.l.Groups(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		whole := slices.ContainsFunc(lists, func(l []models.ID) bool { return slices.Equal(sortedIDs(l), sortedIDs(got[0].Persons)) })
		assert.True(w.t, whole, "%v", got)
	})
}

// model is what the database should say: the current class and the current
// groups of each pupil, folded from every event.
type model struct {
	class   map[models.ID]models.ID
	members map[models.ID]map[models.ID]bool // by group
	given   []Assignment
}

// asked is who is asked what, by the words of the rule alone.
func (m model) asked(p models.ID) (ids []models.ID) {
	for _, a := range m.given {
		r := a.Recipients
		named := r.To == ToClass || r.To == ToPupils && slices.Contains(r.Persons, p) || r.To == ToGroup && m.members[*r.GroupID][p]
		if m.class[p] == a.ClassID && named {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// What a pupil is asked to do is the fold over the class moves and the changes
// of groups, whatever their order.
func TestAskedIsTheFoldOfMovesAndGroups(t *testing.T) {
	each(t, func(w *world) {
		for seed := range uint64(4) {
			w.foldOnce(rand.New(rand.NewPCG(seed, 7)), seed)
		}
	})
}

func (w *world) foldOnce(rng *rand.Rand, seed uint64) {
	m := model{class: map[models.ID]models.ID{}, members: map[models.ID]map[models.ID]bool{}}
	w.exec("UPDATE assignments SET removed_at = created_at")
	var pupils []models.Actor
	for range 4 {
		p := w.pupil(w.class)
		pupils, m.class[p.Person] = append(pupils, p), w.class
	}
	var groups []Group
	for i := range 2 {
		g := w.group(fmt.Sprintf("Nhóm %d-%d", seed, i))
		groups, m.members[g.ID] = append(groups, g), map[models.ID]bool{}
	}
	for step := range 25 {
		p := pupils[rng.IntN(len(pupils))]
		switch g := groups[rng.IntN(len(groups))]; rng.IntN(4) {
		case 0:
			to := []models.ID{w.class, w.other}[rng.IntN(2)]
			if m.class[p.Person] != to {
				w.move(p, to)
				m.class[p.Person] = to
			}
		case 1:
			w.regroup(g, pupils, m, rng)
		default:
			w.giveAny(g, p, &m, rng)
		}
		for _, p := range pupils {
			assert.ElementsMatch(w.t, m.asked(p.Person), w.asked(p), "seed %d, step %d", seed, step)
		}
	}
}

// regroup sends a new list of members; who is not in the class cannot be named
// and is taken out with it.
func (w *world) regroup(g Group, pupils []models.Actor, m model, rng *rand.Rand) {
	g.Persons = nil
	clear(m.members[g.ID])
	for _, p := range pupils {
		if rng.IntN(2) == 0 && m.class[p.Person] == w.class {
			g.Persons = append(g.Persons, p.Person)
			m.members[g.ID][p.Person] = true
		}
	}
	_, err := w.l.PutGroup(ctx, w.teacher, g)
	require.NoError(w.t, err)
}

func (w *world) giveAny(g Group, p models.Actor, m *model, rng *rand.Rand) {
	to := Recipients{To: []string{ToClass, ToGroup, ToPupils}[rng.IntN(3)]}
	switch {
	case to.To == ToGroup:
		to.GroupID = &g.ID
	case to.To == ToPupils && m.class[p.Person] == w.class:
		to.Persons = []models.ID{p.Person}
	default:
		to.To = ToClass
	}
	m.given = append(m.given, w.give(func(n *NewAssignment) { n.Recipients = to }))
}
