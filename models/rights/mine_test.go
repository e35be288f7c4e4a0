package rights_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/rights"
)

// owner is a pupil at the own phone.
func (w *world) owner(person models.ID) models.Actor {
	w.t.Helper()
	var accounts []models.ID
	require.NoError(w.t, w.DB.Read(ctx).Raw("SELECT id FROM accounts WHERE person_id = ?", person).Scan(&accounts).Error)
	require.Len(w.t, accounts, 1)
	return models.Actor{Account: accounts[0], Person: person, Name: "Em", Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
}

// TestOwnRequests: what somebody asks for about the own data, on the own phone.
// One province serves all of it.
func TestOwnRequests(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		t.Run("a guardian is beside the child", w.guardianBeside)
		t.Run("taken back", w.takenBack)
		t.Run("no school", w.communeAnswers)
		t.Run("filed, answered and fetched by the subject alone", w.ownCopy) // weeks pass
	})
}

func (w *world) born(person models.ID, day string) {
	w.exec("UPDATE persons SET birth_date = ? WHERE id = ?", day, person)
}

// ownCopy: filed, answered and fetched by the subject alone.
func (w *world) ownCopy(t *testing.T) {
	me, other := w.owner(w.certified[0]), w.owner(w.certified[1])
	ownSecret, err := w.People.ResetPassword(ctx, w.System, me.Account)
	require.NoError(t, err)
	w.born(w.certified[0], "2012-05-01")
	n := rights.OwnRequest{ID: w.id(), Kind: rights.Access}
	for range 2 {
		r, err := w.Rights.FileMine(ctx, me, n)
		require.NoError(t, err)
		require.Equal(t, []string{rights.Filed, "account", "self", ""}, []string{r.State, r.Channel, r.AskedBy, r.FiledName})
		require.Equal(t, w.school, r.SchoolID)
	}
	_, err = w.Rights.FileMine(ctx, me, rights.OwnRequest{ID: w.id(), Kind: rights.Access})
	require.Equal(t, "request_open", models.CodeOf(err))
	_, err = w.Rights.FileMine(ctx, other, rights.OwnRequest{ID: n.ID, Kind: rights.Access})
	require.Equal(t, "id_taken", models.CodeOf(err))

	_, err = w.Rights.CopyMine(ctx, me, n.ID, ownSecret)
	require.Equal(t, "copy_not_ready", models.CodeOf(err))
	done, err := w.Rights.Complete(ctx, w.boss, n.ID, "Em tải trên máy của em.", "")
	require.NoError(t, err, "nobody at the desk has to hold the copy")
	require.Equal(t, rights.Done, done.State)

	_, err = w.Rights.CopyMine(ctx, me, n.ID, "sai rồi")
	require.Equal(t, models.KindInvalid, models.KindOf(err))
	for name, who := range map[string]models.Actor{"another pupil": other, "the school": w.boss} {
		_, err = w.Rights.CopyMine(ctx, who, n.ID, ownSecret)
		require.Contains(t, []models.Kind{models.KindNotFound, models.KindForbidden}, models.KindOf(err), name)
	}
	raw, err := w.Rights.CopyMine(ctx, me, n.ID, ownSecret)
	require.NoError(t, err)
	require.Contains(t, unzipped(t, raw)["du-lieu.json"], w.certified[0].String())
	require.NotContains(t, unzipped(t, raw)["du-lieu.json"], w.certified[1].String())
	acts := w.acts(n.ID)
	require.Equal(t, []audit.Act{audit.RequestFiled, audit.RequestDone, audit.PersonExported}, acts)

	mine, err := w.Rights.Mine(ctx, me)
	require.NoError(t, err)
	require.Len(t, mine.Requests, 4, "with those of before, the newest first")
	require.True(t, mine.Young)
	require.NotEmpty(t, mine.School)
	require.Equal(t, []string{"", "Em tải trên máy của em."}, []string{mine.Requests[0].ClosedName, mine.Requests[0].Answer})
	require.True(t, mine.Requests[0].HasCopy(w.clock.Now()))
	theirs, err := w.Rights.Mine(ctx, other)
	require.NoError(t, err)
	for _, r := range theirs.Requests {
		require.Equal(t, other.Person, r.PersonID)
	}

	w.clock.Add(31 * 24 * time.Hour)
	_, err = w.Rights.CopyMine(ctx, me, n.ID, ownSecret)
	require.Equal(t, "request_closed", models.CodeOf(err), "the copy of then is not that of today: ask again")
}

func unzipped(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		out[f.Name] = string(b)
	}
	return out
}

func (w *world) guardianBeside(t *testing.T) {
	child, grown := w.owner(w.certified[0]), w.owner(w.certified[1])
	w.born(w.certified[0], "2012-05-01")
	w.born(w.certified[1], "2009-05-01")
	ask := func(who models.Actor, kind, guardian string, wishes map[string]string) error {
		_, err := w.Rights.FileMine(ctx, who, rights.OwnRequest{ID: w.id(), Kind: kind, Guardian: guardian, Wishes: wishes})
		return err
	}
	for _, kind := range []string{rights.Deletion, rights.Restriction} {
		assert.Equal(t, models.KindInvalid, models.KindOf(ask(child, kind, "", nil)), kind)
		assert.Equal(t, models.KindInvalid, models.KindOf(ask(child, kind, "neighbour", nil)), kind)
		require.NoError(t, ask(child, kind, "mother", nil), kind)
		require.NoError(t, ask(grown, kind, "", nil), kind)
	}
	require.NoError(t, ask(child, rights.Correction, "", map[string]string{"full_name": "Nguyễn Thị Ánh"}))
	assert.Equal(t, models.KindInvalid, models.KindOf(ask(grown, rights.Correction, "", nil)), "nothing to correct")
	assert.Equal(t, models.KindForbidden, models.KindOf(ask(w.boss, rights.Access, "", nil)))
	assert.Equal(t, models.KindNotFound, models.KindOf(ask(models.Actor{Account: w.id(), Grants: child.Grants}, rights.Access, "", nil)), "an account of nobody")
	_, err := w.Rights.File(ctx, w.boss, rights.NewRequest{ID: w.id(), Kind: rights.Access, PersonID: w.certified[2], AskedBy: "self", Channel: "account"})
	assert.Equal(t, models.KindInvalid, models.KindOf(err), "nobody else says it came from the own phone")
}

func (w *world) takenBack(t *testing.T) {
	me, other := w.owner(w.certified[2]), w.owner(w.certified[3])
	r, err := w.Rights.FileMine(ctx, me, rights.OwnRequest{ID: w.id(), Kind: rights.Access, Note: "Em muốn xem"})
	require.NoError(t, err)
	require.Equal(t, models.KindNotFound, models.KindOf(w.Rights.TakeBack(ctx, other, r.ID)))
	for range 2 {
		require.NoError(t, w.Rights.TakeBack(ctx, me, r.ID))
	}
	_, err = w.Rights.Take(ctx, w.boss, r.ID)
	require.Equal(t, "request_closed", models.CodeOf(err))
	again, err := w.Rights.FileMine(ctx, me, rights.OwnRequest{ID: w.id(), Kind: rights.Access})
	require.NoError(t, err, "one of a kind at a time, not for ever")
	_, err = w.Rights.Complete(ctx, w.boss, again.ID, "", "")
	require.NoError(t, err)
	require.Equal(t, "request_closed", models.CodeOf(w.Rights.TakeBack(ctx, me, again.ID)))
	require.Equal(t, []audit.Act{audit.RequestFiled, audit.RequestRefused}, w.acts(r.ID))
}

// communeAnswers: the desk that is asked sees who asks,
// while it has to answer, and nobody sees it afterwards.
func (w *world) communeAnswers(t *testing.T) {
	person := w.certified[3]
	me := w.owner(person)
	w.exec("UPDATE enrolments SET live = NULL, to_date = '2026-11-01' WHERE person_id = ?", person)
	w.exec("DELETE FROM consent_states WHERE person_id = ?", person)
	w.born(person, "1980-01-01")
	r, err := w.Rights.FileMine(ctx, me, rights.OwnRequest{ID: w.id(), Kind: rights.Correction, Wishes: map[string]string{"gender": "female"}})
	require.NoError(t, err)
	require.True(t, r.SchoolID.IsZero())
	home := w.actor("Chị Hoa", models.RoleCommuneOfficer, models.ScopeArea, r.CommuneID)
	at, err := w.Rights.One(ctx, home, r.ID)
	require.NoError(t, err)
	require.NotEmpty(t, at.PersonName)
	require.True(t, at.Mine)
	for name, who := range map[string]models.Actor{"a school": w.boss, "the department": w.dept, "another commune": w.actor("x", models.RoleCommuneOfficer, models.ScopeArea, w.id())} {
		_, err = w.Rights.One(ctx, who, r.ID)
		require.Error(t, err, name)
	}
	admin, err := w.Rights.One(ctx, w.System, r.ID)
	require.NoError(t, err)
	require.Empty(t, admin.PersonName)
	_, err = w.Rights.Complete(ctx, home, r.ID, "Đã sửa", "")
	require.NoError(t, err)
	at, err = w.Rights.One(ctx, home, r.ID)
	require.NoError(t, err)
	require.Empty(t, at.PersonName)
}
