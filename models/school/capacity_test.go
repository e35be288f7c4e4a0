package school

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
	"nhaso/models/store/storetest"
)

func TestJudgeMachine(t *testing.T) {
	for _, tt := range []struct {
		c    Capacity
		want MachineVerdict
	}{
		{Capacity{Saves: 1000, SignIns: 100}, MachineVerdict{5000, 5000, 12600, BySaves}},
		{Capacity{Saves: 60000, SignIns: 40}, MachineVerdict{5040, 300000, 5040, "sign_in"}},
		{Capacity{Saves: 10, SignIns: 40}, MachineVerdict{50, 50, 5040, BySaves}},
		{Capacity{}, MachineVerdict{0, 0, 0, BySaves}},
	} {
		require.Equal(t, tt.want, JudgeMachine(tt.c))
	}
}

// TestSaver: what `nhaso ready` writes is written, and gone afterwards.
func TestSaver(t *testing.T) {
	clock := storetest.NewClock()
	db := storetest.SQLite(t, clock.Now)
	s, ctx := New(db, learning.New(db, learning.Options{Secret: []byte("x")})), context.Background()
	save, clean := s.Saver()
	var wg sync.WaitGroup
	for slot := range 20 {
		wg.Go(func() {
			for range 3 {
				if err := save(ctx, slot); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	count := func() (n int) {
		require.NoError(t, db.Read(ctx).Raw("SELECT COUNT(*) FROM school_probes").Scan(&n).Error)
		return n
	}
	require.Equal(t, 20, count())
	require.NoError(t, clean(ctx))
	require.Zero(t, count())
}
