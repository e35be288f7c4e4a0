package learning

import (
	"context"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"nhaso/models"
)

// How long a reason is, in characters.
const (
	shortestReason = 10
	longestReason  = 200
)

// raiseFlag flags a question that its sums show to be bad. One that was
// cleared is looked at again after as many attempts more as a first flag needs.
func raiseFlag(tx *gorm.DB, hash string, d *itemDelta, s itemSums, now time.Time) error {
	if !s.suspect() {
		return nil
	}
	var before []struct {
		Live     *int
		ClearedN *int64
	}
	if err := tx.Raw("SELECT live, cleared_n FROM item_flags WHERE question_hash = ?", hash).Scan(&before).Error; err != nil {
		return err
	}
	for _, f := range before {
		if f.Live != nil || f.ClearedN != nil && s.N < *f.ClearedN+flagFrom {
			return nil
		}
	}
	var r *int
	if v, ok := s.discrimination(); ok {
		n := int(math.Round(v * 1000))
		r = &n
	}
	return retryDuplicate(tx.Exec(`INSERT INTO item_flags (id, question_hash, course_key, question_key, live, n, p, r, flagged_at)
		VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)`, models.NewID(now), hash, d.courseKey, d.questionKey, s.N, s.SX/s.N, r, now).Error)
}

// ClearFlag lets a flagged question be drawn again. The actor needs the action
// operate; the reason, 10 to 200 characters, is kept. Clearing again changes
// nothing. Errors: NotFound for a question that was never flagged; Invalid
// field body.reason.
func (l *Learning) ClearFlag(ctx context.Context, actor models.Actor, hash, reason string) error {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return err
	}
	reason = norm.NFC.String(strings.TrimSpace(reason))
	if n := utf8.RuneCountInString(reason); n < shortestReason || n > longestReason {
		return models.InvalidField("body.reason", "reason_length")
	}
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec(`UPDATE item_flags SET live = NULL, cleared_at = ?, cleared_by = ?, cleared_reason = ?,
			cleared_n = (SELECT COALESCE(MAX(s.n), 0) FROM item_stats s WHERE s.question_hash = item_flags.question_hash)
			WHERE question_hash = ? AND live = 1`, l.clock.Now(), actor.Account, reason, hash)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		var n int
		if err := tx.Raw("SELECT COUNT(*) FROM item_flags WHERE question_hash = ?", hash).Scan(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return models.NotFound()
		}
		return nil
	})
	if err == nil {
		l.catalog.forget()
	}
	return err
}

// loadDrawn reads which questions are flagged and builds what the quizzes draw
// from: nothing of it is asked when a quiz begins.
func (c *catalog) loadDrawn(ctx context.Context, order []*course) (map[*course]pool, error) {
	flagged, err := flaggedNow(c.db.Read(ctx))
	if err != nil || len(flagged) == 0 {
		return nil, err
	}
	drawn := map[*course]pool{}
	for _, v := range order {
		drawn[v], _ = v.pools.without(flagged, v.Quiz)
	}
	return drawn, nil
}

func flaggedNow(db *gorm.DB) (map[string]bool, error) {
	var hashes []string
	err := db.Raw("SELECT question_hash FROM item_flags WHERE live = 1").Scan(&hashes).Error
	flagged := make(map[string]bool, len(hashes))
	for _, h := range hashes {
		flagged[h] = true
	}
	return flagged, err
}

// drawnFrom is what a quiz of a course draws from now.
func (c *catalog) drawnFrom(v *course) pool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if p, ok := c.drawn[v]; ok {
		return p
	}
	return v.pools
}
