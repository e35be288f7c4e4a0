package rights

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
	"nhaso/models/place"
	"nhaso/models/store"
)

// LookupLasts is how long somebody who gave a reason may look names up.
const LookupLasts = 3 * time.Hour

// LookupReasons are the reasons from which one is chosen; a text is added.
var LookupReasons = []string{"complaint", "certificate_check", "duplicate", "welfare", "inspection", "other"}

// Lookup is a time-boxed look at names beyond one's own school or area list.
type Lookup struct {
	ID        models.ID
	AccountID models.ID
	ActorName string
	Role      string
	Reason    string
	Note      string
	BegunAt   time.Time
	EndsAt    time.Time
	EndedAt   *time.Time
}

// Open tells whether names may still be looked up at an instant.
func (l Lookup) Open(now time.Time) bool { return l.EndedAt == nil && now.Before(l.EndsAt) }

const lookupColumns = "id, account_id, actor_name, role, reason, note, begun_at, ends_at, ended_at"

// BeginLookup opens a look for three hours. reason is one of LookupReasons, note
// says in 10 to 400 characters what for; the schools whose pupils are looked up
// read both. A repeat with the same id answers the same look. Errors: Invalid
// fields body.id, body.reason, body.note; KindConflict "id_taken"; KindForbidden.
func (s *Rights) BeginLookup(ctx context.Context, actor models.Actor, id models.ID, reason, note string) (Lookup, error) {
	if _, err := models.Allow(actor, models.ActLookUpNames); err != nil {
		return Lookup{}, err
	}
	note = models.Clean(note)
	switch n := utf8.RuneCountInString(note); {
	case id.IsZero():
		return Lookup{}, models.InvalidField("body.id", "required")
	case !slices.Contains(LookupReasons, reason):
		return Lookup{}, models.InvalidField("body.reason", "unknown")
	case n < 10 || n > 400:
		return Lookup{}, models.InvalidField("body.note", "reason_length")
	}
	var l Lookup
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		l = Lookup{ID: id, AccountID: actor.Account, ActorName: cut(actor.Name, 120), Role: string(actor.RoleFor(models.ActLookUpNames)),
			Reason: reason, Note: note, BegunAt: now, EndsAt: now.Add(LookupLasts)}
		err := tx.Exec("INSERT INTO name_lookups (id, account_id, actor_name, role, reason, note, begun_at, ends_at) VALUES (?,?,?,?,?,?,?,?)",
			l.ID, l.AccountID, l.ActorName, l.Role, l.Reason, l.Note, l.BegunAt, l.EndsAt).Error
		if store.IsDuplicate(err) {
			old, err := lookupOf(tx, actor, id)
			if models.KindOf(err) == models.KindNotFound {
				return models.Conflict("id_taken")
			}
			l = old
			return err
		}
		if err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.LookupBegun, Kind: audit.KindLookup, Subject: id, Detail: audit.Detail{"reason": reason}})
	})
	return l, err
}

// lookupOf reads a look of the actor's own. The error is NotFound for others'.
func lookupOf(tx *gorm.DB, actor models.Actor, id models.ID) (Lookup, error) {
	var rows []Lookup
	err := tx.Raw("SELECT "+lookupColumns+" FROM name_lookups WHERE id = ? AND account_id = ?", id, actor.Account).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.NotFound()
	}
	if err != nil {
		return Lookup{}, err
	}
	return rows[0].inUTC(), nil
}

func (l Lookup) inUTC() Lookup {
	l.BegunAt, l.EndsAt, l.EndedAt = l.BegunAt.UTC(), l.EndsAt.UTC(), utc(l.EndedAt)
	return l
}

// CurrentLookup answers the actor's open look, nil without one.
func (s *Rights) CurrentLookup(ctx context.Context, actor models.Actor) (*Lookup, error) {
	if _, err := models.Allow(actor, models.ActLookUpNames); err != nil {
		return nil, err
	}
	var rows []Lookup
	err := s.db.Read(ctx).Raw("SELECT "+lookupColumns+" FROM name_lookups WHERE account_id = ? AND ended_at IS NULL AND ends_at > ? ORDER BY ends_at DESC LIMIT 1",
		actor.Account, s.clock.Now()).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	l := rows[0].inUTC()
	return &l, nil
}

// EndLookup ends a look before its time. A repeat changes nothing. The error is
// NotFound for somebody else's.
func (s *Rights) EndLookup(ctx context.Context, actor models.Actor, id models.ID) error {
	if _, err := models.Allow(actor, models.ActLookUpNames); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		l, err := lookupOf(tx, actor, id)
		if err != nil || !l.Open(s.clock.Now()) {
			return err
		}
		res := tx.Exec("UPDATE name_lookups SET ended_at = ? WHERE id = ? AND ended_at IS NULL", s.clock.Now(), id)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.Error
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.LookupEnded, Kind: audit.KindLookup, Subject: id})
	})
}

// Looked is a pupil as a look shows them.
type Looked struct {
	PersonID    models.ID
	FullName    string
	ClassName   string
	SchoolID    models.ID
	SchoolName  string
	Certificate string // code of the valid confirmation, may be empty
}

// Query is what is looked up: exactly one of the two.
type Query struct {
	Name string // at least two words or four letters, without marks
	Code string // of a confirmation or of a household
}

// lookedMost is the most names that one question answers: a look is for one
// child, not for a list.
const lookedMost = 20

// Look answers names for an open look, in the actor's area. Whoever withdrew
// consent, or is restricted, is not among them. Each name leaves an entry that the
// owning school reads. more tells that there are others: ask more narrowly.
// Errors: NotFound for a look that is not the actor's; KindClosed
// "lookup_over"; Invalid field "query".
func (s *Rights) Look(ctx context.Context, actor models.Actor, id models.ID, q Query) (list []Looked, more bool, err error) {
	reach, err := models.Allow(actor, models.ActLookUpNames)
	if err != nil {
		return nil, false, err
	}
	where, args, err := q.where()
	if err != nil {
		return nil, false, err
	}
	in, inArgs := place.ClassFilter(reach, "e.class_id")
	free, freeArgs := consent.LookupSQL("p.id")
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		l, err := lookupOf(tx, actor, id)
		if err != nil {
			return err
		}
		if !l.Open(s.clock.Now()) {
			return models.Fail(models.KindClosed, "lookup_over")
		}
		list = []Looked{}
		err = tx.Raw(`SELECT p.id AS person_id, p.full_name, c.name AS class_name, s.id AS school_id, s.name AS school_name, COALESCE(x.code, '') AS certificate
			FROM persons p JOIN enrolments e ON e.person_id = p.id AND e.live = 1 JOIN school_classes c ON c.id = e.class_id
			JOIN schools s ON s.id = e.school_id LEFT JOIN certificates x ON x.person_id = p.id AND x.live = 1
			WHERE `+where+" AND "+in+" AND "+free+" ORDER BY p.sort_key, p.id LIMIT ?",
			append(append(append(args, inArgs...), freeArgs...), lookedMost+1)...).Scan(&list).Error
		if err != nil {
			return err
		}
		if more = len(list) > lookedMost; more {
			list = list[:lookedMost]
		}
		for _, p := range list {
			err := audit.Append(tx, actor, audit.Entry{Act: audit.LookupRead, Kind: audit.KindPerson, Subject: p.PersonID, School: p.SchoolID,
				Detail: audit.Detail{"lookup": id.String(), "reason": l.Reason}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return list, more, err
}

func (q Query) where() (string, []any, error) {
	if q.Code != "" {
		code, err := models.NormalizeCode(q.Code)
		if err != nil {
			return "", nil, models.InvalidField("code", "invalid_code")
		}
		return `p.id IN (SELECT person_id FROM certificates WHERE code = ? UNION SELECT hl.person_id FROM household_links hl
			JOIN households h ON h.id = hl.household_id WHERE h.code = ? AND hl.live = 1)`, []any{code, code}, nil
	}
	name := models.Fold(q.Name)
	if utf8.RuneCountInString(name) < 4 {
		return "", nil, models.InvalidField("q", "too_short")
	}
	// A prefix of the whole folded name: the index serves it, and a single common
	// syllable lists nobody.
	return "p.name_fold LIKE ? ESCAPE '!'", []any{escape(name) + "%"}, nil
}
