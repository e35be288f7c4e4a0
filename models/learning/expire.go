package learning

import (
	"context"
	"errors"
	"time"

	"nhaso/models"
	"nhaso/models/store"
)

// CloseExpired ends every lesson session and every attempt whose time is over,
// submitting what was saved, and answers how many it ended. It may run in
// several copies of the program at once: each row is ended once.
func (l *Learning) CloseExpired(ctx context.Context) (int, error) {
	now := l.clock.Now()
	if err := l.expireAlerts(ctx); err != nil {
		return 0, err
	}
	var sessions []models.ID
	err := l.db.Read(ctx).Raw("SELECT id FROM lesson_sessions WHERE live_class IS NOT NULL AND closes_at <= ? LIMIT ?", now, store.MaxRows).Scan(&sessions).Error
	if err != nil {
		return 0, err
	}
	var errs []error
	done := 0
	for _, id := range sessions {
		if err := l.closeSession(ctx, id, byDeadline); err != nil {
			errs = append(errs, err)
			continue
		}
		done++
	}
	// The second part catches an attempt that was started while its session
	// was being closed.
	var attempts []models.ID
	err = l.db.Read(ctx).Raw(`SELECT id FROM attempts WHERE state = 'open' AND deadline_at < ? UNION
		SELECT a.id FROM lesson_sessions s JOIN attempts a ON a.session_id = s.id AND a.state = 'open' WHERE s.closed_at > ? LIMIT ?`,
		now.Add(-grace), now.Add(-longestSession*time.Minute), store.MaxRows).Scan(&attempts).Error
	if err != nil {
		return done, errors.Join(append(errs, err)...)
	}
	n, err := l.finishAll(ctx, attempts, byDeadline)
	return done + n, errors.Join(append(errs, err)...)
}
