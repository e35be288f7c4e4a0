package household

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// kept is a household that the database already has under a register's code.
type kept struct {
	Household Household `gorm:"embedded"`
	Moved     int       // 1 when somebody moved it by hand
}

// keptOf reads the households of up to 500 codes.
func keptOf(tx *gorm.DB, refs []string) (map[string]kept, error) {
	var rows []kept
	err := tx.Raw("SELECT "+householdColumns+`, CASE WHEN EXISTS
		(SELECT 1 FROM household_events e WHERE e.household_id = h.id AND e.kind = 'moved') THEN 1 ELSE 0 END AS moved
		FROM households h WHERE h.external_ref IN ?`, refs).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for households: %w", err)
	}
	found := make(map[string]kept, len(rows))
	for _, k := range rows {
		found[*k.Household.ExternalRef] = k
	}
	return found, nil
}

// compare sets every entry against what is kept: new, changed, unchanged or in
// conflict, and counts what is kept but missing from the file.
func (in *intake) compare(tx *gorm.DB) error {
	if err := in.notOlder(tx); err != nil {
		return err
	}
	var any int
	if err := tx.Raw("SELECT 1 FROM households WHERE external_ref IS NOT NULL LIMIT 1").Scan(&any).Error; err != nil {
		return fmt.Errorf("look for households: %w", err)
	}
	if any == 0 {
		for i := range in.entries {
			if in.entries[i].state != leftOut {
				in.entries[i].state = isNew
				in.rep.New++
			}
		}
		return nil
	}
	refs := make([]string, 0, store.MaxRows)
	for from := 0; from < len(in.entries); from += store.MaxRows {
		part := in.entries[from:min(from+store.MaxRows, len(in.entries))]
		refs = refs[:0]
		for _, e := range part {
			refs = append(refs, e.ref)
		}
		found, err := keptOf(tx, refs)
		if err != nil {
			return err
		}
		names, err := membersKept(tx, part, found)
		if err != nil {
			return err
		}
		for i := range part {
			if part[i].state != leftOut {
				in.place(&part[i], found, names)
			}
		}
	}
	return in.countMissing(tx)
}

// place decides what one entry means.
func (in *intake) place(e *entry, found map[string]kept, names membersOfHomes) {
	k, ok := found[e.ref]
	if !ok {
		e.state = isNew
		in.rep.New++
		return
	}
	if reason := in.conflict(*e, k); reason != "" {
		in.fail(e.sheet, int(e.row), "", reason)
		in.leaveOut(e)
		return
	}
	e.state = unchanged
	if in.differs(*e, k, names) {
		e.state = isChanged
		in.rep.Changed++
		return
	}
	in.rep.Unchanged++
}

// conflict says why an entry must not touch the household kept under its code.
func (in *intake) conflict(e entry, k kept) string {
	h := k.Household
	if h.State != StateActive || h.VillageID == in.villages.list[e.village].ID {
		return ""
	}
	at, ok := in.villages.byID[h.VillageID]
	switch {
	case !ok:
		return "code_elsewhere" // out of reach, or in a village that is closed
	case !in.moves(e, k):
		return ""
	case in.villages.list[at].CommuneID != in.villages.list[e.village].CommuneID:
		return "code_in_other_commune"
	}
	return ""
}

// moves tells whether the register puts the household elsewhere: not when
// somebody moved it on or after the register's day.
func (in *intake) moves(e entry, k kept) bool {
	h := k.Household
	if h.State != StateActive || h.VillageID == in.villages.list[e.village].ID {
		return false
	}
	return in.file.AsOf > h.VillageSince || in.file.AsOf == h.VillageSince && k.Moved == 0
}

func (in *intake) differs(e entry, k kept, names membersOfHomes) bool {
	h := k.Household
	if h.State != StateActive {
		return false
	}
	if h.HeadName != e.head || in.moves(e, k) {
		return true
	}
	return slices.ContainsFunc(e.members, func(m member) bool {
		born, ok := names[h.ID][m.key()]
		return !ok || m.born != 0 && m.born != born
	})
}

// key is what makes a member the same one.
func (m member) key() string { return m.relation + "|" + cut(models.Fold(m.name), 160) }

// membersOfHomes are the years of birth (0: unknown) by household and key.
type membersOfHomes map[models.ID]map[string]int

// membersKept reads the members of the households kept for some entries, if any
// of these brings members.
func membersKept(tx *gorm.DB, part []entry, found map[string]kept) (membersOfHomes, error) {
	var ids []models.ID
	for _, e := range part {
		if k, ok := found[e.ref]; ok && len(e.members) > 0 {
			ids = append(ids, k.Household.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []struct {
		HouseholdID        models.ID
		NameFold, Relation string
		Born               int
	}
	err := tx.Raw("SELECT household_id, name_fold, relation, COALESCE(birth_year, 0) AS born FROM household_members WHERE household_id IN ?", ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	names := membersOfHomes{}
	for _, r := range rows {
		if names[r.HouseholdID] == nil {
			names[r.HouseholdID] = map[string]int{}
		}
		names[r.HouseholdID][r.Relation+"|"+r.NameFold] = r.Born
	}
	return names, nil
}

// notOlder refuses a register older than one that a commune already has.
func (in *intake) notOlder(tx *gorm.DB) error {
	var newer []struct{ AreaID models.ID }
	err := tx.Raw("SELECT ra.area_id FROM register_areas ra JOIN household_registers r ON r.id = ra.register_id WHERE r.as_of > ?",
		in.file.AsOf).Scan(&newer).Error
	if err != nil {
		return fmt.Errorf("read registers: %w", err)
	}
	for _, n := range newer {
		if in.communes[n.AreaID] {
			return models.Conflict("older_register")
		}
	}
	return nil
}

// countMissing counts the households of the file's communes that it lacks.
func (in *intake) countMissing(tx *gorm.DB) error {
	var villages []models.ID
	for _, v := range in.villages.list {
		if in.communes[v.CommuneID] {
			villages = append(villages, v.ID)
		}
	}
	for chunk := range slices.Chunk(villages, store.MaxRows) {
		rows, err := tx.Raw("SELECT external_ref FROM households WHERE village_id IN ? AND state = ? AND external_ref IS NOT NULL", chunk, StateActive).Rows()
		if err != nil {
			return fmt.Errorf("look for missing households: %w", err)
		}
		for rows.Next() {
			var ref string
			if err = rows.Scan(&ref); err != nil {
				break
			}
			if _, ok := in.byRef[ref]; !ok {
				in.rep.Missing++
			}
		}
		if err == nil {
			err = rows.Err()
		}
		rows.Close()
		if err != nil {
			return fmt.Errorf("look for missing households: %w", err)
		}
	}
	return nil
}
