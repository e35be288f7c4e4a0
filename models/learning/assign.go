package learning

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// When the right answers of a quiz are shown. The last two hold back what the
// rules of a lesson session would show, and never show more.
const (
	AtOnce     = "at_once"     // as soon as the pupil has submitted, also in a lesson session
	AfterClose = "after_close" // when the session is over, or the teacher releases it; at home at once
	AfterDue   = "after_due"   // when the assignment is over
	ByHand     = "by_hand"     // when the teacher releases the assignment
)

// What can be assigned.
const (
	AssignCourse   = "course"   // a course with its quiz; done when the quiz is passed
	AssignLessons  = "lessons"  // some of its lessons
	AssignQuiz     = "quiz"     // its quiz
	AssignScenario = "scenario" // one of its practice scenarios; done when a run was passed, in any mode
	AssignBank     = "bank"     // a question set of a bank, as practice; done when every question was answered rightly once
)

// To whom something is assigned.
const (
	ToClass  = "class"  // everybody in it, whenever they join
	ToGroup  = "group"  // who is in the group at the moment
	ToPupils = "pupils" // the pupils named, while they are in the class
)

// Bounds of an assignment.
const (
	longestAssignment = 366 * 24 * time.Hour // from opening to end
	mostAttempts      = 20
	mostRecipients    = 200 // single pupils
	mostParts         = 60
)

// Recipients says to whom something is assigned. GroupID is set for ToGroup,
// Persons for ToPupils.
type Recipients struct {
	To      string      `json:"to"` // class, group, pupils
	GroupID *models.ID  `json:"group_id"`
	Persons []models.ID `json:"person_ids"`
}

// Terms are what can be changed of an assignment after it was given. Release
// empty: AfterClose. Attempts bounds the quizzes a pupil begins at home while
// it runs, 1 to 20, nil for no bound; what is taken in a lesson session is
// neither counted nor refused.
type Terms struct {
	Recipients Recipients
	OpensAt    time.Time
	DueAt      time.Time
	Attempts   *int
	Release    string
}

// NewAssignment asks pupils of a class to do something. ID is made by the
// client: sending the same again answers as the first did. Kind empty:
// AssignCourse; Recipients.To empty: ToClass. Parts are keys of lessons, or of
// one scenario. CourseKey of AssignBank is the key of a question set.
type NewAssignment struct {
	ID        models.ID
	ClassID   models.ID
	Kind      string
	CourseKey string
	Parts     []string
	Terms
}

// Assignment is something that pupils of a class are asked to do. Done and
// Begun count the recipients who have done it, at home or in a session, and who
// have begun and not done it; Total are all recipients as of now.
type Assignment struct {
	ID         models.ID  `json:"id"`
	ClassID    models.ID  `json:"class_id"`
	Kind       string     `json:"kind"`
	CourseKey  string     `json:"course_key"`
	Parts      []string   `json:"parts"`
	Title      string     `json:"title"`
	Recipients Recipients `json:"recipients"`
	GroupName  string     `json:"group_name"`
	OpensAt    time.Time  `json:"opens_at"`
	DueAt      time.Time  `json:"due_at"`
	Attempts   *int       `json:"attempts"`
	Release    string     `json:"release"`
	ReleasedAt *time.Time `json:"released_at"`
	Version    int        `json:"version"` // send it back when you change the assignment
	Done       int        `json:"done"`
	Begun      int        `json:"begun"`
	Total      int        `json:"total"`
}

// assignmentRow is the assignments table.
type assignmentRow struct {
	ID, ClassID, GroupID             models.ID
	Kind, CourseKey, Parts           string
	Recipients, Results, GroupName   string
	OpensAt, DueAt, CreatedAt        time.Time
	Attempts                         *int
	Version                          int
	ChangedAt, ReleasedAt, RemovedAt *time.Time
}

const assignmentSelect = `SELECT a.id, a.class_id, a.kind, a.course_key, a.parts, a.recipients, a.group_id, COALESCE(g.name, '') AS group_name,
	a.opens_at, a.due_at, a.attempts, a.results, a.version, a.created_at, a.changed_at, a.released_at, a.removed_at
	FROM assignments a LEFT JOIN pupil_groups g ON g.id = a.group_id`

func assignmentRows(q *gorm.DB) ([]assignmentRow, error) {
	var rows []assignmentRow
	err := q.Scan(&rows).Error
	return rows, err
}

// parts decodes the keys; they were written by this package.
func (r assignmentRow) parts() []string {
	var list []string
	_ = json.Unmarshal([]byte(r.Parts), &list)
	return orEmpty(list)
}

// running tells whether the assignment is open at an instant.
func (r assignmentRow) running(now time.Time) bool {
	return r.RemovedAt == nil && !r.OpensAt.After(now) && r.DueAt.After(now)
}

// sameWork tells whether two assignments ask for the same.
func (r assignmentRow) sameWork(o assignmentRow) bool {
	return r.Kind == o.Kind && r.CourseKey == o.CourseKey && r.Parts == o.Parts
}

// Assign asks pupils of a class to do something. Errors: NotFound for a class
// out of reach; Invalid fields body.id, body.kind, body.course_key ("unknown",
// "other_level", "other_school"), body.parts, body.opens_at ("in_the_past": before today),
// body.due_at ("not_after_opening", "in_the_past", "too_late": over a year
// after opening), body.attempts, body.release, body.recipients.to, .group_id,
// .person_ids; Conflict "id_taken" when the id names another assignment.
func (l *Learning) Assign(ctx context.Context, actor models.Actor, n NewAssignment) (Assignment, error) {
	n.settle()
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		class, err := classForCourse(tx, actor, models.ActTeach, n.ClassID, n.CourseKey)
		if err != nil {
			return err
		}
		again, err := n.before(tx)
		if again || err != nil {
			return err
		}
		fields, err := l.checkNew(ctx, tx, class, n)
		if err != nil {
			return err
		}
		if len(fields) > 0 {
			return models.Invalid("invalid", fields...)
		}
		return n.insert(tx, actor.Account, l.clock.Now())
	})
	if err != nil {
		return Assignment{}, err
	}
	return l.assignment(ctx, n.ID)
}

// settle fills in what may be left out and cuts times to whole seconds.
func (n *NewAssignment) settle() {
	if n.Kind == "" {
		n.Kind = AssignCourse
	}
	n.Parts = orEmpty(n.Parts)
	n.Terms.settle()
}

func (t *Terms) settle() {
	t.OpensAt, t.DueAt = t.OpensAt.UTC().Truncate(time.Second), t.DueAt.UTC().Truncate(time.Second)
	if t.Release == "" {
		t.Release = AfterClose
	}
	if t.Recipients.To == "" {
		t.Recipients.To = ToClass
	}
}

// before tells whether this very assignment was made already; Conflict
// "id_taken" when the id names another.
func (n NewAssignment) before(tx *gorm.DB) (bool, error) {
	if n.ID.IsZero() {
		return false, nil
	}
	rows, err := assignmentRows(tx.Raw(assignmentSelect+" WHERE a.id = ?", n.ID))
	if err != nil || len(rows) == 0 {
		return false, err
	}
	r := rows[0]
	if r.RemovedAt != nil || r.ClassID != n.ClassID || r.Kind != n.Kind || r.CourseKey != n.CourseKey || !slices.Equal(r.parts(), n.Parts) {
		return false, models.Conflict("id_taken")
	}
	return true, nil
}

// insert writes a checked assignment with its recipients.
func (n NewAssignment) insert(tx *gorm.DB, by models.ID, now time.Time) error {
	parts, err := json.Marshal(n.Parts)
	if err != nil {
		return err
	}
	err = tx.Exec(`INSERT INTO assignments (id, class_id, kind, course_key, parts, recipients, group_id, opens_at, due_at, attempts, results,
		version, assigned_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`, n.ID, n.ClassID, n.Kind, n.CourseKey, string(parts),
		n.Recipients.To, n.Recipients.group(), n.OpensAt, n.DueAt, n.Attempts, n.Release, by, now).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry // the same request at the same moment
	}
	if err != nil {
		return err
	}
	return n.Recipients.write(tx, n.ID, now)
}

// assignment reads one assignment as its teacher sees it.
func (l *Learning) assignment(ctx context.Context, id models.ID) (Assignment, error) {
	db := l.db.Read(ctx)
	rows, err := assignmentRows(db.Raw(assignmentSelect+" WHERE a.removed_at IS NULL AND a.id = ?", id))
	if err != nil {
		return Assignment{}, err
	}
	if len(rows) == 0 {
		return Assignment{}, models.NotFound()
	}
	list, err := l.shown(ctx, db, rows)
	if err != nil {
		return Assignment{}, err
	}
	return list[0], nil
}
