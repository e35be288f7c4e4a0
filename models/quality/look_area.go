package quality

import (
	"math"
	"slices"

	"nhaso/models"
)

// share is a part of a whole at one place.
type share struct {
	ID, CommuneID models.ID
	Part, Whole   int
}

// outliers answers the places whose share lies further from the median of all
// than limit hundredths of a robust z; the value is z in hundredths. Places
// with less than least in the whole say nothing and count nowhere. Fewer than
// five places have no usual spread.
func outliers(list []share, least, limit int) []Finding {
	list = slices.DeleteFunc(list, func(s share) bool { return s.Whole < max(least, 1) })
	rates := make([]float64, len(list))
	for i, s := range list {
		rates[i] = float64(s.Part) / float64(s.Whole)
	}
	found := []Finding{}
	for i, z := range robust(rates) {
		if hundredths := int(math.Round(z * 100)); hundredths > limit || hundredths < -limit {
			found = append(found, Finding{Subject: list[i].ID, CommuneID: list[i].CommuneID, Value: hundredths})
		}
	}
	return found
}

// minPlaces is the fewest places that have a usual spread.
const minPlaces = 5

// robust answers the robust z of each value: 0.6745 of its distance from the
// median in median absolute deviations, by which a few wild values do not hide
// each other. Where more than half of the values are the same, the spread is
// taken from the mean absolute deviation (factor 0.7979); where all are, no
// value stands out.
func robust(values []float64) []float64 {
	z := make([]float64, len(values))
	if len(values) < minPlaces {
		return z
	}
	middle := median(values)
	away := make([]float64, len(values))
	mean := 0.0
	for i, v := range values {
		away[i] = math.Abs(v - middle)
		mean += away[i] / float64(len(values))
	}
	spread := median(away) / 0.6745
	if spread == 0 {
		spread = mean / 0.7979
	}
	if spread == 0 {
		return z
	}
	for i, v := range values {
		z[i] = (v - middle) / spread
	}
	return z
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

func outlierSchools(s search) ([]Finding, error) {
	var list []share
	err := s.tx.Raw(`SELECT sc.id, sc.commune_id, SUM(CASE WHEN a.passed = 1 THEN 1 ELSE 0 END) AS part, COUNT(*) AS whole
		FROM attempts a JOIN lesson_sessions l ON l.id = a.session_id JOIN school_classes c ON c.id = l.class_id JOIN schools sc ON sc.id = c.school_id
		WHERE a.state IN ('submitted', 'closed') AND a.deadline_at >= ? AND a.score IS NOT NULL
		GROUP BY sc.id, sc.commune_id ORDER BY sc.id`, s.since(s.Limits["days"])).Scan(&list).Error
	found := outliers(list, s.Limits["attempts"], s.Limits["z_hundredths"])
	for i := range found {
		found[i].SchoolID = found[i].Subject
	}
	return found, err
}

func outlierCommunes(s search) ([]Finding, error) {
	var list []share
	err := s.tx.Raw(`SELECT vc.commune_id AS id, vc.commune_id, SUM(h.covered) AS part, SUM(h.known) AS whole
		FROM households h`+inCommune("h.village_id")+`WHERE h.state = 'active' GROUP BY vc.commune_id ORDER BY vc.commune_id`, s.today).Scan(&list).Error
	return outliers(list, s.Limits["known"], s.Limits["z_hundredths"]), err
}

// oldRegisters finds communes whose register is old, with its age in days, and
// those that never had one, with value -1.
func oldRegisters(s search) ([]Finding, error) {
	var rows []struct {
		ID   models.ID
		AsOf *string
	}
	err := s.tx.Raw(`SELECT a.id, r.as_of FROM areas a LEFT JOIN register_areas ra ON ra.area_id = a.id
		LEFT JOIN household_registers r ON r.id = ra.register_id
		WHERE a.level = 'commune' AND a.valid_from <= ? AND a.valid_to > ? ORDER BY a.code`, s.today, s.today).Scan(&rows).Error
	list := []Finding{}
	for _, r := range rows {
		f := Finding{Subject: r.ID, CommuneID: r.ID, Value: -1}
		if r.AsOf != nil {
			f.Day, f.Value = *r.AsOf, s.daysSince(*r.AsOf)
		}
		if r.AsOf == nil || f.Value > s.Limits["days"] {
			list = append(list, f)
		}
	}
	return list, err
}

func closedVillages(s search) ([]Finding, error) {
	var list []Finding
	err := s.tx.Raw("SELECT v.id AS subject, v.id AS village_id, vc.commune_id, COUNT(*) AS value, v.valid_to AS day FROM villages v"+inCommune("v.id")+
		`JOIN households h ON h.village_id = v.id AND h.state = 'active'
		WHERE v.valid_to <= ? GROUP BY v.id, vc.commune_id, v.valid_to ORDER BY v.id`, s.today, s.today).Scan(&list).Error
	return list, err
}

// duplicates counts, per village, the pairs of households that a search
// proposed as one and that nobody has decided; a pair of two villages counts
// where its first household is.
func duplicates(s search) ([]Finding, error) {
	var list []Finding
	err := s.tx.Raw(`SELECT h.village_id AS subject, h.village_id, vc.commune_id, COUNT(*) AS value
		FROM household_duplicates d JOIN households h ON h.id = d.household_a JOIN households o ON o.id = d.household_b`+
		inCommune("h.village_id")+`WHERE d.state = 'open' AND h.state = 'active' AND o.state = 'active'
		GROUP BY h.village_id, vc.commune_id ORDER BY h.village_id`, s.today).Scan(&list).Error
	return list, err
}
