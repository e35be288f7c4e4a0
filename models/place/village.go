package place

import (
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// VillageCommune answers the commune a village belongs to on a day, and its
// province. The error is KindNotFound when there is no such village or it
// belonged to none that day.
func VillageCommune(tx *gorm.DB, villageID models.ID, on string) (communeID, provinceID models.ID, err error) {
	return communeRow(tx.Raw(`SELECT vc.commune_id, a.province_id FROM village_communes vc JOIN areas a ON a.id = vc.commune_id
		WHERE vc.village_id = ? AND vc.valid_from <= ? AND vc.valid_to > ?`, villageID, on, on))
}

// lastCommune is where a village belonged at its end, or will at its start.
func lastCommune(tx *gorm.DB, villageID models.ID) (communeID, provinceID models.ID, err error) {
	return communeRow(tx.Raw(`SELECT vc.commune_id, a.province_id FROM village_communes vc JOIN areas a ON a.id = vc.commune_id
		WHERE vc.village_id = ? ORDER BY vc.valid_from DESC LIMIT 1`, villageID))
}

func communeRow(q *gorm.DB) (communeID, provinceID models.ID, err error) {
	var row struct{ CommuneID, ProvinceID models.ID }
	if err := q.Scan(&row).Error; err != nil {
		return models.ID{}, models.ID{}, err
	}
	if row.CommuneID.IsZero() {
		return models.ID{}, models.ID{}, models.NotFound()
	}
	return row.CommuneID, row.ProvinceID, nil
}

// villageSelect reads villages with the commune of one day: the first argument
// of every query made of it is that day, twice. A village that is closed is
// shown with its last commune.
const villageSelect = `SELECT v.id, v.code, v.kind, v.name, v.valid_from, v.valid_to,
	a.id AS commune_id, a.code AS commune_code, a.name AS commune_name
	FROM villages v JOIN village_communes vc ON vc.village_id = v.id JOIN areas a ON a.id = vc.commune_id `

// VillageByID reads a village with its commune on a day. KindNotFound when it
// does not exist on that day.
func VillageByID(tx *gorm.DB, id models.ID, on string) (Village, error) {
	return oneVillage(tx.Raw(villageSelect+"WHERE vc.valid_from <= ? AND vc.valid_to > ? AND v.id = ?", on, on, id))
}

// VillageByCode reads a village by its code, however it is typed. KindInvalid
// with code "invalid_code" for a mistyped one; KindNotFound when it does not
// exist on that day.
func VillageByCode(tx *gorm.DB, code, on string) (Village, error) {
	code, err := NormalizeVillageCode(code)
	if err != nil {
		return Village{}, err
	}
	return oneVillage(tx.Raw(villageSelect+"WHERE vc.valid_from <= ? AND vc.valid_to > ? AND v.code = ?", on, on, code))
}

func oneVillage(q *gorm.DB) (Village, error) {
	var v Village
	if err := q.Scan(&v).Error; err != nil {
		return Village{}, err
	}
	if v.ID.IsZero() {
		return Village{}, models.NotFound()
	}
	return v, nil
}

// MoveVillageTx moves a village to another commune from day on. It changes the
// place only; the counters are coverage.MoveVillage's, which calls it. It
// answers the commune it came from. Errors: KindNotFound for an absent village
// or commune, KindInvalid "invalid_date" for a day before its present
// membership began, KindConflict "same_commune" and "village_closed".
func MoveVillageTx(tx *gorm.DB, villageID, toCommune models.ID, on, reason string, now time.Time) (fromCommune models.ID, err error) {
	if on, err = models.ParseDay(on); err != nil {
		return models.ID{}, err
	}
	target, err := areaRow(tx.Raw("SELECT * FROM areas WHERE id = ? AND level = ?", toCommune, LevelCommune))
	if err != nil {
		return models.ID{}, err
	}
	if on < target.ValidFrom || on >= target.ValidTo {
		return models.ID{}, models.InvalidField("body.on", "outside_validity")
	}
	open, err := openMembership(tx, villageID)
	if err != nil {
		return models.ID{}, err
	}
	switch {
	case open.CommuneID == toCommune:
		return models.ID{}, models.Conflict("same_commune")
	case on < open.ValidFrom || on > models.Day(now):
		return models.ID{}, models.InvalidField("body.on", "invalid_date")
	}
	if on == open.ValidFrom {
		// Entered the same day: the earlier entry never held.
		return open.CommuneID, store.One(tx.Exec("UPDATE village_communes SET commune_id = ?, reason = ? WHERE village_id = ? AND valid_from = ? AND commune_id = ? AND valid_to = ?",
			toCommune, clip(reason, 200), villageID, on, open.CommuneID, models.Forever), models.Conflict("village_changed"))
	}
	err = store.One(tx.Exec("UPDATE village_communes SET valid_to = ? WHERE village_id = ? AND valid_from = ? AND valid_to = ?",
		on, villageID, open.ValidFrom, models.Forever), models.Conflict("village_changed"))
	if err != nil {
		return models.ID{}, err
	}
	return open.CommuneID, insertMembership(tx, villageID, toCommune, on, reason)
}

type membership struct {
	CommuneID models.ID
	ValidFrom string
}

// openMembership is the membership without an end. A closed village has none:
// KindConflict "village_closed"; an absent one is KindNotFound.
func openMembership(tx *gorm.DB, villageID models.ID) (membership, error) {
	var m membership
	err := tx.Raw("SELECT commune_id, valid_from FROM village_communes WHERE village_id = ? AND valid_to = ?", villageID, models.Forever).Scan(&m).Error
	if err != nil {
		return m, err
	}
	if m.CommuneID.IsZero() {
		there, err := exists(tx, "SELECT 1 FROM villages WHERE id = ?", villageID)
		if err != nil {
			return m, err
		}
		if there {
			return m, models.Conflict("village_closed")
		}
		return m, models.NotFound()
	}
	return m, nil
}

func insertMembership(tx *gorm.DB, villageID, communeID models.ID, from, reason string) error {
	err := tx.Exec("INSERT INTO village_communes (village_id, valid_from, valid_to, commune_id, reason) VALUES (?, ?, ?, ?, ?)",
		villageID, from, models.Forever, communeID, clip(reason, 200)).Error
	if store.IsDuplicate(err) {
		return models.Conflict("village_changed")
	}
	return err
}

// CloseVillageTx ends a village on day on, merged into another (which must
// last) or, with a zero ID, dissolved. Its households are household's to move
// first. Errors as for MoveVillageTx; "merge_into_itself" and
// "merge_target_closed" are conflicts.
func CloseVillageTx(tx *gorm.DB, villageID, mergedInto models.ID, on string, now time.Time) error {
	on, err := models.ParseDay(on)
	if err != nil {
		return err
	}
	open, err := openMembership(tx, villageID)
	if err != nil {
		return err
	}
	if on <= open.ValidFrom || on > models.Day(now) {
		return models.InvalidField("body.on", "invalid_date")
	}
	if mergedInto == villageID {
		return models.Conflict("merge_into_itself")
	}
	if !mergedInto.IsZero() {
		target, err := openMembership(tx, mergedInto)
		if models.KindOf(err) == models.KindConflict {
			return models.Conflict("merge_target_closed")
		}
		if err != nil {
			return err
		}
		if on < target.ValidFrom {
			return models.InvalidField("body.on", "invalid_date")
		}
		// Written, so that two villages cannot be merged into each other at once.
		err = store.One(tx.Exec("UPDATE villages SET merged_into = NULL WHERE id = ? AND valid_to = ?", mergedInto, models.Forever),
			models.Conflict("merge_target_closed"))
		if err != nil {
			return err
		}
	}
	err = store.One(tx.Exec("UPDATE villages SET valid_to = ?, merged_into = ? WHERE id = ? AND valid_to = ?",
		on, mergedInto, villageID, models.Forever), models.Conflict("village_closed"))
	if err != nil {
		return err
	}
	return store.One(tx.Exec("UPDATE village_communes SET valid_to = ? WHERE village_id = ? AND valid_to = ?",
		on, villageID, models.Forever), models.Conflict("village_changed"))
}
