package certificate

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
)

// Query narrows a search. All parts are optional.
type Query struct {
	Text   string    // a code as typed, or part of the holder's name with or without marks
	AreaID models.ID // the school's commune, or its province
	After  models.ID // cursor: the last id of the page before
	Limit  int       // 1..200, default 50
}

// Search lists the certificates the actor may read, newest first. Beyond the
// holder's school only those whose holder agreed to be named; a whole code
// finds the certificate all the same, without the name (Withheld).
func (c *Certificates) Search(ctx context.Context, actor models.Actor, q Query) ([]Certificate, error) {
	reach, err := models.Allow(actor, models.ActReadCertificate)
	if err != nil {
		return nil, err
	}
	text, exact, today := models.Clean(q.Text), "", c.clock.Today()
	if code, err := models.NormalizeCode(text); err == nil {
		exact = code
	}
	where, args := named(reach, exact, today)
	if !q.AreaID.IsZero() {
		w, a := within(models.Reach{Areas: []models.ID{q.AreaID}})
		where, args = where+" AND "+w, append(args, a...)
	}
	switch {
	case exact != "":
		where, args = where+" AND (c.code = ? OR c.holder_fold LIKE ?)", append(args, exact, "%"+like(models.Fold(text))+"%")
	case text != "":
		where, args = where+" AND c.holder_fold LIKE ?", append(args, "%"+like(models.Fold(text))+"%")
	}
	if !q.After.IsZero() {
		where, args = where+" AND c.id < ?", append(args, q.After)
	}
	limit := q.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	var rows []Certificate
	err = c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		err := tx.Raw("SELECT "+certColumns+" FROM certificates c WHERE "+where+" ORDER BY c.id DESC LIMIT ?", append(args, limit)...).Scan(&rows).Error
		if err != nil {
			return err
		}
		return veil(tx, reach, rows, today)
	})
	if err == nil && !beyond(reach).Empty() {
		err = c.listed(ctx, actor, rows)
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// listed puts on record, for each school, that its pupils' names were read from
// beyond it. A name that is withheld was not read.
func (c *Certificates) listed(ctx context.Context, actor models.Actor, rows []Certificate) error {
	told := []models.ID{}
	for _, r := range rows {
		if r.Withheld || slices.Contains(told, r.SchoolID) {
			continue
		}
		told = append(told, r.SchoolID)
		if err := audit.NamesListed(ctx, c.db, actor, audit.ListCertificates, audit.Entry{Kind: audit.KindSchool, Subject: r.SchoolID, School: r.SchoolID}); err != nil {
			return err
		}
	}
	return nil
}

// like drops the characters that LIKE would read as wildcards; no name has
// them.
func like(s string) string { return strings.NewReplacer("%", "", "_", "", `\`, "").Replace(s) }

// within restricts certificates c to a reach. Classes and schools are those in
// which the holder is enrolled today; the issuing school and its area keep
// sight of a holder who has left.
func within(reach models.Reach) (where string, args []any) {
	if reach.All {
		return "1 = 1", nil
	}
	const enrolled = "EXISTS (SELECT 1 FROM enrolments e WHERE e.person_id = c.person_id AND e.live = 1 AND "
	const schoolsIn = "(SELECT s.id FROM schools s JOIN areas a ON a.id = s.commune_id WHERE a.id IN ? OR a.parent_id IN ? OR a.province_id IN ?)"
	parts := []string{"1 = 0"}
	if !reach.Self.IsZero() {
		parts, args = append(parts, "c.person_id = ?"), append(args, reach.Self)
	}
	if len(reach.Classes) > 0 {
		parts, args = append(parts, enrolled+"e.class_id IN ?)"), append(args, reach.Classes)
	}
	if len(reach.Schools) > 0 {
		parts = append(parts, "c.school_id IN ?", enrolled+"e.school_id IN ?)")
		args = append(args, reach.Schools, reach.Schools)
	}
	if len(reach.Areas) > 0 {
		a := reach.Areas
		parts = append(parts, "c.school_id IN "+schoolsIn, enrolled+"e.school_id IN "+schoolsIn+")")
		args = append(args, a, a, a, a, a, a)
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}
