package household

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Decide confirms or rejects a link. The actor needs decide_link and either the
// pupil (class, school) or the household's village in reach; nobody decides the
// own link. The same decision again answers the same link. The opposite of an
// earlier decision needs a reason and takes the coverage back, or gives it.
// Errors: NotFound (absent or out of reach); Forbidden "own_link"; Conflict
// "already_decided" (the opposite, without a reason), "link_ended", and
// "link_exists" (rejected before, and the person has another link since).
func (s *Households) Decide(ctx context.Context, actor models.Actor, linkID models.ID, confirm bool, reason string) (Link, error) {
	reason, err := reasonOf(reason)
	if err != nil {
		return Link{}, err
	}
	return s.change(ctx, actor, linkID, verdictOn(actor, confirm, reason))
}

// verdictOn is the change of a link that a decision makes.
func verdictOn(actor models.Actor, confirm bool, reason string) func(*gorm.DB, Link, time.Time) (Link, error) {
	to := Rejected
	if confirm {
		to = Confirmed
	}
	return func(tx *gorm.DB, l Link, now time.Time) (Link, error) {
		switch {
		case l.State == to:
			return l, nil
		case l.State == Ended:
			return l, models.Conflict("link_ended")
		case l.State != Claimed && reason == "":
			return l, models.Conflict("already_decided")
		}
		from := l.State
		l = decided(l, actor, to, reason, now)
		if err := writeDecision(tx, l, from); err != nil {
			return l, err
		}
		if err := note(tx, l.HouseholdID, l.ID, to, reason, actor, now); err != nil {
			return l, err
		}
		if from != Confirmed && to != Confirmed {
			return l, nil // a claim counts for nothing
		}
		return l, Recount(tx, l.HouseholdID, to, l.ID, now)
	}
}

// DecideAdult confirms or rejects the link of somebody grown up, as Decide does
// for pupils, for those who stand at the door: the actor needs invite_adult with
// the household's village in reach. A pupil's link is NotFound here.
func (s *Households) DecideAdult(ctx context.Context, actor models.Actor, linkID models.ID, confirm bool, reason string) (Link, error) {
	reason, err := reasonOf(reason)
	if err != nil {
		return Link{}, err
	}
	return s.changeBy(ctx, actor, models.ActInviteAdult, linkID, s.adultInReach, verdictOn(actor, confirm, reason))
}

// adultInReach tells whether a link is of a grown-up learner of a village in
// reach.
func (s *Households) adultInReach(tx *gorm.DB, reach models.Reach, person, village models.ID) (bool, error) {
	var adult int
	if err := tx.Raw("SELECT COUNT(*) FROM adult_learners WHERE person_id = ?", person).Scan(&adult).Error; err != nil || adult == 0 {
		return false, err
	}
	return place.InReach(tx, models.Reach{All: reach.All, Areas: reach.Areas}, village)
}

// End ends a confirmed or claimed link because the person left the household on
// a day up to today. Ending again answers the same link. Errors: as Decide;
// Invalid field "body.on"; Conflict "link_rejected".
func (s *Households) End(ctx context.Context, actor models.Actor, linkID models.ID, on, reason string) (Link, error) {
	reason, err := reasonOf(reason)
	if err != nil {
		return Link{}, err
	}
	if on, err = models.ParseDay(on); err != nil {
		return Link{}, models.InvalidField("body.on", "invalid_date")
	}
	return s.change(ctx, actor, linkID, func(tx *gorm.DB, l Link, now time.Time) (Link, error) {
		switch {
		case l.State == Ended:
			return l, nil
		case l.State == Rejected:
			return l, models.Conflict("link_rejected")
		case on > models.Day(now):
			return l, models.InvalidField("body.on", "future_date")
		case on < l.FromDate:
			return l, models.InvalidField("body.on", "before_start")
		}
		from := l.State
		l.State, l.Live, l.ToDate, l.Reason = Ended, nil, on, reason
		if err := writeDecision(tx, l, from); err != nil {
			return l, err
		}
		if err := note(tx, l.HouseholdID, l.ID, Ended, reason, actor, now); err != nil {
			return l, err
		}
		if from != Confirmed {
			return l, nil
		}
		return l, recountOn(tx, l.HouseholdID, on, Ended, l.ID, now)
	})
}

// change runs one change of a link in a transaction, for those who may decide
// links.
func (s *Households) change(ctx context.Context, actor models.Actor, linkID models.ID, fn func(*gorm.DB, Link, time.Time) (Link, error)) (Link, error) {
	return s.changeBy(ctx, actor, models.ActDecideLink, linkID, s.mayDecide, fn)
}

// changeBy is change for whoever has an action and, by may, the link in reach.
func (s *Households) changeBy(ctx context.Context, actor models.Actor, action models.Action, linkID models.ID,
	may func(tx *gorm.DB, reach models.Reach, person, village models.ID) (bool, error), fn func(*gorm.DB, Link, time.Time) (Link, error),
) (Link, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return Link{}, err
	}
	var out Link
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		l, err := linkByID(tx, linkID)
		if err != nil {
			return err
		}
		if l == nil {
			return models.NotFound()
		}
		h, err := byID(tx, l.HouseholdID)
		if err != nil {
			return err
		}
		ok, err := may(tx, reach, l.PersonID, h.VillageID)
		switch {
		case err != nil:
			return err
		case !ok:
			return models.NotFound()
		case actor.Person == l.PersonID:
			return models.Fail(models.KindForbidden, "own_link")
		}
		// A certificate of this person may be on its way.
		if err := guard(tx, l.PersonID); err != nil {
			return err
		}
		out, err = fn(tx, *l, s.db.Clock().Now())
		return err
	})
	if err != nil {
		return Link{}, err
	}
	return out, nil
}

// decided is the link after a decision.
func decided(l Link, actor models.Actor, to, reason string, now time.Time) Link {
	l.State, l.Live, l.Reason = to, nil, reason
	if to == Confirmed {
		live := 1
		l.Live = &live
	}
	l.DecidedBy, l.DecidedName, l.DecidedAt = actor.Account, cut(actor.Name, 120), &now
	if l.DecidedRole = string(actor.RoleFor(models.ActDecideLink)); l.DecidedRole == "" {
		l.DecidedRole = string(actor.RoleFor(models.ActInviteAdult))
	}
	return l
}

// writeDecision stores a link's new state on condition that it still has the
// old one.
func writeDecision(tx *gorm.DB, l Link, from string) error {
	res := tx.Exec(`UPDATE household_links SET state = ?, live = ?, decided_by = ?, decided_name = ?, decided_role = ?, decided_at = ?,
		reason = ?, to_date = ? WHERE id = ? AND state = ?`,
		l.State, l.Live, l.DecidedBy, l.DecidedName, l.DecidedRole, l.DecidedAt, l.Reason, l.ToDate, l.ID, from)
	if store.IsDuplicate(res.Error) {
		return models.Conflict("link_exists")
	}
	return store.One(res, store.ErrRetry)
}

// Revoke takes a certificate back and with it, if it was the only one, the
// coverage of the holder's household, in one transaction. Errors are those of
// certificate.RevokeTx.
func (s *Households) Revoke(ctx context.Context, actor models.Actor, code, reason string) (certificate.Certificate, error) {
	return s.turn(ctx, actor, code, reason, "revoked", certificate.RevokeTx)
}

// Reinstate undoes a revocation, and the household counts again. Errors are
// those of certificate.ReinstateTx.
func (s *Households) Reinstate(ctx context.Context, actor models.Actor, code, reason string) (certificate.Certificate, error) {
	return s.turn(ctx, actor, code, reason, "reinstated", certificate.ReinstateTx)
}

func (s *Households) turn(ctx context.Context, actor models.Actor, code, reason, cause string,
	change func(*gorm.DB, models.Actor, string, string, time.Time) (certificate.Certificate, error),
) (certificate.Certificate, error) {
	var c certificate.Certificate
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.db.Clock().Now()
		var err error
		if c, err = change(tx, actor, code, reason, now); err != nil {
			return err
		}
		if err := RecountPerson(tx, c.PersonID, cause, c.ID, now); err != nil {
			return err
		}
		act := audit.CertificateRevoked
		if c.State == certificate.Valid {
			act = audit.CertificateReinstated
		}
		return audit.Append(tx, actor, audit.Entry{Act: act, Kind: audit.KindCertificate, Subject: c.ID, School: c.SchoolID})
	})
	return c, err
}
