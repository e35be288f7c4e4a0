package quality

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store/storetest"
)

func TestRobust(t *testing.T) {
	require.Equal(t, []float64{0, 0, 0, 0}, robust([]float64{1, 2, 3, 900}), "too few to have a usual spread")
	require.Equal(t, make([]float64, 6), robust([]float64{5, 5, 5, 5, 5, 5}))
	z := robust([]float64{0.50, 0.52, 0.48, 0.51, 0.49, 0.99, 0.98})
	require.Greater(t, z[5], 3.5, "two wild values do not hide each other")
	require.Greater(t, z[6], 3.5)
	require.Less(t, z[0], 1.0)
	z = robust([]float64{1, 1, 1, 1, 1, 1, 3})
	require.Greater(t, z[6], 3.5, "where most are the same, the mean deviation decides")
	// Neither order, nor a shift, nor a scale changes who stands out.
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		values := make([]float64, 5+rng.IntN(40))
		moved := make([]float64, len(values))
		for i := range values {
			values[i] = rng.NormFloat64()
			moved[len(values)-1-i] = 7 + 3*values[i]
		}
		a, b := robust(values), robust(moved)
		for i := range a {
			require.InDelta(t, a[i], b[len(b)-1-i], 1e-9)
		}
	}
}

func TestOutliers(t *testing.T) {
	clock := storetest.NewClock()
	list := make([]share, 9)
	for i := range list {
		list[i] = share{ID: models.NewID(clock.Now()), Part: 50 + i%3, Whole: 100}
	}
	list[7].Part = 99
	list[8] = share{ID: models.NewID(clock.Now()), Part: 5, Whole: 5} // too few to say anything
	wild := list[7].ID
	found := outliers(list, 30, 350)
	require.Len(t, found, 1)
	require.Equal(t, wild, found[0].Subject)
	require.Greater(t, found[0].Value, 350)
}

func TestAtNight(t *testing.T) {
	for hour, want := range map[int]bool{0: true, 4: true, 5: false, 12: false, 21: false, 22: true, 23: true} {
		require.Equal(t, want, atNight(hour, 22, 5), hour)
	}
	require.True(t, atNight(2, 1, 3))
	require.False(t, atNight(3, 1, 3))
}

func TestAlike(t *testing.T) {
	same, other := []string{"a 1", "b 2", "c 3", "d 4"}, []string{"a 1", "b 2", "c 3", "d 5"}
	m := func(lists ...[]string) (list []learning.Mistakes) {
		for _, wrong := range lists {
			list = append(list, learning.Mistakes{Wrong: wrong})
		}
		return list
	}
	require.Equal(t, 2, alike(m(same, other, same), 4))
	require.Equal(t, 1, alike(m(same, other), 4))
	require.Equal(t, 0, alike(m(same[:3], same[:3]), 4), "few mistakes are anybody's")
	require.Equal(t, 0, alike(m([]string{}, []string{}), 0), "no mistake is no pattern")
}
