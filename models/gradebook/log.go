package gradebook

import (
	"context"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
	"nhaso/models/place"
	"nhaso/models/store"
)

// The kinds of files in the export log.
const (
	KindBoard   = "board"   // a class's or a school's board as a table
	KindReport  = "report"  // the printed report
	KindRecord  = "record"  // one pupil's record
	KindSession = "session" // results of a lesson session
	KindConsent = "consent" // consent of a class, as a table or as forms to be signed
	KindPlan    = "plan"    // whom to teach next
)

// Made describes a file that was made. ID comes from the client: the same file
// asked for again is one line of the log.
type Made struct {
	ID      models.ID
	School  models.ID // zero: that of Class
	Class   models.ID // zero: of several classes
	Subject models.ID // the pupil or the lesson session, may be zero
	Kind    string
	Format  string
	Rows    int
	Named   bool // pupils' names are in it
}

// Log writes a file down before it is handed over. The error is Invalid field
// body.id without an id, and Conflict "id_taken" for another's.
func (g *Gradebook) Log(ctx context.Context, actor models.Actor, m Made) error {
	if m.ID.IsZero() {
		return models.InvalidField("body.id", "required")
	}
	if m.School.IsZero() {
		var err error
		if m.School, err = place.ClassSchool(g.db.Read(ctx), m.Class); err != nil {
			return err
		}
	}
	named := 0
	if m.Named {
		named = 1
	}
	err := g.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec(`INSERT INTO export_log (id, account_id, school_id, class_id, subject_id, kind, format, row_count, named, made_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.ID, actor.Account, m.School, m.Class, m.Subject, m.Kind, m.Format, m.Rows, named, g.clock.Now()).Error
		if err != nil {
			return err
		}
		return audit.Append(tx, actor, audit.Entry{Act: audit.FileMade, Kind: audit.KindFile, Subject: m.ID, School: m.School,
			Detail: audit.Detail{"kind": m.Kind, "format": m.Format, "rows": strconv.Itoa(m.Rows), "named": strconv.Itoa(named)}})
	})
	if !store.IsDuplicate(err) {
		return err
	}
	var same int
	err = g.db.Read(ctx).Raw(`SELECT COUNT(*) FROM export_log WHERE id = ? AND account_id = ? AND school_id = ? AND kind = ? AND format = ?`,
		m.ID, actor.Account, m.School, m.Kind, m.Format).Scan(&same).Error
	if err == nil && same == 0 {
		err = models.Conflict("id_taken")
	}
	return err
}

// Export is a line of the export log.
type Export struct {
	ID         models.ID `json:"id"`
	MadeAt     time.Time `json:"made_at"`
	Maker      string    `json:"maker"` // name of the account
	SchoolName string    `json:"school_name"`
	ClassName  string    `json:"class_name"` // empty: of several classes
	Subject    string    `json:"subject"`    // the pupil's name, for a record; empty beyond the pupil's school without consent
	Kind       string    `json:"kind" enum:"board,report,record,session,consent,plan"`
	Format     string    `json:"format" enum:"xlsx,csv,pdf"`
	RowCount   int       `json:"row_count"`
	Named      bool      `json:"named"`
}

// shownExports is the most lines of the log that are answered.
const shownExports = 200

// Exports lists the files made of pupils of the actor's schools, the last 200,
// newest first.
func (g *Gradebook) Exports(ctx context.Context, actor models.Actor) ([]Export, error) {
	reach, err := models.Allow(actor, models.ActReadExports)
	if err != nil {
		return nil, err
	}
	where, args := place.SchoolFilter(reach, "x.school_id")
	subject, subjectArgs := "p.full_name", []any{}
	if reach.All {
		named, namedArgs := consent.ShownSQL("p.id", consent.AreaNames, g.clock.Today())
		subject, subjectArgs = "CASE WHEN "+named+" THEN p.full_name END", namedArgs
	}
	list := []Export{}
	err = g.db.Read(ctx).Raw(`SELECT x.id, x.made_at, COALESCE(a.display_name, '') AS maker, s.name AS school_name, COALESCE(c.name, '') AS class_name,
		COALESCE(`+subject+`, '') AS subject, x.kind, x.format, x.row_count, x.named FROM export_log x
		JOIN schools s ON s.id = x.school_id LEFT JOIN accounts a ON a.id = x.account_id
		LEFT JOIN school_classes c ON c.id = x.class_id LEFT JOIN persons p ON p.id = x.subject_id
		WHERE `+where+` ORDER BY x.made_at DESC, x.id DESC LIMIT ?`, append(append(subjectArgs, args...), shownExports)...).Scan(&list).Error
	for i := range list {
		list[i].MadeAt = list[i].MadeAt.UTC()
	}
	return list, err
}
