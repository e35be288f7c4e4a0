package signin

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// try runs one comparison of a secret. It is counted before it runs, so that of
// any number sent in parallel MaxTries are compared at most; a right one clears
// the count, one that could not be made is given back.
func (s *SignIn) try(ctx context.Context, session, person models.ID, compare func() (bool, error)) error {
	made, err := s.reserve(ctx, session, person)
	if err != nil {
		return err
	}
	ok, err := compare()
	switch {
	case err != nil:
		if back := s.giveBack(context.WithoutCancel(ctx), session, person); back != nil {
			return back
		}
		return err
	case ok:
		return s.clear(ctx, session, person)
	case made >= MaxTries:
		return locked()
	}
	return models.InvalidField("body.secret", "wrong_secret").With("left", strconv.Itoa(MaxTries-made))
}

func locked() error { return models.Fail(models.KindLocked, "name_locked") }

// reserve counts one try and answers how many there are now.
func (s *SignIn) reserve(ctx context.Context, session, person models.ID) (made int, err error) {
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.db.Clock().Now()
		res := tx.Exec("UPDATE lesson_tries SET tries = tries + 1, last_at = ? WHERE session_id = ? AND person_id = ? AND tries < ?",
			now, session, person, MaxTries)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			err := tx.Exec("INSERT INTO lesson_tries (session_id, person_id, tries, last_at) VALUES (?, ?, 1, ?)", session, person, now).Error
			if err == nil {
				made = 1
				return nil
			}
			if !store.IsDuplicate(err) {
				return err
			}
		}
		if err := tx.Raw("SELECT tries FROM lesson_tries WHERE session_id = ? AND person_id = ?", session, person).Scan(&made).Error; err != nil {
			return err
		}
		if res.RowsAffected == 1 {
			return nil
		}
		if made >= MaxTries {
			return locked()
		}
		return store.ErrRetry // somebody else wrote the first one just now
	})
	return made, err
}

func (s *SignIn) giveBack(ctx context.Context, session, person models.ID) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE lesson_tries SET tries = tries - 1 WHERE session_id = ? AND person_id = ? AND tries > 0", session, person).Error
	})
}

func (s *SignIn) clear(ctx context.Context, session, person models.ID) error {
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM lesson_tries WHERE session_id = ? AND person_id = ?", session, person).Error
	})
}

// Lock is a name that takes no more tries in a lesson session.
type Lock struct {
	PersonID models.ID `json:"person_id"`
	Name     string    `json:"name"`
	At       time.Time `json:"locked_at"`
}

// Locks lists the locked names of a session by given name. Out of reach is
// NotFound.
func (s *SignIn) Locks(ctx context.Context, actor models.Actor, session models.ID) ([]Lock, error) {
	if _, err := s.learning.SessionFor(ctx, actor, models.ActTeach, session); err != nil {
		return nil, err
	}
	list := []Lock{}
	err := s.db.Read(ctx).Raw(`SELECT t.person_id, p.full_name AS name, t.last_at AS at FROM lesson_tries t JOIN persons p ON p.id = t.person_id
		WHERE t.session_id = ? AND t.tries >= ? ORDER BY p.sort_key, p.id`, session, MaxTries).Scan(&list).Error
	for i := range list {
		list[i].At = list[i].At.UTC()
	}
	return list, err
}

// Unlock gives a name its tries back; unlocking again, or a name that is not
// locked, does nothing. Out of reach is NotFound.
func (s *SignIn) Unlock(ctx context.Context, actor models.Actor, session, person models.ID) error {
	if _, err := s.learning.SessionFor(ctx, actor, models.ActTeach, session); err != nil {
		return err
	}
	return s.clear(ctx, session, person)
}
