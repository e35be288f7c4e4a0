package household

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/place"
	"nhaso/models/sheet"
)

// Whether somebody of school age lives in a household: what the school can
// reach, what only a digital team can, and what nobody knows.
const (
	PupilYes     = "yes"
	PupilNo      = "no"
	PupilUnknown = "unknown"
)

// Ages of pupils of grades 6 to 12 in the calendar year in which the school
// year begins: 11 to 17, and one year more for those who repeated one.
const (
	youngestPupil = 11
	oldestPupil   = 18
)

// bornBetween are the years of birth of pupils in the school year of a day.
func bornBetween(today string) (from, to int) {
	year, _ := strconv.Atoi(place.SchoolYear(today)[:4])
	return year - oldestPupil, year - youngestPupil
}

// SchoolAgeSQL is the SQL expression for households h that answers yes, no or
// unknown. Yes: a member on the register was born in those years, or a live
// link is of somebody who goes to school. No: the register has members, and the
// year of birth of every one. Else nobody knows.
func SchoolAgeSQL(today string) (expression string, args []any) {
	from, to := bornBetween(today)
	return `CASE WHEN EXISTS (SELECT 1 FROM household_members sm WHERE sm.household_id = h.id AND sm.birth_year BETWEEN ? AND ?)
		OR EXISTS (SELECT 1 FROM household_links sl JOIN enrolments se ON se.person_id = sl.person_id AND se.live = 1
			WHERE sl.household_id = h.id AND sl.live = 1) THEN 'yes'
		WHEN NOT EXISTS (SELECT 1 FROM household_members sm WHERE sm.household_id = h.id)
		OR EXISTS (SELECT 1 FROM household_members sm WHERE sm.household_id = h.id AND sm.birth_year IS NULL) THEN 'unknown' ELSE 'no' END`,
		[]any{from, to}
}

// VillagePupils counts a village's households by whether somebody of school age
// lives there; NoCovered are those of No that are covered all the same.
type VillagePupils struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Yes       int    `json:"yes"`
	No        int    `json:"no" doc:"Only a digital team reaches these."`
	NoCovered int    `json:"no_covered" doc:"Of these, covered by an adult."`
	Unknown   int    `json:"unknown" doc:"The register does not say."`
}

// ByPupils counts the households of a commune's villages by whether somebody of
// school age lives there. The actor needs read_household with the commune in
// reach, otherwise NotFound.
func (s *Households) ByPupils(ctx context.Context, actor models.Actor, communeID models.ID) ([]VillagePupils, error) {
	reach, err := models.Allow(actor, models.ActReadHousehold)
	if err != nil {
		return nil, err
	}
	list := []VillagePupils{}
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		ok, err := place.AreaInReach(tx, reach, communeID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err != nil {
			return err
		}
		list, err = villagePupils(tx, communeID, s.db.Clock().Today())
		return err
	})
	return list, err
}

func villagePupils(tx *gorm.DB, communeID models.ID, today string) ([]VillagePupils, error) {
	age, args := SchoolAgeSQL(today)
	var rows []struct {
		Code, Kind, Name, Age string
		N, Covered            int
	}
	err := tx.Raw(`SELECT v.code, v.kind, v.name, x.age, COUNT(*) AS n, SUM(x.covered) AS covered FROM
		(SELECT h.village_id, h.covered, `+age+` AS age FROM households h JOIN village_communes vc ON vc.village_id = h.village_id
			AND vc.valid_from <= ? AND vc.valid_to > ? WHERE vc.commune_id = ? AND h.state = ?) x
		JOIN villages v ON v.id = x.village_id GROUP BY v.code, v.kind, v.name, x.age ORDER BY v.name, v.code`,
		append(args, today, today, communeID, StateActive)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count households by pupils: %w", err)
	}
	list := []VillagePupils{}
	for _, r := range rows {
		if n := len(list); n == 0 || list[n-1].Code != r.Code {
			list = append(list, VillagePupils{Code: r.Code, Name: place.VillageTitle(r.Kind, r.Name)})
		}
		v := &list[len(list)-1]
		switch r.Age {
		case PupilYes:
			v.Yes = r.N
		case PupilNo:
			v.No, v.NoCovered = r.N, r.Covered
		default:
			v.Unknown = r.N
		}
	}
	return list, nil
}

// PupilsHeadings are the columns of ExportByPupils, in their order: code of the
// village, village, code of the household, head, school age, status, members.
var PupilsHeadings = []string{"Mã thôn", "Thôn, bản, khu phố", "Mã hộ", "Chủ hộ", "Người trong tuổi đi học", "Độ phủ", "Số người trong sổ hộ"}

var pupilsWords = map[string]string{PupilYes: "Có", PupilNo: "Không", PupilUnknown: "Sổ thiếu năm sinh"}
var statusWords = map[string]string{StatusCovered: "Đã có người thạo", StatusNotCovered: "Chưa có", StatusUnknown: "Chưa biết"}

// exportMax is how many households one file holds: those of a large commune.
const exportMax = 30_000

// ExportByPupils writes a workbook of a commune's households with the given
// answer (yes, no, unknown, "" for all), village by village: the list that a
// digital team walks with. Heads' names are masked without read_names. The
// actor needs read_household with the commune in reach, otherwise NotFound.
// Errors: Invalid field "query.age"; KindTooLarge beyond 30,000 households.
func (s *Households) ExportByPupils(ctx context.Context, actor models.Actor, communeID models.ID, age string, w io.Writer) error {
	reach, err := models.Allow(actor, models.ActReadHousehold)
	if err != nil {
		return err
	}
	if age != "" && pupilsWords[age] == "" {
		return models.InvalidField("query.age", "unknown_status")
	}
	var page sheet.Page
	whole := false
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		ok, err := place.AreaInReach(tx, reach, communeID)
		if err == nil && !ok {
			err = models.NotFound()
		}
		if err == nil {
			page, whole, err = pupilsPage(tx, actor, communeID, age, s.db.Clock().Today())
		}
		return err
	})
	if err == nil && whole {
		err = audit.NamesListed(ctx, s.db, actor, audit.ListSchoolAge, audit.Entry{Kind: audit.KindArea, Subject: communeID, Area: communeID})
	}
	if err != nil {
		return err
	}
	return sheet.WriteXLSX(w, sheet.Book{Pages: []sheet.Page{page}})
}

// pupilsPage is the table, and whether whole names stand in it.
func pupilsPage(tx *gorm.DB, actor models.Actor, communeID models.ID, age, today string) (page sheet.Page, whole bool, err error) {
	page = sheet.Page{Name: "Hộ"}
	for _, h := range PupilsHeadings {
		page.Columns = append(page.Columns, sheet.Column{Heading: h})
	}
	expression, args := SchoolAgeSQL(today)
	hidden, hiddenArgs := HeadHiddenSQL(today)
	where, last := "", []any{}
	if age != "" {
		where, last = " WHERE x.age = ?", []any{age}
	}
	var rows []struct {
		VillageID                               models.ID
		VCode, Kind, Name, Code, HeadName, Age  string
		Known, Covered, People, HeadHidden, One int
	}
	args = append(append(append(args, hiddenArgs...), today, today, communeID, StateActive), last...)
	err = tx.Raw(`SELECT x.*, v.code AS v_code, v.kind, v.name FROM (SELECT h.village_id, h.code, h.head_name, h.head_sort, h.id, h.known, h.covered,
		(SELECT COUNT(*) FROM household_members n WHERE n.household_id = h.id) AS people, `+expression+` AS age,
		CASE WHEN `+hidden+` THEN 1 ELSE 0 END AS head_hidden FROM households h JOIN village_communes vc ON vc.village_id = h.village_id
			AND vc.valid_from <= ? AND vc.valid_to > ? WHERE vc.commune_id = ? AND h.state = ?) x
		JOIN villages v ON v.id = x.village_id`+where+" ORDER BY v.name, v.code, x.head_sort, x.id LIMIT ?", append(args, exportMax+1)...).Scan(&rows).Error
	if err != nil {
		return page, false, fmt.Errorf("read households: %w", err)
	}
	if len(rows) > exportMax {
		return page, false, models.Fail(models.KindTooLarge, "too_large")
	}
	names := map[models.ID]bool{}
	for _, r := range rows {
		if _, ok := names[r.VillageID]; !ok {
			if names[r.VillageID], err = namesIn(tx, actor, r.VillageID); err != nil {
				return page, false, err
			}
		}
		whole = whole || names[r.VillageID] && r.HeadHidden == 0
		page.Rows = append(page.Rows, []sheet.Cell{sheet.Text(r.VCode), sheet.Text(place.VillageTitle(r.Kind, r.Name)), sheet.Text(r.Code),
			sheet.Text(shown(r.HeadName, names[r.VillageID] && r.HeadHidden == 0)), sheet.Text(pupilsWords[r.Age]),
			sheet.Text(statusWords[Household{Known: r.Known, Covered: r.Covered}.Status()]), sheet.Number(float64(r.People))})
	}
	return page, whole, nil
}

// pupilAnswers are what ListFilter.Pupils may hold.
var pupilAnswers = []string{PupilYes, PupilNo, PupilUnknown}

// byPupils narrows a list to households with one answer.
func byPupils(answer, today string) (where string, args []any, err error) {
	if !slices.Contains(pupilAnswers, answer) {
		return "", nil, models.InvalidField("query.pupils", "unknown_status")
	}
	expression, args := SchoolAgeSQL(today)
	return " AND " + expression + " = ?", append(args, answer), nil
}
