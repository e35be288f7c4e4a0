package place

import (
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// ClassCopies names the rows of this room that a laptop needs for school
// classes: the classes, their schools, and the areas above these.
func ClassCopies(tx *gorm.DB, classes []models.ID) ([]store.Copy, error) {
	var schools []models.ID
	if err := tx.Raw("SELECT DISTINCT school_id FROM school_classes WHERE id IN ?", classes).Scan(&schools).Error; err != nil {
		return nil, err
	}
	above, err := areasAbove(tx, schools)
	if err != nil {
		return nil, err
	}
	return []store.Copy{
		{Table: "areas", Key: []string{"id"}, Where: "id IN ?", Args: []any{above},
			Columns: "id:id code:text parent_id:id province_id:id level:text kind:text name:text full_name:text name_fold:text valid_from:text valid_to:text source:text"},
		{Table: "schools", Key: []string{"id"}, Where: "id IN ?", Args: []any{schools},
			Columns: "id:id code:text name:text name_fold:text school_type:text commune_id:id created_at:time"},
		{Table: "school_classes", Key: []string{"id"}, Where: "id IN ?", Args: []any{classes},
			Columns: "id:id school_id:id school_year:text grade:int name:text created_at:time"},
	}, nil
}

// areasAbove answers the communes of schools and everything above them.
func areasAbove(tx *gorm.DB, schools []models.ID) ([]models.ID, error) {
	var rows []struct{ ID, ParentID, ProvinceID models.ID }
	err := tx.Raw("SELECT DISTINCT a.id, a.parent_id, a.province_id FROM areas a JOIN schools s ON s.commune_id = a.id WHERE s.id IN ?", schools).Scan(&rows).Error
	ids := []models.ID{}
	seen := map[models.ID]bool{{}: true}
	for _, r := range rows {
		for _, id := range []models.ID{r.ID, r.ParentID, r.ProvinceID} {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids, err
}
