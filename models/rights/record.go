package rights

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/consent"
)

// Entry is a line of the record with the words that whoever reads it needs.
type Entry struct {
	audit.Line
	ActorName string // empty: the program itself, or an account that is gone
	Subject   string // name of the subject; empty where it may not be named
	School    string
	Reason    string // of a look at names
	Note      string
}

// RecordFilter narrows the record; zero fields do not.
type RecordFilter struct {
	Acts    []audit.Act
	Account models.ID
	Subject models.ID
	From    string // civil day
	To      string
	Before  models.ID // cursor: the last entry seen
	Limit   int       // 1 to 200, default 50
}

// Record answers who did what, the newest first: a school what concerns its own
// pupils, staff and files, an administrator everything. Names beyond the own
// school appear as consent allows. next is the cursor of the following page,
// zero at the end. Errors: Invalid for a bad day or an unknown act;
// KindForbidden.
func (s *Rights) Record(ctx context.Context, actor models.Actor, f RecordFilter) (list []Entry, next models.ID, err error) {
	reach, err := models.Allow(actor, models.ActReadAudit)
	if err != nil {
		return nil, next, err
	}
	for _, d := range []string{f.From, f.To} {
		if _, err := models.ParseDay(d); d != "" && err != nil {
			return nil, next, models.InvalidField("from", "invalid_date")
		}
	}
	for _, a := range f.Acts {
		if audit.ActionOf(a) == "" {
			return nil, next, models.InvalidField("act", "unknown")
		}
	}
	if f.Limit < 1 || f.Limit > 200 {
		f.Limit = 50
	}
	list = []Entry{}
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		lines, more, err := audit.Lines(tx, audit.Filter{All: reach.All, Schools: reach.Schools, Acts: f.Acts, Account: f.Account,
			Subject: f.Subject, From: f.From, To: f.To, Before: f.Before, Limit: f.Limit})
		if err != nil {
			return err
		}
		for _, l := range lines {
			list = append(list, Entry{Line: l})
		}
		if more {
			next = lines[len(lines)-1].ID
		}
		return s.words(tx, reach, list)
	})
	return list, next, err
}

// words fills in names, a statement for each kind of thing.
func (s *Rights) words(tx *gorm.DB, reach models.Reach, list []Entry) error {
	var accounts, persons, schools, others, lookups []models.ID
	for _, e := range list {
		accounts = append(accounts, e.AccountID)
		schools = append(schools, e.SchoolID)
		switch e.Kind {
		case audit.KindAccount:
			accounts = append(accounts, e.SubjectID)
		case audit.KindPerson:
			persons = append(persons, e.SubjectID)
		default:
			others = append(others, e.SubjectID)
		}
		if id, err := models.ParseID(e.Detail["person"]); err == nil {
			persons = append(persons, id)
		}
		if id, err := models.ParseID(e.Detail["lookup"]); err == nil {
			lookups = append(lookups, id)
		}
		if e.Kind == audit.KindLookup {
			lookups = append(lookups, e.SubjectID)
		}
	}
	called, err := callAll(tx, reach, s.clock.Today(), accounts, persons, schools, others)
	if err != nil {
		return err
	}
	reasons, err := reasonsOf(tx, lookups)
	if err != nil {
		return err
	}
	for i := range list {
		e := &list[i]
		e.ActorName, e.School = called[e.AccountID], called[e.SchoolID]
		e.Subject = called[e.SubjectID]
		if id, err := models.ParseID(e.Detail["person"]); err == nil {
			e.Subject = called[id]
		}
		id := e.SubjectID
		if l, err := models.ParseID(e.Detail["lookup"]); err == nil {
			id = l
		}
		e.Reason, e.Note = reasons[id].Reason, reasons[id].Note
	}
	return nil
}

// callAll names things by id: accounts of staff, persons as consent allows where
// the reach is everything, schools, classes, areas, villages, households by code.
func callAll(tx *gorm.DB, reach models.Reach, today string, accounts, persons, schools, others []models.ID) (map[models.ID]string, error) {
	called := map[models.ID]string{}
	read := func(sql string, ids []models.ID, more ...any) error {
		ids = present(ids)
		if len(ids) == 0 {
			return nil
		}
		var rows []struct {
			ID   models.ID
			Name string
		}
		err := tx.Raw(sql, append([]any{ids}, more...)...).Scan(&rows).Error
		for _, r := range rows {
			called[r.ID] = r.Name
		}
		return err
	}
	person, account := "SELECT p.id, p.full_name AS name FROM persons p WHERE p.id IN ?", "SELECT a.id, a.display_name AS name FROM accounts a WHERE a.id IN ?"
	var named, pupils []any
	if reach.All {
		shown, args := consent.ShownSQL("p.id", consent.AreaNames, today)
		person, named = person+" AND "+shown, args
		shown, args = consent.ShownSQL("a.person_id", consent.AreaNames, today)
		account, pupils = account+" AND (a.person_id IS NULL OR "+shown+")", args
	}
	if err := read(account, accounts, pupils...); err != nil {
		return nil, err
	}
	if err := read(person, persons, named...); err != nil {
		return nil, err
	}
	if err := read("SELECT id, name FROM schools WHERE id IN ?", append(schools, others...)); err != nil {
		return nil, err
	}
	for _, sql := range []string{"SELECT id, name FROM school_classes WHERE id IN ?", "SELECT id, full_name AS name FROM areas WHERE id IN ?",
		"SELECT id, name FROM villages WHERE id IN ?", "SELECT id, code AS name FROM households WHERE id IN ?",
		"SELECT id, name FROM laptops WHERE id IN ?"} {
		if err := read(sql, others); err != nil {
			return nil, err
		}
	}
	// The code of a certificate leads to its holder.
	certificates, holders := "SELECT c.id, c.code AS name FROM certificates c WHERE c.id IN ?", []any{}
	if reach.All {
		shown, args := consent.ShownSQL("c.person_id", consent.AreaNames, today)
		certificates, holders = certificates+" AND "+shown, args
	}
	return called, read(certificates, others, holders...)
}

func present(ids []models.ID) []models.ID {
	var out []models.ID
	seen := map[models.ID]bool{{}: true}
	for _, id := range ids {
		if !seen[id] {
			seen[id], out = true, append(out, id)
		}
	}
	return out
}

func reasonsOf(tx *gorm.DB, ids []models.ID) (map[models.ID]Lookup, error) {
	out := map[models.ID]Lookup{}
	if ids = present(ids); len(ids) == 0 {
		return out, nil
	}
	var rows []Lookup
	err := tx.Raw("SELECT "+lookupColumns+" FROM name_lookups WHERE id IN ?", ids).Scan(&rows).Error
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

// Day is a sealed day with what happened on it.
type Day struct {
	audit.Sealed
	Acts map[audit.Act]int
}

// Digests answers the last sealed days, the newest first, for whoever keeps the
// printed line. The actor needs operate; KindForbidden for others.
func (s *Rights) Digests(ctx context.Context, actor models.Actor, limit int) ([]Day, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return nil, err
	}
	tx := s.db.Read(ctx)
	sealed, err := audit.Days(tx, min(max(limit, 1), 366))
	if err != nil {
		return nil, err
	}
	list := []Day{}
	for i := len(sealed) - 1; i >= 0; i-- {
		d := Day{Sealed: sealed[i]}
		if d.Acts, err = audit.OfDay(tx, d.Day); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// CheckRecord recomputes every hash of the record, and holds a printed day
// against it. The actor needs operate. The error is Invalid field "day" when one
// of the two is missing.
func (s *Rights) CheckRecord(ctx context.Context, actor models.Actor, day, digest string) (audit.Report, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return audit.Report{}, err
	}
	if _, err := models.ParseDay(day); (day == "") != (digest == "") || day != "" && err != nil {
		return audit.Report{}, models.InvalidField("day", "invalid_date")
	}
	return s.audit.Verify(ctx, day, digest)
}

// escape takes the wildcards out of a LIKE pattern, with '!' before them.
func escape(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}
