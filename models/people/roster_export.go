package people

import (
	"context"
	"io"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/oneroster"
	"nhaso/models/place"
)

// OneRosterTarget says which pupils travel: those of a class, or of a school in
// a school year (default: the present one).
type OneRosterTarget struct {
	SchoolID, ClassID   models.ID
	SchoolYear, Version string
}

// OneRosterReport says what is in a bundle, and who could not be put in.
type OneRosterReport struct {
	Pupils, Classes int
	LeftOut         []LeftOut
}

// LeftOut is a pupil who is not in the bundle. Reason is one of
// oneroster.Write.
type LeftOut struct{ FullName, Class, Reason string }

// WriteOneRoster writes pupils as a OneRoster bundle, for whoever may import
// them. Reading the bundle again changes nothing. Errors: KindForbidden;
// NotFound out of reach; Invalid "invalid_school_year" or an unknown version.
func (p *People) WriteOneRoster(ctx context.Context, actor models.Actor, target OneRosterTarget, w io.Writer) (OneRosterReport, error) {
	reach, err := models.Allow(actor, models.ActImportRoster)
	if err != nil {
		return OneRosterReport{}, err
	}
	roster := oneroster.Roster{At: p.db.Clock().Now()}
	names := map[models.ID]string{}
	err = p.db.Snapshot(ctx, func(tx *gorm.DB) error {
		if target.SchoolID, err = importScope(tx, reach, target.SchoolID, target.ClassID); err != nil {
			return err
		}
		return target.read(tx, &roster, names, p.db.Clock().Today())
	})
	if err != nil {
		return OneRosterReport{}, err
	}
	notes, err := oneroster.Write(w, target.Version, roster)
	if err != nil {
		return OneRosterReport{}, err
	}
	report := OneRosterReport{Pupils: len(roster.Pupils) - len(notes), Classes: len(roster.Classes)}
	for _, n := range notes {
		pupil := roster.Pupils[n.Row]
		report.LeftOut = append(report.LeftOut, LeftOut{pupil.FullName, names[pupil.ClassID], n.Reason})
	}
	return report, nil
}

func (target OneRosterTarget) read(tx *gorm.DB, roster *oneroster.Roster, names map[models.ID]string, today string) error {
	year, err := target.year(tx, today)
	if err != nil {
		return err
	}
	school, err := place.SchoolByID(tx, target.SchoolID)
	if err != nil {
		return err
	}
	roster.School, roster.SchoolYear = oneroster.Org{ID: school.ID, Code: school.Code, Name: school.Name}, year
	where, args := "school_id = ? AND school_year = ?", []any{school.ID, year}
	if !target.ClassID.IsZero() {
		where, args = "id = ?", []any{target.ClassID}
	}
	err = tx.Raw("SELECT id, name AS title, grade FROM school_classes WHERE "+where+" ORDER BY grade, name, id", args...).Scan(&roster.Classes).Error
	if err != nil {
		return err
	}
	for _, c := range roster.Classes {
		names[c.ID] = c.Title
	}
	return tx.Raw("SELECT p.id, e.class_id, COALESCE(p.ministry_code, '') AS code, COALESCE(e.school_code, '') AS school_code, p.full_name,"+
		" COALESCE(p.birth_date, '') AS birth_date, COALESCE(p.gender, '') AS gender, COALESCE(a.username, '') AS username"+
		" FROM enrolments e JOIN persons p ON p.id = e.person_id JOIN school_classes c ON c.id = e.class_id LEFT JOIN accounts a ON a.person_id = p.id"+
		" WHERE e.live = 1 AND e.class_id IN (SELECT id FROM school_classes WHERE "+where+") ORDER BY c.grade, c.name, p.sort_key, p.id", args...).
		Scan(&roster.Pupils).Error
}

func (target OneRosterTarget) year(tx *gorm.DB, today string) (string, error) {
	if !target.ClassID.IsZero() {
		class, err := place.ClassByID(tx, target.ClassID)
		return class.SchoolYear, err
	}
	year := target.SchoolYear
	def(&year, place.SchoolYear(today))
	return place.ParseSchoolYear(year)
}
