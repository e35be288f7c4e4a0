package place

import (
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
)

// nowhere is the condition of a reach with nothing in it.
const nowhere = "1 = 0"

// AreaInReach tells whether an area, of any time, is one of the reach's areas
// or lies below one. Areas that ended belong to whoever has their province.
func AreaInReach(tx *gorm.DB, reach models.Reach, areaID models.ID) (bool, error) {
	if reach.All || len(reach.Areas) == 0 {
		return reach.All, nil
	}
	return exists(tx, "SELECT 1 FROM areas WHERE id = ? AND (id IN ? OR parent_id IN ? OR province_id IN ?) LIMIT 1",
		areaID, reach.Areas, reach.Areas, reach.Areas)
}

// InReach tells whether a village belongs today to one of the reach's areas. A
// village that is closed belongs to its last commune.
func InReach(tx *gorm.DB, reach models.Reach, villageID models.ID) (bool, error) {
	if reach.All || len(reach.Areas) == 0 {
		return reach.All, nil
	}
	commune, province, err := VillageCommune(tx, villageID, dbToday(tx))
	if models.KindOf(err) == models.KindNotFound {
		commune, province, err = lastCommune(tx, villageID)
	}
	if models.KindOf(err) == models.KindNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, a := range reach.Areas {
		if a == commune || a == province {
			return true, nil
		}
	}
	return false, nil
}

// VillageFilter makes the condition that restricts column, a village id, to
// the reach's areas as of day on. It is "1 = 1" for all and "1 = 0" for
// nothing. column is a name written in the program, never input.
func VillageFilter(reach models.Reach, column, on string) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	if len(reach.Areas) == 0 {
		return nowhere, nil
	}
	return column + ` IN (SELECT vc.village_id FROM village_communes vc JOIN areas ra ON ra.id = vc.commune_id
		WHERE vc.valid_from <= ? AND vc.valid_to > ? AND (ra.id IN ? OR ra.province_id IN ?))`,
		[]any{on, on, reach.Areas, reach.Areas}
}

// ClassFilter makes the condition that restricts column, a class id, to the
// reach: its classes, all classes of its schools, and those of the schools in
// its areas. column is a name written in the program, never input.
func ClassFilter(reach models.Reach, column string) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	var parts []string
	if len(reach.Classes) > 0 {
		parts, args = append(parts, column+" IN ?"), append(args, reach.Classes)
	}
	if len(reach.Schools) > 0 {
		parts = append(parts, column+" IN (SELECT rc.id FROM school_classes rc WHERE rc.school_id IN ?)")
		args = append(args, reach.Schools)
	}
	if len(reach.Areas) > 0 {
		parts = append(parts, column+` IN (SELECT rc.id FROM school_classes rc JOIN schools rs ON rs.id = rc.school_id
			JOIN areas ra ON ra.id = rs.commune_id WHERE ra.id IN ? OR ra.province_id IN ?)`)
		args = append(args, reach.Areas, reach.Areas)
	}
	if len(parts) == 0 {
		return nowhere, nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// CourseFilter is ClassFilter for rows that belong to a course as well: a place
// that is open for one course counts for the rows of that course. class and
// course are names written in the program, never input.
func CourseFilter(reach models.Reach, class, course string) (where string, args []any) {
	where, args = ClassFilter(reach, class)
	for _, g := range reach.Limited {
		part, more := ClassFilter(models.Reach{Limited: []models.Grant{g}}.In(g.Course), class)
		where += " OR (" + course + " = ? AND " + part + ")"
		args = append(append(args, g.Course), more...)
	}
	return "(" + where + ")", args
}

// SchoolFilter makes the condition that restricts column, a school id, to the
// reach's schools and those in its areas; a class alone does not open its
// school.
func SchoolFilter(reach models.Reach, column string) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	var parts []string
	if len(reach.Schools) > 0 {
		parts, args = append(parts, column+" IN ?"), append(args, reach.Schools)
	}
	if len(reach.Areas) > 0 {
		parts = append(parts, column+` IN (SELECT rs.id FROM schools rs
			JOIN areas ra ON ra.id = rs.commune_id WHERE ra.id IN ? OR ra.province_id IN ?)`)
		args = append(args, reach.Areas, reach.Areas)
	}
	if len(parts) == 0 {
		return nowhere, nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// ClassInReach tells whether a class is in the reach, by the rule of
// ClassFilter.
func ClassInReach(tx *gorm.DB, reach models.Reach, classID models.ID) (bool, error) {
	where, args := ClassFilter(reach, "c.id")
	return exists(tx, "SELECT 1 FROM school_classes c WHERE c.id = ? AND "+where+" LIMIT 1", append([]any{classID}, args...)...)
}

// SchoolInReach tells whether a school is in the reach, by the rule of
// SchoolFilter.
func SchoolInReach(tx *gorm.DB, reach models.Reach, schoolID models.ID) (bool, error) {
	where, args := SchoolFilter(reach, "s.id")
	return exists(tx, "SELECT 1 FROM schools s WHERE s.id = ? AND "+where+" LIMIT 1", append([]any{schoolID}, args...)...)
}

func exists(tx *gorm.DB, query string, args ...any) (bool, error) {
	var found int
	err := tx.Raw(query, args...).Scan(&found).Error
	return found == 1, err
}
