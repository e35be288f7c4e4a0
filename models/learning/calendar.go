package learning

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
)

// What a calendar holds: the last months and everything to come; what was taken
// off is told as cancelled for as long.
const (
	calendarBack = 90 * 24 * time.Hour
	calendarMost = 500
	feedBytes    = 24 // of randomness in a secret address
)

// CalendarFeed tells whether an account has a secret calendar address. Token is
// that address's secret part, known only in the answer that makes it.
type CalendarFeed struct {
	Active    bool       `json:"active"`
	CreatedAt *time.Time `json:"created_at"`
	Token     string     `json:"token"`
}

// MyCalendar tells whether the actor has a calendar address, not which.
func (l *Learning) MyCalendar(ctx context.Context, actor models.Actor) (CalendarFeed, error) {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return CalendarFeed{}, err
	}
	var rows []struct{ CreatedAt time.Time }
	err := l.db.Read(ctx).Raw("SELECT created_at FROM calendar_feeds WHERE account_id = ?", actor.Account).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return CalendarFeed{}, err
	}
	return CalendarFeed{Active: true, CreatedAt: timeOf(&rows[0].CreatedAt)}, nil
}

// NewCalendar makes a secret calendar address for the actor; one made before
// ends. Only its hash is kept.
func (l *Learning) NewCalendar(ctx context.Context, actor models.Actor) (CalendarFeed, error) {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return CalendarFeed{}, err
	}
	secret := make([]byte, feedBytes)
	if _, err := rand.Read(secret); err != nil {
		return CalendarFeed{}, err
	}
	token, now := base64.RawURLEncoding.EncodeToString(secret), l.clock.Now()
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE calendar_feeds SET token_hash = ?, created_at = ? WHERE account_id = ?", feedHash(token), now, actor.Account)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		return retryDuplicate(tx.Exec("INSERT INTO calendar_feeds (account_id, token_hash, created_at) VALUES (?, ?, ?)",
			actor.Account, feedHash(token), now).Error)
	})
	if err != nil {
		return CalendarFeed{}, err
	}
	return CalendarFeed{Active: true, CreatedAt: &now, Token: token}, nil
}

// EndCalendar makes the actor's calendar address unknown. Ending none does
// nothing.
func (l *Learning) EndCalendar(ctx context.Context, actor models.Actor) error {
	if _, err := models.Allow(actor, models.ActOwnAccount); err != nil {
		return err
	}
	return l.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM calendar_feeds WHERE account_id = ?", actor.Account).Error
	})
}

func feedHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Calendar writes the calendar behind a secret address: what the account's
// classes, or the pupil, are asked to do, as of now and by today's roles. It
// names classes and never pupils. The error is NotFound for an address that is
// not known and for an account that is disabled.
func (l *Learning) Calendar(ctx context.Context, token string) ([]byte, error) {
	db := l.db.Read(ctx)
	var accounts []struct{ AccountID models.ID }
	if err := db.Raw("SELECT account_id FROM calendar_feeds WHERE token_hash = ?", feedHash(token)).Scan(&accounts).Error; err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		return nil, models.NotFound()
	}
	actor, err := people.ActiveActor(db, accounts[0].AccountID)
	if err != nil {
		return nil, err
	}
	since := l.clock.Now().Add(-calendarBack)
	rows, names, err := calendarRows(db, actor, since)
	if err != nil {
		return nil, err
	}
	_, current, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	if current, err = l.withSets(ctx, current, rows); err != nil {
		return nil, err
	}
	events := make([]calendarEvent, len(rows))
	for i, r := range rows {
		events[i] = r.event(current[r.CourseKey], names[r.ClassID])
	}
	return calendarText("Nhà Số", events), nil
}

// calendarRows reads the assignments of a calendar. A pupil's are those
// addressed to the pupil; staff see those of the classes they teach.
func calendarRows(db *gorm.DB, actor models.Actor, since time.Time) ([]assignmentRow, map[models.ID]string, error) {
	names := map[models.ID]string{}
	const order = " ORDER BY a.due_at, a.id LIMIT ?"
	if actor.HasRole(models.RoleStudent) {
		rows, err := assignmentRows(db.Raw(assignmentSelect+addressedTo+" WHERE e.person_id = ? AND a.due_at > ?"+order, actor.Person, since, calendarMost))
		return rows, names, err
	}
	reach, err := models.Allow(actor, models.ActTeach)
	if models.KindOf(err) == models.KindForbidden {
		return nil, names, nil
	}
	if err != nil {
		return nil, nil, err
	}
	where, args := place.ClassFilter(reach, "c.id")
	var classes []classRow
	if err := db.Raw(classSelect+where+" ORDER BY c.school_year DESC, c.id LIMIT ?", append(args, maxClasses)...).Scan(&classes).Error; err != nil || len(classes) == 0 {
		return nil, names, err
	}
	ids := make([]models.ID, len(classes))
	for i, c := range classes {
		ids[i], names[c.ID] = c.ID, c.Name
	}
	rows, err := assignmentRows(db.Raw(assignmentSelect+" WHERE a.class_id IN ? AND a.due_at > ?"+order, ids, since, calendarMost))
	return rows, names, err
}

// event is the end of an assignment; class is empty in a pupil's calendar.
func (r assignmentRow) event(c *course, class string) calendarEvent {
	e := calendarEvent{UID: r.ID.String() + "@nhaso", Sequence: r.Version, Changed: r.CreatedAt, At: r.DueAt,
		Summary: "Hạn nộp: " + r.title(c, ""), Cancelled: r.RemovedAt != nil}
	if r.ChangedAt != nil {
		e.Changed = *r.ChangedAt
	}
	if class != "" {
		e.Summary = class + " · " + e.Summary
	}
	e.About = "Mở từ " + r.OpensAt.In(models.VietNam()).Format("15:04 02/01/2006")
	return e
}
