package school_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/school"
	"nhaso/models/sheet"
)

// ask is a request of the second school for a pupil.
func (w *world) ask(p people.Person) school.NewTransfer {
	return school.NewTransfer{ID: w.id(), ClassID: w.class["b.6A"], Name: p.FullName, BirthDate: p.BirthDate, MinistryCode: p.MinistryCode}
}

func (w *world) asked(p people.Person) school.NewTransfer {
	w.t.Helper()
	n := w.ask(p)
	_, err := w.s.AskTransfer(ctx, w.boss[1], w.school[1], n)
	require.NoError(w.t, err)
	return n
}

func TestTransferAsked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("6A")
		w.exec("INSERT INTO skill_passes (id, person_id, seq, skill, rule_version, attempt_id, course_key, course_hash, attempt_hash, score, passed_at, hash)"+
			" VALUES (?, ?, 1, 'online_payment', 1, ?, 'k', 'h', 'h', 90, ?, 'h')", w.id(), p.ID, w.id(), w.clock.Now())
		w.exec("INSERT INTO class_secrets (person_id, kind, secret_hash, made_at) VALUES (?, 'digits', 'x', ?)", p.ID, w.clock.Now())
		n := w.asked(p)
		got, err := w.s.Transfers(ctx, w.boss[0], w.school[0])
		require.NoError(t, err)
		require.Len(t, got.Incoming, 1)
		require.Equal(t, []string{p.FullName, "6A", "Trường THCS Cao Xanh"}, []string{got.Incoming[0].Name, got.Incoming[0].ClassName, got.Incoming[0].ToSchool})
		require.False(t, got.Incoming[0].RemindedAt)
		w.clock.Add(7 * 24 * time.Hour)
		got, err = w.s.Transfers(ctx, w.boss[0], w.school[0])
		require.NoError(t, err)
		require.True(t, got.Incoming[0].RemindedAt)

		require.Equal(t, models.KindNotFound, models.KindOf(w.s.Release(ctx, w.boss[1], w.school[1], n.ID)), "nobody releases to oneself")
		require.NoError(t, w.s.Release(ctx, w.boss[0], w.school[0], n.ID))
		require.NoError(t, w.s.Release(ctx, w.boss[0], w.school[0], n.ID), "again")
		require.Equal(t, "b.6A", w.where(p))
		require.Equal(t, 2, w.count("enrolments", "person_id = ?", p.ID))
		require.Equal(t, 1, w.count("skill_passes", "person_id = ?", p.ID), "what was passed stays passed")
		require.False(t, w.signsIn(1, password), "the old secret is worthless")
		require.Zero(t, w.count("class_secrets", "1 = 1"), "and so is the one for shared computers")
		require.Equal(t, 1, w.count("accounts", "person_id = ? AND username = 'hs1' AND state = 'active'", p.ID))
		cards, err := w.people.ResetStudentSecrets(ctx, w.boss[1], w.class["b.6A"], []models.ID{p.ID})
		require.NoError(t, err)
		require.Len(t, cards, 1)
		require.True(t, w.signsIn(1, cards[0].Secret))
		old, err := w.people.ResetStudentSecrets(ctx, w.boss[0], w.class["6A"], []models.ID{p.ID})
		require.NoError(t, err)
		require.Empty(t, old, "the old school has nobody of that name any more")
		left, err := w.s.Leavers(ctx, w.boss[0], w.school[0], school.LeaverQuery{})
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.Equal(t, school.LeftTransferred, left[0].Reason)
		mine, err := w.s.Transfers(ctx, w.boss[1], w.school[1])
		require.NoError(t, err)
		require.Equal(t, school.Released, mine.Asked[0].State)
	})
}

// TestTransferTellsNothing: whether a pupil exists, is refused or is nobody, the asking school reads the same, from the
// first answer to the day the request lapses.
func TestTransferTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		known, refused := w.pupil("6A"), w.pupil("6A")
		cases := map[string]school.NewTransfer{"known": w.ask(known), "refused": w.ask(refused), "nobody": w.ask(people.Person{FullName: "Ai Đó", BirthDate: "2013-01-01", MinistryCode: "99"})}
		wrong := w.ask(w.pupil("6A"))
		wrong.Name = "Trần Văn Khác"
		cases["wrong name"] = wrong
		wrong = w.ask(w.pupil("6A"))
		wrong.BirthDate = "2013-05-07"
		cases["wrong birthday"] = wrong
		text := func(tr school.Transfer, n school.NewTransfer) string {
			require.Equal(t, n.Name, tr.Name)
			require.Equal(t, n.ID, tr.ID)
			tr.ID, tr.Name, tr.BirthDate, tr.MinistryCode = models.ID{}, "", "", ""
			b, err := json.Marshal(tr)
			require.NoError(t, err)
			return string(b)
		}
		var first string
		for name, n := range cases {
			tr, err := w.s.AskTransfer(ctx, w.boss[1], w.school[1], n)
			require.NoError(t, err, name)
			if first == "" {
				first = text(tr, n)
			}
			require.Equal(t, first, text(tr, n), name)
			n.ID = w.id()
			_, err = w.s.AskTransfer(ctx, w.boss[1], w.school[1], n)
			require.Equal(t, "already_asked", models.CodeOf(err), name)
		}
		require.NoError(t, w.s.Refuse(ctx, w.boss[0], w.school[0], cases["refused"].ID))
		for _, tt := range []struct {
			days  int
			state string
		}{{0, school.Asked}, {13, school.Asked}, {1, school.Lapsed}} {
			w.clock.Add(time.Duration(tt.days) * 24 * time.Hour)
			list, err := w.s.Transfers(ctx, w.boss[1], w.school[1])
			require.NoError(t, err)
			require.Len(t, list.Asked, len(cases))
			for _, tr := range list.Asked {
				require.Equal(t, tt.state, tr.State, tr.Name)
			}
		}
		require.Equal(t, models.KindNotFound, models.KindOf(w.s.Release(ctx, w.boss[0], w.school[0], cases["known"].ID)), "lapsed")
		require.Equal(t, "6A", w.where(known))
		in, err := w.s.Transfers(ctx, w.boss[0], w.school[0])
		require.NoError(t, err)
		require.Empty(t, in.Incoming)
	})
}

func TestTransferWithCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("7A")
		offer, err := w.s.OfferTransfer(ctx, w.boss[0], w.school[0], p.ID)
		require.NoError(t, err)
		again, err := w.s.OfferTransfer(ctx, w.boss[0], w.school[0], p.ID)
		require.NoError(t, err)
		require.Equal(t, offer, again)
		_, err = w.s.OfferTransfer(ctx, w.boss[1], w.school[1], p.ID)
		require.Equal(t, models.KindNotFound, models.KindOf(err))
		withdrawn, err := w.s.OfferTransfer(ctx, w.boss[0], w.school[0], w.pupil("7A").ID)
		require.NoError(t, err)
		require.NoError(t, w.s.WithdrawOffer(ctx, w.boss[0], w.school[0], withdrawn.ID))
		var bodies []string
		for _, code := range []string{"", "zz", models.NewCode(8), withdrawn.Code} {
			_, err := w.s.RedeemTransfer(ctx, w.boss[1], w.school[1], w.class["b.7A"], code)
			require.Equal(t, models.KindNotFound, models.KindOf(err), code)
			bodies = append(bodies, fmt.Sprint(err))
		}
		require.Equal(t, []string{bodies[0], bodies[0], bodies[0], bodies[0]}, bodies)
		_, err = w.s.RedeemTransfer(ctx, w.boss[0], w.school[0], w.class["7A"], offer.Code)
		require.Equal(t, models.KindNotFound, models.KindOf(err), "not into the same school")
		in, err := w.s.RedeemTransfer(ctx, w.boss[1], w.school[1], w.class["b.7A"], " "+strings.ToUpper(offer.Code))
		require.NoError(t, err)
		require.Equal(t, p.ID, in.PersonID)
		twice, err := w.s.RedeemTransfer(ctx, w.boss[1], w.school[1], w.class["b.7A"], offer.Code)
		require.NoError(t, err)
		require.Equal(t, in, twice)
		require.Equal(t, "b.7A", w.where(p))
	})
}

// TestReleaseAgainstRoster: a pupil who is released while a roster moves the pupil has one class afterwards.
func TestReleaseAgainstRoster(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var list []people.Person
		rows := "Mã định danh Bộ GD&ĐT,Họ và tên,Ngày sinh,Lớp\n"
		for range 8 {
			p := w.pupil("6A")
			list = append(list, p)
			rows += p.MinistryCode + "," + p.FullName + ",06/05/2013,7A\n"
		}
		var wg sync.WaitGroup
		errs := make([]error, len(list)+1)
		for i, p := range list {
			n := w.asked(p)
			wg.Go(func() { errs[i] = w.s.Release(ctx, w.boss[0], w.school[0], n.ID) })
		}
		wg.Go(func() {
			tables, err := sheet.Read(strings.NewReader(rows), int64(len(rows)), people.RosterSheet())
			if err == nil {
				_, err = w.people.ImportRoster(ctx, w.boss[0], people.RosterTarget{SchoolID: w.school[0], SchoolYear: oldYear}, people.RosterFile{Tables: tables})
			}
			errs[len(list)] = err
		})
		wg.Wait()
		for _, err := range errs {
			require.True(t, err == nil || models.CodeOf(err) == "no_longer_here" || models.KindOf(err) == models.KindUnavailable, "%v", errors.Join(errs...))
		}
		for _, p := range list {
			require.Equal(t, 1, w.count("enrolments", "person_id = ? AND live = 1", p.ID))
			require.Contains(t, []string{"7A", "b.6A"}, w.where(p))
		}
	})
}

func TestAskRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pupil("6A")
		for name, tt := range map[string]struct {
			actor  models.Actor
			change func(*school.NewTransfer)
			want   string
		}{
			"other's class":  {w.boss[1], func(n *school.NewTransfer) { n.ClassID = w.class["6A"] }, "not_found"},
			"other's school": {w.boss[0], func(*school.NewTransfer) {}, "not_found"},
			"no birthday":    {w.boss[1], func(n *school.NewTransfer) { n.BirthDate = "" }, "body.birth_date invalid_date"},
			"no code":        {w.boss[1], func(n *school.NewTransfer) { n.MinistryCode = " " }, "body.ministry_code required"},
			"no name":        {w.boss[1], func(n *school.NewTransfer) { n.Name = "" }, "body.name invalid_name"},
		} {
			n := w.ask(p)
			tt.change(&n)
			_, err := w.s.AskTransfer(ctx, tt.actor, w.school[1], n)
			require.Equal(t, tt.want, fieldCode(err), name)
		}
		own := w.ask(w.pupil("b.6A"))
		_, err := w.s.AskTransfer(ctx, w.boss[1], w.school[1], own)
		require.Equal(t, "enrolled_here", models.CodeOf(err))
		for i := range 100 {
			n := w.ask(p)
			n.MinistryCode = fmt.Sprint("x", i)
			_, err := w.s.AskTransfer(ctx, w.boss[1], w.school[1], n)
			require.NoError(t, err)
		}
		_, err = w.s.AskTransfer(ctx, w.boss[1], w.school[1], w.ask(p))
		require.Equal(t, "too_many_asked", models.CodeOf(err))
	})
}
