package report

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"nhaso/models/paper"
)

//go:embed data/communes.topojson
var communesFile []byte

// shapes answers the rings of every commune that has a shape, by code, laid out
// so that a kilometre is as long to the east as to the north; north is up.
var shapes = sync.OnceValues(func() (map[string]paper.Shape, error) { return readTopology(communesFile) })

// topology is the part of the TopoJSON format that is read: quantised arcs and
// polygons that name them.
type topology struct {
	Transform struct {
		Scale     [2]float64 `json:"scale"`
		Translate [2]float64 `json:"translate"`
	} `json:"transform"`
	Arcs    [][][2]float64 `json:"arcs"`
	Objects map[string]struct {
		Geometries []geometry `json:"geometries"`
	} `json:"objects"`
}

type geometry struct {
	Type       string          `json:"type"`
	Arcs       json.RawMessage `json:"arcs"`
	Properties struct {
		Code string `json:"code"`
	} `json:"properties"`
}

// mostPoints bounds what a file may unfold to.
const mostPoints = 1 << 20

// readTopology reads shapes by their codes. The error says which geometry is
// broken.
func readTopology(raw []byte) (map[string]paper.Shape, error) {
	var t topology
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("topology: %w", err)
	}
	arcs := t.unfold()
	found, points := map[string]paper.Shape{}, 0
	for name, object := range t.Objects {
		for i, g := range object.Geometries {
			polygons, err := g.polygons()
			if err != nil {
				return nil, fmt.Errorf("topology: %s[%d]: %w", name, i, err)
			}
			for _, rings := range polygons {
				for _, ring := range rings {
					joined, err := join(arcs, ring)
					if err != nil {
						return nil, fmt.Errorf("topology: %s[%d]: %w", name, i, err)
					}
					if points += len(joined); points > mostPoints {
						return nil, fmt.Errorf("topology: %s[%d]: too many points", name, i)
					}
					found[g.Properties.Code] = append(found[g.Properties.Code], joined)
				}
			}
		}
	}
	return found, nil
}

// polygons answers the arcs of each ring of each polygon.
func (g geometry) polygons() ([][][]int, error) {
	switch g.Type {
	case "Polygon":
		var one [][]int
		err := json.Unmarshal(g.Arcs, &one)
		return [][][]int{one}, err
	case "MultiPolygon":
		var many [][][]int
		err := json.Unmarshal(g.Arcs, &many)
		return many, err
	}
	return nil, fmt.Errorf("%q is no polygon", g.Type)
}

// unfold turns the differences of the arcs into places: degrees east times the
// cosine of the middle latitude, degrees south.
func (t topology) unfold() [][]paper.Spot {
	middle := t.Transform.Translate[1]
	for _, arc := range t.Arcs {
		y := 0.0
		for _, step := range arc {
			y += step[1]
			middle = max(middle, t.Transform.Translate[1]+y*t.Transform.Scale[1])
		}
	}
	narrow := math.Cos((middle + t.Transform.Translate[1]) / 2 * math.Pi / 180)
	arcs := make([][]paper.Spot, len(t.Arcs))
	for i, arc := range t.Arcs {
		x, y := 0.0, 0.0
		for _, step := range arc {
			x, y = x+step[0], y+step[1]
			arcs[i] = append(arcs[i], paper.Spot{
				X: (t.Transform.Translate[0] + x*t.Transform.Scale[0]) * narrow,
				Y: -(t.Transform.Translate[1] + y*t.Transform.Scale[1]),
			})
		}
	}
	return arcs
}

// join puts arcs one behind the other; a number below zero means the arc ~n
// backwards. Each arc begins where the one before ends.
func join(arcs [][]paper.Spot, ring []int) ([]paper.Spot, error) {
	var out []paper.Spot
	for _, n := range ring {
		at, back := n, n < 0
		if back {
			at = ^n
		}
		if at >= len(arcs) {
			return nil, fmt.Errorf("no arc %d", n)
		}
		arc := arcs[at]
		for i := range arc {
			p := arc[i]
			if back {
				p = arc[len(arc)-1-i]
			}
			if i > 0 || len(out) == 0 {
				out = append(out, p)
			}
		}
	}
	return out, nil
}
