package signoff

import (
	"crypto/ed25519"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
	"nhaso/models/store/storetest"
)

// passes records households of a village in which a skill was passed.
func (l *land) passes(village int, day string, s coverage.Skills) {
	d := coverage.Delta{SubjectID: l.id(), VillageID: l.villages[village], OnDate: day, Cause: "test", Skills: s}
	require.NoError(l.t, l.db.Tx(ctx, func(tx *gorm.DB) error { return coverage.Record(tx, d, l.clock.Now()) }))
}

// The five skills are frozen with the other figures, unit by unit, and what
// comes late about them rolls forward like the rest.
func skillsAreFrozen(t *testing.T, l *land) {
	const m = Month("2026-09")
	l.fact(0, "2026-09-02", 10, 4, 1)
	l.fact(3, "2026-09-02", 5, 2, 1)
	l.passes(0, "2026-09-03", coverage.Skills{PublicServices: 3, OnlinePayment: 2})
	l.passes(3, "2026-09-04", coverage.Skills{OnlinePayment: 1, LocalPlatforms: 1})
	before := l.page(area(l.communeCode[0]), m).Unit.Digest
	l.passes(0, "2026-09-05", coverage.Skills{SelfProtection: 1})
	require.NotEqual(t, before, l.page(area(l.communeCode[0]), m).Unit.Digest, "an approval is of the skills, too")
	l.approveAll(m)
	require.NoError(t, l.lock(m))
	frozen := &Skills{PublicServices: 3, OnlinePayment: 3, SelfProtection: 1, LocalPlatforms: 1}
	require.Equal(t, frozen, l.page(area(l.provinceCode), m).Unit.Skills)
	require.Equal(t, &Skills{OnlinePayment: 1, LocalPlatforms: 1}, l.page(area(l.communeCode[1]), m).Unit.Skills)
	require.Nil(t, l.page(school(l.schools[0]), m).Unit.Skills, "a school has no households")

	l.passes(0, "2026-09-20", coverage.Skills{OnlineShopping: 2}) // late
	l.passes(0, "2026-10-05", coverage.Skills{OnlinePayment: 1})
	september, october := l.page(area(l.provinceCode), m), l.page(area(l.provinceCode), "2026-10")
	require.Equal(t, frozen, september.Unit.Skills, "a locked month never changes")
	require.Equal(t, &Skills{OnlineShopping: 2}, september.Skills.Since)
	require.Equal(t, frozen, october.Skills.Before)
	require.Equal(t, &Skills{OnlineShopping: 2}, october.Skills.Late)
	require.Equal(t, &Skills{PublicServices: 3, OnlineShopping: 2, OnlinePayment: 4, SelfProtection: 1, LocalPlatforms: 1}, october.Unit.Skills)
	v, err := l.s.Verify(ctx, models.System())
	require.NoError(t, err)
	require.Empty(t, v.Faults)
}

// lockAsBefore locks a month as the program did before skills were counted.
func (l *land) lockAsBefore(m Month) {
	require.NoError(l.t, l.db.Tx(ctx, func(tx *gorm.DB) error {
		p := province{ID: l.province, Code: l.provinceCode, Name: "Xã Quảng Ninh"}
		live, err := liveTree(tx, p, m, l.s.clock.Today(), only{})
		if err != nil {
			return err
		}
		t := newTree(Unit{ID: p.ID, Kind: KindProvince, Code: p.Code, Name: p.Name})
		for _, u := range live.byValue() {
			if u.Skills = nil; u.Kind == KindProvince {
				continue
			}
			if u.Kind == KindCommune {
				u.Figures = Figures{}
			}
			t.add(u)
		}
		t.seal()
		lock := Lock{ID: l.id(), ProvinceID: p.ID, Month: m, Seq: 1, Number: 1, Root: t.units[t.root].Digest, LockedName: "Sở", LockedAt: l.clock.Now()}
		public, _ := l.s.key.Public().(ed25519.PublicKey)
		lock.PublicKey = base64.StdEncoding.EncodeToString(public)
		lock.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(l.s.key, lock.signed()))
		err = tx.Exec("INSERT INTO signoff_locks ("+lockColumns+") VALUES (?,?,?,?,?,1,?,?,?,?,?,?,?,NULL,'',NULL,'')",
			lock.ID, lock.ProvinceID, lock.Month, lock.Seq, lock.Number, lock.Root, lock.PrevRoot, lock.PublicKey, lock.Signature, lock.LockedBy, lock.LockedName, lock.LockedAt).Error
		if err != nil {
			return err
		}
		return writeFigures(tx, lock.ID, t)
	}))
}

// A month that was locked before skills were counted stays valid and shows none;
// the next one has them.
func lockedBeforeSkills(t *testing.T, l *land) {
	l.fact(0, "2026-09-02", 10, 4, 1)
	l.passes(0, "2026-09-03", coverage.Skills{OnlinePayment: 2})
	l.lockAsBefore("2026-09")
	september := l.page(area(l.provinceCode), "2026-09")
	require.Equal(t, StateLocked, september.State)
	require.Nil(t, september.Unit.Skills)
	require.Nil(t, september.Skills.Since)
	october := l.page(area(l.provinceCode), "2026-10")
	require.Nil(t, october.Skills.Before)
	require.Nil(t, october.Skills.Late)
	require.Equal(t, &Skills{OnlinePayment: 2}, october.Unit.Skills)
	l.approveAll("2026-10")
	require.NoError(t, l.lock("2026-10"))
	v, err := l.s.Verify(ctx, models.System())
	require.NoError(t, err)
	require.Empty(t, v.Faults)
}

// The digest without skills, as it is in databases.
func TestDigestWithoutSkillsStays(t *testing.T) {
	u := Unit{Kind: KindVillage, Code: "V-1", Name: "Thôn Một", Figures: Figures{Households: 3, Known: 2, Covered: 1}}
	old := u.digest(nil)
	require.Equal(t, "e780d88f5ee81cfb6b899b4f01ab58c766213a9984849e6eaf3165d367ea3333", old)
	u.Skills = &Skills{}
	require.NotEqual(t, old, u.digest(nil))
}

// Frozen skills that are altered, moved to another unit or taken away are found.
func TestTamperingWithSkillsIsFound(t *testing.T) {
	for name, sql := range map[string]string{
		"a village's skill":    "UPDATE signoff_figures SET online_payment = online_payment + 1 WHERE kind = 'village'",
		"the province's skill": "UPDATE signoff_figures SET online_payment = 0 WHERE kind = 'province'",
		"taken away":           "UPDATE signoff_figures SET skills = 0, online_payment = 0",
		"added to a school":    "UPDATE signoff_figures SET skills = 1 WHERE kind = 'school'",
	} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock()
			l := newLand(t, storetest.SQLite(t, clock.Now), clock)
			l.fact(0, "2026-10-02", 10, 4, 1)
			l.passes(0, "2026-10-03", coverage.Skills{OnlinePayment: 2})
			l.pupil(0, "2026-09-01")
			l.approveAll("2026-10")
			require.NoError(t, l.lock("2026-10"))
			l.exec(sql)
			v, err := l.s.Verify(ctx, models.System())
			require.NoError(t, err)
			require.NotEmpty(t, v.Faults)
			require.Equal(t, FaultFigures, v.Faults[0].What)
		})
	}
}
