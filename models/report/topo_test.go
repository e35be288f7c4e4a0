package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/paper"
)

func TestEveryCommuneHasAClosedShape(t *testing.T) {
	found, err := shapes()
	require.NoError(t, err)
	require.Len(t, found, 54)
	low, high := paper.Spot{X: 1e9, Y: 1e9}, paper.Spot{X: -1e9, Y: -1e9}
	for code, shape := range found {
		require.Len(t, code, 5)
		for _, ring := range shape {
			require.GreaterOrEqual(t, len(ring), 4, code)
			assert.InDelta(t, ring[0].X, ring[len(ring)-1].X, 1e-9, code)
			assert.InDelta(t, ring[0].Y, ring[len(ring)-1].Y, 1e-9, code)
			for _, p := range ring {
				low, high = paper.Spot{X: min(low.X, p.X), Y: min(low.Y, p.Y)}, paper.Spot{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
			}
		}
	}
	assert.InDelta(t, 1.5, (high.X-low.X)/(high.Y-low.Y), 0.5, "the province is wider than high")
	hatu := found["06652"][0][0]
	assert.InDelta(t, -20.96, hatu.Y, 0.3, "north is up")
}

func TestJoin(t *testing.T) {
	arcs := [][]paper.Spot{{{X: 0, Y: 0}, {X: 1, Y: 0}}, {{X: 0, Y: 0}, {X: 1, Y: 1}, {X: 1, Y: 0}}}
	ring, err := join(arcs, []int{0, ^1})
	require.NoError(t, err)
	require.Equal(t, []paper.Spot{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}, {X: 0, Y: 0}}, ring)
	_, err = join(arcs, []int{2})
	require.Error(t, err)
	_, err = join(arcs, []int{^5})
	require.Error(t, err)
}

// Whatever a file says, reading it ends with shapes or with an error.
func FuzzTopology(f *testing.F) {
	f.Add([]byte(`{"transform":{"scale":[1,1],"translate":[0,0]},"arcs":[[[0,0],[1,0],[0,1],[-1,-1]]],"objects":{"a":{"geometries":[{"type":"Polygon","arcs":[[0]],"properties":{"code":"1"}}]}}}`))
	f.Add([]byte(`{"arcs":[],"objects":{"a":{"geometries":[{"type":"MultiPolygon","arcs":[[[-9]]]}]}}}`))
	f.Add([]byte(`{"objects":{"a":{"geometries":[{"type":"Point","arcs":1}]}}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = readTopology(raw) })
}
