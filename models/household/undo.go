package household

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// UndoWindow is how long whoever decided a link can take the decision back.
const UndoWindow = 10 * time.Minute

// Undo takes the actor's own last decision of a link back, within UndoWindow:
// the link is again what it was before, and the household is recounted. A
// repeat answers the same link. Errors: as Decide; Conflict "not_your_decision"
// (somebody else decided since) and "link_ended"; Closed "undo_over".
func (s *Households) Undo(ctx context.Context, actor models.Actor, linkID models.ID) (Link, error) {
	return s.change(ctx, actor, linkID, func(tx *gorm.DB, l Link, now time.Time) (Link, error) {
		past, undone, err := decisions(tx, l)
		if err != nil {
			return l, err
		}
		switch {
		case l.State == Ended:
			return l, models.Conflict("link_ended")
		case undone == actor.Account && !undone.IsZero():
			return l, nil // taken back already
		case len(past) < 2 || l.DecidedBy != actor.Account || l.DecidedAt == nil:
			return l, models.Conflict("not_your_decision")
		case now.Sub(*l.DecidedAt) > UndoWindow:
			return l, models.Fail(models.KindClosed, "undo_over")
		}
		from, before := l.State, past[len(past)-2]
		l = before.restore(l)
		if err := writeDecision(tx, l, from); err != nil {
			return l, err
		}
		if err := note(tx, l.HouseholdID, l.ID, "undone", "", actor, now); err != nil {
			return l, err
		}
		if from != Confirmed && l.State != Confirmed {
			return l, nil
		}
		return l, Recount(tx, l.HouseholdID, "undone", l.ID, now)
	})
}

// decision is one state of a link as the history has it.
type decision struct {
	Kind      string
	AccountID models.ID
	ActorName string
	Reason    string
	At        time.Time
}

// decisions answers the states of a link up to now, without those taken back;
// undone is who took back the last one, when nothing was decided since.
func decisions(tx *gorm.DB, l Link) (past []decision, undone models.ID, err error) {
	var rows []decision
	err = tx.Raw("SELECT kind, account_id, actor_name, reason, at FROM household_events WHERE household_id = ? AND link_id = ? ORDER BY at, id",
		l.HouseholdID, l.ID).Scan(&rows).Error
	if err != nil {
		return nil, models.ID{}, fmt.Errorf("read decisions: %w", err)
	}
	for _, r := range rows {
		switch {
		case r.Kind == Claimed || r.Kind == Confirmed || r.Kind == Rejected:
			past, undone = append(past, r), models.ID{}
		case r.Kind == "undone" && len(past) > 0:
			past, undone = past[:len(past)-1], r.AccountID
		}
	}
	return past, undone, nil
}

// restore is the link as it was after this decision.
func (d decision) restore(l Link) Link {
	l.State, l.Live, l.Reason, l.DecidedRole = d.Kind, nil, d.Reason, ""
	if d.Kind != Rejected {
		live := 1
		l.Live = &live
	}
	l.DecidedBy, l.DecidedName, l.DecidedAt = models.ID{}, "", nil
	if d.Kind != Claimed {
		at := d.At
		l.DecidedBy, l.DecidedName, l.DecidedAt = d.AccountID, d.ActorName, &at
	}
	return l
}
