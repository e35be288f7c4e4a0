package place

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// kinds are the words in front of an area's name, folded, with the short forms
// of files and letters.
var kinds = []struct {
	prefix string
	kinds  []string
}{
	{"thanh pho", []string{"thành phố"}},
	{"tp.", []string{"thành phố"}},
	{"tp", []string{"thành phố"}},
	{"thi tran", []string{"thị trấn"}},
	{"tt.", []string{"thị trấn"}},
	{"thi xa", []string{"thị xã"}},
	{"tx.", []string{"thị xã"}},
	{"dac khu", []string{"đặc khu"}},
	{"phuong", []string{"phường"}},
	{"p.", []string{"phường"}},
	{"huyen", []string{"huyện"}},
	{"tinh", []string{"tỉnh"}},
	{"xa", []string{"xã"}},
}

// splitKind cuts the kind off a folded name: "P. Hà Tu" → "p.", "ha tu".
func splitKind(s string) (prefix, name string) {
	s = models.Fold(s)
	for _, k := range kinds {
		rest, ok := strings.CutPrefix(s, k.prefix)
		if ok && rest != "" && (rest[0] == ' ' || strings.HasSuffix(k.prefix, ".")) && strings.TrimSpace(rest) != "" {
			return k.prefix, strings.TrimSpace(rest)
		}
	}
	return "", s
}

// nameIs is the condition for an area that bears the name, alone or with its
// kind in front. Both readings count, because without marks the ward
// "Phương Nam" and "phường Nam" are the same.
func nameIs(name string) (where string, args []any) {
	whole := models.Fold(name)
	prefix, bare := splitKind(name)
	if prefix == "" {
		return "name_fold = ?", []any{whole}
	}
	return "(name_fold = ? OR (name_fold = ? AND kind IN ?))", []any{whole, bare, kindsOf(prefix)}
}

func kindsOf(prefix string) []string {
	for _, k := range kinds {
		if k.prefix == prefix {
			return k.kinds
		}
	}
	return nil
}

// MatchName finds the one commune that a file means by a name on a day (today
// when on is empty). parentHint may name or number its province or district.
// The kind may stand before the name. Names that more than one commune bears,
// on that day or as unrelated communes at other times, are never matched by
// name alone: the error is KindConflict with code "ambiguous_name" unless kind
// or hint decide. KindNotFound when none bears it.
func (p *Places) MatchName(ctx context.Context, name, on, parentHint string) (Area, error) {
	on, err := p.dayOf(on)
	if err != nil {
		return Area{}, err
	}
	return MatchNameTx(p.db.Read(ctx), name, on, parentHint)
}

// MatchNameTx is MatchName inside a transaction; on must be a civil day.
func MatchNameTx(tx *gorm.DB, name, on, parentHint string) (Area, error) {
	where, args := nameIs(name)
	var found []Area
	err := tx.Table("areas").Where("level = ?", LevelCommune).Where(where, args...).Order("valid_from, code").Find(&found).Error
	if err != nil {
		return Area{}, err
	}
	found, err = underHint(tx, found, parentHint)
	if err != nil {
		return Area{}, err
	}
	live := slices.DeleteFunc(slices.Clone(found), func(a Area) bool { return a.ValidFrom > on || a.ValidTo <= on })
	switch {
	case len(live) == 0:
		return Area{}, models.NotFound()
	case len(live) > 1:
		return Area{}, models.Conflict("ambiguous_name")
	case len(found) == 1:
		return live[0], nil
	}
	related, err := relatives(tx, live[0].ID)
	if err != nil {
		return Area{}, err
	}
	for _, a := range found {
		if !related[a.ID] {
			return Area{}, models.Conflict("ambiguous_name")
		}
	}
	return live[0], nil
}

// underHint keeps the areas whose district or province the hint names.
func underHint(tx *gorm.DB, areas []Area, hint string) ([]Area, error) {
	if strings.TrimSpace(hint) == "" || len(areas) == 0 {
		return areas, nil
	}
	where, args := nameIs(hint)
	var above []models.ID
	err := tx.Table("areas").Select("id").Where("level <> ?", LevelCommune).
		Where("("+where+" OR code = ?)", append(args, NormalizeAreaCode(hint))...).Scan(&above).Error
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(areas, func(a Area) bool {
		return !slices.Contains(above, a.ParentID) && !slices.Contains(above, a.ProvinceID)
	}), nil
}

// relatives are the areas that an area came out of or went into, through any
// number of changes, itself included.
func relatives(tx *gorm.DB, id models.ID) (map[models.ID]bool, error) {
	seen := map[models.ID]bool{id: true}
	for _, q := range []string{
		"SELECT old_id FROM area_successions WHERE new_id IN ?",
		"SELECT new_id FROM area_successions WHERE old_id IN ?",
	} {
		front := []models.ID{id}
		for len(front) > 0 {
			var next []models.ID
			if err := tx.Raw(q, front).Scan(&next).Error; err != nil {
				return nil, err
			}
			front = slices.DeleteFunc(next, func(n models.ID) bool { return seen[n] })
			for _, n := range front {
				seen[n] = true
			}
		}
	}
	return seen, nil
}
