package household

import (
	"fmt"
	"slices"
	"strings"

	"nhaso/models"
	"nhaso/models/place"
)

// ReplacedCommune is a commune of an older map that the file names, with what
// it went into.
type ReplacedCommune struct {
	Name       string   `json:"name"`
	Until      string   `json:"until" doc:"The first civil day on which it was no more."`
	Successors []string `json:"successors" nullable:"false"`
}

// ReusedCode is a code of the file that meant another commune before. It is
// told when something else says that the file may be of an older map.
type ReusedCode struct {
	Code   string `json:"code"`
	Now    string `json:"now"`
	Before string `json:"before"`
}

// communeSeen is what was found of a commune that is gone.
type communeSeen struct {
	area       place.Area
	successors []place.Area
}

// nameFormer names the villages by the communes they were in before, too.
func (x *villageIndex) nameFormer() error {
	var rows []struct{ VillageID, CommuneID models.ID }
	err := x.tx.Raw("SELECT village_id, commune_id FROM village_communes WHERE valid_to <= ?", x.today).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read former communes: %w", err)
	}
	for _, r := range rows {
		n, ok := x.byID[r.VillageID]
		if !ok || x.list[n].CommuneID == r.CommuneID {
			continue
		}
		_, bare := place.SplitVillageName(x.list[n].Name)
		x.name(nameKey(r.CommuneID, x.list[n].Kind, bare), n)
		x.name(nameKey(r.CommuneID, "", bare), n)
	}
	return nil
}

// communeOf finds a commune by code or, where it occurs once, by name.
func (x *villageIndex) communeOf(s string) communeAnswer {
	a, ok := x.communes[s]
	if !ok {
		a = x.seekCommune(s)
		x.communes[s] = a
	}
	return a
}

// seekCommune looks at the file's own map first, then at today's, then at all
// before.
func (x *villageIndex) seekCommune(s string) communeAnswer {
	find := func(on string) (place.Area, error) {
		if isAreaCode(s) {
			return place.AreaByCodeTx(x.tx, s, on)
		}
		return place.MatchNameTx(x.tx, s, on, "")
	}
	area, err := find(x.mapOn)
	if models.KindOf(err) == models.KindNotFound && x.mapOn != x.today {
		area, err = find(x.today)
	}
	if models.KindOf(err) == models.KindNotFound {
		area, err = x.formerly(s)
	}
	switch {
	case models.KindOf(err) == models.KindConflict:
		return communeAnswer{reason: "ambiguous_commune"}
	case err != nil || area.Level != place.LevelCommune:
		return communeAnswer{reason: "unknown_commune"}
	case area.ValidTo <= x.today:
		return x.replaced(area)
	case !x.inReach[area.ID]:
		return communeAnswer{reason: "commune_out_of_reach"}
	}
	return communeAnswer{id: area.ID}
}

func isAreaCode(s string) bool { return strings.Trim(s, "0123456789., ") == "" }

// formerly finds the last commune that had a code or, if only one ever had it,
// a name.
func (x *villageIndex) formerly(s string) (place.Area, error) {
	var found []place.Area
	q := x.tx.Raw("SELECT * FROM areas WHERE level = 'commune' AND valid_to <= ? AND (full_name = ? OR name_fold = ?) ORDER BY valid_to DESC",
		x.today, models.Clean(s), models.Fold(s))
	if isAreaCode(s) {
		q = x.tx.Raw("SELECT * FROM areas WHERE level = 'commune' AND valid_to <= ? AND code = ? ORDER BY valid_to DESC LIMIT 1",
			x.today, place.NormalizeAreaCode(s))
	}
	if err := q.Scan(&found).Error; err != nil {
		return place.Area{}, err
	}
	switch len(found) {
	case 0:
		return place.Area{}, models.NotFound()
	case 1:
		return found[0], nil
	}
	return place.Area{}, models.Conflict("ambiguous_name")
}

// replaced answers what a commune that is gone went into.
func (x *villageIndex) replaced(old place.Area) communeAnswer {
	next, err := x.successors(old.ID)
	if err != nil || len(next) == 0 {
		return communeAnswer{reason: "unknown_commune"}
	}
	next = slices.DeleteFunc(next, func(a place.Area) bool { return !x.inReach[a.ID] })
	if len(next) == 0 {
		return communeAnswer{reason: "commune_out_of_reach"}
	}
	x.seen[old.FullName+old.ValidTo] = &communeSeen{area: old, successors: next}
	answer := communeAnswer{was: old.ID}
	if len(next) == 1 {
		answer.id = next[0].ID
	}
	if !x.follow {
		answer.reason, answer.hint = "commune_replaced", strings.Join(namesOf(next), ", ")
	}
	return answer
}

// successors are the communes of today into which one went, over any number of
// mergers.
func (x *villageIndex) successors(id models.ID) ([]place.Area, error) {
	var ends []place.Area
	seen := map[models.ID]bool{id: true}
	for front := []models.ID{id}; len(front) > 0; {
		var next []place.Area
		err := x.tx.Raw("SELECT a.* FROM areas a JOIN area_successions s ON s.new_id = a.id WHERE s.old_id IN ? AND s.people <> 'none' ORDER BY a.code", front).Scan(&next).Error
		if err != nil {
			return nil, fmt.Errorf("read successors: %w", err)
		}
		front = nil
		for _, a := range next {
			if seen[a.ID] {
				continue
			}
			seen[a.ID] = true
			if a.ValidTo > x.today {
				ends = append(ends, a)
			} else {
				front = append(front, a.ID)
			}
		}
	}
	return ends, nil
}

func namesOf(areas []place.Area) []string {
	names := make([]string, len(areas))
	for i, a := range areas {
		names[i] = a.FullName
	}
	return names
}

// reused finds which of the file's codes meant another commune before.
func (x *villageIndex) reused() []ReusedCode {
	var list []ReusedCode
	for s, a := range x.communes {
		if !isAreaCode(s) || a.id.IsZero() || !a.was.IsZero() {
			continue
		}
		var pair []struct{ FullName, Earlier string }
		err := x.tx.Raw(`SELECT n.full_name, o.full_name AS earlier FROM areas n JOIN areas o ON o.code = n.code AND o.id <> n.id AND o.level = n.level
			WHERE n.id = ? AND o.valid_to <= n.valid_from AND o.full_name <> n.full_name ORDER BY o.valid_to DESC`, a.id).Scan(&pair).Error
		if err == nil && len(pair) > 0 {
			list = append(list, ReusedCode{Code: place.NormalizeAreaCode(s), Now: pair[0].FullName, Before: pair[0].Earlier})
		}
	}
	slices.SortFunc(list, func(a, b ReusedCode) int { return strings.Compare(a.Code, b.Code) })
	return list
}
