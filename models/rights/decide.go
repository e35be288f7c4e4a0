package rights

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/certificate"
	"nhaso/models/consent"
	"nhaso/models/people"
	"nhaso/models/store"
)

// handle opens a transaction over a request that the actor answers for. Errors:
// NotFound for others; KindForbidden.
func (s *Rights) handle(ctx context.Context, actor models.Actor, id models.ID, fn func(tx *gorm.DB, r Request) error) error {
	reach, err := models.Allow(actor, models.ActHandleRequests)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		ok, err := s.answersFor(tx, reach, id)
		if err != nil {
			return err
		}
		if !ok {
			return models.NotFound()
		}
		r, err := requestRow(tx, id)
		if err != nil {
			return err
		}
		return fn(tx, *r)
	})
}

// Take makes the actor the owner of a request; from another owner as well, so
// that nothing waits for somebody who is ill. The error is KindConflict
// "request_closed" for one that was answered.
func (s *Rights) Take(ctx context.Context, actor models.Actor, id models.ID) (Request, error) {
	err := s.handle(ctx, actor, id, func(tx *gorm.DB, r Request) error {
		if r.Open() && r.State == Taken && r.OwnerID == actor.Account {
			return nil
		}
		err := store.One(tx.Exec("UPDATE data_requests SET state = ?, owner_id = ?, owner_name = ?, taken_at = ? WHERE id = ? AND live IS NOT NULL",
			Taken, actor.Account, cut(actor.Name, 120), s.clock.Now(), id), models.Conflict("request_closed"))
		if err != nil {
			return err
		}
		return s.record(tx, actor, audit.RequestTaken, r, nil)
	})
	if err != nil {
		return Request{}, err
	}
	return s.One(ctx, actor, id)
}

// Refuse answers a request with no. reason is one of Reasons, answer what
// whoever asked was told, 3 to 800 characters. A repeat changes nothing. Errors:
// Invalid fields body.reason, body.answer; KindConflict "request_closed".
func (s *Rights) Refuse(ctx context.Context, actor models.Actor, id models.ID, reason, answer string) (Request, error) {
	answer = models.Clean(answer)
	if !slices.Contains(Reasons, reason) {
		return Request{}, models.InvalidField("body.reason", "unknown")
	}
	if n := utf8.RuneCountInString(answer); n < 3 || n > maxNote {
		return Request{}, models.InvalidField("body.answer", "reason_length")
	}
	err := s.handle(ctx, actor, id, func(tx *gorm.DB, r Request) error {
		if r.State == Refused && r.Reason == reason && r.Answer == answer {
			return nil
		}
		if err := s.close(tx, actor, r, Refused, reason, answer, map[string]any{}); err != nil {
			return err
		}
		return s.record(tx, actor, audit.RequestRefused, r, audit.Detail{"reason": reason})
	})
	if err != nil {
		return Request{}, err
	}
	return s.One(ctx, actor, id)
}

// close ends an open request; the conditional UPDATE decides between two.
func (s *Rights) close(tx *gorm.DB, actor models.Actor, r Request, state, reason, answer string, outcome map[string]any) error {
	text, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	return store.One(tx.Exec(`UPDATE data_requests SET state = ?, reason = ?, answer = ?, outcome = ?, closed_by = ?, closed_name = ?, closed_at = ?, live = NULL
		WHERE id = ? AND live IS NOT NULL`, state, reason, answer, string(text), actor.Account, cut(actor.Name, 120), s.clock.Now(), r.ID),
		models.Conflict("request_closed"))
}

// Confirmed is the word that somebody must type before anything is erased.
const Confirmed = "XÓA"

// confirms tells whether somebody typed Confirmed in capitals: keyboards put the
// mark on either vowel, and send it in one character or in two.
func confirms(typed string) bool {
	typed = strings.TrimSpace(typed)
	return strings.ToUpper(typed) == typed && models.Fold(typed) == models.Fold(Confirmed)
}

// Complete carries a request out and closes it. answer is what whoever asked is
// told, up to 800 characters; confirm must be the word Confirmed for a deletion. A repeat
// answers what was done. Errors: Invalid fields body.answer, body.confirm, and
// those of the new values; KindConflict "copy_first" for an access request,
// written down at the desk, of which no copy was made, "request_closed", "proof_broken", "person_exists".
func (s *Rights) Complete(ctx context.Context, actor models.Actor, id models.ID, answer, confirm string) (Request, error) {
	answer = models.Clean(answer)
	if utf8.RuneCountInString(answer) > maxNote {
		return Request{}, models.InvalidField("body.answer", "too_long")
	}
	var forget []models.ID
	err := s.handle(ctx, actor, id, func(tx *gorm.DB, r Request) error {
		if r.State == Done {
			return nil
		}
		if r.Kind == Deletion && !confirms(confirm) {
			return models.InvalidField("body.confirm", "confirm_word")
		}
		outcome, err := s.carryOut(ctx, tx, actor, r, &forget)
		if err != nil {
			return err
		}
		if r.Kind == Deletion {
			answer = "" // may name whoever was erased
		}
		if err := s.close(tx, actor, r, Done, "", answer, outcome); err != nil {
			return err
		}
		return s.record(tx, actor, audit.RequestDone, r, nil)
	})
	if err != nil {
		return Request{}, err
	}
	s.learning.ForgetAttempts(forget)
	s.people.ForgetActors()
	return s.One(ctx, actor, id)
}

func (s *Rights) carryOut(ctx context.Context, tx *gorm.DB, actor models.Actor, r Request, forget *[]models.ID) (map[string]any, error) {
	switch r.Kind {
	case Access:
		// Whoever asked on the own phone fetches the copy there: nobody at the desk
		// has to hold it first.
		if r.Outcome == "{}" && r.Channel != consent.ChannelAccount {
			return nil, models.Conflict("copy_first")
		}
		var outcome map[string]any
		return outcome, json.Unmarshal([]byte(r.Outcome), &outcome)
	case Correction:
		return s.correct(tx, actor, r)
	case Restriction:
		if err := consent.Restrict(tx, r.PersonID, consent.Restricted, r.ID, s.clock.Now()); err != nil {
			return nil, err
		}
		if err := s.people.RestPerson(tx, r.PersonID); err != nil {
			return nil, err
		}
		return map[string]any{}, s.record(tx, actor, audit.PersonRestricted, r, nil)
	}
	return s.erase(ctx, tx, actor, r, forget)
}

// correct writes the new values, keeps the old ones beside them, and issues the
// completion confirmation anew when the name changed.
func (s *Rights) correct(tx *gorm.DB, actor models.Actor, r Request) (map[string]any, error) {
	var wishes map[string]string
	if err := json.Unmarshal([]byte(r.Wishes), &wishes); err != nil {
		return nil, err
	}
	changes, err := people.CorrectPerson(tx, r.PersonID, wishes)
	if err != nil {
		return nil, err
	}
	now, fields := s.clock.Now(), []string{}
	outcome := map[string]any{}
	for _, c := range changes {
		fields = append(fields, c.Field)
		err := tx.Exec("INSERT INTO person_changes (id, person_id, request_id, field, old_value, new_value, changed_by, changed_at) VALUES (?,?,?,?,?,?,?,?)",
			models.NewID(now), r.PersonID, r.ID, c.Field, c.Old, c.New, actor.Account, now).Error
		if err != nil {
			return nil, err
		}
		if c.Field != "full_name" {
			continue
		}
		cert, err := certificate.Reissue(tx, actor, r.PersonID, c.New, now)
		if err != nil {
			return nil, err
		}
		if cert != nil {
			outcome["certificate"] = cert.Code
		}
	}
	outcome["fields"] = fields
	return outcome, s.record(tx, actor, audit.PersonCorrected, r, audit.Detail{"fields": join(fields)})
}

// Lift ends a restriction that a request brought about. A repeat changes
// nothing. The error is KindConflict "not_restricted".
func (s *Rights) Lift(ctx context.Context, actor models.Actor, id models.ID) (Request, error) {
	err := s.handle(ctx, actor, id, func(tx *gorm.DB, r Request) error {
		if r.State == Lifted {
			return nil
		}
		if r.Kind != Restriction || r.State != Done {
			return models.Conflict("not_restricted")
		}
		if err := consent.Unrestrict(tx, r.PersonID); err != nil {
			return err
		}
		if err := s.people.WakePerson(tx, r.PersonID); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE data_requests SET state = ? WHERE id = ?", Lifted, id).Error; err != nil {
			return err
		}
		return s.record(tx, actor, audit.PersonUnrestricted, r, nil)
	})
	if err != nil {
		return Request{}, err
	}
	s.people.ForgetActors()
	return s.One(ctx, actor, id)
}
