package learning

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

const (
	itemLease    = "item_fold"
	itemLeaseTTL = 60 * time.Second
	itemBatch    = 100 // attempts a transaction
)

// graded is an ended attempt with its answers, graded by the questions it was
// made of: what a later regrade changed is not in it.
type graded struct {
	f     *frozen
	log   []savedAnswer
	slots []slotResult
}

// rest is the mean score of the other slots than one that count, in basis
// points; ok is false where there are none.
func (g graded) rest(slot int) (mean int, ok bool) {
	sum, n := 0, 0
	for i, s := range g.slots {
		if i != slot && !s.Out {
			sum, n = sum+s.Score, n+1
		}
	}
	return sum / max(1, n), n > 0
}

// blank tells whether nothing was answered: an attempt that was opened and
// left says nothing about its questions.
func (g graded) blank() bool {
	return !slices.ContainsFunc(g.slots, func(s slotResult) bool { return s.Seq > 0 })
}

// attemptsWhere reads ended attempts a with their answers and grades them.
// They do not go into the cache, which is for attempts in use.
func (l *Learning) attemptsWhere(ctx context.Context, tx *gorm.DB, where string, args ...any) ([]graded, error) {
	var rows []struct {
		ID, PersonID, SessionID      models.ID
		CourseKey, CourseHash, Items string
		StartedAt                    time.Time
	}
	err := tx.Raw("SELECT a.id, a.person_id, a.session_id, a.course_key, a.course_hash, a.items, a.started_at FROM attempts a WHERE "+where, args...).
		Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	list, at := make([]graded, len(rows)), make(map[models.ID]int, len(rows))
	ids := make([]models.ID, len(rows))
	for i, r := range rows {
		c, err := l.catalog.version(ctx, r.CourseHash)
		if err != nil {
			return nil, err
		}
		f := &frozen{ID: r.ID, Person: r.PersonID, Session: r.SessionID, CourseKey: r.CourseKey, course: c, itemsText: r.Items, StartedAt: r.StartedAt.UTC()}
		if f.items, err = thaw(c, r.Items); err != nil {
			return nil, fmt.Errorf("attempt %s: %w", r.ID, err)
		}
		list[i].f, at[r.ID], ids[i] = f, i, r.ID
	}
	for part := range slices.Chunk(ids, store.MaxRows) {
		var log []savedAnswer
		err := tx.Raw("SELECT attempt_id, seq, slot, response, saved_at FROM answers WHERE slot > 0 AND attempt_id IN ? ORDER BY attempt_id, seq", part).Scan(&log).Error
		if err != nil {
			return nil, err
		}
		for _, x := range log {
			g := &list[at[x.AttemptID]]
			g.log = append(g.log, x)
		}
	}
	out, err := excludedOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].slots, _ = list[i].f.gradeAll(list[i].log, out[ids[i]])
	}
	return list, nil
}

// itemDelta is what attempts add to the sums of one question version.
type itemDelta struct {
	courseKey, questionKey string
	itemSums
}

// itemDeltas counts attempts question by question.
func itemDeltas(list []graded) map[string]*itemDelta {
	deltas := map[string]*itemDelta{}
	for _, g := range list {
		if g.blank() {
			continue
		}
		latest := latestBySlot(len(g.f.items), g.log)
		for i, s := range g.f.items {
			y, ok := g.rest(i)
			if g.slots[i].Out || !ok {
				continue // this pupil did not see it as it was meant
			}
			d := deltas[s.q.Hash]
			if d == nil {
				d = &itemDelta{courseKey: g.f.CourseKey, questionKey: s.q.Key}
				deltas[s.q.Hash] = d
			}
			var r Response
			if latest[i] != nil {
				r = decode(latest[i].Response)
			}
			d.add(g.slots[i].Score, y, s.choices(r))
		}
	}
	return deltas
}

// FoldItems adds ended attempts to the sums of their questions, each once, and
// flags questions that turn out bad; attempts that a regrade has missed are
// graded by it now. It answers how many attempts it took. An
// attempt that was closed by the clock or the teacher is taken when no device
// can bring answers to it any more. When another process holds the lease it
// answers 0: that process is folding.
func (l *Learning) FoldItems(ctx context.Context) (int, error) {
	l.items.Lock()
	defer l.items.Unlock()
	folded := 0
	var lease *store.Lease
	for {
		list, err := l.unfolded(ctx)
		if err != nil || len(list) == 0 {
			return folded, err
		}
		if lease == nil {
			var ok bool
			if lease, ok, err = l.db.Acquire(ctx, itemLease, l.owner, itemLeaseTTL); err != nil || !ok {
				return folded, err
			}
			defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }()
			continue // what was read before the lease may be another's by now
		}
		// First: once an attempt is folded nobody looks at it again.
		if err := l.followAll(ctx, list); err != nil {
			return folded, err
		}
		if err := l.foldItems(ctx, lease, list); err != nil {
			return folded, err
		}
		folded += len(list)
	}
}

// unfolded reads a batch of attempts that are final and in no sum yet.
func (l *Learning) unfolded(ctx context.Context) ([]graded, error) {
	db := l.db.Read(ctx)
	list, err := l.attemptsWhere(ctx, db, "a.item_fold = 0 AND a.state = ? LIMIT ?", stateSubmitted, itemBatch)
	if err != nil || len(list) > 0 {
		return list, err
	}
	// An hour more than lateFor: clocks of two copies of the program differ.
	return l.attemptsWhere(ctx, db, "a.item_fold = 0 AND a.state = ? AND a.submitted_at <= ? LIMIT ?",
		stateClosed, l.clock.Now().Add(-lateFor-time.Hour), itemBatch)
}

// foldItems writes one batch. Only the holder of the lease changes the sums,
// so that read-then-write is no race.
func (l *Learning) foldItems(ctx context.Context, lease *store.Lease, list []graded) error {
	ids := make([]models.ID, len(list))
	for i, g := range list {
		ids[i] = g.f.ID
	}
	deltas := itemDeltas(list)
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		res := tx.Exec("UPDATE attempts SET item_fold = 1 WHERE id IN ? AND item_fold = 0", ids)
		if res.Error == nil && int(res.RowsAffected) != len(ids) {
			return models.Conflict("lease_lost")
		}
		if res.Error != nil {
			return res.Error
		}
		return l.addItems(tx, deltas)
	})
}

// addItems adds to the sums and flags what they show to be bad.
func (l *Learning) addItems(tx *gorm.DB, deltas map[string]*itemDelta) error {
	hashes := make([]string, 0, len(deltas))
	for h := range deltas {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	before, err := itemRows(tx, hashes)
	if err != nil {
		return err
	}
	now := l.clock.Now()
	for _, h := range hashes {
		d := deltas[h]
		old, known := before[h]
		sums := old.itemSums
		sums.plus(d.itemSums)
		if err := writeItem(tx, h, d, sums, known, now); err != nil {
			return err
		}
		if err := raiseFlag(tx, h, d, sums, now); err != nil {
			return err
		}
	}
	return nil
}

// itemRow is a question version with its sums as stored.
type itemRow struct {
	QuestionHash, CourseKey, QuestionKey string
	itemSums
}

func itemRows(tx *gorm.DB, hashes []string) (map[string]itemRow, error) {
	found := map[string]itemRow{}
	for part := range slices.Chunk(hashes, store.MaxRows) {
		list, err := scanItems(tx.Raw(itemSelect+" WHERE question_hash IN ?", part))
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			found[r.QuestionHash] = r
		}
	}
	return found, nil
}

const itemSelect = "SELECT question_hash, course_key, question_key, n, sx, sxx, sy, syy, sxy, choices FROM item_stats"

func scanItems(q *gorm.DB) ([]itemRow, error) {
	rows, err := q.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []itemRow
	for rows.Next() {
		var r itemRow
		var choices string
		if err := rows.Scan(&r.QuestionHash, &r.CourseKey, &r.QuestionKey, &r.N, &r.SX, &r.SXX, &r.SY, &r.SYY, &r.SXY, &choices); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(choices), &r.Choices); err != nil {
			return nil, fmt.Errorf("choices of question %.12s: %w", r.QuestionHash, err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func writeItem(tx *gorm.DB, hash string, d *itemDelta, s itemSums, known bool, now time.Time) error {
	choices, err := json.Marshal(s.Choices)
	if err != nil {
		return err
	}
	if known {
		return store.One(tx.Exec("UPDATE item_stats SET n = ?, sx = ?, sxx = ?, sy = ?, syy = ?, sxy = ?, choices = ?, updated_at = ? WHERE question_hash = ?",
			s.N, s.SX, s.SXX, s.SY, s.SYY, s.SXY, string(choices), now, hash), store.ErrRetry)
	}
	return retryDuplicate(tx.Exec(`INSERT INTO item_stats (question_hash, course_key, question_key, n, sx, sxx, sy, syy, sxy, choices, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, hash, d.courseKey, d.questionKey, s.N, s.SX, s.SXX, s.SY, s.SYY, s.SXY, string(choices), now).Error)
}

// RebuildItems throws the sums away and counts every attempt anew; flags stay.
// It answers how many attempts it counted. The error is KindForbidden, or
// Unavailable "busy" while another process folds.
func (l *Learning) RebuildItems(ctx context.Context, actor models.Actor) (int, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return 0, err
	}
	if err := l.dropItems(ctx); err != nil {
		return 0, err
	}
	return l.FoldItems(ctx)
}

func (l *Learning) dropItems(ctx context.Context) error {
	l.items.Lock()
	defer l.items.Unlock()
	lease, ok, err := l.db.Acquire(ctx, itemLease, l.owner, itemLeaseTTL)
	if err != nil {
		return err
	}
	if !ok {
		return &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 5}
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lease.Hold(tx); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE attempts SET item_fold = 0 WHERE item_fold = 1").Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM item_stats").Error
	})
}
