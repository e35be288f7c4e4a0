package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// What runs in the background ends while the database still answers, once.
func TestBeforeClose(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "close.db"), time.Now)
	require.NoError(t, err)
	ran := 0
	db.BeforeClose(func() {
		ran++
		var one int
		assert.NoError(t, db.Read(t.Context()).Raw("SELECT 1").Scan(&one).Error)
		assert.Equal(t, 1, one)
	})
	require.NoError(t, db.Close())
	_ = db.Close()
	assert.Equal(t, 1, ran)
}

func TestMigrateTwiceChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		n, err := db.Migrate(context.Background())
		require.NoError(t, err)
		assert.Zero(t, n)
		behind, err := db.Behind(context.Background())
		require.NoError(t, err)
		assert.Zero(t, behind)
	})
}

func TestBehindBeforeMigration(t *testing.T) {
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "new.db"), models.SystemClock())
	require.NoError(t, err)
	defer db.Close()
	behind, err := db.Behind(context.Background())
	require.NoError(t, err)
	assert.Positive(t, behind)
}

func TestTxRollsBackOnError(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, sentinel := context.Background(), errors.New("no")
		err := db.Tx(ctx, func(tx *gorm.DB) error {
			require.NoError(t, tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('a', '1', ?)", clock.Now()).Error)
			return sentinel
		})
		assert.ErrorIs(t, err, sentinel)
		var n int64
		require.NoError(t, db.Read(ctx).Table("settings").Where("name = 'a'").Count(&n).Error)
		assert.Zero(t, n)
	})
}

func TestTxRunsAgainOnRequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		tries := 0
		require.NoError(t, db.Tx(context.Background(), func(*gorm.DB) error {
			if tries++; tries < 3 {
				return store.ErrRetry
			}
			return nil
		}))
		assert.Equal(t, 3, tries)
		err := db.Tx(context.Background(), func(*gorm.DB) error { return store.ErrRetry })
		assert.Equal(t, models.KindUnavailable, models.KindOf(err))
	})
}

func TestDuplicateKeepsTheTransactionUsable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		insert := func(tx *gorm.DB, value string) error {
			return tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('a', ?, ?)", value, clock.Now()).Error
		}
		require.NoError(t, db.Tx(context.Background(), func(tx *gorm.DB) error {
			require.NoError(t, insert(tx, "1"))
			err := insert(tx, "2")
			require.True(t, store.IsDuplicate(err), "%v", err)
			return store.One(tx.Exec("UPDATE settings SET value = '3' WHERE name = 'a'"), models.NotFound())
		}))
	})
}

func TestRowsAffectedCountsMatchedRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		require.NoError(t, db.Tx(context.Background(), func(tx *gorm.DB) error {
			require.NoError(t, tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('a', '1', ?)", clock.Now()).Error)
			return store.One(tx.Exec("UPDATE settings SET value = '1' WHERE name = 'a'"), models.NotFound())
		}), "setting a column to the value it has still counts as found")
	})
}

func TestConcurrentReadModifyWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO coverage_counters (area_id, level, households, known, covered, updated_at) VALUES (?, 'village', 0, 0, 0, ?)",
				models.NewID(clock.Now()), clock.Now()).Error
		}))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					assert.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error {
						return tx.Exec("UPDATE coverage_counters SET households = households + 1 WHERE level = 'village'").Error
					}))
				}
			})
		}
		wg.Wait()
		var n int
		require.NoError(t, db.Read(ctx).Raw("SELECT households FROM coverage_counters").Scan(&n).Error)
		assert.Equal(t, 160, n)
	})
}

func TestIDAndTimeSurviveTheDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		type lease struct {
			Name      string
			Owner     models.ID
			ExpiresAt time.Time
		}
		ctx, id := context.Background(), models.NewID(clock.Now())
		want := lease{Name: "x", Owner: id, ExpiresAt: models.Clock(clock.Now).Now()}
		require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error { return tx.Table("leases").Create(&want).Error }))
		var got lease
		require.NoError(t, db.Read(ctx).Table("leases").Where("owner = ?", id).Take(&got).Error)
		assert.Equal(t, want, got)
	})
}

func TestTheLogHoldsNoValuesAndNoRefusedRows(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	clock := storetest.NewClock()
	db := storetest.SQLite(t, clock.Now)
	insert := func(table string) error {
		return db.Tx(context.Background(), func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO "+table+" (name, value, updated_at) VALUES ('a', ?, ?)", "Nguyễn Văn An", clock.Now()).Error
		})
	}
	require.NoError(t, insert("settings"))
	require.True(t, store.IsDuplicate(insert("settings")))
	assert.Empty(t, log.String(), "a refused row is an answer, not trouble")
	require.Error(t, insert("no_such_table"))
	assert.Contains(t, log.String(), "no_such_table")
	assert.NotContains(t, log.String(), "Nguyễn")
}

func TestReadRefusesToWrite(t *testing.T) {
	db := storetest.SQLite(t, storetest.NewClock().Now)
	assert.Error(t, db.Read(context.Background()).Exec("DELETE FROM settings WHERE name = 'a'").Error)
}

func TestLeaseHasOneHolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx, a, b := context.Background(), models.NewID(clock.Now()), models.NewID(clock.Now())
		la, ok, err := db.Acquire(ctx, "fold", a, time.Minute)
		require.NoError(t, err)
		require.True(t, ok)
		_, ok, err = db.Acquire(ctx, "fold", b, time.Minute)
		require.NoError(t, err)
		assert.False(t, ok, "held by a")
		clock.Add(2 * time.Minute)
		_, ok, err = db.Acquire(ctx, "fold", b, time.Minute)
		require.NoError(t, err)
		assert.True(t, ok, "expired")
		err = db.Tx(ctx, la.Hold)
		assert.Equal(t, "lease_lost", models.CodeOf(err), "a's work under the lost lease must not commit")
		require.NoError(t, la.Release(ctx))
		_, ok, err = db.Acquire(ctx, "fold", a, time.Minute)
		require.NoError(t, err)
		assert.False(t, ok, "a cannot release what b holds")
	})
}

func TestCombinerAnswersEachItemAfterTheCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := context.Background()
		refused := models.Conflict("odd")
		c := store.NewCombiner(db, 16, func(tx *gorm.DB, batch []int) []error {
			errs := make([]error, len(batch))
			for i, n := range batch {
				if n%2 == 1 {
					errs[i] = refused
					continue
				}
				errs[i] = tx.Exec("INSERT INTO leases (name, expires_at) VALUES (?, ?)", string(rune('A'+n)), clock.Now()).Error
			}
			return errs
		})
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() {
				err := c.Do(ctx, n)
				if n%2 == 1 {
					assert.ErrorIs(t, err, refused)
					return
				}
				if assert.NoError(t, err) {
					var count int64
					assert.NoError(t, db.Read(ctx).Table("leases").Where("name = ?", string(rune('A'+n))).Count(&count).Error)
					assert.EqualValues(t, 1, count, "acknowledged before it was committed")
				}
			})
		}
		wg.Wait()
	})
}

func TestBackupIsComplete(t *testing.T) {
	ctx, clock := context.Background(), storetest.NewClock()
	db := storetest.SQLite(t, clock.Now)
	require.NoError(t, db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES ('a', '1', ?)", clock.Now()).Error
	}))
	target := filepath.Join(t.TempDir(), "backup.db")
	require.NoError(t, db.Backup(ctx, target))
	assert.Equal(t, "backup_exists", models.CodeOf(db.Backup(ctx, target)), "never over an older backup")
	copied, err := store.Open(ctx, "sqlite:"+target, clock.Now)
	require.NoError(t, err)
	defer copied.Close()
	var value string
	require.NoError(t, copied.Read(ctx).Raw("SELECT value FROM settings WHERE name = 'a'").Scan(&value).Error)
	assert.Equal(t, "1", value)
}

func TestMySQLAddressErrorsHideThePassword(t *testing.T) {
	for _, url := range []string{"mysql://user:geheim@", "mysql:user:geheim@tcp(", "mysql://u:geheim@127.0.0.1:1/x"} {
		_, err := store.Open(context.Background(), url, models.SystemClock())
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "geheim")
	}
}
