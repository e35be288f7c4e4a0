package place

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// VillageRow is one line of a list of villages. The commune is named by code,
// or by name where that is unique. Code is for lists that bring their own.
type VillageRow struct {
	Row         int // number in the file, for errors
	Code        string
	CommuneCode string
	CommuneName string
	Kind        string
	Name        string
	ValidFrom   string
}

// RowError says what is wrong with a line, never quoting it. Column is one of
// code, commune, kind, name and valid_from.
type RowError struct {
	Row    int
	Column string
	Reason string
}

// VillageReport is what an import did, or with a dry run would do.
type VillageReport struct {
	Rows, New, Changed, Unchanged int
	Errors                        []RowError
}

// ImportVillages writes a list of villages: all of it, or nothing when a line
// is wrong or dryRun is set. A line is the village of its code, else the one of
// that kind and name in the commune; what is not there is made, a village of
// the code is renamed, none is moved or closed. The error is KindForbidden, or
// the database's own; wrong lines are in the report.
func (p *Places) ImportVillages(ctx context.Context, actor models.Actor, rows []VillageRow, dryRun bool) (VillageReport, error) {
	reach, err := models.Allow(actor, models.ActManagePlaces)
	if err != nil {
		return VillageReport{}, err
	}
	var rep VillageReport
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := lockVillages(tx); err != nil {
			return err
		}
		im := &villageImport{
			villageWriter: villageWriter{tx: tx, now: p.db.Clock().Now(), reach: reach},
			communes:      map[string]communeResult{}, seen: map[string]int{},
		}
		im.rep.Rows = len(rows)
		if err := im.run(rows); err != nil {
			return err
		}
		rep = im.rep
		if dryRun || len(rep.Errors) > 0 {
			return errUndo
		}
		return nil
	})
	if err == errUndo { //nolint:errorlint // our own value, returned bare
		err = nil
	}
	return rep, err
}

// errUndo takes back what a dry run wrote.
var errUndo = models.Fail(models.KindInternal, "undo")

type villageImport struct {
	villageWriter
	communes map[string]communeResult
	seen     map[string]int // village key → row
	rep      VillageReport
}

type communeResult struct {
	area Area
	err  error
}

func (im *villageImport) run(rows []VillageRow) error {
	for _, r := range rows {
		if err := im.row(r); err != nil {
			var e *models.Error
			column := ""
			if e, column = rowProblem(err); e == nil {
				return err
			}
			im.rep.Errors = append(im.rep.Errors, RowError{r.Row, column, problemCode(e)})
		}
	}
	return nil
}

// rowProblem tells an error of the line from one of the database.
func rowProblem(err error) (*models.Error, string) {
	e, ok := err.(*models.Error) //nolint:errorlint // errors of this room come bare
	if !ok || e.Kind == models.KindInternal {
		return nil, ""
	}
	switch {
	case len(e.Fields) > 0:
		return e, e.Fields[0].Location
	case e.Code == "duplicate_code" || e.Code == "village_in_other_commune":
		return e, "code"
	case e.Code == "duplicate_village" || e.Code == "duplicate_row":
		return e, "name"
	}
	return e, "commune"
}

func problemCode(e *models.Error) string {
	if len(e.Fields) > 0 {
		return e.Fields[0].Code
	}
	return e.Code
}

func (im *villageImport) row(r VillageRow) error {
	today := models.Day(im.now)
	if r.ValidFrom == "" {
		r.ValidFrom = today
	}
	n := NewVillage{Kind: r.Kind, Name: r.Name, ValidFrom: r.ValidFrom, Code: r.Code}
	v, err := n.check(im.now)
	if err != nil {
		return err
	}
	commune, err := im.commune(r)
	if err != nil {
		return err
	}
	if v.Code != "" {
		old, err := VillageByCode(im.tx, v.Code, today)
		if err == nil {
			return im.change(old, v, commune, r.Row)
		}
		if models.KindOf(err) != models.KindNotFound {
			return err
		}
	}
	// A list of the old map names communes that have ended: the village is looked
	// for where it is now.
	chain, err := im.chain(commune, v.ValidFrom, "")
	if err != nil {
		return err
	}
	old, err := im.byName(chain[len(chain)-1], v)
	if err != nil {
		return err
	}
	if !old.ID.IsZero() && (v.Code == "" || v.Code == old.Code) {
		return im.change(old, v, commune, r.Row)
	}
	made, err := im.create(commune, n)
	if err != nil {
		return err
	}
	im.rep.New++
	return im.once(made.ID, r.Row)
}

// once refuses a second line for the same village.
func (im *villageImport) once(id models.ID, row int) error {
	if _, twice := im.seen[id.String()]; twice {
		return models.Conflict("duplicate_row")
	}
	im.seen[id.String()] = row
	return nil
}

// change compares a line with the village it means, and renames it.
func (im *villageImport) change(old, v Village, commune Area, row int) error {
	if err := im.once(old.ID, row); err != nil {
		return err
	}
	in, err := AreaInReach(im.tx, im.reach, old.CommuneID)
	if err != nil || !in {
		return orNotFound(err)
	}
	chain, err := im.chain(commune, commune.ValidFrom, "")
	if err != nil {
		return err
	}
	switch {
	case chain[len(chain)-1].ID != old.CommuneID:
		return models.Conflict("village_in_other_commune")
	case old.Kind == v.Kind && old.Name == v.Name:
		im.rep.Unchanged++
		return nil
	}
	if _, err := im.rename(old, v.Kind, v.Name); err != nil {
		return err
	}
	im.rep.Changed++
	return nil
}

// byName finds the commune's village of that kind and name; a zero Village
// when there is none.
func (im *villageImport) byName(commune Area, v Village) (Village, error) {
	today := models.Day(im.now)
	var found Village
	err := im.tx.Raw(villageSelect+"WHERE vc.valid_from <= ? AND vc.valid_to > ? AND vc.commune_id = ? AND v.kind = ? AND v.name_fold = ? AND v.name = ?",
		today, today, commune.ID, v.Kind, models.Fold(v.Name), v.Name).Scan(&found).Error
	return found, err
}

// commune finds the commune of a line; lists repeat it, so it is remembered.
func (im *villageImport) commune(r VillageRow) (Area, error) {
	key := fmt.Sprintf("%s|%s|%s", r.CommuneCode, r.CommuneName, r.ValidFrom)
	if c, ok := im.communes[key]; ok {
		return c.area, c.err
	}
	var c communeResult
	switch {
	case r.CommuneCode != "":
		c.area, c.err = AreaByCodeTx(im.tx, r.CommuneCode, r.ValidFrom)
	case r.CommuneName != "":
		c.area, c.err = MatchNameTx(im.tx, r.CommuneName, r.ValidFrom, "")
	default:
		c.err = models.InvalidField("commune", "required")
	}
	if c.err == nil && c.area.Level != LevelCommune {
		c.err = models.NotFound()
	}
	im.communes[key] = c
	return c.area, c.err
}
