package school

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/people"
	"nhaso/models/store"
)

// Why a pupil left. Categories only: illness and family matters are nobody's
// business here.
const (
	LeftGraduated   = "graduated"   // finished the school's last grade
	LeftTransferred = "transferred" // goes to another school
	LeftMovedAway   = "moved_away"  // left the province
	LeftStopped     = "stopped"     // goes to no school any more
	LeftOther       = "other"
)

var leaveReasons = []string{LeftGraduated, LeftTransferred, LeftMovedAway, LeftStopped, LeftOther}

// leavingRow is the school_leavings table.
type leavingRow struct {
	ID, PersonID, SchoolID, ClassID, EnrolmentID models.ID
	OnDate, Reason                               string
	RecordedBy                                   models.ID
	RecordedAt                                   time.Time
}

// NewLeaving says that a pupil leaves. On is a civil day up to today, empty:
// today.
type NewLeaving struct {
	PersonID models.ID
	On       string
	Reason   string
}

// Leave ends a pupil's stay at a school; the account rests and comes back when
// the pupil is enrolled again, anywhere. For a pupil who left without a reason
// (by a roster) it records the reason. Doing it again changes nothing. Errors:
// NotFound for a pupil who never was of this school; Invalid fields
// body.reason, body.on.
func (s *Schools) Leave(ctx context.Context, actor models.Actor, school models.ID, n NewLeaving) error {
	if !slices.Contains(leaveReasons, n.Reason) {
		return models.InvalidField("body.reason", "unknown")
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		if _, err := people.SchoolFor(tx, actor, models.ActManageSchool, school); err != nil {
			return err
		}
		on := n.On
		if on == "" {
			on = models.Day(now)
		}
		if _, err := models.ParseDay(on); err != nil || on > models.Day(now) {
			return models.InvalidField("body.on", "future_date")
		}
		var last struct {
			ID, ClassID      models.ID
			FromDate, ToDate string
			Live             *int
		}
		err := store.One(tx.Raw("SELECT id, class_id, from_date, to_date, live FROM enrolments WHERE person_id = ? AND school_id = ?"+
			" ORDER BY live DESC, to_date DESC, id DESC LIMIT 1", n.PersonID, school).Scan(&last), models.NotFound())
		if err != nil {
			return err
		}
		if last.Live == nil {
			on = last.ToDate
		} else if on < last.FromDate {
			return models.InvalidField("body.on", "before_enrolment")
		}
		row := leavingRow{models.NewID(now), n.PersonID, school, last.ClassID, last.ID, on, n.Reason, actor.Account, now}
		err = audit.Append(tx, actor, audit.Entry{Act: audit.PupilLeft, Kind: audit.KindPerson, Subject: n.PersonID, School: school,
			Detail: audit.Detail{"reason": n.Reason, "on": on}})
		if err != nil {
			return err
		}
		if last.Live == nil {
			return recordReason(tx, row)
		}
		if err := people.EndStays(tx, []models.ID{last.ID}, on); err != nil {
			return err
		}
		return leave(tx, []leavingRow{row}, now)
	})
}

// recordReason writes or corrects the reason of a stay that has ended.
func recordReason(tx *gorm.DB, row leavingRow) error {
	res := tx.Exec("UPDATE school_leavings SET reason = ? WHERE enrolment_id = ?", row.Reason, row.EnrolmentID)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	var live int64
	err := tx.Raw("SELECT COUNT(*) FROM enrolments WHERE person_id = ? AND live = 1", row.PersonID).Scan(&live).Error
	if err != nil {
		return err
	}
	if live > 0 { // back already, here or elsewhere: the account stays awake
		return insertLeavings(tx, []leavingRow{row})
	}
	return leave(tx, []leavingRow{row}, row.RecordedAt)
}

// leave records leavings of stays that ended and lets the accounts rest.
func leave(tx *gorm.DB, rows []leavingRow, now time.Time) error {
	if err := insertLeavings(tx, rows); err != nil {
		return err
	}
	persons := make([]models.ID, len(rows))
	for i, r := range rows {
		persons[i] = r.PersonID
	}
	return people.RestAccounts(tx, persons, now)
}

func insertLeavings(tx *gorm.DB, rows []leavingRow) error {
	err := insertAll(tx, "school_leavings", rows)
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}

// Leaver is somebody who went to a school and does not now. Whether and where
// the pupil goes to school today is not said.
type Leaver struct {
	PersonID  models.ID `json:"person_id"`
	Name      string    `json:"name"`
	ClassName string    `json:"class_name"`
	On        string    `json:"on"`
	Reason    string    `json:"reason" doc:"Empty when nobody has said."`
}

// LeaverQuery narrows a list of leavers; zero values do not.
type LeaverQuery struct {
	Since       string // civil day, default: a year ago
	Unexplained bool   // only those without a reason
}

// Leavers lists who left a school, the latest first, at most 1,000. The error
// is NotFound for a school out of reach.
func (s *Schools) Leavers(ctx context.Context, actor models.Actor, school models.ID, q LeaverQuery) ([]Leaver, error) {
	db := s.db.Read(ctx)
	if _, err := people.SchoolFor(db, actor, models.ActReadSchool, school); err != nil {
		return nil, err
	}
	if q.Since == "" {
		q.Since = models.Day(s.clock.Now().AddDate(-1, 0, 0))
	}
	where := ""
	if q.Unexplained {
		where = " AND l.id IS NULL"
	}
	list := []Leaver{}
	err := db.Raw("SELECT e.person_id, p.full_name AS name, c.name AS class_name, e.to_date AS `on`, COALESCE(l.reason, '') AS reason"+
		leaverTables+where+" ORDER BY e.to_date DESC, p.sort_key, p.id LIMIT 1000", school, q.Since).Scan(&list).Error
	return list, err
}

// leaverTables finds the last stay at a school of whoever is not there now. It
// takes the school and the first day.
const leaverTables = " FROM enrolments e JOIN persons p ON p.id = e.person_id JOIN school_classes c ON c.id = e.class_id" +
	" LEFT JOIN school_leavings l ON l.enrolment_id = e.id" +
	" WHERE e.school_id = ? AND e.live IS NULL AND e.to_date >= ? AND NOT EXISTS (SELECT 1 FROM enrolments n" +
	" WHERE n.person_id = e.person_id AND n.school_id = e.school_id AND (n.live = 1 OR n.to_date > e.to_date OR (n.to_date = e.to_date AND n.id > e.id)))"
