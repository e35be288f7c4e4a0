package coverage

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// Whoever has written sees it, however many read the same page meanwhile.
func TestPageShowsWhatWasCommittedBefore(t *testing.T) {
	each(t, func(w *world) {
		area := Area{w.provinces[0], LevelProvince}
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					_, err := w.cov.Page(ctx, models.System(), area)
					assert.NoError(t, err)
				}
			})
		}
		for n := 1; n <= 60; n++ {
			w.record(house(models.NewID(w.clock.Now()), w.villages[n%4], 1, 0, 0))
			page, err := w.cov.Page(ctx, models.System(), area)
			require.NoError(w.t, err)
			assert.Equal(t, n, page.Households)
		}
		close(stop)
		wg.Wait()
	})
}

// Those who come while a read runs share one that begins after it; a failure is
// theirs only, and who gives up does not disturb the others.
func TestSharedReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shared[Area, Page]
		area := Area{Level: LevelCommune}
		end := make(chan error)
		reads := 0
		read := func(context.Context) (Page, error) {
			reads++
			n := reads
			return Page{Figures: Figures{Households: n}}, <-end
		}
		type result struct {
			page Page
			err  error
		}
		ask := func(ctx context.Context) chan result {
			c := make(chan result, 1)
			go func() {
				page, err := s.do(ctx, area, read)
				c <- result{page, err}
			}()
			synctest.Wait()
			return c
		}
		first := ask(t.Context())
		gone, cancel := context.WithCancel(t.Context())
		left, second, third := ask(gone), ask(t.Context()), ask(t.Context())
		cancel()
		assert.ErrorIs(t, (<-left).err, context.Canceled)
		require.Equal(t, 1, reads)
		end <- nil
		assert.Equal(t, 1, (<-first).page.Households)
		synctest.Wait()
		late := ask(t.Context())
		require.Equal(t, 2, reads)
		broken := errors.New("broken")
		end <- broken
		assert.ErrorIs(t, (<-second).err, broken)
		assert.ErrorIs(t, (<-third).err, broken)
		end <- nil
		assert.Equal(t, result{Page{Figures: Figures{Households: 3}}, nil}, <-late)
		synctest.Wait()
		assert.Empty(t, s.running, "nothing is kept")
	})
}
