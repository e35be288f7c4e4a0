package learning

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"

	"nhaso/models"
)

// maxClassAttempts bounds what the page of one class reads: a year of quizzes of
// 45 pupils.
const maxClassAttempts = 1000

// ClassItem is how one class did with a version of a question. Wrong is the
// wrong answer given most often; it is nil while keys may not be shown.
type ClassItem struct {
	CourseKey    string       `json:"course_key"`
	CourseTitle  string       `json:"course_title"`
	QuestionKey  string       `json:"question_key"`
	QuestionHash string       `json:"question_hash"`
	Kind         string       `json:"kind"`
	Stem         string       `json:"stem"`   // sanitised inline HTML
	N            int          `json:"n"`      // attempts that met it
	Missed       int          `json:"missed"` // of them without the full score
	Percent      int          `json:"percent"`
	Wrong        *WrongChoice `json:"wrong"`
	q            shown
	lost         int
}

// WrongChoice is a wrong answer with what the content says to it.
type WrongChoice struct {
	Code     string `json:"code"` // true, false, none: a verdict, nothing; else a part with its text
	Text     string `json:"text"`
	N        int    `json:"n"`
	Feedback string `json:"feedback"`
}

// WaitingCourse says why the right answers of a course may not be shown to a
// class yet: quiz_open (somebody of the class or the session is taking it),
// session_open (a session of the class goes on and is not released),
// late_awaited (a device may still bring answers).
type WaitingCourse struct {
	CourseKey   string `json:"course_key"`
	CourseTitle string `json:"course_title"`
	Reason      string `json:"reason"`
}

// ClassItems are the questions that a class missed, the most missed first.
type ClassItems struct {
	ClassID   models.ID       `json:"class_id"`
	ClassName string          `json:"class_name"`
	SessionID *models.ID      `json:"session_id"` // nil: all quizzes of the class
	Attempts  int             `json:"attempts"`
	Pupils    int             `json:"pupils"`
	Items     []ClassItem     `json:"items"`
	Waiting   []WaitingCourse `json:"waiting"`
}

// ClassItems answers what the pupils of a class missed in quizzes that are
// over, or, with a session, in that lesson. Out of reach is NotFound.
func (l *Learning) ClassItems(ctx context.Context, actor models.Actor, classID, session models.ID) (ClassItems, error) {
	db := l.db.Read(ctx)
	class, err := classFor(db, actor, models.ActReadClass, classID)
	if err != nil {
		return ClassItems{}, err
	}
	out := ClassItems{ClassID: class.ID, ClassName: class.Name, Items: []ClassItem{}, Waiting: []WaitingCourse{}}
	where, args := "a.person_id IN (SELECT e.person_id FROM enrolments e WHERE e.class_id = ? AND e.live = 1)", []any{classID}
	if !session.IsZero() {
		s, err := sessionFor(db, actor, models.ActReadClass, session)
		if err != nil {
			return ClassItems{}, err
		}
		if s.ClassID != classID {
			return ClassItems{}, models.NotFound()
		}
		out.SessionID = &session
		where, args = "a.session_id = ?", []any{session}
	}
	list, err := l.attemptsWhere(ctx, db, where+" AND a.state <> 'open' ORDER BY a.started_at DESC, a.id DESC LIMIT ?", append(args, maxClassAttempts)...)
	if err != nil {
		return ClassItems{}, err
	}
	list = slices.DeleteFunc(list, graded.blank)
	if err := l.asPublished(ctx, list); err != nil {
		return ClassItems{}, err
	}
	persons := map[models.ID]bool{}
	for _, g := range list {
		persons[g.f.Person] = true
	}
	out.Attempts, out.Pupils, out.Items = len(list), len(persons), missedItems(list)
	return out, l.hideWaiting(db, classID, &out)
}

// asPublished grades answers to a question that was mended since by the version
// published now, where they mean the same: a class is not to go through a key
// that was wrong.
func (l *Learning) asPublished(ctx context.Context, list []graded) error {
	_, current, err := l.catalog.list(ctx)
	if err != nil {
		return err
	}
	for k := range list {
		g := &list[k]
		c := current[g.f.CourseKey]
		if c == nil || c == g.f.course {
			continue
		}
		for i, s := range g.f.items {
			q := c.byKey[s.q.Key]
			if q == nil || q.Hash == s.q.Hash {
				continue
			}
			if it, reason := remap(s.q, s.item, q); reason == "" {
				g.f = g.f.with(i, shown{item: it, q: q})
				g.slots[i] = g.f.gradeSlot(i, g.log, g.slots[i])
			}
		}
	}
	return nil
}

// missedItems counts question by question; the order is that of the points
// lost, so that a question many met weighs more than one that few did.
func missedItems(list []graded) []ClassItem {
	at := map[string]int{}
	counts := map[string]map[string]int{}
	items := []ClassItem{}
	for _, g := range list {
		latest := latestBySlot(len(g.f.items), g.log)
		for i, s := range g.f.items {
			if g.slots[i].Out {
				continue // found broken in this attempt
			}
			k, known := at[s.q.Hash]
			if !known {
				k = len(items)
				at[s.q.Hash], counts[s.q.Hash] = k, map[string]int{}
				items = append(items, ClassItem{CourseKey: g.f.CourseKey, CourseTitle: g.f.course.Title, QuestionKey: s.q.Key,
					QuestionHash: s.q.Hash, Kind: s.q.Kind, Stem: s.q.Stem, q: s})
			}
			it := &items[k]
			it.N++
			it.lost += full - g.slots[i].Score
			if g.slots[i].Score < full {
				it.Missed++
			}
			var r Response
			if latest[i] != nil {
				r = decode(latest[i].Response)
			}
			for _, c := range s.choices(r) {
				counts[s.q.Hash][c]++
			}
		}
	}
	for i := range items {
		it := &items[i]
		it.Percent = 100 - (it.lost+it.N*50)/(it.N*100)
		it.Wrong = it.q.mostWrong(counts[it.QuestionHash])
	}
	slices.SortStableFunc(items, func(a, b ClassItem) int {
		return cmp.Or(cmp.Compare(b.lost, a.lost), cmp.Compare(a.CourseKey, b.CourseKey), cmp.Compare(a.QuestionKey, b.QuestionKey))
	})
	return items
}

// mostWrong picks the wrong answer given most often. No answer is one only
// where there is no other.
func (s shown) mostWrong(counts map[string]int) *WrongChoice {
	var best *WrongChoice
	for code, n := range counts {
		text, right, feedback, ok := s.choiceWords(code)
		if !ok || right {
			continue
		}
		c := &WrongChoice{Code: code, Text: text, N: n, Feedback: feedback}
		if best == nil || cmp.Or(boolOrder(c.Code != choiceNone, best.Code != choiceNone), cmp.Compare(best.N, c.N), cmp.Compare(c.Code, best.Code)) < 0 {
			best = c
		}
	}
	return best
}

// hideWaiting takes what would tell a key out of the courses whose keys may
// not be shown yet.
func (l *Learning) hideWaiting(db *gorm.DB, classID models.ID, out *ClassItems) error {
	reasons := map[string]string{}
	for i := range out.Items {
		it := &out.Items[i]
		reason, asked := reasons[it.CourseKey]
		if !asked {
			var err error
			if reason, err = l.keysWait(db, classID, it.CourseKey); err != nil {
				return err
			}
			reasons[it.CourseKey] = reason
			if reason != "" {
				out.Waiting = append(out.Waiting, WaitingCourse{it.CourseKey, it.CourseTitle, reason})
			}
		}
		if reason != "" {
			it.Wrong = nil
		}
	}
	return nil
}

// keysWait tells why the right answers of a course may not be put before a
// class now; empty: they may. It asks for more than a pupil's own result does,
// because the whole class sees them: nobody of the class and of its sessions is
// taking the quiz, no session of the class in which it may be taken goes on
// unreleased, and no device may still bring answers to one.
func (l *Learning) keysWait(db *gorm.DB, classID models.ID, courseKey string) (string, error) {
	now := l.clock.Now()
	for _, q := range []struct {
		reason, sql string
		args        []any
	}{
		{"quiz_open", `SELECT COUNT(*) FROM attempts a WHERE a.course_key = ? AND a.live = 1 AND a.person_id IN
			(SELECT e.person_id FROM enrolments e WHERE e.class_id = ? AND e.live = 1)`, []any{courseKey, classID}},
		{"quiz_open", `SELECT COUNT(*) FROM lesson_sessions s JOIN attempts a ON a.session_id = s.id AND a.state = 'open'
			WHERE s.class_id = ? AND a.course_key = ?`, []any{classID, courseKey}},
		{"session_open", `SELECT COUNT(*) FROM lesson_sessions s WHERE s.live_class = ? AND s.closed_at IS NULL AND s.closes_at > ?
			AND s.released_at IS NULL AND (s.course_key IS NULL OR s.course_key = ?)`, []any{classID, now, courseKey}},
		{"late_awaited", `SELECT COUNT(*) FROM lesson_sessions x JOIN attempts a ON a.session_id = x.id
			WHERE x.class_id = ? AND a.course_key = ? AND ` + awaitedWhere, []any{classID, courseKey, now.Add(-lateFor)}},
	} {
		var n int
		if err := db.Raw(q.sql, q.args...).Scan(&n).Error; err != nil {
			return "", err
		}
		if n > 0 {
			return q.reason, nil
		}
	}
	return "", nil
}
