package household

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/coverage"
	"nhaso/models/store"
)

// write brings a validated file into the database; see ImportRegister for the
// order and why it may be cut off anywhere.
func (s *Households) write(ctx context.Context, actor models.Actor, in *intake) error {
	work := make([]int32, 0, in.rep.New+in.rep.Changed)
	for i, e := range in.entries {
		if e.state != unchanged && e.state != leftOut {
			work = append(work, int32(i))
		}
	}
	if len(work) == 0 {
		same, err := s.sameRegister(ctx, in)
		if same || err != nil {
			return err
		}
	}
	// Village by village: few ledger rows and guards a chunk.
	slices.SortStableFunc(work, func(a, b int32) int { return int(in.entries[a].village) - int(in.entries[b].village) })
	id, err := s.beginRegister(ctx, actor, in)
	if err != nil {
		return err
	}
	in.rep.RegisterID = id
	done := 0
	for chunk := range slices.Chunk(work, store.MaxRows) {
		if err := s.step("register chunk"); err != nil {
			return err
		}
		if err := s.writeChunk(ctx, actor, in, chunk); err != nil {
			return err
		}
		if done += len(chunk); in.file.Progress != nil {
			if err := in.file.Progress(done, len(work)); err != nil {
				return err
			}
		}
	}
	if err := s.step("register finish"); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error { return in.finish(tx, s.db.Clock().Now()) })
}

// sameRegister tells whether every commune of the file already rests on a
// register of the same source and day.
func (s *Households) sameRegister(ctx context.Context, in *intake) (bool, error) {
	var rows []struct {
		AreaID models.ID
		Source string
	}
	err := s.db.Read(ctx).Raw(`SELECT ra.area_id, r.source FROM register_areas ra
		JOIN household_registers r ON r.id = ra.register_id WHERE r.as_of = ?`, in.file.AsOf).Scan(&rows).Error
	if err != nil {
		return false, fmt.Errorf("read registers: %w", err)
	}
	same := 0
	for _, r := range rows {
		if in.communes[r.AreaID] && r.Source == in.file.Source {
			same++
		}
	}
	return same == len(in.communes), nil
}

// beginRegister writes the register's own row, not finished yet.
func (s *Households) beginRegister(ctx context.Context, actor models.Actor, in *intake) (models.ID, error) {
	now := s.db.Clock().Now()
	id := models.NewID(now)
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec(`INSERT INTO household_registers (id, source, as_of, file_hash, row_count, new_count, changed_count, imported_by, imported_at)
			VALUES (?,?,?,?,?,?,?,?,?)`, id, in.file.Source, in.file.AsOf, in.hash(), in.rep.Rows, in.rep.New, in.rep.Changed, actor.Account, now).Error
		if err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.RegisterWritten, Kind: audit.KindFile, Subject: id,
			Detail: audit.Detail{"rows": strconv.Itoa(in.rep.Rows), "new": strconv.Itoa(in.rep.New), "changed": strconv.Itoa(in.rep.Changed)}})
	})
	if err != nil {
		return id, fmt.Errorf("write register: %w", err)
	}
	return id, nil
}

// hash names the content of the file: its households, whatever the format.
func (in *intake) hash() string {
	h := sha256.New()
	for _, e := range in.entries {
		if e.state == leftOut {
			continue
		}
		fmt.Fprintf(h, "%s|%s|%s\n", e.ref, in.villages.list[e.village].Code, e.head)
		for _, m := range e.members {
			fmt.Fprintf(h, " %s|%s|%d\n", m.name, m.relation, m.born)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// chunkWriter is one transaction of an import.
type chunkWriter struct {
	*intake
	tx     *gorm.DB
	now    time.Time
	actor  models.Actor
	found  map[string]kept
	names  membersOfHomes
	deltas map[models.ID]int      // new households by village
	ids    map[string]models.ID   // of every household of the chunk, by ref
	moving map[int32][]Household  // by village of arrival
	fresh  []entry                // to be inserted
	guards map[models.ID]struct{} // villages entered
}

// writeChunk writes up to 500 households with their ledger rows. What is kept
// is read again inside the transaction: somebody may have changed it meanwhile.
func (s *Households) writeChunk(ctx context.Context, actor models.Actor, in *intake, chunk []int32) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		w := &chunkWriter{intake: in, tx: tx, now: s.db.Clock().Now(), actor: actor, deltas: map[models.ID]int{},
			ids: map[string]models.ID{}, moving: map[int32][]Household{}, guards: map[models.ID]struct{}{}}
		part := make([]entry, len(chunk))
		refs := make([]string, len(chunk))
		for i, at := range chunk {
			part[i] = in.entries[at]
			refs[i] = part[i].ref
		}
		var err error
		if w.found, err = keptOf(tx, refs); err != nil {
			return err
		}
		if w.names, err = membersKept(tx, part, w.found); err != nil {
			return err
		}
		for _, e := range part {
			if err := w.entry(e); err != nil {
				return err
			}
		}
		if err := w.insert(); err != nil {
			return err
		}
		if err := s.step("households inserted"); err != nil {
			return err
		}
		for village, list := range w.moving {
			if err := s.transfer(tx, list, in.villages.list[village].ID, in.file.AsOf, "register", in.rep.RegisterID, w.now); err != nil {
				return err
			}
		}
		if err := w.insertMembers(part); err != nil {
			return err
		}
		return w.record()
	})
}

// entry sorts one household into what is to be done with it and changes the
// head's name at once: that is rare.
func (w *chunkWriter) entry(e entry) error {
	village := w.villages.list[e.village].ID
	k, ok := w.found[e.ref]
	if !ok {
		w.fresh = append(w.fresh, e)
		w.deltas[village]++
		return w.enter(village)
	}
	h := k.Household
	w.ids[e.ref] = h.ID
	if h.State != StateActive {
		return nil
	}
	if w.conflict(e, k) != "" {
		return models.Conflict("register_changed") // a household came in between: import again
	}
	if h.HeadName != e.head {
		fold := cut(models.Fold(e.head), 160)
		err := store.One(w.tx.Exec("UPDATE households SET head_name = ?, head_fold = ?, head_sort = ?, register_id = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?",
			e.head, fold, sortFold(fold), w.rep.RegisterID, w.now, h.ID, h.Version), store.ErrRetry)
		if err != nil {
			return err
		}
		h.Version++
	}
	if w.moves(e, k) {
		w.moving[e.village] = append(w.moving[e.village], h)
		return w.enter(village)
	}
	return nil
}

func (w *chunkWriter) enter(village models.ID) error {
	if _, ok := w.guards[village]; ok {
		return nil
	}
	w.guards[village] = struct{}{}
	return enter(w.tx, village, w.today)
}

// insertRows is how many rows one INSERT carries. The SQLite driver looks for
// every variable among all of them, so that 500 rows a statement cost more than
// ten statements of 50 (measured: 2.3 times the whole import).
const insertRows = 50

// insert writes the new households. What is the same for all stands in the
// statement itself: binding is what costs.
func (w *chunkWriter) insert() error {
	for part := range slices.Chunk(w.fresh, insertRows) {
		args := make([]any, 0, 11*len(part))
		for _, e := range part {
			id := models.NewID(w.now)
			w.ids[e.ref] = id
			fold := cut(models.Fold(e.head), 160)
			args = append(args, id, models.NewCode(8), e.ref, w.villages.list[e.village].ID, w.file.AsOf, e.head, fold, sortFold(fold),
				w.rep.RegisterID, w.now, w.now)
		}
		values := strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,?,?,?,?,'active',0,0,1,?,?),", len(part)), ",")
		err := w.tx.Exec(`INSERT INTO households (id, code, external_ref, village_id, village_since, head_name, head_fold, head_sort, register_id,
			state, known, covered, version, created_at, updated_at) VALUES `+values, args...).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry // the same household from another import, or a code drawn twice
		}
		if err != nil {
			return fmt.Errorf("write households: %w", err)
		}
	}
	return nil
}

// insertMembers adds the members that are not there yet, and years of birth
// that are new; none is taken away.
func (w *chunkWriter) insertMembers(part []entry) error {
	var args []any
	n := 0
	flush := func() error {
		if n == 0 {
			return nil
		}
		values := strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,?,?),", n), ",")
		err := w.tx.Exec("INSERT INTO household_members (id, household_id, full_name, name_fold, relation, birth_year, created_at) VALUES "+values, args...).Error
		args, n = args[:0], 0
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	}
	for _, e := range part {
		household := w.ids[e.ref]
		for _, m := range e.members {
			if born, ok := w.names[household][m.key()]; ok {
				if err := w.bornIn(household, m, born); err != nil {
					return err
				}
				continue
			}
			args = append(args, models.NewID(w.now), household, m.name, cut(models.Fold(m.name), 160), m.relation, yearOrNull(m.born), w.now)
			if n++; n == insertRows {
				if err := flush(); err != nil {
					return fmt.Errorf("write members: %w", err)
				}
			}
		}
	}
	if err := flush(); err != nil {
		return fmt.Errorf("write members: %w", err)
	}
	return nil
}

// bornIn corrects a kept member's year of birth, where the file has one.
func (w *chunkWriter) bornIn(household models.ID, m member, born int) error {
	if m.born == 0 || m.born == born {
		return nil
	}
	err := w.tx.Exec("UPDATE household_members SET birth_year = ? WHERE household_id = ? AND name_fold = ? AND relation = ?",
		m.born, household, cut(models.Fold(m.name), 160), m.relation).Error
	if err != nil {
		return fmt.Errorf("write year of birth: %w", err)
	}
	return nil
}

// yearOrNull stores an unknown year as NULL.
func yearOrNull(year int) any {
	if year == 0 {
		return nil
	}
	return year
}

// record writes one ledger row a village for the new households of the chunk.
func (w *chunkWriter) record() error {
	villages := make([]models.ID, 0, len(w.deltas))
	for v := range w.deltas {
		villages = append(villages, v)
	}
	slices.SortFunc(villages, func(a, b models.ID) int { return slices.Compare(a[:], b[:]) })
	deltas := make([]coverage.Delta, 0, len(villages))
	for _, v := range villages {
		deltas = append(deltas, coverage.Delta{
			SubjectID: w.rep.RegisterID, VillageID: v, OnDate: w.file.AsOf, Households: w.deltas[v], Cause: "register", CauseID: w.rep.RegisterID,
		})
	}
	return coverage.RecordMany(w.tx, deltas, w.now)
}

// finish puts the register under its communes and marks it whole.
func (in *intake) finish(tx *gorm.DB, now time.Time) error {
	for commune := range in.communes {
		var n int
		err := tx.Raw(`SELECT COUNT(*) FROM households h JOIN village_communes vc ON vc.village_id = h.village_id
			AND vc.valid_from <= ? AND vc.valid_to > ? WHERE vc.commune_id = ? AND h.state = ?`, in.today, in.today, commune, StateActive).Scan(&n).Error
		if err != nil {
			return fmt.Errorf("count households: %w", err)
		}
		res := tx.Exec("UPDATE register_areas SET register_id = ?, household_count = ? WHERE area_id = ?", in.rep.RegisterID, n, commune)
		if res.Error == nil && res.RowsAffected == 0 {
			res = tx.Exec("INSERT INTO register_areas (area_id, register_id, household_count) VALUES (?,?,?)", commune, in.rep.RegisterID, n)
		}
		if store.IsDuplicate(res.Error) {
			return store.ErrRetry
		}
		if res.Error != nil {
			return fmt.Errorf("set register of commune: %w", res.Error)
		}
	}
	return tx.Exec("UPDATE household_registers SET finished_at = ? WHERE id = ?", now, in.rep.RegisterID).Error
}
