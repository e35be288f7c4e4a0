package quality

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/learning"
)

// search is one check being run in one view of the database.
type search struct {
	*Quality
	Check
	ctx   context.Context
	tx    *gorm.DB
	today string
	now   time.Time
}

// lookers are the checks there are.
var lookers = map[string]func(search) ([]Finding, error){
	"links_waiting":    linksWaiting,
	"too_fast":         tooFast,
	"instant_perfect":  instantPerfect,
	"night_sessions":   nightSessions,
	"same_answers":     sameAnswers,
	"no_incidents":     noIncidents,
	"outlier_schools":  outlierSchools,
	"outlier_communes": outlierCommunes,
	"old_registers":    oldRegisters,
	"closed_villages":  closedVillages,
	"duplicates":       duplicates,
}

// since is the instant at which the last so many days began.
func (s search) since(days int) time.Time { return s.now.AddDate(0, 0, -days) }

// daysSince counts the civil days from one to today.
func (s search) daysSince(day string) int {
	from, err := time.Parse(time.DateOnly, day)
	to, err2 := time.Parse(time.DateOnly, s.today)
	if err != nil || err2 != nil {
		return 0
	}
	return int(to.Sub(from).Hours() / 24)
}

// inCommune joins a village's column to the commune in which it counts today,
// as vc; a closed village counts in its last.
func inCommune(column string) string {
	return ` JOIN village_communes vc ON vc.village_id = ` + column + ` AND vc.valid_from =
		(SELECT MAX(v2.valid_from) FROM village_communes v2 WHERE v2.village_id = ` + column + ` AND v2.valid_from <= ?) `
}

func linksWaiting(s search) ([]Finding, error) {
	var rows []struct {
		Finding
		ClaimedAt time.Time
	}
	err := s.tx.Raw(`SELECT l.id AS subject, vc.commune_id, e.school_id, e.class_id, h.village_id, h.id AS household, l.claimed_at
		FROM household_links l JOIN households h ON h.id = l.household_id`+inCommune("h.village_id")+
		`LEFT JOIN enrolments e ON e.person_id = l.person_id AND e.live = 1
		WHERE l.state = 'claimed' AND l.live = 1 AND l.claimed_at < ? ORDER BY l.claimed_at, l.id LIMIT ?`,
		s.today, s.since(s.Limits["days"]), mostOf).Scan(&rows).Error
	list := make([]Finding, len(rows))
	for i, r := range rows {
		list[i] = r.Finding
		list[i].Day = models.Day(r.ClaimedAt)
		list[i].Value = s.daysSince(list[i].Day)
	}
	return list, err
}

// sat is an attempt that was finished in a lesson.
type sat struct {
	ID, SessionID, ClassID, SchoolID, CommuneID models.ID
	Slots, Score                                int
	StartedAt, SubmittedAt                      time.Time
}

func (a sat) seconds() int { return int(a.SubmittedAt.Sub(a.StartedAt) / time.Second) }

func (a sat) finding() Finding {
	return Finding{Subject: a.ID, CommuneID: a.CommuneID, SchoolID: a.SchoolID, ClassID: a.ClassID, Value: a.seconds(), Day: models.Day(a.StartedAt)}
}

// attempts lists the finished attempts of lessons in the last days that use
// keeps; there may be hundreds of thousands.
func (s search) attempts(days int, keep func(sat) bool) ([]Finding, error) {
	rows, err := s.tx.Raw(`SELECT a.id, a.session_id, l.class_id, c.school_id, sc.commune_id, a.slots, a.score, a.started_at, a.submitted_at
		FROM attempts a JOIN lesson_sessions l ON l.id = a.session_id JOIN school_classes c ON c.id = l.class_id JOIN schools sc ON sc.id = c.school_id
		WHERE a.state IN ('submitted', 'closed') AND a.deadline_at >= ? AND a.score IS NOT NULL AND a.submitted_at IS NOT NULL`, s.since(days)).Rows()
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	defer rows.Close()
	list := []Finding{}
	for rows.Next() {
		var a sat
		if err := rows.Scan(&a.ID, &a.SessionID, &a.ClassID, &a.SchoolID, &a.CommuneID, &a.Slots, &a.Score, &a.StartedAt, &a.SubmittedAt); err != nil {
			return nil, fmt.Errorf("read attempts: %w", err)
		}
		if keep(a) && len(list) < mostOf {
			list = append(list, a.finding())
		}
	}
	return list, rows.Err()
}

func tooFast(s search) ([]Finding, error) {
	return s.attempts(s.Limits["days"], func(a sat) bool { return a.seconds() < a.Slots*s.Limits["seconds_per_question"] })
}

// allRight is the score of an attempt without a mistake, in basis points.
const allRight = 10_000

func instantPerfect(s search) ([]Finding, error) {
	return s.attempts(s.Limits["days"], func(a sat) bool { return a.Score == allRight && a.seconds() < s.Limits["seconds"] })
}

// opened is a lesson session and where it was.
type opened struct {
	ID, ClassID, SchoolID, CommuneID models.ID
	OpenedAt                         time.Time
}

func (s search) sessions(days int) ([]opened, error) {
	var rows []opened
	err := s.tx.Raw(`SELECT l.id, l.class_id, c.school_id, sc.commune_id, l.opened_at
		FROM lesson_sessions l JOIN school_classes c ON c.id = l.class_id JOIN schools sc ON sc.id = c.school_id
		WHERE l.opened_at >= ? ORDER BY l.opened_at, l.id`, s.since(days)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return rows, nil
}

func (o opened) finding(value int) Finding {
	return Finding{Subject: o.ID, CommuneID: o.CommuneID, SchoolID: o.SchoolID, ClassID: o.ClassID, Value: value, Day: models.Day(o.OpenedAt)}
}

func nightSessions(s search) ([]Finding, error) {
	sessions, err := s.sessions(s.Limits["days"])
	list := []Finding{}
	for _, o := range sessions {
		if hour := o.OpenedAt.In(models.VietNam()).Hour(); atNight(hour, s.Limits["from_hour"], s.Limits["to_hour"]) {
			list = append(list, o.finding(hour))
		}
	}
	return list, err
}

// atNight tells whether an hour is in [from, to), also across midnight.
func atNight(hour, from, to int) bool {
	if from <= to {
		return hour >= from && hour < to
	}
	return hour >= from || hour < to
}

// sameAnswers finds lessons in which pupils made the same mistakes; the value is
// how many of them did.
func sameAnswers(s search) ([]Finding, error) {
	sessions, err := s.sessions(s.Limits["days"])
	if err != nil {
		return nil, err
	}
	list := []Finding{}
	for _, o := range sessions {
		wrong, err := s.learn.WrongAnswers(s.ctx, s.tx, o.ID)
		if err != nil {
			return nil, err
		}
		if n := alike(wrong, s.Limits["wrong_in_common"]); n >= s.Limits["pupils"] {
			list = append(list, o.finding(n))
		}
	}
	return list, nil
}

// alike counts the pupils of the largest group who made exactly the same
// mistakes, at least so many each.
func alike(list []learning.Mistakes, least int) int {
	groups, most := map[string]int{}, 0
	for _, m := range list {
		if len(m.Wrong) < max(least, 1) {
			continue
		}
		key := strings.Join(m.Wrong, "\n")
		groups[key]++
		most = max(most, groups[key])
	}
	return most
}

// noIncidents finds schools that hold lessons and record nothing that goes
// wrong; the value counts their lessons.
func noIncidents(s search) ([]Finding, error) {
	var list []Finding
	from := s.since(s.Limits["days"])
	err := s.tx.Raw(`SELECT sc.id AS subject, sc.id AS school_id, sc.commune_id, COUNT(*) AS value
		FROM lesson_sessions l JOIN school_classes c ON c.id = l.class_id JOIN schools sc ON sc.id = c.school_id
		WHERE l.opened_at >= ? AND l.closed_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM session_incidents i WHERE i.school_id = sc.id AND i.noted_at >= ?)
		GROUP BY sc.id, sc.commune_id HAVING COUNT(*) >= ? ORDER BY sc.id`, from, from, s.Limits["sessions"]).Scan(&list).Error
	return list, err
}
