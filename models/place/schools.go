package place

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The types of school: lower and upper secondary, boarding school for ethnic
// minorities, several levels in one, continuing-education centre.
const (
	TypeTHCS    = "thcs"
	TypeTHPT    = "thpt"
	TypePTDTNT  = "ptdtnt"
	TypeLienCap = "lien_cap"
	TypeGDTX    = "gdtx"
)

var schoolTypes = []string{TypeTHCS, TypeTHPT, TypePTDTNT, TypeLienCap, TypeGDTX}

// NewSchool is a school to be made; Code is the ministry's, or one of our own
// choice.
type NewSchool struct {
	Code        string
	Name        string
	Type        string
	CommuneCode string
}

// CreateSchool makes a school. Errors: KindNotFound for a commune absent or
// out of the actor's areas; KindInvalid naming code, name or type; KindConflict
// "duplicate_code".
func (p *Places) CreateSchool(ctx context.Context, actor models.Actor, n NewSchool) (s School, err error) {
	reach, err := models.Allow(actor, models.ActManagePlaces)
	if err != nil {
		return School{}, err
	}
	s = School{Code: strings.ToUpper(strings.TrimSpace(n.Code)), Name: models.Clean(n.Name), Type: n.Type}
	switch {
	case s.Code == "" || len(s.Code) > 24 || models.Clean(s.Code) != s.Code:
		return School{}, models.InvalidField("code", "invalid_code")
	case s.Name == "" || len([]rune(s.Name)) > 160:
		return School{}, models.InvalidField("name", "invalid_name")
	case !slices.Contains(schoolTypes, s.Type):
		return School{}, models.InvalidField("type", "invalid_school_type")
	}
	now := p.db.Clock().Now()
	err = p.db.Tx(ctx, func(tx *gorm.DB) error {
		commune, err := AreaByCodeTx(tx, n.CommuneCode, models.Day(now))
		if err != nil {
			return err
		}
		in, err := AreaInReach(tx, reach, commune.ID)
		if err != nil || !in || commune.Level != LevelCommune {
			return orNotFound(err)
		}
		s.ID, s.CommuneID = models.NewID(now), commune.ID
		err = tx.Exec("INSERT INTO schools (id, code, name, name_fold, school_type, commune_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			s.ID, s.Code, s.Name, foldSchool(s.Name), s.Type, s.CommuneID, now).Error
		if store.IsDuplicate(err) {
			return models.Conflict("duplicate_code")
		}
		return err
	})
	if err != nil {
		return School{}, err
	}
	return s, nil
}

// foldSchool leaves of a school's name what tells it from others: "Trường Trung
// học cơ sở Hà Tu" and "THCS Hà Tu" are the same.
func foldSchool(name string) string {
	f := models.Fold(name)
	for _, r := range [][2]string{
		{"trung hoc co so", "thcs"}, {"trung hoc pho thong", "thpt"}, {"pho thong dan toc noi tru", "ptdtnt"},
		{"giao duc thuong xuyen", "gdtx"}, {"giao duc nghe nghiep", "gdnn"}, {"trung tam", "tt"},
	} {
		f = strings.ReplaceAll(f, r[0], r[1])
	}
	return strings.TrimPrefix(f, "truong ")
}

// School reads a school. KindNotFound when it is absent.
func (p *Places) School(ctx context.Context, id models.ID) (School, error) {
	return SchoolByID(p.db.Read(ctx), id)
}

// SchoolByCode reads a school by its code. KindNotFound when it is absent.
func (p *Places) SchoolByCode(ctx context.Context, code string) (School, error) {
	return oneSchool(p.db.Read(ctx).Raw(schoolSelect+"WHERE s.code = ?", strings.ToUpper(strings.TrimSpace(code))))
}

// SearchSchools finds schools by a part of their name, folded and with the kind
// written out or short, or by code; in one commune unless communeID is zero. At
// most limit, default 50.
func (p *Places) SearchSchools(ctx context.Context, q string, communeID models.ID, limit int) ([]School, error) {
	where, args := "WHERE 1 = 1", []any{}
	if folded := foldSchool(q); folded != "" {
		where += " AND (s.name_fold LIKE ? ESCAPE '!' OR s.code = ?)"
		args = append(args, "%"+escapeLike(folded)+"%", strings.ToUpper(strings.TrimSpace(q)))
	}
	if !communeID.IsZero() {
		where += " AND s.commune_id = ?"
		args = append(args, communeID)
	}
	list := []School{}
	err := p.db.Read(ctx).Raw(schoolSelect+where+" ORDER BY s.name_fold, s.code LIMIT ?", append(args, limitOf(limit))...).Scan(&list).Error
	return list, err
}

// ClassQuery narrows Classes; zero values: every school and year.
type ClassQuery struct {
	SchoolID   models.ID
	SchoolYear string
}

// Classes answers the classes of the reach, the newest year first, then by
// school, grade and name, at most 500.
func (p *Places) Classes(ctx context.Context, reach models.Reach, q ClassQuery) ([]Class, error) {
	where, args := ClassFilter(reach, "c.id")
	if !q.SchoolID.IsZero() {
		where += " AND c.school_id = ?"
		args = append(args, q.SchoolID)
	}
	if q.SchoolYear != "" {
		where += " AND c.school_year = ?"
		args = append(args, q.SchoolYear)
	}
	list := []Class{}
	err := p.db.Read(ctx).Raw(classSelect+"JOIN schools sc ON sc.id = c.school_id WHERE "+where+
		" ORDER BY c.school_year DESC, sc.name_fold, sc.code, c.grade, c.name LIMIT 500", args...).Scan(&list).Error
	// The database has put the classes of a school, year and grade together.
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].SchoolID == list[i].SchoolID && list[j].SchoolYear == list[i].SchoolYear && list[j].Grade == list[i].Grade {
			j++
		}
		slices.SortFunc(list[i:j], func(a, b Class) int { return compareNatural(a.Name, b.Name) })
		i = j
	}
	return list, err
}

// compareNatural puts 7A2 before 7A10: first what stands before the last
// number, then the number.
func compareNatural(a, b string) int {
	frontA, frontB := strings.TrimRight(a, "0123456789"), strings.TrimRight(b, "0123456789")
	return cmp.Or(strings.Compare(frontA, frontB), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// Class reads a class of the reach. KindNotFound when it is absent or out of
// reach.
func (p *Places) Class(ctx context.Context, reach models.Reach, id models.ID) (Class, error) {
	where, args := ClassFilter(reach, "c.id")
	return oneClass(p.db.Read(ctx).Raw(classSelect+"WHERE c.id = ? AND "+where, append([]any{id}, args...)...))
}

// ClassFor reads a class in which the actor may do the action, inside the
// caller's transaction. KindForbidden when the actor may do it nowhere,
// KindNotFound for a class that is absent or out of reach.
func ClassFor(tx *gorm.DB, actor models.Actor, action models.Action, id models.ID) (Class, error) {
	reach, err := models.Allow(actor, action)
	if err != nil {
		return Class{}, err
	}
	where, args := ClassFilter(reach, "c.id")
	return oneClass(tx.Raw(classSelect+"WHERE c.id = ? AND "+where, append([]any{id}, args...)...))
}
