package people

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// progressFor is how long a word of progress counts: a copy of the program that
// says nothing for so long has died.
const progressFor = 2 * time.Minute

// ImportProgress is how far an import is. Stage is read, compare or write;
// Total is 0 where it is not known yet.
type ImportProgress struct {
	Stage       string
	Done, Total int
}

// TellProgress writes how far an import of an account is, so that every copy of
// the program can answer for it. An id that another account uses is left alone.
func (p *People) TellProgress(ctx context.Context, account, id models.ID, at ImportProgress) error {
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		now := p.db.Clock().Now()
		res := tx.Exec("UPDATE import_progress SET stage = ?, done = ?, total = ?, updated_at = ? WHERE id = ? AND account_id = ?",
			at.Stage, at.Done, at.Total, now, id, account)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		// Left by copies that died.
		if err := tx.Exec("DELETE FROM import_progress WHERE updated_at < ?", now.Add(-progressFor)).Error; err != nil {
			return err
		}
		err := tx.Exec("INSERT INTO import_progress (id, account_id, stage, done, total, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
			id, account, at.Stage, at.Done, at.Total, now).Error
		if store.IsDuplicate(err) {
			return nil
		}
		return err
	})
}

// EndProgress forgets an import that is over.
func (p *People) EndProgress(ctx context.Context, account, id models.ID) error {
	return p.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM import_progress WHERE id = ? AND account_id = ?", id, account).Error
	})
}

// ProgressOf answers how far an import is that any copy of the program reads or
// writes now. NotFound for one that is over, another account's, or silent for
// two minutes.
func (p *People) ProgressOf(ctx context.Context, account, id models.ID) (ImportProgress, error) {
	var rows []ImportProgress
	err := p.db.Read(ctx).Raw("SELECT stage, done, total FROM import_progress WHERE id = ? AND account_id = ? AND updated_at > ?",
		id, account, p.db.Clock().Now().Add(-progressFor)).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.NotFound()
	}
	if err != nil {
		return ImportProgress{}, err
	}
	return rows[0], nil
}
