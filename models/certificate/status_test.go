package certificate_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

func schoolAdmin(school models.ID) models.Actor {
	return models.Actor{Account: models.NewID(time.Now()), Name: "Hiệu trưởng", Grants: []models.Grant{
		{Role: models.RoleSchoolAdmin, Scope: models.ScopeSchool, At: school}}}
}

func revoke(db *store.DB, actor models.Actor, code, reason string) (c certificate.Certificate, err error) {
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		c, err = certificate.RevokeTx(tx, actor, code, reason, db.Clock().Now())
		return err
	})
	return c, err
}

func reinstate(db *store.DB, actor models.Actor, code, reason string) (c certificate.Certificate, err error) {
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		c, err = certificate.ReinstateTx(tx, actor, code, reason, db.Clock().Now())
		return err
	})
	return c, err
}

func TestRevokeAndReinstate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		c, rule := room(t, db)
		h := holder(models.NewID(time.Now()))
		cert := certified(t, db, rule, h)
		actor := schoolAdmin(h.SchoolID)

		clock.Add(time.Hour)
		got, err := revoke(db, actor, strings.ToLower(models.GroupCode(cert.Code)), "proof_invalid: bạn khác làm hộ")
		require.NoError(t, err)
		assert.Equal(t, certificate.Revoked, got.State)
		live, err := certificate.Live(db.Read(ctx), h.PersonID)
		require.NoError(t, err)
		assert.Nil(t, live)
		_, err = revoke(db, actor, cert.Code, "lần nữa")
		assert.Equal(t, "already_revoked", models.CodeOf(err))

		// Another quiz does not bring a revoked certificate back.
		again, created, err := prove(db, rule, h, certificate.Skills[2])
		require.NoError(t, err)
		assert.False(t, created)
		assert.Equal(t, certificate.Revoked, again.State)

		clock.Add(time.Hour)
		got, err = reinstate(db, actor, cert.Code, "kiểm tra lại: đúng em làm")
		require.NoError(t, err)
		assert.Equal(t, certificate.Valid, got.State)
		_, err = reinstate(db, actor, cert.Code, "lần nữa")
		assert.Equal(t, "not_revoked", models.CodeOf(err))

		_, events, err := c.History(ctx, actor, cert.Code)
		require.NoError(t, err)
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		assert.Equal(t, []string{"issued", "revoked", "reinstated"}, kinds)
		assert.Equal(t, "Hiệu trưởng", events[1].ActorName)
		proof, err := certificate.Prove(db.Read(ctx), h.PersonID)
		require.NoError(t, err)
		assert.True(t, proof.Intact)
		assert.Len(t, proof.Passes, 5)
	})
}

func TestOneOfManyRevocationsWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		_, rule := room(t, db)
		h := holder(models.NewID(time.Now()))
		cert := certified(t, db, rule, h)
		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for range 6 {
			wg.Go(func() {
				_, err := revoke(db, schoolAdmin(h.SchoolID), cert.Code, "issued_in_error")
				mu.Lock()
				defer mu.Unlock()
				codes[models.CodeOf(err)]++
			})
		}
		wg.Wait()
		assert.Equal(t, map[string]int{"": 1, "already_revoked": 5}, codes)
		assert.EqualValues(t, 2, count(t, db, "certificate_events"))
	})
}

func TestRevocationIsRefused(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	_, rule := room(t, db)
	h := holder(models.NewID(time.Now()))
	cert := certified(t, db, rule, h)
	actor := schoolAdmin(h.SchoolID)
	teacher := models.Actor{Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: models.NewID(time.Now())}}}
	for name, c := range map[string]struct {
		actor        models.Actor
		code, reason string
		kind         models.Kind
	}{
		"nobody":            {models.Actor{}, cert.Code, "lý do", models.KindUnauthenticated},
		"a teacher":         {teacher, cert.Code, "lý do", models.KindForbidden},
		"another school":    {schoolAdmin(models.NewID(time.Now())), cert.Code, "lý do", models.KindNotFound},
		"unknown code":      {actor, models.NewCode(9), "lý do", models.KindNotFound},
		"wrong check":       {actor, "ABCDEFGHJ2", "lý do", models.KindNotFound},
		"no reason":         {actor, cert.Code, "  ", models.KindInvalid},
		"reason too long":   {actor, cert.Code, strings.Repeat("dài ", 101), models.KindInvalid},
		"nothing to revert": {actor, cert.Code, "", models.KindInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := revoke(db, c.actor, c.code, c.reason)
			assert.Equal(t, c.kind, models.KindOf(err))
		})
	}
	assert.EqualValues(t, 1, count(t, db, "certificate_events"))
}

func TestPublicVerification(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		c, rule := room(t, db)
		h := holder(models.NewID(time.Now()))
		cert := certified(t, db, rule, h)
		p, err := c.Verify(ctx, " "+strings.ToLower(models.GroupCode(cert.Code)))
		require.NoError(t, err)
		assert.Equal(t, "N. T. H. Anh", p.HolderMasked)
		assert.Equal(t, certificate.Valid, p.Status)
		assert.Equal(t, certificate.Skills, p.Skills)
		assert.Nil(t, p.RevokedAt)
		text, err := json.Marshal(p)
		require.NoError(t, err)
		for _, hidden := range []string{"Nguyễn", "Hồng", "birth", h.PersonID.String(), "7A"} {
			assert.NotContains(t, string(text), hidden)
		}
		for _, wrong := range []string{"", "x", models.NewCode(9), cert.Code[:9] + "?", cert.Code + "2"} {
			_, err := c.Verify(ctx, wrong)
			assert.Equal(t, models.KindNotFound, models.KindOf(err))
		}
		clock.Add(time.Minute)
		_, err = revoke(db, schoolAdmin(h.SchoolID), cert.Code, "em Nguyễn Văn B làm hộ")
		require.NoError(t, err)
		p, err = c.Verify(ctx, cert.Code)
		require.NoError(t, err)
		assert.Equal(t, certificate.Revoked, p.Status)
		require.NotNil(t, p.RevokedAt)
		assert.Equal(t, clock.Now(), p.RevokedAt.UTC())
		assert.Equal(t, "other", *p.RevocationReasonCode)
	})
}

func TestProofShowsTampering(t *testing.T) {
	for name, sql := range map[string]string{
		"score of a pass": "UPDATE skill_passes SET score = 10000 WHERE seq = 3",
		"missing pass":    "DELETE FROM skill_passes WHERE seq = 5",
		"holder's name":   "UPDATE certificates SET holder_name = 'Trần Văn C'",
		"reason":          "UPDATE certificate_events SET reason = 'x' WHERE seq = 1",
		"lost event":      "DELETE FROM certificate_events WHERE seq = 1",
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.SQLite(t, storetest.NewClock().Now)
			_, rule := room(t, db)
			h := holder(models.NewID(time.Now()))
			certified(t, db, rule, h)
			require.NoError(t, db.Tx(context.Background(), func(tx *gorm.DB) error { return tx.Exec(sql).Error }))
			proof, err := certificate.Prove(db.Read(context.Background()), h.PersonID)
			require.NoError(t, err)
			assert.False(t, proof.Intact)
		})
	}
}

// world is two schools in two communes of one province, a class in each and
// one certified pupil a school.
type world struct {
	province, communeA, communeB, schoolA, schoolB, classA models.ID
	certA, certB                                           certificate.Certificate
}

func newWorld(t *testing.T, db *store.DB, rule certificate.Rule) world {
	t.Helper()
	id := func() models.ID { return models.NewID(time.Now()) }
	w := world{province: id(), communeA: id(), communeB: id(), schoolA: id(), schoolB: id(), classA: id()}
	exec := func(sql string, args ...any) {
		require.NoError(t, db.Tx(context.Background(), func(tx *gorm.DB) error { return tx.Exec(sql, args...).Error }))
	}
	area := `INSERT INTO areas (id, code, parent_id, province_id, level, kind, name, full_name, name_fold, valid_from, valid_to, source)
		VALUES (?, ?, ?, ?, ?, 'x', 'x', 'x', 'x', '2025-07-01', '9999-12-31', 'test')`
	exec(area, w.province, "22", nil, w.province, "province")
	exec(area, w.communeA, "1", w.province, w.province, "commune")
	exec(area, w.communeB, "2", w.province, w.province, "commune")
	school := `INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, ?, 'x', 'x', 'thcs', ?, '2026-08-01 00:00:00')`
	exec(school, w.schoolA, "a", w.communeA)
	exec(school, w.schoolB, "b", w.communeB)
	a, b := holder(id()), holder(id())
	a.SchoolID, b.SchoolID, b.Name = w.schoolA, w.schoolB, "Trần Văn Bình"
	exec(`INSERT INTO enrolments (id, person_id, school_id, class_id, school_year, from_date, to_date, live)
		VALUES (?, ?, ?, ?, '2026-2027', '2026-08-01', '9999-12-31', 1)`, id(), a.PersonID, w.schoolA, w.classA)
	w.certA, w.certB = certified(t, db, rule, a), certified(t, db, rule, b)
	exec("INSERT INTO persons (id, full_name, name_fold, sort_key, created_at, updated_at) VALUES (?,?,'x','x','2026-08-01 00:00:00','2026-08-01 00:00:00'), (?,?,'x','x','2026-08-01 00:00:00','2026-08-01 00:00:00')",
		a.PersonID, a.Name, b.PersonID, b.Name)
	says(t, db, a.PersonID, consent.AreaNames, consent.Granted)
	says(t, db, b.PersonID, consent.AreaNames, consent.Granted)
	return w
}

// says records that child and guardian agree or withdraw.
func says(t *testing.T, db *store.DB, person models.ID, kind, act string) {
	t.Helper()
	at := models.Actor{Account: person, Grants: []models.Grant{{Role: models.RoleTeacher, Scope: models.ScopeClass, At: person}}}
	c := consent.New(db, func(*gorm.DB, models.Reach, models.ID) (bool, error) { return true, nil })
	e := consent.NewEvent{ID: models.NewID(time.Now()), PersonID: person, Kind: kind, Party: consent.Child, Act: act, TextVersion: 1, Channel: consent.ChannelPaper}
	g := e
	g.ID, g.Party, g.Relation = models.NewID(time.Now()), consent.Guardian, "father"
	require.NoError(t, c.Record(context.Background(), at, []consent.NewEvent{e, g}))
}

func TestSearchStaysInReach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		c, rule := room(t, db)
		w := newWorld(t, db, rule)
		grant := func(role models.Role, scope models.ScopeKind, at models.ID) models.Actor {
			return models.Actor{Grants: []models.Grant{{Role: role, Scope: scope, At: at}}}
		}
		admin := models.System()
		for name, x := range map[string]struct {
			actor models.Actor
			q     certificate.Query
			want  []string
		}{
			"everything":       {admin, certificate.Query{}, []string{w.certB.Code, w.certA.Code}},
			"first page":       {admin, certificate.Query{Limit: 1}, []string{w.certB.Code}},
			"second page":      {admin, certificate.Query{After: w.certB.ID}, []string{w.certA.Code}},
			"by code":          {admin, certificate.Query{Text: models.GroupCode(w.certA.Code)}, []string{w.certA.Code}},
			"by folded name":   {admin, certificate.Query{Text: "hong anh"}, []string{w.certA.Code}},
			"wildcards":        {admin, certificate.Query{Text: "b%h"}, nil},
			"by area":          {admin, certificate.Query{AreaID: w.communeB}, []string{w.certB.Code}},
			"teacher":          {grant(models.RoleTeacher, models.ScopeClass, w.classA), certificate.Query{}, []string{w.certA.Code}},
			"other teacher":    {grant(models.RoleTeacher, models.ScopeClass, w.schoolA), certificate.Query{}, nil},
			"school":           {grant(models.RoleSchoolAdmin, models.ScopeSchool, w.schoolB), certificate.Query{}, []string{w.certB.Code}},
			"commune":          {grant(models.RoleCommuneOfficer, models.ScopeArea, w.communeA), certificate.Query{}, []string{w.certA.Code}},
			"province":         {grant(models.RoleDeptOfficer, models.ScopeArea, w.province), certificate.Query{}, []string{w.certB.Code, w.certA.Code}},
			"commune, not his": {grant(models.RoleCommuneOfficer, models.ScopeArea, w.communeA), certificate.Query{AreaID: w.communeB}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				list, err := c.Search(ctx, x.actor, x.q)
				require.NoError(t, err)
				var got []string
				for _, cert := range list {
					got = append(got, cert.Code)
				}
				assert.Equal(t, x.want, got)
			})
		}
		_, err := c.Search(ctx, grant(models.RoleStudent, models.ScopeSelf, models.ID{}), certificate.Query{})
		assert.Equal(t, models.KindForbidden, models.KindOf(err))
		_, _, err = c.History(ctx, grant(models.RoleTeacher, models.ScopeClass, w.classA), w.certB.Code)
		assert.Equal(t, models.KindNotFound, models.KindOf(err))
	})
}
