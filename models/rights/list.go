package rights

import (
	"context"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/consent"
	"nhaso/models/people"
)

// RequestFilter narrows the list of the desk.
type RequestFilter struct {
	State string // "open" (default), "closed", "all"
	Kind  string
	Limit int // 1 to 200, default 100
}

// Requests lists what the actor filed or answers for: the open ones by their
// deadline, else the newest first. A school sees its own, a teacher those of the
// own class, a commune's officer those of adults who live there and what the
// commune wrote down itself. The error is KindForbidden.
func (s *Rights) Requests(ctx context.Context, actor models.Actor, f RequestFilter) ([]Request, error) {
	if f.Limit < 1 || f.Limit > 200 {
		f.Limit = 100
	}
	where, args, err := s.visible(actor)
	if err != nil {
		return nil, err
	}
	order := "r.due_at, r.id"
	switch f.State {
	case "", "open":
		where += " AND r.live IS NOT NULL"
	case "closed":
		where, order = where+" AND r.live IS NULL", "r.closed_at DESC, r.id DESC"
	default:
		order = "r.filed_at DESC, r.id DESC"
	}
	if f.Kind != "" {
		where, args = where+" AND r.kind = ?", append(args, f.Kind)
	}
	var list []Request
	err = s.db.Read(ctx).Raw("SELECT "+requestColumns+" FROM data_requests r WHERE "+where+" ORDER BY "+order+" LIMIT ?", append(args, f.Limit)...).Scan(&list).Error
	if err != nil {
		return nil, err
	}
	return s.named(ctx, actor, list)
}

// One answers a request that the actor sees. The error is NotFound for others.
func (s *Rights) One(ctx context.Context, actor models.Actor, id models.ID) (Request, error) {
	r, err := s.one(s.db.Read(ctx), actor, id)
	if err != nil {
		return Request{}, err
	}
	list, err := s.named(ctx, actor, []Request{r})
	if err != nil {
		return Request{}, err
	}
	return list[0], nil
}

func (s *Rights) one(tx *gorm.DB, actor models.Actor, id models.ID) (Request, error) {
	where, args, err := s.visible(actor)
	if err != nil {
		return Request{}, err
	}
	var rows []Request
	err = tx.Raw("SELECT "+requestColumns+" FROM data_requests r WHERE r.id = ? AND "+where, append([]any{id}, args...)...).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = models.NotFound()
	}
	if err != nil {
		return Request{}, err
	}
	return rows[0], nil
}

// visible is the condition on a request r that the actor may read it: what one
// may file, or answers for.
func (s *Rights) visible(actor models.Actor) (where string, args []any, err error) {
	files, err := models.Allow(actor, models.ActFileRequest)
	answers, denied := models.Allow(actor, models.ActHandleRequests)
	if err != nil && denied != nil {
		return "", nil, denied
	}
	where, args = "(r.filed_by = ?", []any{actor.Account}
	if actor.Account.IsZero() {
		where, args = "(1 = 0", nil
	}
	if len(files.Classes) > 0 {
		where += " OR EXISTS (SELECT 1 FROM enrolments e WHERE e.person_id = r.person_id AND e.live = 1 AND e.class_id IN ?)"
		args = append(args, files.Classes)
	}
	if denied == nil {
		w, a := atDesk(answers)
		where, args = where+" OR "+w, append(args, a...)
	}
	return where + ")", args, nil
}

// atDesk is the condition on a request r that a reach answers for it.
func atDesk(reach models.Reach) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	where = "(1 = 0"
	if len(reach.Schools) > 0 {
		where, args = where+" OR r.school_id IN ?", append(args, reach.Schools)
	}
	if len(reach.Areas) > 0 {
		where += " OR (r.school_id IS NULL AND EXISTS (SELECT 1 FROM areas da WHERE da.id = r.commune_id AND (da.id IN ? OR da.province_id IN ?)))"
		args = append(args, reach.Areas, reach.Areas)
	}
	return where + ")", args
}

// named adds the names that the actor may read: a school its own pupils', all
// others only with consent.
func (s *Rights) named(ctx context.Context, actor models.Actor, list []Request) ([]Request, error) {
	if len(list) == 0 {
		return []Request{}, nil
	}
	tx := s.db.Read(ctx)
	ids := make([]models.ID, len(list))
	for i, r := range list {
		ids[i] = r.PersonID
	}
	names, err := namesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	agreed, err := consent.Shown(tx, ids, consent.AreaNames, s.clock.Today())
	if err != nil {
		return nil, err
	}
	inside, outside := s.reachOf(actor)
	for i := range list {
		r := &list[i]
		r.FiledAt, r.DueAt = r.FiledAt.UTC(), r.DueAt.UTC()
		r.TakenAt, r.ClosedAt = utc(r.TakenAt), utc(r.ClosedAt)
		known := names[r.PersonID]
		own, err := people.StudentInReach(tx, inside, r.PersonID)
		if err != nil {
			return nil, err
		}
		r.Mine, err = s.answersFor(tx, outside, r.ID)
		if err != nil {
			return nil, err
		}
		// Whoever wrote the request down had the person before them, and who asked on
		// the own phone asked this desk: it cannot answer somebody without a name.
		asked := r.Channel == consent.ChannelAccount && r.Open() && r.Mine && !outside.All
		if own || agreed[r.PersonID] || asked || !actor.Account.IsZero() && r.FiledBy == actor.Account {
			r.PersonName = known.FullName
		}
		r.ClassName, r.SchoolName = known.ClassName, known.SchoolName
	}
	return list, nil
}

// reachOf answers where the actor knows pupils from the class register, and
// where the actor answers for requests.
func (s *Rights) reachOf(actor models.Actor) (inside, answers models.Reach) {
	files, _ := models.Allow(actor, models.ActFileRequest)
	answers, _ = models.Allow(actor, models.ActHandleRequests)
	return models.Reach{Classes: files.Classes, Schools: append(append([]models.ID{}, files.Schools...), answers.Schools...)}, answers
}

func (s *Rights) answersFor(tx *gorm.DB, reach models.Reach, id models.ID) (bool, error) {
	if reach.Empty() {
		return false, nil
	}
	where, args := atDesk(reach)
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM data_requests r WHERE r.id = ? AND "+where, append([]any{id}, args...)...).Scan(&n).Error
	return n > 0, err
}

// known is a person by name and, while enrolled, class and school.
type known struct {
	ID                              models.ID
	FullName, ClassName, SchoolName string
}

func namesOf(tx *gorm.DB, ids []models.ID) (map[models.ID]known, error) {
	var rows []known
	err := tx.Raw(`SELECT p.id, p.full_name, COALESCE(c.name, '') AS class_name, COALESCE(s.name, '') AS school_name FROM persons p
		LEFT JOIN enrolments e ON e.person_id = p.id AND e.live = 1 LEFT JOIN school_classes c ON c.id = e.class_id
		LEFT JOIN schools s ON s.id = e.school_id WHERE p.id IN ?`, ids).Scan(&rows).Error
	out := map[models.ID]known{}
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
