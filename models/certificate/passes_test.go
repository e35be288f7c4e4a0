package certificate_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// Many passes in one statement are the same rows as one by one, with the same
// hashes up to the ids.
func TestRecordPasses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		_, rule := room(t, db)
		a, b := models.NewID(time.Now()), models.NewID(time.Now())
		_, _, err := prove(db, rule, holder(a), certificate.Skills[0])
		require.NoError(t, err)
		now := db.Clock().Now()
		list := []certificate.Evidence{good(a, certificate.Skills[0]), good(a, certificate.Skills[1]), good(b, certificate.Skills[2]),
			good(a, certificate.Skills[3]), good(a, certificate.Skills[1])}
		var before map[models.ID]map[string]certificate.Pass
		require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error {
			if before, err = certificate.PassesOf(tx, []models.ID{a, b}); err != nil {
				return err
			}
			return certificate.RecordPasses(tx, rule, before, list, now)
		}))
		stored, err := certificate.PassesOf(db.Read(ctx), []models.ID{a, b})
		require.NoError(t, err)
		assert.Len(t, stored[a], 3)
		assert.Len(t, stored[b], 1)
		for i, k := range []struct {
			person models.ID
			seq    int
		}{{a, 1}, {a, 2}, {b, 1}, {a, 3}} {
			p := stored[k.person][certificate.Skills[i]]
			assert.Equal(t, k.seq, p.Seq)
			assert.Equal(t, p.Hash, before[k.person][certificate.Skills[i]].Hash, "told as stored")
			if i > 0 {
				assert.Equal(t, list[i].AttemptID, p.AttemptID)
			}
		}
		assert.False(t, rule.Complete(stored[a]))
	})
}

func TestRecordPassesRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		_, rule := room(t, db)
		a, b := models.NewID(time.Now()), models.NewID(time.Now())
		bad := good(b, certificate.Skills[1])
		bad.Score = 7999
		none := map[models.ID]map[string]certificate.Pass{}
		record := func(list ...certificate.Evidence) (err error) {
			_ = db.Tx(ctx, func(tx *gorm.DB) error {
				err = certificate.RecordPasses(tx, rule, none, list, db.Clock().Now())
				return nil
			})
			return err
		}
		assert.Equal(t, "rule_not_met", models.CodeOf(record(good(a, certificate.Skills[1]), bad)))
		assert.Zero(t, count(t, db, "skill_passes"))
		_, _, err := prove(db, rule, holder(a), certificate.Skills[0])
		require.NoError(t, err)
		none = map[models.ID]map[string]certificate.Pass{} // as a snapshot from before sees it
		assert.ErrorIs(t, record(good(b, certificate.Skills[0]), good(a, certificate.Skills[1])), store.ErrRetry)
		assert.EqualValues(t, 1, count(t, db, "skill_passes"), "all or none")
		require.NoError(t, record())
	})
}

func TestComplete(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	_, rule := room(t, db)
	own := map[string]certificate.Pass{"cooking": {}}
	for _, skill := range certificate.Skills {
		assert.False(t, rule.Complete(own))
		own[skill] = certificate.Pass{Skill: skill}
	}
	assert.True(t, rule.Complete(own))
}
