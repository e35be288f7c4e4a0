package coverage

import (
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// VillageFigures are the figures of one village and the commune in which it
// counts.
type VillageFigures struct {
	VillageID, CommuneID models.ID
	Kind, Name, Code     string
	Figures
}

// VillagesAsOf answers, in one statement, the figures of every village of a
// province or commune that had any at the end of a civil day, under the map of
// that day: what AsOf sums.
func VillagesAsOf(tx *gorm.DB, area Area, day string) ([]VillageFigures, error) {
	// Of a commune: every village that was ever in it; the map of the day decides below.
	where, within, args := "a.province_id = ?", "1 = 1", []any{}
	switch area.Level {
	case LevelProvince:
	case LevelCommune:
		where = "vc.commune_id = ?"
		within, args = "village_id IN (SELECT village_id FROM village_communes WHERE commune_id = ?)", []any{area.ID}
	default:
		return nil, models.Invalid("invalid_level")
	}
	parts, args := upTo(day, within, args)
	rows := []VillageFigures{}
	err := tx.Raw("SELECT s.village_id, vc.commune_id, v.kind, v.name, v.code, "+eachFigure("s.%", ", ")+
		" FROM (SELECT village_id, "+eachFigure("SUM(%) AS %", ", ")+" FROM ("+parts+") parts GROUP BY village_id) s JOIN villages v ON v.id = s.village_id"+
		inCommune("s.village_id")+"WHERE "+where+" AND ("+eachFigure("s.% <> 0", " OR ")+") ORDER BY v.name_fold, v.code",
		append(args, day, area.ID)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count villages as of a day: %w", err)
	}
	return rows, nil
}

// FirstDay is the first day that the ledger has anywhere in a province, ""
// when it has none.
func FirstDay(tx *gorm.DB, provinceID models.ID, today string) (string, error) {
	var day *string
	// A look-up per village: the index knows each one's first day.
	err := tx.Raw("SELECT MIN((SELECT MIN(l.on_date) FROM coverage_ledger l WHERE l.village_id = v.id)) FROM villages v"+
		inCommune("v.id")+"WHERE a.province_id = ?", today, provinceID).Scan(&day).Error
	if err != nil || day == nil {
		return "", err
	}
	return *day, nil
}
