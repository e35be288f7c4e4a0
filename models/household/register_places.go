package household

import (
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
)

// registerVillage is a village into which a register may write.
type registerVillage struct {
	ID          models.ID
	Code        string
	Kind        string
	Name        string
	CommuneID   models.ID
	CommuneCode string
	CommuneName string
}

// villageIndex finds villages as files name them. What a file writes in its
// village and commune columns repeats for hundreds of rows, so answers are kept.
type villageIndex struct {
	tx       *gorm.DB
	today    string
	mapOn    string        // the day whose map the file's communes are of
	follow   bool          // read communes that are gone as their successors
	commune  communeAnswer // of RegisterFile.CommuneCode
	list     []registerVillage
	byID     map[models.ID]int32
	byCode   map[string]int32
	byName   map[string]int32
	inReach  map[models.ID]bool      // communes with villages in reach
	seen     map[string]*communeSeen // communes that are gone, as the file names them
	answers  map[rowPlace]villageAnswer
	communes map[string]communeAnswer
}

type villageAnswer struct {
	village int32
	column  string // whose cell is wrong
	reason  string // "" when the village was found
	hint    string
}

// communeAnswer is a commune of today; was is the one of the file's map, when
// that is another. id is zero when a commune went into several: its villages
// are then found by what they belonged to.
type communeAnswer struct {
	id, was models.ID
	reason  string
	hint    string
}

// ambiguous marks a name that two villages have.
const ambiguous int32 = -1

// loadVillages reads the villages of a reach that are open today.
func loadVillages(tx *gorm.DB, reach models.Reach, f RegisterFile, today string) (*villageIndex, error) {
	x := &villageIndex{
		tx: tx, today: today, mapOn: f.MapOn, follow: f.Successors, seen: map[string]*communeSeen{}, byID: map[models.ID]int32{}, byCode: map[string]int32{}, byName: map[string]int32{},
		inReach: map[models.ID]bool{}, answers: map[rowPlace]villageAnswer{}, communes: map[string]communeAnswer{},
	}
	where, args := place.VillageFilter(reach, "v.id", today)
	err := tx.Raw(`SELECT v.id, v.code, v.kind, v.name, a.id AS commune_id, a.code AS commune_code, a.full_name AS commune_name FROM villages v
		JOIN village_communes vc ON vc.village_id = v.id AND vc.valid_from <= ? AND vc.valid_to > ?
		JOIN areas a ON a.id = vc.commune_id WHERE v.valid_to > ? AND `+where,
		append([]any{today, today, today}, args...)...).Scan(&x.list).Error
	if err != nil {
		return nil, fmt.Errorf("read villages: %w", err)
	}
	for i, v := range x.list {
		n := int32(i)
		x.byID[v.ID], x.byCode[v.Code], x.inReach[v.CommuneID] = n, n, true
		_, bare := place.SplitVillageName(v.Name)
		for _, commune := range []models.ID{v.CommuneID, {}} {
			for _, kind := range []string{v.Kind, ""} {
				x.name(nameKey(commune, kind, bare), n)
			}
		}
	}
	if err := x.nameFormer(); err != nil {
		return nil, err
	}
	if f.CommuneCode != "" {
		if x.commune = x.communeOf(f.CommuneCode); x.commune.reason != "" {
			return nil, models.InvalidField("commune", x.commune.reason)
		}
	}
	return x, nil
}

func nameKey(commune models.ID, kind, name string) string {
	return string(commune[:]) + kind + "|" + models.Fold(name)
}

func (x *villageIndex) name(key string, n int32) {
	if old, ok := x.byName[key]; ok && old != n {
		n = ambiguous
	}
	x.byName[key] = n
}

// rowPlace is what a row says of where its household is: commune and village,
// each by code, by name or by both.
type rowPlace struct{ communeCode, commune, code, name string }

// find answers the village of a row: by its code, or by its name in the commune
// that the row or the file names, or by a name that occurs once in reach. What
// is said twice must say the same.
func (x *villageIndex) find(p rowPlace) villageAnswer {
	a, ok := x.answers[p]
	if !ok {
		a = x.seek(p)
		x.answers[p] = a
	}
	return a
}

func (x *villageIndex) seek(p rowPlace) villageAnswer {
	in, wrong := x.communeSaid(p)
	if wrong.reason != "" {
		return wrong
	}
	column, n, ok := colVillageCode, int32(0), false
	switch {
	case p.code != "":
		n, ok = x.code(p.code)
	case p.name != "":
		column = colVillage
		// A column of villages may hold codes.
		if n, ok = x.code(p.name); !ok {
			n, ok = x.named(in, p.name)
		}
	default:
		return villageAnswer{column: colVillage, reason: "required"}
	}
	switch {
	case !ok:
		return villageAnswer{column: column, reason: "unknown_village"}
	case n == ambiguous:
		return villageAnswer{column: column, reason: "ambiguous_village"}
	case !in.id.IsZero() && x.list[n].CommuneID != in.id:
		return villageAnswer{column: column, reason: "village_in_other_commune", hint: x.list[n].CommuneName}
	case p.code != "" && x.another(n, p.name):
		return villageAnswer{column: colVillage, reason: "other_than_code", hint: x.list[n].Name}
	}
	return villageAnswer{village: n}
}

// communeSaid answers the commune that a row or the file means; wrong says why
// it cannot be told. A name that is known and belongs to another commune than
// the code is a mistake in one of them, and nobody here can say in which.
func (x *villageIndex) communeSaid(p rowPlace) (in communeAnswer, wrong villageAnswer) {
	column, first := colCommuneCode, p.communeCode
	if first == "" {
		column, first = colCommune, p.commune
	}
	if first == "" {
		return x.commune, wrong
	}
	if in = x.communeOf(first); in.reason != "" {
		return in, villageAnswer{column: column, reason: in.reason, hint: in.hint}
	}
	if p.communeCode != "" && p.commune != "" {
		if named := x.communeOf(p.commune); named.reason == "" && !named.id.IsZero() && !in.id.IsZero() && named.id != in.id {
			return in, villageAnswer{column: colCommune, reason: "other_than_code", hint: x.communeName(in.id)}
		}
	}
	return in, wrong
}

// communeName is the name of a commune in reach, "" where no village tells it.
func (x *villageIndex) communeName(id models.ID) string {
	for _, v := range x.list {
		if v.CommuneID == id {
			return v.CommuneName
		}
	}
	return ""
}

// another tells whether a name beside a village's code is that of one other
// village of the same commune. A name that is no village's may be an old or
// local one.
func (x *villageIndex) another(n int32, name string) bool {
	if name == "" {
		return false
	}
	m, ok := x.code(name)
	if !ok {
		m, ok = x.named(communeAnswer{id: x.list[n].CommuneID}, name)
	}
	return ok && m != n && m != ambiguous
}

func (x *villageIndex) code(s string) (int32, bool) {
	if !place.IsVillageCode(s) {
		return 0, false
	}
	code, err := place.NormalizeVillageCode(s)
	if err != nil {
		return 0, false
	}
	n, ok := x.byCode[code]
	return n, ok
}

// named looks for a name, first with the kind in front of it ("Thôn 3"), then
// for the bare name, of whatever kind; and first among the villages of the
// commune that the file means, then among those of its successor.
func (x *villageIndex) named(in communeAnswer, s string) (int32, bool) {
	kind, bare := place.SplitVillageName(s)
	communes := []models.ID{in.id}
	switch {
	case !in.was.IsZero() && in.id.IsZero():
		communes = []models.ID{in.was}
	case !in.was.IsZero():
		communes = []models.ID{in.was, in.id}
	}
	for _, commune := range communes {
		for _, k := range []string{kind, ""} {
			if n, ok := x.byName[nameKey(commune, k, bare)]; ok {
				return n, ok
			}
		}
	}
	return 0, false
}
