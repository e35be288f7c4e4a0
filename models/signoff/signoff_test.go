package signoff

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

func code(t *testing.T, want string, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, models.CodeOf(err))
}

func TestMonth(t *testing.T) {
	for _, bad := range []string{"", "2026", "2026-13", "2026-1", "10-2026", "2026-10-01", "0001-01", "2026-10 "} {
		_, err := ParseMonth(bad)
		require.Equal(t, "invalid_month", models.CodeOf(err), bad)
	}
	m, err := ParseMonth("2026-12")
	require.NoError(t, err)
	require.Equal(t, Month("2027-01"), m.next())
	require.Equal(t, Month("2026-11"), m.prev())
	require.Equal(t, "2026-12-31", m.last())
	require.Equal(t, "2024-02-29", Month("2024-02").last())
	require.Equal(t, "2026-12-31 17:00", m.end().Format("2006-01-02 15:04"), "midnight in Viet Nam")
}

func TestStates(t *testing.T) {
	some := &Unit{Digest: "a", Figures: Figures{Pupils: 1}}
	for _, c := range []struct {
		name  string
		u     *Unit
		last  Step
		ready bool
		want  string
	}{
		{"nothing to sign", &Unit{}, Step{}, true, StateNothing},
		{"something below is not ready", some, Step{}, false, StateWaiting},
		{"approved, but a school took its word back", some, Step{Kind: StepApproved, Digest: "a"}, false, StateWaiting},
		{"nobody approved", some, Step{}, true, StateOpen},
		{"approved", some, Step{Kind: StepApproved, Digest: "a"}, true, StateApproved},
		{"approved other figures", some, Step{Kind: StepApproved, Digest: "b"}, true, StateChanged},
		{"returned", some, Step{Kind: StepReturned, Digest: "a"}, true, StateReturned},
	} {
		require.Equal(t, c.want, stateOf(c.u, c.last, c.ready), c.name)
	}
}

// A month goes up from school to commune to department, and nobody can step
// over a level.
func signedFromTheBottomUp(t *testing.T, l *land) {
	const m = Month("2026-10")
	l.fact(0, "2026-10-02", 10, 4, 1)
	l.fact(2, "2026-10-02", 5, 2, 2)
	l.certify(l.pupil(0, "2026-09-01"), time.Date(2026, 10, 31, 16, 59, 59, 0, time.UTC))
	l.certify(l.pupil(0, "2026-09-01"), time.Date(2026, 10, 31, 17, 0, 0, 0, time.UTC)) // 1 November in Viet Nam
	gone := l.certify(l.pupil(0, "2026-09-01"), time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	l.event(gone, 2, "revoked", time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
	l.pupil(1, "2026-11-02")

	p := l.page(area(l.provinceCode), m)
	require.Equal(t, Figures{15, 6, 3, 3, 1, 2}, p.Unit.Figures)
	require.Equal(t, StateWaiting, p.State)
	code(t, "children_not_ready", l.lock(m))
	code(t, "children_not_ready", l.approve(l.officers[0], area(l.communeCode[0]), m))
	commune := l.page(area(l.communeCode[0]), m)
	require.Equal(t, StateWaiting, commune.State)
	require.Len(t, commune.Children, 2, "one village with households and one school")

	require.NoError(t, l.approve(l.heads[0], school(l.schools[0]), m))
	require.Equal(t, StateApproved, l.page(school(l.schools[0]), m).State)
	require.Equal(t, StateNothing, l.page(school(l.schools[1]), m).State, "no pupils that month: nothing to sign")
	require.NoError(t, l.approve(l.officers[0], area(l.communeCode[0]), m))
	p = l.page(area(l.provinceCode), m)
	require.Equal(t, StateWaiting, p.State, "the other commune")
	require.Equal(t, StateApproved, p.Children[1].State)
	require.NoError(t, l.approve(l.officers[1], area(l.communeCode[1]), m))
	require.Equal(t, StateOpen, l.page(area(l.provinceCode), m).State)
	require.NoError(t, l.lock(m))
	p = l.page(area(l.provinceCode), m)
	require.Equal(t, StateLocked, p.State)
	require.Equal(t, "dept_officer", p.Locks[0].LockedName)
	require.Equal(t, p.Unit.Digest, p.Locks[0].Root)
	code(t, "month_locked", l.lock(m))
	code(t, "month_locked", l.approve(l.heads[0], school(l.schools[0]), m))
	v, err := l.s.Verify(ctx, models.System())
	require.NoError(t, err)
	require.Empty(t, v.Faults)
	var entries int
	require.NoError(t, l.db.Read(ctx).Raw("SELECT COUNT(*) FROM audit_entries WHERE subject_id IN ?", []models.ID{l.province, l.communes[0], l.communes[1], l.schools[0]}).Scan(&entries).Error)
	require.Equal(t, 4, entries, "three approvals and a lock are on record")
}

// A fact about a locked month that comes late counts in the next open month,
// and its real date is not lost.
func lateFactsRollForward(t *testing.T, l *land) {
	l.fact(0, "2026-09-20", 10, 0, 0)
	l.approveAll("2026-10")
	require.NoError(t, l.lock("2026-10"))
	l.fact(0, "2026-10-30", 0, 3, 2)
	l.fact(0, "2026-11-03", 0, 1, 1)

	october := l.page(area(l.provinceCode), "2026-10")
	require.Equal(t, Figures{Households: 10}, october.Unit.Figures)
	require.Equal(t, &Figures{Known: 3, Covered: 2}, october.Since, "by real date the end of October shows so much more")
	november := l.page(area(l.provinceCode), "2026-11")
	require.Equal(t, StateRunning, november.State)
	require.Equal(t, Figures{Households: 10, Known: 4, Covered: 3}, november.Unit.Figures)
	require.Equal(t, Figures{Households: 10}, november.Before)
	require.Equal(t, &Figures{Known: 3, Covered: 2}, november.Late)
	require.Nil(t, l.page(area(l.provinceCode), "2026-09").Late)

	l.clock.Add(10 * 24 * time.Hour) // 3 December
	l.approveAll("2026-11")
	require.NoError(t, l.lock("2026-11"))
	l.fact(0, "2026-10-30", 0, 0, 1)
	require.Equal(t, 3, l.figures("2026-11").Covered)
	require.Equal(t, 4, l.figures("2026-12").Covered)
	require.Equal(t, 1, l.page(area(l.provinceCode), "2026-12").Late.Covered, "what came for all locked months, once")
}

// An approval is of figures: when they change, the unit is asked again, and the
// commune above it with it.
func anApprovalIsOfFigures(t *testing.T, l *land) {
	const m = Month("2026-10")
	l.fact(0, "2026-10-02", 10, 4, 1)
	l.pupil(0, "2026-09-01")
	seen := l.page(school(l.schools[0]), m).Unit.Digest
	l.pupil(0, "2026-09-05")
	err := l.s.Approve(ctx, l.heads[0], school(l.schools[0]), m, NewStep{ID: l.id(), Kind: StepApproved, Digest: seen})
	code(t, "figures_changed", err)
	l.approveAll(m)
	require.Equal(t, StateApproved, l.page(area(l.communeCode[0]), m).State)
	l.pupil(0, "2026-10-20")
	p := l.page(school(l.schools[0]), m)
	require.Equal(t, StateChanged, p.State)
	require.Equal(t, 2, p.Approved.Pupils)
	require.Equal(t, 3, p.Unit.Pupils)
	require.Equal(t, StateWaiting, l.page(area(l.communeCode[0]), m).State)
	code(t, "children_not_ready", l.lock(m))
	l.approveAll(m)
	require.NoError(t, l.lock(m))
	steps := l.page(school(l.schools[0]), m).Steps
	require.Len(t, steps, 2)
	require.Equal(t, 3, steps[0].Pupils)
}

func onBehalfAndReturned(t *testing.T, l *land) {
	const m = Month("2026-10")
	l.pupil(0, "2026-09-01")
	at := school(l.schools[0])
	step := NewStep{ID: l.id(), Kind: StepApproved, Digest: l.page(at, m).Unit.Digest}
	require.Equal(t, "body.reason", l.s.Approve(ctx, l.officers[0], at, m, step).(*models.Error).Fields[0].Location)
	step.Reason = "Trường chưa có tài khoản"
	require.NoError(t, l.s.Approve(ctx, l.officers[0], at, m, step))
	require.NoError(t, l.s.Approve(ctx, l.officers[0], at, m, step), "the same step again")
	p := l.page(at, m)
	require.Len(t, p.Steps, 1)
	require.True(t, p.Steps[0].OnBehalf)
	require.Equal(t, "commune_officer", p.Steps[0].ActorRole)

	back := NewStep{ID: l.id(), Kind: StepReturned, Reason: "ngắn"}
	require.Equal(t, models.KindInvalid, models.KindOf(l.s.Approve(ctx, l.heads[0], at, m, back)))
	back.Reason = "Đếm thiếu lớp 7B"
	require.NoError(t, l.s.Approve(ctx, l.heads[0], at, m, back))
	require.Equal(t, StateReturned, l.page(at, m).State)
	back.ID = l.id()
	code(t, "not_approved", l.s.Approve(ctx, l.heads[0], at, m, back))
	require.NoError(t, l.approve(l.heads[0], at, m))
	require.False(t, l.page(at, m).Steps[0].OnBehalf)
}

// Unlocking needs a reason, goes from the last month backwards, and is shown
// for ever; locking again takes in what came meanwhile.
func unlocked(t *testing.T, l *land) {
	l.fact(0, "2026-08-20", 10, 0, 0)
	for _, m := range []Month{"2026-09", "2026-10"} {
		l.approveAll(m)
		require.NoError(t, l.lock(m))
	}
	code(t, "later_month_locked", l.unlock("2026-09"))
	code(t, "later_month_locked", l.approve(l.officers[0], area(l.communeCode[0]), "2026-08"))
	l.fact(0, "2026-10-10", 0, 5, 5)
	first := l.page(area(l.provinceCode), "2026-10").Locks[0]
	err := l.s.Unlock(ctx, l.department, area(l.provinceCode), "2026-10", first.ID, "thử")
	require.Equal(t, models.KindInvalid, models.KindOf(err))
	require.NoError(t, l.unlock("2026-10"))
	require.NoError(t, l.unlock("2026-10"), "the same call again")
	err = l.s.Unlock(ctx, l.department, area(l.provinceCode), "2026-10", first.ID, "Một lý do khác")
	code(t, "already_unlocked", err)

	p := l.page(area(l.communeCode[0]), "2026-10")
	require.Equal(t, StateChanged, p.State)
	require.Equal(t, 5, p.Unit.Covered)
	code(t, "children_not_ready", l.lock("2026-10"))
	l.approveAll("2026-10")
	require.NoError(t, l.lock("2026-10"))
	locks := l.page(area(l.provinceCode), "2026-10").Locks
	require.Len(t, locks, 2)
	require.Equal(t, "Thiếu một thôn", locks[1].UnlockReason)
	require.Equal(t, first.Root, locks[1].Root)
	_, lines, err := l.s.Months(ctx, l.department, area(l.provinceCode))
	require.NoError(t, err)
	require.Equal(t, []string{StateRunning, StateLocked, StateLocked, LineBefore}, []string{lines[0].State, lines[1].State, lines[2].State, lines[3].State})
	require.Equal(t, 1, lines[1].Unlocked)
	require.Equal(t, 5, lines[1].Figures.Covered)
	require.Equal(t, 0, lines[2].Figures.Covered)
}

func refusals(t *testing.T, l *land) {
	l.fact(0, "2026-07-20", 10, 0, 0)
	code(t, "month_not_over", l.approve(l.officers[0], area(l.communeCode[0]), "2026-11"))
	l.approveAll("2026-08")
	require.NoError(t, l.lock("2026-08"))
	l.approveAll("2026-10")
	code(t, "month_before_open", l.lock("2026-10"))
	_, err := l.s.Page(ctx, l.department, area(l.provinceCode), "2026-12")
	require.Equal(t, models.KindNotFound, models.KindOf(err), "a month to come")
	teacher := l.actor(models.RoleTeacher, models.ScopeClass, l.id())
	for _, c := range []struct {
		name  string
		actor models.Actor
		at    Place
		read  models.Kind
		sign  models.Kind
	}{
		{"a head reads another school", l.heads[1], school(l.schools[0]), models.KindNotFound, models.KindNotFound},
		{"a head reads the commune", l.heads[0], area(l.communeCode[0]), models.KindNotFound, models.KindNotFound},
		{"an officer of another commune", l.officers[1], area(l.communeCode[0]), models.KindNotFound, models.KindNotFound},
		{"an officer and the province", l.officers[0], area(l.provinceCode), models.KindNotFound, models.KindNotFound},
		{"a teacher", teacher, school(l.schools[0]), models.KindForbidden, models.KindForbidden},
		{"an administrator signs nothing", models.System(), area(l.communeCode[0]), "", models.KindForbidden},
		{"the department does not approve the province", l.department, area(l.provinceCode), "", models.KindNotFound},
		{"nobody", models.Actor{}, area(l.provinceCode), models.KindUnauthenticated, models.KindUnauthenticated},
		{"no such area", l.department, area("99"), models.KindNotFound, models.KindNotFound},
		{"no such school", l.department, school(l.id()), models.KindNotFound, models.KindNotFound},
	} {
		_, err := l.s.Page(ctx, c.actor, c.at, "2026-09")
		require.Equal(t, c.read, models.KindOf(err), c.name)
		step := NewStep{ID: l.id(), Kind: StepApproved, Reason: "Có lý do"}
		require.Equal(t, c.sign, models.KindOf(l.s.Approve(ctx, c.actor, c.at, "2026-09", step)), c.name)
		err = l.s.Lock(ctx, c.actor, c.at, "2026-09", l.id(), "x")
		require.Error(t, err, c.name)
	}
	require.Equal(t, models.KindForbidden, models.KindOf(l.s.Lock(ctx, l.officers[0], area(l.provinceCode), "2026-09", l.id(), "x")))
	_, err = l.s.Verify(ctx, l.department)
	require.Equal(t, models.KindForbidden, models.KindOf(err))
}

func reminder(t *testing.T, l *land) {
	l.fact(0, "2026-10-02", 10, 4, 1)
	l.pupil(0, "2026-09-01")
	waits := func(actor models.Actor) []Waiting {
		w, err := l.s.WaitingFor(ctx, actor)
		require.NoError(t, err)
		return w
	}
	require.Len(t, waits(l.heads[0]), 1)
	require.Empty(t, waits(l.heads[1]), "no pupils")
	require.Empty(t, waits(l.officers[0]), "the school comes first")
	require.Equal(t, StateWaiting, waits(l.department)[0].State)
	l.approveAll("2026-10")
	require.Empty(t, waits(l.officers[0]))
	require.Equal(t, StateOpen, waits(l.department)[0].State)
	require.NoError(t, l.lock("2026-10"))
	require.Empty(t, waits(l.department))
}

// Facts that are recorded while the month is being locked are either in it or
// in the next one, never lost and never in both.
func lockAgainstLateFacts(t *testing.T, l *land) {
	l.fact(0, "2026-10-02", 10, 0, 0)
	l.approveAll("2026-10")
	digest := l.page(area(l.provinceCode), "2026-10").Unit.Digest
	var wg sync.WaitGroup
	begun := make(chan struct{})
	var once sync.Once
	l.s.step = func(string) { once.Do(func() { close(begun) }) }
	for i := range 4 {
		wg.Go(func() {
			<-begun
			for range 5 {
				assert.NoError(t, l.record(i, "2026-10-15", 1, 1, 1))
			}
		})
	}
	err := l.s.Lock(ctx, l.department, area(l.provinceCode), "2026-10", l.id(), digest)
	once.Do(func() { close(begun) })
	wg.Wait()
	if err != nil { // a fact was first: the commune has to look again
		require.Contains(t, []string{"children_not_ready", "figures_changed"}, models.CodeOf(err))
		l.approveAll("2026-10")
		require.NoError(t, l.lock("2026-10"))
		require.Equal(t, 20, l.figures("2026-10").Covered)
		return
	}
	require.Equal(t, 0, l.figures("2026-10").Covered)
	november := l.page(area(l.provinceCode), "2026-11")
	require.Equal(t, 20, november.Unit.Covered)
	require.Equal(t, 20, november.Late.Covered)
}

// Two lock at once, and a school takes its word back meanwhile: one lock, and
// no step after it.
func lockAgainstSteps(t *testing.T, l *land) {
	l.pupil(0, "2026-09-01")
	l.approveAll("2026-10")
	digest := l.page(area(l.provinceCode), "2026-10").Unit.Digest
	errs := make([]error, 5)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			if i == 4 {
				errs[i] = l.s.Approve(ctx, l.heads[0], school(l.schools[0]), "2026-10", NewStep{ID: l.id(), Kind: StepReturned, Reason: "Xem lại lớp 6A"})
				return
			}
			errs[i] = l.s.Lock(ctx, l.department, area(l.provinceCode), "2026-10", l.id(), digest)
		})
	}
	wg.Wait()
	locked := 0
	for i, err := range errs[:4] {
		if err == nil {
			locked++
			continue
		}
		require.Contains(t, []string{"month_locked", "children_not_ready"}, models.CodeOf(err), i)
	}
	if errs[4] == nil {
		require.Zero(t, locked)
		require.Equal(t, StateReturned, l.page(school(l.schools[0]), "2026-10").State)
		return
	}
	code(t, "month_locked", errs[4])
	require.Equal(t, 1, locked)
	require.Len(t, l.page(area(l.provinceCode), "2026-10").Locks, 1)
}
