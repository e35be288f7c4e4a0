package learning

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// maxReportNote is how many characters a pupil may add to a report.
const maxReportNote = 200

// Why a question is reported, and where the pupil met it.
var (
	reportReasons = []string{"wrong_key", "unclear", "broken", "outdated"}
	reportPlaces  = []string{"practice", "quiz", "result"}
)

// QuestionReport says that a question is broken. ID is made by the client.
// AttemptID names the quiz for the places quiz and result, so that the version
// shown there is meant; zero in practice.
type QuestionReport struct {
	ID          models.ID
	CourseKey   string
	QuestionKey string
	AttemptID   models.ID
	Place       string // practice, quiz, result
	Reason      string // wrong_key, unclear, broken, outdated
	Note        string // at most 200 characters, may be empty
}

// ReportedQuestion is what pupils said of one version of a question.
type ReportedQuestion struct {
	CourseKey    string         `json:"course_key"`
	QuestionKey  string         `json:"question_key"`
	QuestionHash string         `json:"question_hash"`
	Stem         string         `json:"stem"`    // sanitised inline HTML; empty when the version is not to be found
	Current      bool           `json:"current"` // false: mended or withdrawn since
	Count        int            `json:"count"`   // pupils
	Reasons      map[string]int `json:"reasons"`
	Notes        []string       `json:"notes"` // at most 20, the newest first
	LastAt       time.Time      `json:"last_at"`
}

// maxReports bounds a list of reports: single ones, before they are grouped.
const maxReports = 2000

// ReportQuestion keeps a report, once for each pupil and version of a question;
// a repeat changes nothing. It does not touch the quiz. Errors: NotFound for a
// question or attempt that is not there or not the actor's; Invalid fields
// body.id, body.place, body.reason, body.note.
func (l *Learning) ReportQuestion(ctx context.Context, actor models.Actor, r QuestionReport) error {
	person, err := learner(actor)
	if err != nil {
		return err
	}
	r.Note = norm.NFC.String(strings.TrimSpace(r.Note))
	switch {
	case r.ID.IsZero():
		return models.InvalidField("body.id", "required")
	case !slices.Contains(reportPlaces, r.Place):
		return models.InvalidField("body.place", "unknown")
	case !slices.Contains(reportReasons, r.Reason):
		return models.InvalidField("body.reason", "unknown")
	case utf8.RuneCountInString(r.Note) > maxReportNote:
		return models.InvalidField("body.note", "too_long")
	}
	hash, err := l.reported(ctx, person, r)
	if err != nil {
		return err
	}
	p, err := pupilOf(l.db.Read(ctx), person)
	if err != nil {
		return err
	}
	var class *models.ID
	if !p.ClassID.IsZero() {
		class = &p.ClassID
	}
	err = l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO question_reports (id, person_id, class_id, course_key, question_key, question_hash, place, reason, note, reported_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, person, class, r.CourseKey, r.QuestionKey, hash, r.Place, r.Reason, r.Note, l.clock.Now()).Error
	})
	if store.IsDuplicate(err) {
		return nil
	}
	return err
}

// reported finds the version that the pupil saw.
func (l *Learning) reported(ctx context.Context, person models.ID, r QuestionReport) (hash string, err error) {
	if !r.AttemptID.IsZero() {
		f, err := l.attempt(ctx, person, r.AttemptID)
		if err != nil {
			return "", err
		}
		for _, s := range f.items {
			if s.q.Key == r.QuestionKey && f.CourseKey == r.CourseKey {
				return s.q.Hash, nil
			}
		}
		return "", models.NotFound()
	}
	c, err := l.catalog.byKey(ctx, r.CourseKey)
	if err != nil {
		return "", err
	}
	q, ok := c.byKey[r.QuestionKey]
	if !ok || !q.Practised() {
		return "", models.NotFound()
	}
	return q.Hash, nil
}

// ClassReports lists what the pupils of a class reported, the newest first. Out
// of reach is NotFound.
func (l *Learning) ClassReports(ctx context.Context, actor models.Actor, classID models.ID) ([]ReportedQuestion, error) {
	_, open, err := classAnyhow(l.db.Read(ctx), actor, models.ActReadClass, classID)
	if err != nil {
		return nil, err
	}
	list, err := l.reports(ctx, "class_id = ?", classID)
	return slices.DeleteFunc(list, func(q ReportedQuestion) bool { return !open(q.CourseKey) }), err
}

// Reports lists what pupils everywhere reported, the newest first: for those
// who publish courses.
func (l *Learning) Reports(ctx context.Context, actor models.Actor) ([]ReportedQuestion, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return nil, err
	}
	return l.reports(ctx, "1 = 1")
}

func (l *Learning) reports(ctx context.Context, where string, args ...any) ([]ReportedQuestion, error) {
	var rows []struct {
		CourseKey, QuestionKey, QuestionHash, Reason, Note string
		ReportedAt                                         time.Time
	}
	err := l.db.Read(ctx).Raw(`SELECT course_key, question_key, question_hash, reason, note, reported_at FROM question_reports WHERE `+where+
		` ORDER BY reported_at DESC, id DESC LIMIT ?`, append(args, maxReports)...).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	list := []ReportedQuestion{}
	at := map[string]int{}
	for _, r := range rows {
		i, known := at[r.QuestionHash]
		if !known {
			i = len(list)
			at[r.QuestionHash] = i
			list = append(list, ReportedQuestion{CourseKey: r.CourseKey, QuestionKey: r.QuestionKey, QuestionHash: r.QuestionHash,
				Reasons: map[string]int{}, Notes: []string{}, LastAt: r.ReportedAt.UTC()})
		}
		q := &list[i]
		q.Count++
		q.Reasons[r.Reason]++
		if r.Note != "" && len(q.Notes) < 20 {
			q.Notes = append(q.Notes, r.Note)
		}
	}
	return list, l.addStems(ctx, list)
}

// addStems shows the question as it is now, where it is still the same version.
func (l *Learning) addStems(ctx context.Context, list []ReportedQuestion) error {
	for i := range list {
		c, err := l.catalog.byKey(ctx, list[i].CourseKey)
		if models.KindOf(err) == models.KindNotFound {
			continue
		}
		if err != nil {
			return err
		}
		if q := c.byHash[list[i].QuestionHash]; q != nil {
			list[i].Stem, list[i].Current = q.Stem, true
		} else if q := c.byKey[list[i].QuestionKey]; q != nil {
			list[i].Stem = q.Stem
		}
	}
	return nil
}
