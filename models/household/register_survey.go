package household

import (
	"cmp"
	"slices"

	"nhaso/models"
	"nhaso/models/place"
)

// CommuneRows says what a file has for one commune of today.
type CommuneRows struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Households int    `json:"households"`
	New        int    `json:"new"`
	Changed    int    `json:"changed"`
	Same       int    `json:"unchanged"`
	LeftOut    int    `json:"left_out"`
}

// SampleRow is one household as it was understood, for the eye of whoever
// brought the file.
type SampleRow struct {
	Row     int    `json:"row"`
	Ref     string `json:"ref" doc:"The register's own household code."`
	Commune string `json:"commune"`
	Village string `json:"village"`
	Head    string `json:"head"`
	Members int    `json:"members"`
	State   string `json:"state" enum:"new,changed,unchanged,left_out"`
}

// sampleRows is how many households a preview shows.
const sampleRows = 20

var stateNames = map[entryState]string{isNew: "new", isChanged: "changed", unchanged: "unchanged", leftOut: "left_out"}

// survey sums up by commune what was understood, and tells what looks like an
// older map.
func (in *intake) survey() {
	in.rep.LeftOut = len(in.badRefs)
	by := map[models.ID]*CommuneRows{}
	for _, e := range in.entries {
		v := in.villages.list[e.village]
		c := by[v.CommuneID]
		if c == nil {
			c = &CommuneRows{Code: v.CommuneCode, Name: v.CommuneName}
			by[v.CommuneID] = c
		}
		c.add(e.state)
		if in.file.DryRun && len(in.rep.Sample) < sampleRows {
			in.rep.Sample = append(in.rep.Sample, SampleRow{Row: int(e.row), Ref: e.ref, Commune: v.CommuneName,
				Village: place.VillageTitle(v.Kind, v.Name), Head: e.head, Members: len(e.members), State: stateNames[e.state]})
		}
	}
	for _, c := range by {
		in.rep.Communes = append(in.rep.Communes, *c)
	}
	slices.SortFunc(in.rep.Communes, func(a, b CommuneRows) int { return cmp.Compare(a.Code, b.Code) })
	for _, s := range in.villages.seen {
		in.rep.Replaced = append(in.rep.Replaced, ReplacedCommune{Name: s.area.FullName, Until: s.area.ValidTo, Successors: namesOf(s.successors)})
	}
	slices.SortFunc(in.rep.Replaced, func(a, b ReplacedCommune) int { return cmp.Compare(a.Name, b.Name) })
	lost := slices.ContainsFunc(in.rep.Errors, func(e RowError) bool { return e.Reason == "unknown_village" })
	if lost || len(in.rep.Replaced) > 0 {
		in.rep.Reused = in.villages.reused()
	}
}

func (c *CommuneRows) add(state entryState) {
	c.Households++
	switch state {
	case isNew:
		c.New++
	case isChanged:
		c.Changed++
	case unchanged:
		c.Same++
	case leftOut:
		c.LeftOut++
	}
}
