package place

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// LoadAreas brings the areas, their succession and their second codes into the
// database and answers how many rows were new or changed: none when the files
// are loaded again. The error is KindInvalid with code "broken_area_file",
// naming file, row and column; nothing is written then.
func (p *Places) LoadAreas(ctx context.Context, files AreaFiles) (n int, err error) {
	units, mergers, err := readAreaFiles(files)
	if err != nil {
		return 0, err
	}
	now := p.db.Clock().Now()
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		l := &loader{tx: tx, now: now}
		if err := l.run(units, mergers); err != nil {
			return err
		}
		n = l.written
		return nil
	})
	return n, err
}

// loader holds one run of LoadAreas.
type loader struct {
	tx      *gorm.DB
	now     time.Time
	known   []areaRecord
	written int
}

// areaRecord is a row of the table areas.
type areaRecord struct {
	Area
	NameFold string
	Source   string
}

func (l *loader) run(units []unit, mergers []merger) error {
	if err := l.tx.Raw("SELECT * FROM areas").Scan(&l.known).Error; err != nil {
		return err
	}
	// Parents before children: the files of every period are in that order, and
	// a unit's parent is the one valid when the unit ends.
	for _, level := range []string{LevelProvince, LevelDistrict, LevelCommune} {
		if err := l.level(units, level); err != nil {
			return err
		}
	}
	if err := l.successions(append(mergers, l.renamed(units, mergers)...)); err != nil {
		return err
	}
	return l.aliases()
}

// at finds the area that has a code on a day.
func (l *loader) at(code, day string) (areaRecord, bool) {
	for _, a := range l.known {
		if a.Code == code && a.ValidFrom <= day && a.ValidTo > day {
			return a, true
		}
	}
	return areaRecord{}, false
}

func (l *loader) level(units []unit, level string) error {
	var fresh []areaRecord
	for _, u := range units {
		if u.Level != level {
			continue
		}
		rec := areaRecord{Area: u.Area, NameFold: models.Fold(u.Name), Source: u.source}
		if err := l.place(&rec, u.parentCode); err != nil {
			return err
		}
		old, there := l.same(rec)
		if !there {
			rec.ID = models.NewID(l.now)
			if level == LevelProvince {
				rec.ProvinceID = rec.ID
			}
			fresh = append(fresh, rec)
			continue
		}
		rec.ID = old.ID
		if level == LevelProvince {
			rec.ProvinceID = rec.ID
		}
		if err := l.update(old, rec); err != nil {
			return err
		}
	}
	l.known = append(l.known, fresh...)
	return l.insert(fresh)
}

// place fills in the parent: the one valid on the unit's last day.
func (l *loader) place(rec *areaRecord, parentCode string) error {
	if parentCode == "" {
		return nil
	}
	parent, ok := l.at(parentCode, dayBefore(rec.ValidTo))
	if !ok {
		return badFile("area "+rec.Code, "invalid_parent")
	}
	rec.ParentID, rec.ProvinceID = parent.ID, parent.ProvinceID
	return nil
}

func (l *loader) same(rec areaRecord) (areaRecord, bool) {
	for _, a := range l.known {
		if a.Code == rec.Code && a.ValidFrom == rec.ValidFrom {
			return a, true
		}
	}
	return areaRecord{}, false
}

func (l *loader) update(old, rec areaRecord) error {
	if old == rec {
		return nil
	}
	l.written++
	for i := range l.known {
		if l.known[i].ID == rec.ID {
			l.known[i] = rec
		}
	}
	return store.One(l.tx.Exec(`UPDATE areas SET parent_id = ?, province_id = ?, level = ?, kind = ?, name = ?, full_name = ?,
		name_fold = ?, valid_to = ?, source = ? WHERE id = ?`,
		rec.ParentID, rec.ProvinceID, rec.Level, rec.Kind, rec.Name, rec.FullName, rec.NameFold, rec.ValidTo, rec.Source, rec.ID),
		store.ErrRetry)
}

func (l *loader) insert(fresh []areaRecord) error {
	if len(fresh) == 0 {
		return nil
	}
	l.written += len(fresh)
	err := l.tx.Table("areas").CreateInBatches(fresh, 200).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // another process loads the same files
	}
	return err
}

// renamed finds the units that a change of 2024 only renamed or raised in kind:
// same code before and after, no line of their own in the succession file.
func (l *loader) renamed(units []unit, mergers []merger) []merger {
	listed := map[string]bool{}
	for _, m := range mergers {
		listed[m.on+m.oldCode] = true
	}
	var out []merger
	for _, u := range units {
		if u.ValidTo != reform2024 || listed[reform2024+u.Code] {
			continue
		}
		if next, ok := l.at(u.Code, reform2024); ok {
			out = append(out, merger{u.Code, u.FullName, next.Code, next.FullName, ExtentWhole, ExtentWhole, reform2024, source1199})
		}
	}
	return out
}

func (l *loader) successions(mergers []merger) error {
	type pair struct{ OldID, NewID models.ID }
	var pairs []pair
	if err := l.tx.Raw("SELECT old_id, new_id FROM area_successions").Scan(&pairs).Error; err != nil {
		return err
	}
	known := map[pair]bool{}
	for _, p := range pairs {
		known[p] = true
	}
	for _, m := range mergers {
		before, ok1 := l.at(m.oldCode, dayBefore(m.on))
		after, ok2 := l.at(m.newCode, m.on)
		if !ok1 || !ok2 || models.Fold(before.FullName) != models.Fold(m.oldName) || models.Fold(after.FullName) != models.Fold(m.newName) {
			return badFile("succession "+m.oldCode+" to "+m.newCode, "unknown_area")
		}
		if known[pair{before.ID, after.ID}] {
			continue
		}
		l.written++
		err := l.tx.Exec("INSERT INTO area_successions (old_id, new_id, extent, people, on_date, source) VALUES (?, ?, ?, ?, ?, ?)",
			before.ID, after.ID, m.extent, m.people, m.on, clip(m.source, 200)).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) aliases() error {
	for _, a := range knownAliases {
		target, ok := l.at(a.target, reform2025)
		if !ok || target.FullName != a.name {
			continue // the files of another province
		}
		there, err := exists(l.tx, "SELECT 1 FROM area_aliases WHERE code = ?", a.code)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		l.written++
		err = l.tx.Exec("INSERT INTO area_aliases (code, area_id, reason) VALUES (?, ?, ?)", a.code, target.ID, a.reason).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		if err != nil {
			return err
		}
	}
	return nil
}
