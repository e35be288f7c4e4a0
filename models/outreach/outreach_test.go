package outreach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/curriculum/scenario"
	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

var ctx = context.Background()

func newID() models.ID { return models.NewID(time.Now()) }

// world is a class with a published scenario.
type world struct {
	t       testing.TB
	db      *store.DB
	clock   *storetest.Clock
	o       *Outreach
	hash    string
	class   models.ID
	school  models.ID
	teacher models.Actor
}

func each(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &world{t: t, db: db, clock: clock, o: New(db), class: newID(), school: newID()}
		s := scenario.Scenario{Key: "hop_thu", Course: "self_protection-thcs", Start: "a", State: map[string]scenario.Value{},
			Variants: []scenario.Variant{{Key: "x"}, {Key: "y"}},
			Screens: []scenario.Screen{{Key: "a", App: "inbox", Title: "A", Elements: []scenario.Element{{Key: "link", Kind: "link", Text: "t", Address: "qua.test", Inspect: "qua.test"}},
				Actions: []scenario.Action{{Key: "open", Label: "Mở", Goto: "a"}, {Key: "report", Label: "Báo", Goto: "a"}, {Key: "end", Label: "Xong", End: true},
					{Key: "locked", Label: "Khóa", Need: "did.end", NeedSay: "Chưa", Goto: "a"}}}}}
		doc, err := json.Marshal(s)
		require.NoError(t, err)
		sum := sha256.Sum256(doc)
		w.hash = hex.EncodeToString(sum[:])
		w.exec("INSERT INTO scenario_versions (hash, course_key, scenario_key, doc) VALUES (?, ?, ?, ?)", w.hash, s.Course, s.Key, string(doc))
		w.exec("INSERT INTO school_classes (id, school_id, school_year, grade, name, created_at) VALUES (?, ?, '2026-2027', 7, '7A', ?)", w.class, w.school, clock.Now())
		w.teacher = models.Actor{Account: newID(), Name: "Cô Lan", Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: w.class}}}
		test(w)
	})
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	require.NoError(w.t, w.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
}

func (w *world) pupil() models.Actor {
	w.t.Helper()
	person := newID()
	w.exec("INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?, 'Trần Thu', 'tran thu', 'thu', ?, ?)", person, w.clock.Now(), w.clock.Now())
	w.exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live) VALUES (?, ?, ?, ?, '2026-2027', '2026-08-01', '9999-12-31', 1)`,
		newID(), person, w.school, w.class)
	return models.Actor{Account: newID(), Person: person, Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
}

// home puts pupils into one household.
func (w *world) home(pupils ...models.Actor) models.ID {
	w.t.Helper()
	h := newID()
	for _, p := range pupils {
		w.exec(`INSERT INTO household_links (id, household_id, person_id, relation, state, live, claimed_by, claimed_role, claimed_at,
			decided_name, decided_role, reason, from_date, to_date) VALUES (?, ?, ?, 'child', 'confirmed', 1, ?, 'student', ?, '', '', '', '2026-09-01', '9999-12-31')`,
			newID(), h, p.Person, p.Account, w.clock.Now())
	}
	return h
}

func (w *world) begin(p models.Actor) Mission {
	w.t.Helper()
	m, err := w.o.Begin(ctx, p, NewMission{ID: newID(), CourseKey: "self_protection-thcs", Skill: "self_protection", ScenarioKey: "hop_thu", ScenarioHash: w.hash})
	require.NoError(w.t, err)
	return m
}

func steps(do ...string) []scenario.Entry { return scenario.ParseLog(do) }

func says(kinship, pin string) Confirmation {
	return Confirmation{ID: newID(), Kinship: kinship, Pin: pin, Device: "shared", Agreed: true, Log: steps("saw.link", "open", "report")}
}

func (w *world) confirm(m Mission, c Confirmation) Thanks {
	w.t.Helper()
	t, err := w.o.Confirm(ctx, m.Code, c)
	require.NoError(w.t, err)
	return t
}

func TestMission(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil()
		m := w.begin(p)
		require.Equal(w.t, Waiting, m.State)
		inv, err := w.o.Invite(ctx, " "+m.Code+" ")
		require.NoError(w.t, err)
		require.Equal(w.t, Steps, inv.Steps)
		require.Contains(w.t, []string{"x", "y"}, inv.Variant)
		text, err := json.Marshal(inv)
		require.NoError(w.t, err)
		require.NotContains(w.t, string(text), "Trần Thu", "nothing about the pupil")

		c := says("grandmother_mother", "2580")
		first := w.confirm(m, c)
		require.True(w.t, first.Counted)
		require.Equal(w.t, first, w.confirm(m, c), "a repeat answers as the first did")
		_, err = w.o.Confirm(ctx, m.Code, says("grandmother_mother", "2580"))
		require.Equal(w.t, models.KindNotFound, models.KindOf(err), "a code is used once")
		_, err = w.o.Invite(ctx, m.Code)
		require.Equal(w.t, models.KindNotFound, models.KindOf(err))

		mine, err := w.o.Mine(ctx, p)
		require.NoError(w.t, err)
		require.Len(w.t, mine, 1)
		require.True(w.t, mine[0].State == Confirmed && mine[0].Counted && mine[0].Code == "" && mine[0].Kinship == "grandmother_mother")
		others, err := w.o.Mine(ctx, w.pupil())
		require.NoError(w.t, err)
		require.Empty(w.t, others)
	})
}

// TestRelativeCountsOnce: whatever is taught, by whichever sibling, a relative is counted once a household.
func TestRelativeCountsOnce(t *testing.T) {
	each(t, func(w *world) {
		elder, younger, stranger := w.pupil(), w.pupil(), w.pupil()
		w.home(elder, younger)
		for i, tt := range []struct {
			who     models.Actor
			kinship string
			pin     string
			counted bool
		}{
			{elder, "mother", "2580", true}, {elder, "mother", "2580", false},
			{younger, "mother", "2580", false},
			{younger, "mother", "7391", false}, // there is one mother, whatever digits she takes today
			{younger, "father", "2580", true},
			{elder, "aunt_uncle", "2580", true}, {younger, "aunt_uncle", "2580", false}, {younger, "aunt_uncle", "9042", true},
			{stranger, "mother", "2580", true}, // another household
		} {
			m := w.begin(tt.who)
			require.Equal(w.t, tt.counted, w.confirm(m, says(tt.kinship, tt.pin)).Counted, "row %d", i)
		}
	})
}

func TestConfirmRefused(t *testing.T) {
	each(t, func(w *world) {
		m := w.begin(w.pupil())
		change := func(f func(*Confirmation)) Confirmation {
			c := says("mother", "2580")
			f(&c)
			return c
		}
		for name, tt := range map[string]struct {
			c    Confirmation
			at   string
			code string
		}{
			"no id":            {change(func(c *Confirmation) { c.ID = models.ID{} }), "body.id", "required"},
			"a neighbour":      {change(func(c *Confirmation) { c.Kinship = "neighbour" }), "body.kinship", "unknown"},
			"three digits":     {change(func(c *Confirmation) { c.Pin = "258" }), "body.pin", "four_digits"},
			"the first digits": {change(func(c *Confirmation) { c.Pin = "1234" }), "body.pin", "too_easy"},
			"no consent":       {change(func(c *Confirmation) { c.Agreed = false }), "body.agreed", "required"},
			"no phone":         {change(func(c *Confirmation) { c.Device = "" }), "body.device", "unknown"},
			"two steps":        {change(func(c *Confirmation) { c.Log = steps("open", "open", "report") }), "body.log", "too_few_steps"},
			"refused steps":    {change(func(c *Confirmation) { c.Log = steps("locked", "hint", "open", "report") }), "body.log", "too_few_steps"},
			"made-up steps":    {change(func(c *Confirmation) { c.Log = steps("open", "fly", "report") }), "body.log[1]", "not_here"},
		} {
			_, err := w.o.Confirm(ctx, m.Code, tt.c)
			var e *models.Error
			require.ErrorAs(w.t, err, &e, name)
			require.Equal(w.t, models.Field{Location: tt.at, Code: tt.code}, e.Fields[0], name)
		}
		for _, code := range []string{"", "zzz", "2222-2222", m.Code[:len(m.Code)-1]} {
			_, err := w.o.Confirm(ctx, code, says("mother", "2580"))
			require.Equal(w.t, models.KindNotFound, models.KindOf(err), "code %q", code)
		}
		w.clock.Add(missionLives + time.Hour)
		_, err := w.o.Confirm(ctx, m.Code, says("mother", "2580"))
		require.Equal(w.t, models.KindNotFound, models.KindOf(err), "over")
	})
}

func TestBeginRefused(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil()
		n := NewMission{ID: newID(), CourseKey: "self_protection-thcs", Skill: "self_protection", ScenarioKey: "hop_thu", ScenarioHash: w.hash}
		first, err := w.o.Begin(ctx, p, n)
		require.NoError(w.t, err)
		again, err := w.o.Begin(ctx, p, n)
		require.NoError(w.t, err)
		require.Equal(w.t, first, again)
		_, err = w.o.Begin(ctx, w.pupil(), n)
		require.Equal(w.t, "id_taken", models.CodeOf(err))
		for name, change := range map[string]func(*NewMission){
			"version": func(n *NewMission) { n.ScenarioHash = "x" }, "scenario": func(n *NewMission) { n.ScenarioKey = "x" }, "course": func(n *NewMission) { n.CourseKey = "x" },
		} {
			bad := n
			bad.ID = newID()
			change(&bad)
			_, err := w.o.Begin(ctx, p, bad)
			require.Equal(w.t, models.KindNotFound, models.KindOf(err), name)
		}
		for range maxWaiting - 1 {
			w.begin(p)
		}
		n.ID = newID()
		_, err = w.o.Begin(ctx, p, n)
		require.Equal(w.t, "too_many_waiting", models.CodeOf(err))
		w.clock.Add(missionLives + time.Hour)
		w.begin(p) // the old ones are over
		_, err = w.o.Begin(ctx, w.teacher, n)
		require.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

// TestSameRelativeAtOneMoment: many missions confirmed by one relative at once count once.
func TestSameRelativeAtOneMoment(t *testing.T) {
	each(t, func(w *world) {
		pupils := []models.Actor{w.pupil(), w.pupil(), w.pupil(), w.pupil()}
		w.home(pupils...)
		var wg sync.WaitGroup
		counted := make([]bool, len(pupils))
		for i, p := range pupils {
			m := w.begin(p)
			wg.Go(func() {
				t, err := w.o.Confirm(ctx, m.Code, says("mother", "2580"))
				if err == nil {
					counted[i] = t.Counted
				}
			})
		}
		wg.Wait()
		n := 0
		for _, c := range counted {
			if c {
				n++
			}
		}
		require.Equal(w.t, 1, n)
		var confirmed int
		require.NoError(w.t, w.db.Read(ctx).Raw("SELECT COUNT(*) FROM family_missions WHERE state = 'confirmed'").Scan(&confirmed).Error)
		require.Equal(w.t, len(pupils), confirmed, "none is lost")
	})
}

func TestSampleAndCheck(t *testing.T) {
	each(t, func(w *world) {
		for i := range 30 {
			w.confirm(w.begin(w.pupil()), says("mother", fmt.Sprintf("%04d", 2000+i)))
		}
		s, err := w.o.ClassSample(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Equal(w.t, [2]int{30, 30}, [2]int{s.Confirmed, s.Relatives})
		require.NotEmpty(w.t, s.Items)
		require.Less(w.t, len(s.Items), 15, "a sample, not the class")
		again, err := w.o.ClassSample(ctx, w.teacher, w.class)
		require.NoError(w.t, err)
		require.Equal(w.t, s, again, "nobody chooses")

		id := s.Items[0].ID
		var pin string
		for i := range 30 {
			list, err := rows(w.db.Read(ctx).Raw(missionSelect+"id = ?", id))
			require.NoError(w.t, err)
			if try := fmt.Sprintf("%04d", 2000+i); pinDigest(list[0].FamilyID, "mother", try) == list[0].PinDigest {
				pin = try
			}
		}
		x, err := w.o.Check(ctx, w.teacher, w.class, id, "")
		require.NoError(w.t, err)
		require.Equal(w.t, CheckUnreachable, x.Check)
		require.Equal(w.t, maxCheckTries, x.TriesLeft, "nobody answered: no try")
		x, err = w.o.Check(ctx, w.teacher, w.class, id, "9999")
		require.NoError(w.t, err)
		require.Equal(w.t, CheckNoMatch, x.Check)
		require.Equal(w.t, maxCheckTries-1, x.TriesLeft)
		x, err = w.o.Check(ctx, w.teacher, w.class, id, pin)
		require.NoError(w.t, err)
		require.Equal(w.t, CheckMatch, x.Check)
		require.Zero(w.t, x.TriesLeft, "decided")
		_, err = w.o.Check(ctx, w.teacher, w.class, id, pin)
		require.Equal(w.t, "checked", models.CodeOf(err))
		if len(s.Items) > 1 {
			for range maxCheckTries {
				_, err = w.o.Check(ctx, w.teacher, w.class, s.Items[1].ID, "9999")
				require.NoError(w.t, err)
			}
			_, err = w.o.Check(ctx, w.teacher, w.class, s.Items[1].ID, "9999")
			require.Equal(w.t, models.KindClosed, models.KindOf(err))
		}
		_, err = w.o.Check(ctx, w.teacher, w.class, newID(), pin)
		require.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.o.Check(ctx, w.teacher, w.class, id, "12")
		require.Equal(w.t, models.KindInvalid, models.KindOf(err))
		stranger := models.Actor{Account: newID(), Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: newID()}}}
		_, err = w.o.ClassSample(ctx, stranger, w.class)
		require.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.o.Check(ctx, stranger, w.class, id, pin)
		require.Equal(w.t, models.KindNotFound, models.KindOf(err))
		_, err = w.o.ClassSample(ctx, w.pupil(), w.class)
		require.Equal(w.t, models.KindForbidden, models.KindOf(err))
	})
}

func TestDrawnStaysDrawn(t *testing.T) {
	var list []row
	before := map[models.ID]bool{}
	for i := range 400 {
		list = append(list, row{ID: newID()})
		now := map[models.ID]bool{}
		for _, r := range drawn(list) {
			now[r.ID] = true
		}
		for id := range before {
			if luck(id) < 65536/sampleOf && !now[id] {
				t.Fatalf("after %d missions one that was drawn is gone", i)
			}
		}
		require.NotEmpty(t, now)
		before = now
	}
	require.InDelta(t, 400/sampleOf, len(before), 15)
}

// TestCalledStaysInTheSample: the one that was drawn because there had to be one is not lost with its call.
func TestCalledStaysInTheSample(t *testing.T) {
	first := row{ID: newID(), CheckState: CheckNoMatch}
	list := []row{first}
	for range 200 {
		list = append(list, row{ID: newID()})
		kept := false
		for _, r := range drawn(list) {
			kept = kept || r.ID == first.ID
		}
		require.True(t, kept, "after %d missions", len(list))
	}
}
