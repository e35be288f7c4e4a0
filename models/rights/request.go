package rights

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

// NewRequest is what somebody asks for at the desk. ID is made by the client: a
// repeat is one request.
type NewRequest struct {
	ID       models.ID
	Kind     string
	PersonID models.ID
	AskedBy  string            // "self" or "guardian"
	Relation string            // the guardian's, see consent.Relations; empty for self
	Channel  string            // paper, in_person, phone; account is for the own phone alone (FileMine)
	Wishes   map[string]string // of a correction: field to new value
	Note     string            // up to 800 characters
}

// Request is one at the desk.
type Request struct {
	ID         models.ID
	Kind       string
	PersonID   models.ID
	SchoolID   models.ID // whose desk it is; zero: the commune's
	CommuneID  models.ID
	AskedBy    string
	Relation   string
	Channel    string
	Wishes     string // JSON
	Note       string
	State      string
	FiledBy    models.ID
	FiledName  string
	FiledAt    time.Time
	DueAt      time.Time
	OwnerID    models.ID
	OwnerName  string
	TakenAt    *time.Time
	Reason     string // of a refusal
	Answer     string // what whoever asked was told
	ClosedBy   models.ID
	ClosedName string
	ClosedAt   *time.Time
	Outcome    string // JSON: what was done

	PersonName string // empty where the person may not be named to whoever reads
	ClassName  string
	SchoolName string
	Mine       bool `gorm:"-"` // whoever reads may carry it out
}

// Open tells whether the request waits for an answer.
func (r Request) Open() bool { return r.State == Filed || r.State == Taken }

// WishedFor answers what a correction is to write, field to new value.
func (r Request) WishedFor() map[string]string {
	wishes := map[string]string{}
	_ = json.Unmarshal([]byte(r.Wishes), &wishes) // written by this room; a text that is none is no wish
	return wishes
}

// The reasons of a refusal.
var Reasons = []string{"identity_unclear", "not_this_person", "law_keeps", "taken_back", "other"}

var (
	kinds    = []string{Access, Correction, Deletion, Restriction}
	channels = []string{consent.ChannelPaper, consent.ChannelInPerson, consent.ChannelPhone}
)

// maxNote is the longest text of a request in characters.
const maxNote = 800

// check applies the rules that need no database.
func (n *NewRequest) check() error {
	n.Note = models.Clean(n.Note)
	switch {
	case n.ID.IsZero():
		return models.InvalidField("body.id", "required")
	case !slices.Contains(kinds, n.Kind):
		return models.InvalidField("body.kind", "unknown")
	case n.AskedBy != "self" && n.AskedBy != "guardian":
		return models.InvalidField("body.asked_by", "unknown")
	case n.AskedBy == "guardian" != slices.Contains(consent.Relations, n.Relation):
		return models.InvalidField("body.relation", "unknown")
	case utf8.RuneCountInString(n.Note) > maxNote:
		return models.InvalidField("body.note", "too_long")
	case n.Kind == Correction && len(n.Wishes) == 0:
		return models.InvalidField("body.wishes", "required")
	case n.Kind != Correction && len(n.Wishes) > 0:
		return models.InvalidField("body.wishes", "unknown")
	}
	for field, value := range n.Wishes {
		if !slices.Contains([]string{"full_name", "birth_date", "gender", "ministry_code"}, field) || utf8.RuneCountInString(value) > 120 {
			return models.InvalidField("body.wishes."+field, "unknown")
		}
	}
	return nil
}

// File writes a request down and starts its clock. The actor needs
// file_request in whose reach the person is: a teacher the own class, a school
// its pupils, a commune's officer whoever lives or goes to school there. A
// repeat answers the request as it stands. Errors: Invalid naming the field;
// NotFound for anybody out of reach; KindConflict "request_open" while one of
// the same kind waits, "erased" for somebody who was erased.
func (s *Rights) File(ctx context.Context, actor models.Actor, n NewRequest) (Request, error) {
	reach, err := models.Allow(actor, models.ActFileRequest)
	if err != nil {
		return Request{}, err
	}
	if err := n.check(); err != nil {
		return Request{}, err
	}
	if !slices.Contains(channels, n.Channel) {
		return Request{}, models.InvalidField("body.channel", "unknown")
	}
	var made Request
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		if old, err := requestRow(tx, n.ID); err != nil || old != nil {
			if old != nil && (old.FiledBy != actor.Account || old.PersonID != n.PersonID || old.Kind != n.Kind) {
				return models.Conflict("id_taken")
			}
			if old != nil {
				made = *old
			}
			return err
		}
		school, commune, err := s.deskOf(tx, reach, n.PersonID)
		if err != nil {
			return err
		}
		made, err = s.write(tx, actor, n, school, commune)
		return err
	})
	if err != nil {
		return Request{}, err
	}
	list, err := s.named(ctx, actor, []Request{made})
	if err != nil {
		return Request{}, err
	}
	return list[0], nil
}

func (s *Rights) write(tx *gorm.DB, actor models.Actor, n NewRequest, school, commune models.ID) (Request, error) {
	if r, err := consent.RestrictionOf(tx, n.PersonID); err != nil || r != nil && r.Kind == consent.Erased {
		if err == nil {
			err = models.Conflict("erased")
		}
		return Request{}, err
	}
	if n.Wishes == nil {
		n.Wishes = map[string]string{}
	}
	wishes, err := json.Marshal(n.Wishes)
	if err != nil {
		return Request{}, err
	}
	now := s.clock.Now()
	err = tx.Exec(`INSERT INTO data_requests (id, kind, person_id, school_id, commune_id, asked_by, relation, channel, wishes, note, state,
		filed_by, filed_name, filed_at, due_at, owner_name, reason, answer, closed_name, outcome, live)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'','','','','{}',?)`,
		n.ID, n.Kind, n.PersonID, school, commune, n.AskedBy, n.Relation, n.Channel, string(wishes), n.Note, Filed,
		actor.Account, cut(actor.Name, 120), now, Due(n.Kind, now), n.Kind).Error
	if store.IsDuplicate(err) {
		return Request{}, models.Conflict("request_open")
	}
	if err != nil {
		return Request{}, err
	}
	made, err := requestRow(tx, n.ID)
	if err != nil {
		return Request{}, err
	}
	return *made, s.record(tx, actor, audit.RequestFiled, *made, nil)
}

// record puts what happened to a request into the audit record.
func (s *Rights) record(tx *gorm.DB, actor models.Actor, act audit.Act, r Request, detail audit.Detail) error {
	d := audit.Detail{"kind": r.Kind, "person": r.PersonID.String()}
	for k, v := range detail {
		d[k] = v
	}
	return audit.Append(tx, actor, audit.Entry{Act: act, Kind: audit.KindRequest, Subject: r.ID, School: r.SchoolID, Area: r.CommuneID, Detail: d})
}

// deskOf finds whose desk answers for a person in reach: the school of the live
// enrolment, else the commune in which the person's household lies.
func (s *Rights) deskOf(tx *gorm.DB, reach models.Reach, person models.ID) (school, commune models.ID, err error) {
	in, err := people.StudentInReach(tx, reach, person)
	if err != nil {
		return school, commune, err
	}
	if commune, err = homeOf(tx, person, s.clock.Today()); err != nil {
		return school, commune, err
	}
	if !in && !commune.IsZero() {
		if in, err = place.AreaInReach(tx, models.Reach{All: reach.All, Areas: reach.Areas}, commune); err != nil {
			return school, commune, err
		}
	}
	if !in {
		return school, commune, models.NotFound()
	}
	pupil, err := people.Enrolment(tx, person)
	if models.KindOf(err) == models.KindNotFound {
		err = nil
	}
	return pupil.SchoolID, commune, err
}

// homeOf answers the commune of the household of which a person is a member,
// zero without one.
func homeOf(tx *gorm.DB, person models.ID, today string) (models.ID, error) {
	var found []models.ID
	err := tx.Raw(`SELECT vc.commune_id FROM household_links l JOIN households h ON h.id = l.household_id
		JOIN village_communes vc ON vc.village_id = h.village_id AND vc.valid_from <= ? AND vc.valid_to > ?
		WHERE l.person_id = ? AND l.live = 1`, today, today, person).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return models.ID{}, err
	}
	return found[0], nil
}

const requestColumns = `r.id, r.kind, r.person_id, r.school_id, r.commune_id, r.asked_by, r.relation, r.channel, r.wishes, r.note, r.state,
	r.filed_by, r.filed_name, r.filed_at, r.due_at, r.owner_id, r.owner_name, r.taken_at, r.reason, r.answer, r.closed_by, r.closed_name,
	r.closed_at, r.outcome`

func requestRow(tx *gorm.DB, id models.ID) (*Request, error) {
	var rows []Request
	err := tx.Raw("SELECT "+requestColumns+" FROM data_requests r WHERE r.id = ?", id).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
