package place

import (
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// Atlas says in which commune every village of a province lay under the map of
// one day, also a village that was founded later or closed before.
type Atlas struct {
	Day     string
	Commune map[models.ID]models.ID // of a village; without the unplaced
	// Unplaced are the villages whose ground cannot be told on that map: their
	// first commune was made of several, or their last one was divided.
	Unplaced map[models.ID]bool
	// Elsewhere are those that lay in another province on that map.
	Elsewhere []models.ID
}

// AtlasOf draws the map of a civil day of a province. A village lies where its
// membership of that day says. One that began later is followed back from its
// first commune, as long as that came out of a single one with people in it; one
// that ended before is followed to the village it went into, or forward from
// its last commune, as long as one commune took over all its people. Villages of
// other provinces on that day are Elsewhere.
func AtlasOf(tx *gorm.DB, provinceID models.ID, day string) (Atlas, error) {
	d := drawing{day: day, communes: map[models.ID]span{}, members: map[models.ID][]memberSpan{}, merged: map[models.ID]models.ID{},
		after: map[models.ID][]models.ID{}, before: map[models.ID][]models.ID{}}
	if err := d.read(tx, provinceID); err != nil {
		return Atlas{}, err
	}
	a := Atlas{Day: day, Commune: make(map[models.ID]models.ID, len(d.members)), Unplaced: map[models.ID]bool{}}
	for village := range d.members {
		commune, known := d.at(village, 0)
		switch {
		case !known:
			a.Unplaced[village] = true
		case d.communes[commune].province == provinceID:
			a.Commune[village] = commune
		default:
			a.Elsewhere = append(a.Elsewhere, village)
		}
	}
	return a, nil
}

// Villages answers the villages that lay in an area of the atlas.
func (a Atlas) Villages(communeID models.ID) []models.ID {
	var list []models.ID
	for v, c := range a.Commune {
		if c == communeID {
			list = append(list, v)
		}
	}
	return list
}

// span is how long a commune lasted.
type span struct {
	from, to string
	province models.ID
}

// memberSpan is one row of village_communes.
type memberSpan struct {
	VillageID, CommuneID models.ID
	ValidFrom, ValidTo   string
}

// drawing holds what AtlasOf reads.
type drawing struct {
	day           string
	communes      map[models.ID]span
	members       map[models.ID][]memberSpan // of a village, oldest first
	merged        map[models.ID]models.ID
	after, before map[models.ID][]models.ID // communes that took all people; that gave some
}

func (d *drawing) read(tx *gorm.DB, provinceID models.ID) error {
	var areas []Area
	err := tx.Raw("SELECT id, province_id, valid_from, valid_to FROM areas WHERE level = ?", LevelCommune).Scan(&areas).Error
	if err != nil {
		return fmt.Errorf("read communes: %w", err)
	}
	for _, a := range areas {
		d.communes[a.ID] = span{a.ValidFrom, a.ValidTo, a.ProvinceID}
	}
	var members []memberSpan
	err = tx.Raw(`SELECT vc.village_id, vc.commune_id, vc.valid_from, vc.valid_to FROM village_communes vc
		WHERE vc.village_id IN (SELECT v2.village_id FROM village_communes v2 JOIN areas a ON a.id = v2.commune_id WHERE a.province_id = ?)
		ORDER BY vc.village_id, vc.valid_from`, provinceID).Scan(&members).Error
	if err != nil {
		return fmt.Errorf("read communes of villages: %w", err)
	}
	for _, m := range members {
		d.members[m.VillageID] = append(d.members[m.VillageID], m)
	}
	var gone []struct{ ID, MergedInto models.ID }
	if err := tx.Raw("SELECT id, merged_into FROM villages WHERE merged_into IS NOT NULL").Scan(&gone).Error; err != nil {
		return fmt.Errorf("read merged villages: %w", err)
	}
	for _, g := range gone {
		d.merged[g.ID] = g.MergedInto
	}
	var steps []struct {
		OldID, NewID models.ID
		People       string
	}
	if err := tx.Raw("SELECT old_id, new_id, people FROM area_successions WHERE people <> ?", ExtentNone).Scan(&steps).Error; err != nil {
		return fmt.Errorf("read successions: %w", err)
	}
	for _, s := range steps {
		if s.People == ExtentWhole {
			d.after[s.OldID] = append(d.after[s.OldID], s.NewID)
		}
		d.before[s.NewID] = append(d.before[s.NewID], s.OldID)
	}
	return nil
}

// deepest bounds the mergers and reforms that are followed.
const deepest = 20

// at finds the commune of a village on the day.
func (d *drawing) at(village models.ID, depth int) (commune models.ID, known bool) {
	spans := d.members[village]
	if len(spans) == 0 || depth > deepest {
		return commune, false
	}
	first, last := spans[0], spans[len(spans)-1]
	if d.day < first.ValidFrom {
		return d.carry(first.CommuneID)
	}
	if into, merged := d.merged[village]; merged && d.day >= last.ValidTo {
		if commune, known = d.at(into, depth+1); known {
			return commune, true
		}
	}
	commune = first.CommuneID
	for _, s := range spans {
		if s.ValidFrom <= d.day {
			commune = s.CommuneID
		}
	}
	return d.carry(commune)
}

// carry follows a commune back or forward to the one on its ground on the day.
func (d *drawing) carry(commune models.ID) (models.ID, bool) {
	for range deepest {
		c, ok := d.communes[commune]
		var next []models.ID
		switch {
		case !ok:
			return commune, false
		case d.day < c.from:
			next = d.before[commune]
		case d.day >= c.to:
			next = d.after[commune]
		default:
			return commune, true
		}
		if len(next) != 1 {
			return commune, false
		}
		commune = next[0]
	}
	return commune, false
}
