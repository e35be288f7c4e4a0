package rights_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/people"
	"nhaso/models/rights"
)

// One world for all of it: filling a province takes seconds.
func TestDesk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before := w.figures()
		broken, stubbed := w.differences()
		require.Zero(t, broken)
		require.Zero(t, stubbed)
		t.Run("who files and who answers", func(t *testing.T) { filing(t, w, w.others[0]) })
		t.Run("a copy of everything", func(t *testing.T) { copying(t, w, w.certified[0]) })
		t.Run("a corrected name", func(t *testing.T) { correcting(t, w, w.certified[1]) })
		t.Run("a restriction", func(t *testing.T) { restricting(t, w, w.certified[2]) })
		t.Run("a look at names", func(t *testing.T) { looking(t, w, w.certified[0]) })
		t.Run("erasing", func(t *testing.T) { erasing(t, w, w.certified[3]) })
		assert.Equal(t, before, w.figures(), "nobody at the desk changes a figure")
		broken, _ = w.differences()
		assert.Zero(t, broken)
		t.Run("logs whose time is over", func(t *testing.T) { retaining(t, w, w.certified[0]) })
	})
}

func filing(t *testing.T, w *world, person models.ID) {
	n := rights.NewRequest{ID: w.id(), Kind: rights.Access, PersonID: person, AskedBy: "guardian", Relation: "mother", Channel: "paper", Note: "Mẹ em đến trường"}
	r, err := w.Rights.File(ctx, w.boss, n)
	require.NoError(t, err)
	assert.Equal(t, rights.Due(rights.Access, w.clock.Now()), r.DueAt)
	assert.True(t, r.Mine)
	assert.NotEmpty(t, r.PersonName)
	again, err := w.Rights.File(ctx, w.boss, n)
	require.NoError(t, err)
	assert.Equal(t, r.FiledAt, again.FiledAt, "a repeat is one request")
	assert.Equal(t, []audit.Act{audit.RequestFiled}, w.acts(n.ID))

	other := n
	other.ID = w.id()
	_, err = w.Rights.File(ctx, w.boss, other)
	assert.Equal(t, "request_open", models.CodeOf(err))
	_, err = w.Rights.File(ctx, w.none, other)
	assert.Equal(t, models.KindNotFound, models.KindOf(err), "another school's pupil")
	_, err = w.Rights.File(ctx, w.dept, other)
	assert.Equal(t, models.KindForbidden, models.KindOf(err))
	for name, change := range map[string]func(*rights.NewRequest){
		"body.kind": func(n *rights.NewRequest) { n.Kind = "gossip" }, "body.asked_by": func(n *rights.NewRequest) { n.AskedBy = "neighbour" },
		"body.relation": func(n *rights.NewRequest) { n.Relation = "" }, "body.channel": func(n *rights.NewRequest) { n.Channel = "pigeon" },
		"body.wishes": func(n *rights.NewRequest) { n.Kind = rights.Correction }, "body.note": func(n *rights.NewRequest) { n.Note = strings.Repeat("à", 801) },
		"body.id":          func(n *rights.NewRequest) { n.ID = models.ID{} },
		"body.wishes.head": func(n *rights.NewRequest) { n.Kind, n.Wishes = rights.Correction, map[string]string{"head": "x"} },
	} {
		bad := other
		change(&bad)
		_, err := w.Rights.File(ctx, w.boss, bad)
		var e *models.Error
		require.ErrorAs(t, err, &e, name)
		require.Len(t, e.Fields, 1, name)
		assert.Equal(t, name, e.Fields[0].Location)
	}

	list, err := w.Rights.Requests(ctx, w.none, rights.RequestFilter{})
	require.NoError(t, err)
	assert.Empty(t, list)
	_, err = w.Rights.One(ctx, w.none, n.ID)
	assert.Equal(t, models.KindNotFound, models.KindOf(err))
	_, err = w.Rights.Take(ctx, w.none, n.ID)
	assert.Equal(t, models.KindNotFound, models.KindOf(err))
	_, err = w.Rights.Take(ctx, w.officer, n.ID)
	assert.Equal(t, models.KindNotFound, models.KindOf(err), "a pupil's desk is the school's")
	r, err = w.Rights.Take(ctx, w.boss, n.ID)
	require.NoError(t, err)
	assert.Equal(t, "Thầy Hà", r.OwnerName)
	_, err = w.Rights.Refuse(ctx, w.boss, n.ID, "just so", "Không đúng người")
	assert.Equal(t, models.KindInvalid, models.KindOf(err))
	for range 2 {
		r, err = w.Rights.Refuse(ctx, w.boss, n.ID, "not_this_person", "Giấy tờ là của em khác")
		require.NoError(t, err)
		assert.Equal(t, rights.Refused, r.State)
	}
	_, err = w.Rights.Complete(ctx, w.boss, n.ID, "", "")
	assert.Equal(t, "request_closed", models.CodeOf(func() error { _, err := w.Rights.Copy(ctx, w.boss, n.ID); return err }()))
	assert.Error(t, err)
	list, err = w.Rights.Requests(ctx, w.boss, rights.RequestFilter{State: "closed"})
	require.NoError(t, err)
	assert.Len(t, list, 1)
	assert.Equal(t, []audit.Act{audit.RequestFiled, audit.RequestTaken, audit.RequestRefused}, w.acts(n.ID))
	found, err := w.Rights.Find(ctx, w.boss, r.PersonName[len(r.PersonName)-4:], "")
	require.NoError(t, err)
	assert.NotEmpty(t, found)
}

func copying(t *testing.T, w *world, person models.ID) {
	r := w.file(rights.Access, person, nil)
	_, err := w.Rights.Complete(ctx, w.boss, r.ID, "Đã đưa tệp", "")
	assert.Equal(t, "copy_first", models.CodeOf(err))
	_, err = w.Rights.Copy(ctx, w.none, r.ID)
	assert.Equal(t, models.KindNotFound, models.KindOf(err))
	raw, err := w.Rights.Copy(ctx, w.boss, r.ID)
	require.NoError(t, err)
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(in)
		require.NoError(t, err)
		files[f.Name] = string(text)
	}
	var doc struct {
		Name string
		Kept []struct {
			Table string
			Rows  []map[string]string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(files["du-lieu.json"]), &doc))
	rows := map[string]int{}
	for _, k := range doc.Kept {
		rows[k.Table] += len(k.Rows)
		for _, r := range k.Rows {
			for column := range r {
				assert.NotContains(t, []string{"secret_hash", "totp_secret", "token_hash", "code_hash", "pin_digest"}, column)
			}
		}
	}
	assert.Equal(t, "persons", doc.Kept[0].Table, "who it is about comes first")
	assert.Equal(t, doc.Name, doc.Kept[0].Rows[0]["full_name"])
	assert.Equal(t, person.String(), doc.Kept[0].Rows[0]["id"])
	for table, least := range map[string]int{"enrolments": 1, "accounts": 1, "skill_passes": 5, "certificates": 1, "attempts": 5, "answers": 5,
		"lesson_progress": 5, "household_links": 1, "data_requests": 1} {
		assert.GreaterOrEqual(t, rows[table], least, table)
	}
	assert.Contains(t, files["du-lieu.html"], "Họ và tên")
	assert.True(t, strings.HasPrefix(files["du-lieu.pdf"], "%PDF-"), "the same on paper")
	if keep := os.Getenv("NHASO_KEEP_PDF"); keep != "" { // to be looked at
		require.NoError(t, os.WriteFile(filepath.Join(keep, "copy.pdf"), []byte(files["du-lieu.pdf"]), 0o600))
	}
	assert.Contains(t, files["du-lieu.html"], doc.Name)
	assert.NotContains(t, files["du-lieu.html"], person.String(), "ids are for programs")
	assert.Contains(t, files["du-lieu.html"], "đến nay")
	assert.Contains(t, files["du-lieu.html"], "Trường THCS", "a name in place of an id")
	r, err = w.Rights.Complete(ctx, w.boss, r.ID, "Đã đưa tệp", "")
	require.NoError(t, err)
	assert.Equal(t, rights.Done, r.State)
	w.clock.Add(time.Minute)
	_, err = w.Rights.Copy(ctx, w.boss, r.ID)
	assert.NoError(t, err, "once more for whoever lost it")
	assert.Equal(t, []audit.Act{audit.RequestFiled, audit.PersonExported, audit.RequestDone, audit.PersonExported}, w.acts(r.ID))
}

func correcting(t *testing.T, w *world, person models.ID) {
	old, err := certificate.Live(w.DB.Read(ctx), person)
	require.NoError(t, err)
	r := w.file(rights.Correction, person, map[string]string{"full_name": "Đỗ Thị  Ánh Nguyệt", "birth_date": "2013-02-03"})
	for range 2 {
		r, err = w.Rights.Complete(ctx, w.boss, r.ID, "Đã sửa", "")
		require.NoError(t, err)
	}
	assert.Equal(t, "Đỗ Thị Ánh Nguyệt", r.PersonName)
	now, err := certificate.Live(w.DB.Read(ctx), person)
	require.NoError(t, err)
	require.NotNil(t, now)
	assert.Equal(t, "Đỗ Thị Ánh Nguyệt", now.HolderName)
	assert.NotEqual(t, old.Code, now.Code)
	assert.Equal(t, old.IssuedAt.UTC(), now.IssuedAt.UTC())
	assert.Contains(t, r.Outcome, now.Code)
	public, err := w.Certificates.Verify(ctx, old.Code)
	require.NoError(t, err)
	assert.Equal(t, certificate.Revoked, public.Status)
	assert.Equal(t, certificate.ReasonReplaced, *public.RevocationReasonCode)
	_, events, err := w.Certificates.History(ctx, w.System, now.Code)
	require.NoError(t, err)
	assert.Contains(t, events[0].Reason, old.Code, "the new version names the old")
	_, err = w.Households.Reinstate(ctx, w.System, old.Code, "thử lấy lại")
	assert.Equal(t, "other_certificate_valid", models.CodeOf(err))
	var changes int
	require.NoError(t, w.DB.Read(ctx).Raw("SELECT COUNT(*) FROM person_changes WHERE person_id = ?", person).Scan(&changes).Error)
	assert.Equal(t, 2, changes, "a repeat changes nothing")
	broken, _ := w.differences()
	assert.Zero(t, broken)
	assert.Empty(t, w.where(old.Hash+"x"))

	bad := w.file(rights.Correction, person, map[string]string{"birth_date": "2013-02-30"})
	_, err = w.Rights.Complete(ctx, w.boss, bad.ID, "", "")
	assert.Equal(t, models.KindInvalid, models.KindOf(err))
	_, err = w.Rights.Refuse(ctx, w.boss, bad.ID, "other", "Ngày không có")
	require.NoError(t, err)
}

func restricting(t *testing.T, w *world, person models.ID) {
	today := models.Day(w.clock.Now())
	shown := func(kind string) bool {
		m, err := consent.Shown(w.DB.Read(ctx), []models.ID{person}, kind, today)
		require.NoError(t, err)
		return m[person]
	}
	state := func() (s string) {
		require.NoError(t, w.DB.Read(ctx).Raw("SELECT state FROM accounts WHERE person_id = ?", person).Scan(&s).Error)
		return s
	}
	require.True(t, shown(consent.PublicPage))
	r := w.file(rights.Restriction, person, nil)
	r, err := w.Rights.Complete(ctx, w.boss, r.ID, "", "")
	require.NoError(t, err)
	assert.False(t, shown(consent.PublicPage))
	assert.False(t, shown(consent.AreaNames))
	assert.Equal(t, people.AccountDisabled, state())
	cert, err := certificate.Live(w.DB.Read(ctx), person)
	require.NoError(t, err)
	public, err := w.Certificates.Verify(ctx, cert.Code)
	require.NoError(t, err)
	assert.Empty(t, public.HolderMasked)
	for range 2 {
		r, err = w.Rights.Lift(ctx, w.boss, r.ID)
		require.NoError(t, err)
	}
	assert.Equal(t, rights.Lifted, r.State)
	assert.True(t, shown(consent.PublicPage))
	assert.Equal(t, people.AccountActive, state())
	_, err = w.Rights.Lift(ctx, w.none, r.ID)
	assert.Equal(t, models.KindNotFound, models.KindOf(err))
}

func erasing(t *testing.T, w *world, person models.ID) {
	const name = "Vương Tuấn Kiệt Độc Nhất"
	fixed := w.file(rights.Correction, person, map[string]string{"full_name": name})
	_, err := w.Rights.Complete(ctx, w.boss, fixed.ID, "", "")
	require.NoError(t, err)
	require.NotEmpty(t, w.where(name))
	_, wereStubbed := w.differences()

	r := w.file(rights.Deletion, person, nil)
	_, err = w.Rights.Complete(ctx, w.boss, r.ID, "", "")
	assert.Equal(t, models.KindInvalid, models.KindOf(err), "the word was not typed")
	var attempt models.ID
	var attempts []models.ID
	require.NoError(t, w.DB.Read(ctx).Raw("SELECT attempt_id FROM skill_passes WHERE person_id = ? ORDER BY seq", person).Scan(&attempts).Error)
	attempt = attempts[0]
	require.Positive(t, w.exec("UPDATE attempts SET score = score - 1 WHERE id = ?", attempt))
	_, err = w.Rights.Complete(ctx, w.boss, r.ID, "", rights.Confirmed)
	assert.Equal(t, "proof_broken", models.CodeOf(err), "what is wrong is not swept away")
	assert.NotEmpty(t, w.where(name))
	w.exec("UPDATE attempts SET score = score + 1 WHERE id = ?", attempt)

	for _, wrong := range []string{"xóa", "Xóa", "XÓA HẾT", "DELETE"} {
		_, err = w.Rights.Complete(ctx, w.boss, r.ID, "", wrong)
		assert.Equal(t, models.KindInvalid, models.KindOf(err), wrong)
	}
	for _, typed := range []string{"XOÁ", " XO\u0301A "} { // the mark on the other vowel; two characters; a repeat
		r, err = w.Rights.Complete(ctx, w.boss, r.ID, "", typed)
		require.NoError(t, err)
	}
	assert.Equal(t, rights.Done, r.State)
	assert.Empty(t, w.where(name), "the name stands nowhere")
	assert.Empty(t, w.where(models.Fold(name)))
	count := func(sql string) (n int) {
		require.NoError(t, w.DB.Read(ctx).Raw(sql, person).Scan(&n).Error)
		return n
	}
	assert.Zero(t, count("SELECT COUNT(*) FROM answers x JOIN attempts a ON a.id = x.attempt_id WHERE a.person_id = ?"))
	assert.Zero(t, count("SELECT COUNT(*) FROM accounts WHERE person_id = ?"))
	assert.Zero(t, count("SELECT COUNT(*) FROM enrolments WHERE live = 1 AND person_id = ?"))
	assert.Equal(t, 1, count("SELECT COUNT(*) FROM certificates WHERE live = 1 AND person_id = ?"), "the confirmation survives")
	broken, stubbed := w.differences()
	assert.Zero(t, broken)
	assert.Equal(t, wereStubbed+5, stubbed)

	proof, err := w.Learning.Explain(ctx, w.System, attempt)
	require.NoError(t, err)
	assert.True(t, proof.Intact)
	assert.NotNil(t, proof.ErasedAt)
	assert.Empty(t, proof.Slots)
	_, err = w.Rights.File(ctx, w.System, rights.NewRequest{})
	assert.Error(t, err)
	stubs(t, w, person, r.ID)
}

// A stub that was changed, or made afterwards, carries nothing.
func stubs(t *testing.T, w *world, person, cause models.ID) {
	for name, change := range map[string][2]string{
		"another hash":       {"UPDATE proof_stubs SET proof_hash = 'x' WHERE kind = 'pass' AND person_id = ?", ""},
		"another time":       {"UPDATE proof_stubs SET made_at = '2026-01-01 00:00:00' WHERE kind = 'pass' AND person_id = ?", ""},
		"gone":               {"DELETE FROM proof_stubs WHERE kind = 'pass' AND person_id = ?", ""},
		"of another cause":   {"UPDATE proof_stubs SET cause_id = id WHERE person_id = ?", ""},
		"the passes' scores": {"UPDATE skill_passes SET score = score - 1 WHERE person_id = ?", ""},
		"another school":     {"UPDATE certificates SET school_name = 'x', hash = 'y' WHERE person_id = ?", ""},
	} {
		failed := assert.AnError
		var broken int
		err := w.DB.Tx(ctx, func(tx *gorm.DB) error {
			if err := tx.Exec(change[0], person).Error; err != nil {
				return err
			}
			proof, err := certificate.Prove(tx, person)
			if err != nil {
				return err
			}
			var anchors certificate.Anchors
			ok := proof.Intact && len(proof.Stubs) == 5
			for _, p := range proof.Passes {
				holds, err := anchors.Hold(tx, proof.Stubs[p.ID], p.Hash)
				if err != nil {
					return err
				}
				ok = ok && holds
			}
			if !ok {
				broken++
			}
			return failed // undone
		})
		assert.ErrorIs(t, err, failed, name)
		assert.Equal(t, 1, broken, name)
	}
	// Somebody who has the database makes a stub that is right in itself.
	forged := w.id()
	err := w.DB.Tx(ctx, func(tx *gorm.DB) error {
		_, err := certificate.WriteStubs(tx, []certificate.Stub{{ID: forged, Kind: certificate.StubPass, PersonID: person, ProofHash: "h"}}, cause, w.clock.Now())
		require.NoError(t, err)
		have, err := certificate.StubsByID(tx, []models.ID{forged})
		require.NoError(t, err)
		var anchors certificate.Anchors
		ok, err := anchors.Hold(tx, have[forged], "h")
		require.NoError(t, err)
		assert.False(t, ok, "the record covers the stubs that were there")
		return assert.AnError
	})
	assert.ErrorIs(t, err, assert.AnError)
}
