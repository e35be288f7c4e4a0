package rights

import (
	"context"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
	"nhaso/models/people"
)

// OwnRequest is what somebody asks for about the own data, signed in. ID is made
// by the phone: a repeat is one request. Guardian is the relation of whoever
// sits beside the child and asks with it, empty when nobody does.
type OwnRequest struct {
	ID       models.ID
	Kind     string
	Guardian string
	Wishes   map[string]string // of a correction: field to new value
	Note     string            // up to 800 characters
}

// MyDesk is what somebody reads about the own requests.
type MyDesk struct {
	Requests []Request // newest first, whoever wrote them down
	School   string    // whose desk answers; empty: the commune's
	Commune  string
	Young    bool // the law wants a guardian beside the child
}

// own finds the person behind an actor. The error is NotFound for an account
// without one.
func own(actor models.Actor) (models.ID, error) {
	reach, err := models.Allow(actor, models.ActOwnData)
	if err == nil && reach.Self.IsZero() {
		err = models.NotFound()
	}
	return reach.Self, err
}

// FileMine writes down what the actor asks for about the own data and starts the
// clock. The request goes to the same desk as one written down there: the
// school's, for whoever goes to none the commune's. The name of whoever asks is
// not kept a second time. Who is so young that the law wants a guardian asks with
// one for what closes the account. The actor needs own_data. Errors as for File;
// Invalid field body.guardian "guardian_needed".
func (s *Rights) FileMine(ctx context.Context, actor models.Actor, o OwnRequest) (Request, error) {
	person, err := own(actor)
	if err != nil {
		return Request{}, err
	}
	n := NewRequest{ID: o.ID, Kind: o.Kind, PersonID: person, AskedBy: "self", Relation: o.Guardian, Channel: consent.ChannelAccount, Wishes: o.Wishes, Note: o.Note}
	if o.Guardian != "" {
		n.AskedBy = "guardian"
	}
	if err := n.check(); err != nil {
		return Request{}, err
	}
	var made Request
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if old, err := requestRow(tx, n.ID); err != nil || old != nil {
			if old != nil && (old.PersonID != person || old.Kind != n.Kind) {
				return models.Conflict("id_taken")
			}
			if old != nil {
				made = *old
			}
			return err
		}
		young, err := consent.NeedsGuardian(tx, person, s.clock.Today())
		if err != nil {
			return err
		}
		if young && n.AskedBy == "self" && (n.Kind == Deletion || n.Kind == Restriction) {
			return models.InvalidField("body.guardian", "guardian_needed")
		}
		commune, err := homeOf(tx, person, s.clock.Today())
		if err != nil {
			return err
		}
		pupil, err := people.Enrolment(tx, person)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return err
		}
		actor.Name = "" // the row names nobody: it stays when the person is erased
		made, err = s.write(tx, actor, n, pupil.SchoolID, commune)
		return err
	})
	return made.mine(), err
}

// Mine answers the actor's own requests, those that a teacher or the commune
// wrote down among them. The actor needs own_data.
func (s *Rights) Mine(ctx context.Context, actor models.Actor) (MyDesk, error) {
	person, err := own(actor)
	if err != nil {
		return MyDesk{}, err
	}
	out := MyDesk{Requests: []Request{}}
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		err := tx.Raw("SELECT "+requestColumns+" FROM data_requests r WHERE r.person_id = ? ORDER BY r.filed_at DESC, r.id DESC LIMIT 50", person).Scan(&out.Requests).Error
		if err != nil {
			return err
		}
		for i, r := range out.Requests {
			out.Requests[i] = r.mine()
		}
		names, err := namesOf(tx, []models.ID{person})
		if err != nil {
			return err
		}
		out.School = names[person].SchoolName
		commune, err := homeOf(tx, person, s.clock.Today())
		if err != nil {
			return err
		}
		if !commune.IsZero() {
			if err := tx.Raw("SELECT full_name FROM areas WHERE id = ?", commune).Scan(&out.Commune).Error; err != nil {
				return err
			}
		}
		out.Young, err = consent.NeedsGuardian(tx, person, s.clock.Today())
		return err
	})
	return out, err
}

// mine leaves out of a request what is not for whom it is about: the names of
// those who work at the desk.
func (r Request) mine() Request {
	r.FiledAt, r.DueAt = r.FiledAt.UTC(), r.DueAt.UTC()
	r.TakenAt, r.ClosedAt = utc(r.TakenAt), utc(r.ClosedAt)
	r.FiledName, r.OwnerName, r.ClosedName = "", "", ""
	return r
}

// TakeBack ends an own request that waits. A repeat changes nothing. Errors:
// NotFound for one that is not the actor's; KindConflict "request_closed" once
// it was answered.
func (s *Rights) TakeBack(ctx context.Context, actor models.Actor, id models.ID) error {
	person, err := own(actor)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		r, err := ownRequest(tx, person, id)
		if err != nil || r.State == Refused && r.Reason == takenBack {
			return err
		}
		actor.Name = ""
		if err := s.close(tx, actor, r, Refused, takenBack, "", map[string]any{}); err != nil {
			return err
		}
		return s.record(tx, actor, audit.RequestRefused, r, audit.Detail{"reason": takenBack})
	})
}

// takenBack is the reason of a request that whoever asked took back.
const takenBack = "taken_back"

func ownRequest(tx *gorm.DB, person, id models.ID) (Request, error) {
	r, err := requestRow(tx, id)
	if err == nil && (r == nil || r.PersonID != person) {
		err = models.NotFound()
	}
	if err != nil {
		return Request{}, err
	}
	return *r, nil
}

// HasCopy tells whether the subject can fetch the copy of everything kept: the
// desk has answered an access request with yes, thirty days ago at most.
func (r Request) HasCopy(now time.Time) bool {
	return r.Kind == Access && r.State == Done && r.ClosedAt != nil && now.Sub(r.ClosedAt.UTC()) <= keptCopies
}

// CopyMine makes the same file as Copy for the person whom it is about, once the
// desk has answered. The secret of the account is asked for again: a phone that
// lies about is not enough. Each file is on record. Errors: Invalid field
// body.secret "wrong_password"; KindLocked after too many wrong ones; NotFound
// for another's request; KindConflict "not_access", "copy_not_ready",
// "request_closed" when it was refused or is more than thirty days old.
func (s *Rights) CopyMine(ctx context.Context, actor models.Actor, id models.ID, secret string) (file []byte, err error) {
	person, err := own(actor)
	if err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(secret); n < 1 || n > 200 {
		return nil, models.InvalidField("body.secret", "required")
	}
	// Whose request it is comes first: nobody tries passwords on others'.
	if _, err := ownRequest(s.db.Read(ctx), person, id); err != nil {
		return nil, err
	}
	if err := s.people.ConfirmSecret(ctx, actor, "body.secret", secret); err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		r, err := ownRequest(tx, person, id)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		switch {
		case r.Kind != Access:
			return models.Conflict("not_access")
		case r.Open():
			return models.Conflict("copy_not_ready")
		case !r.HasCopy(now):
			return models.Conflict("request_closed")
		}
		if file, err = s.copyOf(tx, person, now); err != nil {
			return err
		}
		return s.record(tx, actor, audit.PersonExported, r, audit.Detail{"to": "self"})
	})
	return file, err
}
