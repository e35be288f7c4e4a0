package coverage

import (
	"slices"

	"nhaso/models"
	"nhaso/models/place"
)

// PublicRow is one line of a public page: an area, or villages that are
// published together because they are small.
type PublicRow struct {
	Code  string // of the area; empty for villages together
	Kind  string
	Name  string   // of the area or the one village
	Names []string // of villages together, with their kinds
	Published
}

// PublicPage is what is published of an area as of a day.
type PublicPage struct {
	OnDate string // civil day
	Published
	TellsSkills bool // releases made before skills were published do not
	Rows        []PublicRow
	RowsAre     string    // level of the rows
	HiddenIn    int       // villages whose households are only part of a sum
	Register    *Register // nil when none was imported
	ReleasedOn  string    // civil day on which it was published
}

// PublicPoint is an area's figure in one release.
type PublicPoint struct {
	OnDate string
	Published
}

// releasedVillage is a village as it stood on the day of a release.
type releasedVillage struct {
	VillageID, CommuneID, ProvinceID models.ID
	UnitID, BlockID                  models.ID
	Households                       int
	Code, Kind, Name                 string
}

// release is one release in memory: what is published of units and blocks, and
// where the villages were. Everything a page shows is added up from these.
type release struct {
	onDate, releasedOn string
	tellsSkills        bool
	villages           []releasedVillage
	figures            map[models.ID]Published // of units and blocks
	areas              []publicArea            // in the order of their codes
	size               map[models.ID]int       // villages of a unit or block
	scattered          map[models.ID]bool      // units and blocks that lie in several communes
	pages              map[models.ID]PublicPage
}

// publicArea is a commune or province of a release.
type publicArea struct {
	ID, ProvinceID   models.ID
	Level            string
	Code, Kind, Name string
	RegisterSource   string
	RegisterAsOf     string
}

// sum adds up villages: whole blocks by what is published of the block, else
// whole units by theirs; of a unit that is only partly among them nothing but
// its households is known. It answers how many villages that holds for. What lies
// in several communes is no sum any more, not even of the province: less the one
// commune it would tell of the other.
func (r *release) sum(list []releasedVillage) (total Published, hiddenIn int) {
	blocks, units := map[models.ID]int{}, map[models.ID]int{}
	for _, v := range list {
		blocks[v.BlockID]++
		units[v.UnitID]++
	}
	for _, v := range list {
		switch {
		case blocks[v.BlockID] == r.size[v.BlockID] && !r.scattered[v.BlockID]:
			total = total.plus(r.figures[v.BlockID])
			blocks[v.BlockID] = added
		case blocks[v.BlockID] == added: // with the block
		case units[v.UnitID] == r.size[v.UnitID] && !r.scattered[v.UnitID]:
			total = total.plus(r.figures[v.UnitID])
			units[v.UnitID] = added
		case units[v.UnitID] == added:
		default:
			total = total.plus(unpublished(v.Households))
			hiddenIn++
		}
	}
	return total, hiddenIn
}

// added marks a block or unit whose figures are in the sum.
const added = -1

// build makes the page of every area once: a release never changes.
func (r *release) build() {
	r.size, r.scattered = map[models.ID]int{}, map[models.ID]bool{}
	communeOf := map[models.ID]models.ID{}
	within := map[models.ID][]releasedVillage{}
	for _, v := range r.villages {
		for _, id := range []models.ID{v.UnitID, v.BlockID} {
			r.size[id]++
			if c, seen := communeOf[id]; seen && c != v.CommuneID {
				r.scattered[id] = true
			}
			communeOf[id] = v.CommuneID
		}
		within[v.CommuneID] = append(within[v.CommuneID], v)
		within[v.ProvinceID] = append(within[v.ProvinceID], v)
	}
	r.pages = make(map[models.ID]PublicPage, len(r.areas))
	for _, a := range r.areas {
		p := PublicPage{OnDate: r.onDate, ReleasedOn: r.releasedOn, TellsSkills: r.tellsSkills, Rows: []PublicRow{}, RowsAre: LevelCommune}
		p.Published, p.HiddenIn = r.sum(within[a.ID])
		if a.RegisterSource != "" {
			p.Register = &Register{Source: a.RegisterSource, AsOf: a.RegisterAsOf}
		}
		if a.Level == LevelCommune {
			p.RowsAre, p.Rows = LevelVillage, r.villageRows(within[a.ID])
		}
		r.pages[a.ID] = p
	}
	for _, a := range r.areas { // communes become the rows of their province
		if a.Level != LevelCommune {
			continue
		}
		p := r.pages[a.ProvinceID]
		p.Rows = append(p.Rows, PublicRow{Code: a.Code, Kind: a.Kind, Name: a.Name, Published: r.pages[a.ID].Published})
		r.pages[a.ProvinceID] = p
	}
	r.villages, r.figures, r.size = nil, nil, nil // the pages say it all
}

// villageRows are the units of a commune in the order of their first villages,
// those of several villages last. A unit that lies in two communes is a row of
// neither.
func (r *release) villageRows(list []releasedVillage) []PublicRow {
	inside, at := map[models.ID]int{}, map[models.ID]int{}
	for _, v := range list {
		inside[v.UnitID]++
	}
	rows := []PublicRow{}
	for _, v := range list {
		if inside[v.UnitID] < r.size[v.UnitID] {
			continue
		}
		i, known := at[v.UnitID]
		if !known {
			i = len(rows)
			at[v.UnitID] = i
			rows = append(rows, PublicRow{Code: v.Code, Kind: v.Kind, Name: v.Name, Published: r.figures[v.UnitID]})
		}
		if r.size[v.UnitID] > 1 {
			rows[i].Code, rows[i].Kind, rows[i].Name = "", "", ""
			rows[i].Names = append(rows[i].Names, place.VillageTitle(v.Kind, v.Name))
		}
	}
	slices.SortStableFunc(rows, func(a, b PublicRow) int { return min(len(a.Names), 1) - min(len(b.Names), 1) })
	return rows
}
