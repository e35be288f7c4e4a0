package learning

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/place"
	"nhaso/models/store"
)

// IncidentCategories are the eight fixed reasons why a pupil did not finish.
var IncidentCategories = []string{
	"name_fix",         // the name or account was not the right one
	"end_not_seen",     // finished, but did not see the end screen
	"out_of_time",      // did not get through in time
	"simulator_hidden", // the simulator was not shown
	"file_not_open",    // a file would not open
	"site_blocked",     // the school's network blocked the site
	"link_dead",        // a link led nowhere
	"other",
}

// Unfinished is a pupil of the class who did not hand a quiz in during a
// session that is over.
type Unfinished struct {
	PersonID models.ID `json:"person_id"`
	Name     string    `json:"name"`
	How      string    `json:"how"` // absent, not_started, by_teacher, by_clock
	Answered int       `json:"answered"`
	Slots    int       `json:"slots"`
	Category string    `json:"category"` // empty: the teacher has not said yet
}

// ClosingSheet is the page after the end of a session.
type ClosingSheet struct {
	Session    Session      `json:"session"`
	Finished   int          `json:"finished"`
	Unfinished []Unfinished `json:"unfinished"` // by given name
	Record     []Decision   `json:"record"`     // what was decided over whom
}

// ClosingSheet answers who did not finish and why. Errors: NotFound out of
// reach; Conflict "still_open" while the session is open.
func (l *Learning) ClosingSheet(ctx context.Context, actor models.Actor, id models.ID) (ClosingSheet, error) {
	db := l.db.Read(ctx)
	s, err := sessionFor(db, actor, models.ActRunSession, id)
	if err != nil {
		return ClosingSheet{}, err
	}
	if s.open(l.clock.Now()) {
		return ClosingSheet{}, models.Conflict("still_open")
	}
	sheet := ClosingSheet{Session: s.session(l.clock.Now()), Unfinished: []Unfinished{}}
	var rows []struct {
		PersonID        models.ID
		Name            string
		Joined          bool
		Category        string
		State, ClosedBy string
		Slots, Answered int
	}
	// Ordered so that of several quizzes the one handed in comes last.
	err = db.Raw(`SELECT p.id AS person_id, p.full_name AS name, CASE WHEN j.person_id IS NULL THEN 0 ELSE 1 END AS joined,
		COALESCE(i.category, '') AS category, COALESCE(a.state, '') AS state, COALESCE(a.closed_by, '') AS closed_by, COALESCE(a.slots, 0) AS slots,
		(SELECT COUNT(DISTINCT x.slot) FROM answers x WHERE x.attempt_id = a.id AND x.slot > 0 AND x.response <> '{}') AS answered
		FROM (SELECT e.person_id FROM enrolments e WHERE e.class_id = ? AND e.live = 1
			UNION SELECT t.person_id FROM session_participants t WHERE t.session_id = ?) m JOIN persons p ON p.id = m.person_id
		LEFT JOIN session_participants j ON j.session_id = ? AND j.person_id = p.id
		LEFT JOIN session_incidents i ON i.session_id = ? AND i.person_id = p.id
		LEFT JOIN attempts a ON a.session_id = ? AND a.person_id = p.id
		ORDER BY p.sort_key, p.id, CASE WHEN a.state = 'submitted' THEN 1 ELSE 0 END, a.started_at`, s.ClassID, id, id, id, id).Scan(&rows).Error
	if err != nil {
		return sheet, err
	}
	for i, r := range rows {
		if i+1 < len(rows) && rows[i+1].PersonID == r.PersonID {
			continue
		}
		if r.State == stateSubmitted {
			sheet.Finished++
			continue
		}
		u := Unfinished{PersonID: r.PersonID, Name: r.Name, How: "by_clock", Answered: r.Answered, Slots: r.Slots, Category: r.Category}
		switch {
		case !r.Joined:
			u.How = "absent"
		case r.State == "":
			u.How = "not_started"
		case r.ClosedBy == byTeacher:
			u.How = "by_teacher"
		}
		sheet.Unfinished = append(sheet.Unfinished, u)
	}
	sheet.Record, err = l.Decisions(ctx, actor, id)
	return sheet, err
}

// NoteIncident says why a pupil did not finish; empty takes it back. Saying it
// again changes the category. Errors: NotFound for a session or pupil out of
// reach; Conflict "still_open"; Invalid field body.category. On a laptop what
// was taken back stays as a row without a category, so that this goes home too.
func (l *Learning) NoteIncident(ctx context.Context, actor models.Actor, id, person models.ID, category string) error {
	if category != "" && !slices.Contains(IncidentCategories, category) {
		return models.InvalidField("body.category", "unknown")
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		now := l.clock.Now()
		s, err := sessionFor(tx, actor, models.ActRunSession, id)
		switch {
		case err != nil:
			return err
		case s.open(now):
			return models.Conflict("still_open")
		}
		if category == "" && !l.away {
			return tx.Exec("DELETE FROM session_incidents WHERE session_id = ? AND person_id = ?", id, person).Error
		}
		var schools []struct{ SchoolID models.ID }
		err = tx.Raw(`SELECT c.school_id FROM school_classes c WHERE c.id = ? AND (
			EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = c.id AND e.live = 1 AND e.person_id = ?)
			OR EXISTS (SELECT 1 FROM session_participants j WHERE j.session_id = ? AND j.person_id = ?))`, s.ClassID, person, id, person).Scan(&schools).Error
		if err != nil {
			return err
		}
		if len(schools) == 0 {
			return models.NotFound()
		}
		res := tx.Exec("UPDATE session_incidents SET category = ?, noted_by = ?, noted_at = ? WHERE session_id = ? AND person_id = ?", category, actor.Account, now, id, person)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err = tx.Exec(`INSERT INTO session_incidents (session_id, person_id, school_id, category, noted_by, noted_at) VALUES (?, ?, ?, ?, ?, ?)`,
			id, person, schools[0].SchoolID, category, actor.Account, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}

// SchoolIncidents counts what a school's teachers noted.
type SchoolIncidents struct {
	SchoolID   models.ID      `json:"school_id"`
	SchoolName string         `json:"school_name"`
	Sessions   int            `json:"sessions"` // in which something was noted
	Total      int            `json:"total"`
	Categories map[string]int `json:"categories"`
}

// incidentsFor is how far back the department's figures go.
const incidentsFor = 365 * 24 * time.Hour

// Incidents counts, school by school, why pupils did not finish in the last
// year: figures only, no names. The school with the most comes first.
func (l *Learning) Incidents(ctx context.Context, actor models.Actor) ([]SchoolIncidents, error) {
	reach, err := models.Allow(actor, models.ActReadIncidents)
	if err != nil {
		return nil, err
	}
	where, args := place.SchoolFilter(reach, "i.school_id")
	var rows []struct {
		SchoolID       models.ID
		Name, Category string
		N              int
	}
	db, since := l.db.Read(ctx), l.clock.Now().Add(-incidentsFor)
	err = db.Raw(`SELECT i.school_id, s.name, i.category, COUNT(*) AS n FROM session_incidents i JOIN schools s ON s.id = i.school_id
		WHERE i.noted_at > ? AND `+where+" GROUP BY i.school_id, s.name, i.category ORDER BY s.name, i.school_id", append([]any{since}, args...)...).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var sessions []struct {
		SchoolID models.ID
		N        int
	}
	err = db.Raw(`SELECT i.school_id, COUNT(DISTINCT i.session_id) AS n FROM session_incidents i WHERE i.noted_at > ? AND `+where+
		" GROUP BY i.school_id", append([]any{since}, args...)...).Scan(&sessions).Error
	list := []SchoolIncidents{}
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].SchoolID != r.SchoolID {
			list = append(list, SchoolIncidents{SchoolID: r.SchoolID, SchoolName: r.Name, Categories: map[string]int{}})
		}
		one := &list[len(list)-1]
		one.Categories[r.Category] = r.N
		one.Total += r.N
	}
	for i := range list {
		for _, s := range sessions {
			if s.SchoolID == list[i].SchoolID {
				list[i].Sessions = s.N
			}
		}
	}
	slices.SortStableFunc(list, func(a, b SchoolIncidents) int { return b.Total - a.Total })
	return list, err
}
