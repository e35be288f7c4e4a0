package signoff

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/coverage"
)

// Line is one month of a unit in the list of months.
type Line struct {
	Month    Month      `json:"month"`
	State    string     `json:"state"`   // StateLocked, StateRunning, StateOpen, or LineBefore
	Figures  *Figures   `json:"figures"` // frozen ones; null while the month is open
	LockedAt *time.Time `json:"locked_at"`
	LockedBy string     `json:"locked_by"`
	Unlocked int        `json:"unlocked"` // how often it was unlocked
}

// LineBefore marks a month that was over before the province began to lock
// months: it is never signed.
const LineBefore = "before"

// maxLines is how many months a list has, the running one included.
const maxLines = 37

// Months lists the months of a unit from the first that has any figures, the
// newest first. The actor needs read_sign_off with the unit in reach.
func (s *SignOff) Months(ctx context.Context, actor models.Actor, at Place) (u Unit, lines []Line, err error) {
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		spot, _, err := s.open(tx, actor, models.ActReadSignOff, at)
		if err != nil {
			return err
		}
		if u, err = nameOf(tx, spot); err != nil {
			return err
		}
		locks, err := locksOf(tx, spot.province.ID)
		if err != nil {
			return err
		}
		frozen, err := frozenOf(tx, spot.id)
		if err != nil {
			return err
		}
		first, err := firstMonth(tx, spot.province.ID, s.clock.Today())
		if err != nil {
			return err
		}
		lines = linesOf(monthOf(s.clock.Today()), first, locks, frozen)
		return nil
	})
	return u, lines, err
}

// linesOf puts the list together.
func linesOf(now, first Month, locks []Lock, frozen map[models.ID]Figures) []Line {
	list := []Line{}
	latest := lastLocked(locks)
	for m := now; m >= first && len(list) < maxLines; m = m.prev() {
		line := Line{Month: m, State: StateOpen}
		switch {
		case m == now:
			line.State = StateRunning
		case m < latest:
			line.State = LineBefore
		}
		for _, l := range locks {
			if l.Month != m {
				continue
			}
			if l.Live == nil {
				line.Unlocked++
				continue
			}
			at := l.LockedAt.UTC()
			line.State, line.LockedAt, line.LockedBy = StateLocked, &at, l.LockedName
			if f, ok := frozen[l.ID]; ok {
				line.Figures = &f
			}
		}
		list = append(list, line)
	}
	return list
}

// frozenOf answers the figures of a unit under every lock.
func frozenOf(tx *gorm.DB, unit models.ID) (map[models.ID]Figures, error) {
	var rows []struct {
		LockID models.ID
		Figures
	}
	err := tx.Raw("SELECT lock_id, households, known, covered, pupils, certified, passes FROM signoff_figures WHERE unit_id = ?", unit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read frozen figures: %w", err)
	}
	found := make(map[models.ID]Figures, len(rows))
	for _, r := range rows {
		found[r.LockID] = r.Figures
	}
	return found, nil
}

// firstMonth is the first month with any household in a province; the running
// one where there is none.
func firstMonth(tx *gorm.DB, provinceID models.ID, today string) (Month, error) {
	day, err := coverage.FirstDay(tx, provinceID, today)
	if err != nil || day == "" || day > today {
		return monthOf(today), err
	}
	return monthOf(day), nil
}

// nameOf names a unit that was found.
func nameOf(tx *gorm.DB, at spot) (Unit, error) {
	query := "SELECT id, level AS kind, code, full_name AS name FROM areas WHERE id = ?"
	if at.kind == KindSchool {
		query = "SELECT id, 'school' AS kind, code, name FROM schools WHERE id = ?"
	}
	var u Unit
	if err := tx.Raw(query, at.id).Scan(&u).Error; err != nil {
		return Unit{}, fmt.Errorf("name unit: %w", err)
	}
	return u, nil
}

// Waiting is a month that waits for the caller.
type Waiting struct {
	Unit  Unit   `json:"unit"`
	Month Month  `json:"month"`
	State string `json:"state"` // StateOpen, StateChanged or StateReturned; for a province also StateWaiting
}

// WaitingFor lists the caller's own schools, communes and provinces whose last
// month is over and not signed: what the reminder shows. At most 20 units.
func (s *SignOff) WaitingFor(ctx context.Context, actor models.Actor) ([]Waiting, error) {
	list := []Waiting{}
	if _, err := models.Allow(actor, models.ActReadSignOff); err != nil {
		return list, err
	}
	m := monthOf(s.clock.Today()).prev()
	err := s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		list = list[:0]
		places, err := ownPlaces(tx, actor)
		for _, at := range places {
			var spot spot
			if spot, _, err = s.open(tx, actor, models.ActReadSignOff, at); err != nil {
				return err
			}
			w, waits, err := s.waits(tx, spot, m)
			if err != nil {
				return err
			}
			if waits {
				list = append(list, w)
			}
		}
		return err
	})
	return list, err
}

func (s *SignOff) waits(tx *gorm.DB, spot spot, m Month) (Waiting, bool, error) {
	locks, err := locksOf(tx, spot.province.ID)
	if err != nil || lastLocked(locks) >= m {
		return Waiting{}, false, err
	}
	t, err := liveTree(tx, spot.province, m, s.clock.Today(), spot.only())
	if err != nil || t.units[spot.id] == nil {
		return Waiting{}, false, err
	}
	last, err := lastSteps(tx, m)
	if err != nil {
		return Waiting{}, false, err
	}
	state := t.stand(last)[spot.id]
	waits := state == StateOpen || state == StateChanged || state == StateReturned || state == StateWaiting && spot.kind == KindProvince
	return Waiting{Unit: *t.units[spot.id], Month: m, State: state}, waits, nil
}

// ownPlaces are the units an actor signs for: where its grants say so itself.
func ownPlaces(tx *gorm.DB, actor models.Actor) ([]Place, error) {
	var places []Place
	for _, g := range actor.Grants {
		switch {
		case g.Scope == models.ScopeSchool && (g.Role == models.RoleHead || g.Role == models.RoleSchoolAdmin):
			places = append(places, Place{School: g.At})
		case g.Scope == models.ScopeArea && (g.Role == models.RoleCommuneOfficer || g.Role == models.RoleDeptOfficer):
			var code string
			if err := tx.Raw("SELECT code FROM areas WHERE id = ?", g.At).Scan(&code).Error; err != nil {
				return nil, fmt.Errorf("name area: %w", err)
			}
			places = append(places, Place{Code: code})
		}
		if len(places) == 20 {
			break
		}
	}
	return places, nil
}
