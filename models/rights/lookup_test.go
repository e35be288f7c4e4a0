package rights_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/rights"
)

func looking(t *testing.T, w *world, person models.ID) {
	cert, err := certificate.Live(w.DB.Read(ctx), person)
	require.NoError(t, err)
	id, note := w.id(), "Phụ huynh khiếu nại về giấy xác nhận"
	_, err = w.Rights.BeginLookup(ctx, w.boss, id, "complaint", note)
	assert.Equal(t, models.KindForbidden, models.KindOf(err))
	_, err = w.Rights.BeginLookup(ctx, w.dept, id, "complaint", "ngắn")
	assert.Equal(t, models.KindInvalid, models.KindOf(err))
	_, err = w.Rights.BeginLookup(ctx, w.dept, id, "curiosity", note)
	assert.Equal(t, models.KindInvalid, models.KindOf(err))
	l, err := w.Rights.BeginLookup(ctx, w.dept, id, "complaint", note)
	require.NoError(t, err)
	assert.Equal(t, 3*time.Hour, l.EndsAt.Sub(l.BegunAt))
	again, err := w.Rights.BeginLookup(ctx, w.dept, id, "complaint", note)
	require.NoError(t, err)
	assert.Equal(t, l, again)
	_, err = w.Rights.BeginLookup(ctx, w.officer, id, "complaint", note)
	assert.Equal(t, "id_taken", models.CodeOf(err))
	_, _, err = w.Rights.Look(ctx, w.officer, id, rights.Query{Code: cert.Code})
	assert.Equal(t, models.KindNotFound, models.KindOf(err), "somebody else's look")
	_, _, err = w.Rights.Look(ctx, w.dept, id, rights.Query{Name: "an"})
	assert.Equal(t, models.KindInvalid, models.KindOf(err), "too many would answer")

	list, more, err := w.Rights.Look(ctx, w.dept, id, rights.Query{Code: cert.Code})
	require.NoError(t, err)
	assert.False(t, more)
	require.Len(t, list, 1)
	assert.Equal(t, person, list[0].PersonID)
	byName, _, err := w.Rights.Look(ctx, w.dept, id, rights.Query{Name: list[0].FullName})
	require.NoError(t, err)
	assert.NotEmpty(t, byName)

	entries, _, err := w.Rights.Record(ctx, w.boss, rights.RecordFilter{Acts: []audit.Act{audit.LookupRead}, Subject: person})
	require.NoError(t, err)
	require.Len(t, entries, 2, "the owning school sees each")
	assert.Equal(t, note, entries[0].Note)
	assert.Equal(t, "complaint", entries[0].Reason)
	assert.Equal(t, list[0].FullName, entries[0].Subject)
	entries, _, err = w.Rights.Record(ctx, w.none, rights.RecordFilter{})
	require.NoError(t, err)
	assert.Empty(t, entries, "another school sees nothing of it")
	_, _, err = w.Rights.Record(ctx, w.teacher, rights.RecordFilter{})
	assert.Equal(t, models.KindForbidden, models.KindOf(err))

	withdraw := func() {
		w.exec("DELETE FROM consent_states WHERE person_id = ? AND kind = ?", person, consent.AreaNames)
		w.exec("INSERT INTO consent_states (person_id, kind, seq, child, guardian) VALUES (?, ?, 1, 0, -1)", person, consent.AreaNames)
	}
	withdraw()
	list, _, err = w.Rights.Look(ctx, w.dept, id, rights.Query{Code: cert.Code})
	require.NoError(t, err)
	assert.Empty(t, list, "whoever withdrew is not named, whatever the reason")
	current, err := w.Rights.CurrentLookup(ctx, w.dept)
	require.NoError(t, err)
	require.NotNil(t, current)
	w.clock.Add(3 * time.Hour)
	_, _, err = w.Rights.Look(ctx, w.dept, id, rights.Query{Code: cert.Code})
	assert.Equal(t, "lookup_over", models.CodeOf(err))
	current, err = w.Rights.CurrentLookup(ctx, w.dept)
	require.NoError(t, err)
	assert.Nil(t, current)
	second := w.id()
	_, err = w.Rights.BeginLookup(ctx, w.dept, second, "other", note)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, w.Rights.EndLookup(ctx, w.dept, second))
	}
	assert.Equal(t, []audit.Act{audit.LookupBegun, audit.LookupEnded}, w.acts(second))
	_, _, err = w.Rights.Look(ctx, w.dept, second, rights.Query{Code: cert.Code})
	assert.Equal(t, "lookup_over", models.CodeOf(err))
}
