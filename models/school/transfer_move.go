package school

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

// Release gives a pupil to the school that asked: from today the pupil is in
// its class, with the same account, user name and history; the secret is
// worthless from now on, and the new school gives another. Doing it again
// changes nothing. Errors: NotFound for a request out of reach, over or refused;
// KindConflict "no_longer_here" when the pupil has gone elsewhere meanwhile.
func (s *Schools) Release(ctx context.Context, actor models.Actor, school, id models.ID) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		row, err := s.incoming(tx, actor, school, id)
		if err != nil || row.State == Released {
			return err
		}
		if row.State != Asked || !row.LapsesAt.After(now) {
			return models.NotFound()
		}
		err = store.One(tx.Exec("UPDATE school_transfers SET state = ?, decided_by = ?, decided_at = ?, on_date = ?, live = NULL"+
			" WHERE id = ? AND state = ?", Released, actor.Account, now, models.Day(now), id, Asked), store.ErrRetry)
		if err != nil {
			return err
		}
		if err := move(tx, row, actor, now); err != nil {
			return err
		}
		return recordTransfer(tx, actor, row)
	})
}

// recordTransfer puts a pupil's move on record, for both schools.
func recordTransfer(tx *gorm.DB, actor models.Actor, row transferRow) error {
	for _, school := range []models.ID{row.FromSchool, row.ToSchool} {
		err := audit.Append(tx, actor, audit.Entry{Act: audit.PupilTransferred, Kind: audit.KindPerson, Subject: row.PersonID, School: school})
		if err != nil {
			return err
		}
	}
	return nil
}

// Refuse keeps a pupil. The school that asked sees that its request lapses.
// Doing it again changes nothing. The error is NotFound for a request out of
// reach or already released.
func (s *Schools) Refuse(ctx context.Context, actor models.Actor, school, id models.ID) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		row, err := s.incoming(tx, actor, school, id)
		if err != nil || row.State == Refused {
			return err
		}
		return store.One(tx.Exec("UPDATE school_transfers SET state = ?, decided_by = ?, decided_at = ?, live = NULL WHERE id = ? AND state = ?",
			Refused, actor.Account, s.clock.Now(), id, Asked), models.NotFound())
	})
}

// incoming reads a request for a pupil of a school.
func (s *Schools) incoming(tx *gorm.DB, actor models.Actor, school, id models.ID) (transferRow, error) {
	if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
		return transferRow{}, err
	}
	row, err := transferByID(tx, id)
	if err == nil && (row.FromSchool != school || row.Kind != "ask") {
		err = models.NotFound()
	}
	return row, err
}

// move takes the pupil of a released transfer from one school to the other.
func move(tx *gorm.DB, row transferRow, actor models.Actor, now time.Time) error {
	class, err := place.ClassByID(tx, row.ToClass)
	if err != nil {
		return err
	}
	today := models.Day(now)
	stay, err := people.StayOf(tx, row.PersonID)
	switch {
	case models.KindOf(err) == models.KindNotFound: // a leaver: nothing to end
	case err != nil:
		return err
	case stay.SchoolID != row.FromSchool:
		return models.Conflict("no_longer_here")
	default:
		if err := people.EndStays(tx, []models.ID{stay.ID}, today); err != nil {
			return err
		}
		left := leavingRow{models.NewID(now), row.PersonID, row.FromSchool, stay.ClassID, stay.ID, today, LeftTransferred, actor.Account, now}
		if err := insertLeavings(tx, []leavingRow{left}); err != nil {
			return err
		}
	}
	_, err = people.OpenStays(tx, []people.NewEnrolment{{PersonID: row.PersonID, SchoolID: class.SchoolID, ClassID: class.ID,
		SchoolYear: class.SchoolYear, FromDate: today}}, now)
	if err != nil {
		return err
	}
	if err := people.ForgetSecret(tx, row.PersonID, now); err != nil {
		return err
	}
	// What else waited for this pupil is void: the pupil is somewhere else now.
	return tx.Exec("UPDATE school_transfers SET state = ?, live = NULL WHERE person_id = ? AND id <> ? AND state IN ?",
		Lapsed, row.PersonID, row.ID, []string{Asked, Offered}).Error
}

// OfferTransfer makes a code with which another school takes a pupil at once;
// the giving school prints it for the family. Asking again while it waits
// answers the same code. The error is NotFound for a pupil who is not at the
// school now.
func (s *Schools) OfferTransfer(ctx context.Context, actor models.Actor, school, person models.ID) (Offer, error) {
	var out Offer
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		stay, err := people.StayOf(tx, person)
		if err != nil {
			return err
		}
		if stay.SchoolID != school {
			return models.NotFound()
		}
		out = Offer{PersonID: person, Name: stay.FullName, ClassName: stay.ClassName}
		var before []transferRow
		err = tx.Raw("SELECT * FROM school_transfers WHERE person_id = ? AND from_school = ? AND kind = 'offer' AND state = ? AND lapses_at > ?",
			person, school, Offered, now).Scan(&before).Error
		if err != nil {
			return err
		}
		if len(before) > 0 && before[0].Code != nil {
			out.ID, out.Code, out.LapsesAt = before[0].ID, models.GroupCode(*before[0].Code), before[0].LapsesAt.UTC()
			return nil
		}
		code, live := models.NewCode(offerCode), 1
		row := transferRow{ID: models.NewID(now), Kind: "offer", State: Offered, PersonID: person, FromSchool: school, Code: &code,
			AskedBy: actor.Account, AskedAt: now, LapsesAt: now.Add(offerLives), Live: &live}
		out.ID, out.Code, out.LapsesAt = row.ID, models.GroupCode(code), row.LapsesAt
		return insertTransfer(tx, row)
	})
	return out, err
}

// WithdrawOffer takes a code back. Doing it again changes nothing. The error is
// NotFound for a code of another school or one that was used.
func (s *Schools) WithdrawOffer(ctx context.Context, actor models.Actor, school, id models.ID) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		return store.One(tx.Exec("UPDATE school_transfers SET state = ?, live = NULL WHERE id = ? AND from_school = ? AND kind = 'offer' AND state IN ?",
			Lapsed, id, school, []string{Offered, Lapsed}), models.NotFound())
	})
}

// TakenIn is a pupil who came with a code.
type TakenIn struct {
	PersonID  models.ID `json:"person_id"`
	Name      string    `json:"name"`
	ClassID   models.ID `json:"class_id"`
	ClassName string    `json:"class_name"`
}

// RedeemTransfer takes a pupil in with the code that the giving school printed.
// A repeat by the same school answers as the first did. Errors: NotFound, the
// same for a code that is wrong, over, withdrawn or used by another school;
// NotFound for a school or class out of reach.
func (s *Schools) RedeemTransfer(ctx context.Context, actor models.Actor, school, class models.ID, code string) (TakenIn, error) {
	code, err := models.NormalizeCode(code)
	if err != nil {
		code = ""
	}
	var out TakenIn
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		if err := classOf(tx, school, class); err != nil {
			return err
		}
		var row transferRow
		err := store.One(tx.Raw("SELECT * FROM school_transfers WHERE code = ?", code).Scan(&row), models.NotFound())
		if err != nil {
			return err
		}
		again := row.State == Released && row.ToSchool == school
		if !again {
			if row.State != Offered || !row.LapsesAt.After(now) || row.FromSchool == school {
				return models.NotFound()
			}
			err = store.One(tx.Exec("UPDATE school_transfers SET state = ?, to_school = ?, to_class = ?, decided_by = ?, decided_at = ?, on_date = ?, live = NULL"+
				" WHERE id = ? AND state = ?", Released, school, class, actor.Account, now, models.Day(now), row.ID, Offered), store.ErrRetry)
			if err != nil {
				return err
			}
			row.ToSchool, row.ToClass = school, class
			if err := move(tx, row, actor, now); err != nil {
				if models.CodeOf(err) == "no_longer_here" {
					err = models.NotFound() // where the pupil is now is not said
				}
				return err
			}
			if err := recordTransfer(tx, actor, row); err != nil {
				return err
			}
		}
		stay, err := people.StayOf(tx, row.PersonID)
		if err == nil && stay.SchoolID != school {
			err = models.NotFound()
		}
		out = TakenIn{PersonID: stay.PersonID, Name: stay.FullName, ClassID: stay.ClassID, ClassName: stay.ClassName}
		return err
	})
	return out, err
}
