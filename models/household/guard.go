package household

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// guard makes this transaction collide with every other that guards the same
// person or village since this one's snapshot was taken; see the package
// comment. The error is store.ErrRetry when there was one.
func guard(tx *gorm.DB, id models.ID) error {
	var versions []int
	if err := tx.Raw("SELECT version FROM household_guards WHERE id = ?", id).Scan(&versions).Error; err != nil {
		return fmt.Errorf("read guard: %w", err)
	}
	if len(versions) == 0 {
		err := tx.Exec("INSERT INTO household_guards (id, version) VALUES (?, 1)", id).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	}
	return store.One(tx.Exec("UPDATE household_guards SET version = version + 1 WHERE id = ? AND version = ?", id, versions[0]),
		store.ErrRetry)
}

// guardAll is guard for many persons or villages in at most three statements.
func guardAll(tx *gorm.DB, ids []models.ID) error {
	var kept []struct {
		ID      models.ID
		Version int
	}
	if err := tx.Raw("SELECT id, version FROM household_guards WHERE id IN ?", ids).Scan(&kept).Error; err != nil {
		return fmt.Errorf("read guards: %w", err)
	}
	there := make(map[models.ID]bool, len(kept))
	var same []any
	for _, k := range kept {
		there[k.ID] = true
		same = append(same, k.ID, k.Version)
	}
	var fresh []any
	for _, id := range ids {
		if !there[id] {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) > 0 {
		err := tx.Exec("INSERT INTO household_guards (id, version) VALUES (?, 1)"+strings.Repeat(", (?, 1)", len(fresh)-1), fresh...).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return fmt.Errorf("write guards: %w", err)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	res := tx.Exec("UPDATE household_guards SET version = version + 1 WHERE (id = ? AND version = ?)"+strings.Repeat(" OR (id = ? AND version = ?)", len(kept)-1), same...)
	if res.Error != nil {
		return fmt.Errorf("raise guards: %w", res.Error)
	}
	if int(res.RowsAffected) != len(kept) {
		return store.ErrRetry
	}
	return nil
}

// enter guards a village that a household is about to enter and makes sure that
// it is still open: a village being merged closes before it is emptied.
func enter(tx *gorm.DB, villageID models.ID, today string) error {
	if err := guard(tx, villageID); err != nil {
		return err
	}
	var open int
	err := tx.Raw("SELECT 1 FROM villages WHERE id = ? AND valid_from <= ? AND valid_to > ?", villageID, today, today).Scan(&open).Error
	if err != nil {
		return fmt.Errorf("look for village: %w", err)
	}
	if open == 0 {
		return models.Conflict("village_closed")
	}
	return nil
}
