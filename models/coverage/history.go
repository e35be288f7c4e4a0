package coverage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// The grains of coverage_history and how many letters of a day name a period.
var grains = []struct {
	name   string
	length int
}{{"year", 4}, {"month", 7}, {"day", 10}}

// periodKey is one row of coverage_history.
type periodKey struct {
	village       models.ID
	grain, period string
}

// periods are the rows that a change of a village on a day belongs to.
func periods(village models.ID, day string) []periodKey {
	keys := make([]periodKey, len(grains))
	for i, g := range grains {
		keys[i] = periodKey{village, g.name, day[:min(g.length, len(day))]}
	}
	return keys
}

// remember adds folded rows to the history. As with the counters only the
// holder of the lease calls it, so that update-then-insert is no race.
func (c *Coverage) remember(tx *gorm.DB, rows []row) error {
	sums := map[periodKey]Figures{}
	for _, r := range rows {
		for _, k := range periods(r.VillageID, r.OnDate) {
			sums[k] = sums[k].plus(r.figures())
		}
	}
	var fresh []periodKey
	for _, k := range sortedPeriods(sums) {
		res := tx.Exec("UPDATE coverage_history SET "+eachFigure("% = % + ?", ", ")+" WHERE village_id = ? AND grain = ? AND period = ?",
			append(sums[k].args(), k.village, k.grain, k.period)...)
		if res.Error != nil {
			return fmt.Errorf("change history: %w", res.Error)
		}
		if res.RowsAffected == 0 && sums[k] != (Figures{}) {
			fresh = append(fresh, k)
		}
	}
	if err := c.step("history"); err != nil {
		return err
	}
	return insertHistory(tx, fresh, sums)
}

func sortedPeriods(sums map[periodKey]Figures) []periodKey {
	keys := make([]periodKey, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b periodKey) int {
		if n := slices.Compare(a.village[:], b.village[:]); n != 0 {
			return n
		}
		return strings.Compare(a.grain+a.period, b.grain+b.period)
	})
	return keys
}

func insertHistory(tx *gorm.DB, keys []periodKey, sums map[periodKey]Figures) error {
	row := "(?,?,?" + strings.Repeat(",?", len(figureNames)) + "),"
	for chunk := range slices.Chunk(keys, insertChunk) {
		args := make([]any, 0, (3+len(figureNames))*len(chunk))
		for _, k := range chunk {
			args = append(append(args, k.village, k.grain, k.period), sums[k].args()...)
		}
		err := tx.Exec("INSERT INTO coverage_history (village_id, grain, period, "+figureColumns+") VALUES "+
			strings.TrimSuffix(strings.Repeat(row, len(chunk)), ","), args...).Error
		if err != nil {
			return fmt.Errorf("write history: %w", err)
		}
	}
	return nil
}

// historyDelta adds up the folded ledger by village and period.
func historyOfLedger(tx *gorm.DB, use func(periodKey, Figures)) error {
	for _, g := range grains {
		var rows []struct {
			VillageID models.ID
			Period    string
			Figures
		}
		period := fmt.Sprintf("SUBSTR(on_date, 1, %d)", g.length)
		err := tx.Raw("SELECT village_id, " + period + " AS period, " + eachFigure("SUM(d_%) AS %", ", ") +
			" FROM coverage_ledger WHERE batch > 0 GROUP BY village_id, " + period).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("sum ledger by period: %w", err)
		}
		for _, r := range rows {
			use(periodKey{r.VillageID, g.name, r.Period}, r.Figures)
		}
	}
	return nil
}

// verifyHistory counts the periods of villages whose history is not what the
// folded ledger adds up to.
func verifyHistory(tx *gorm.DB, rep *Report) error {
	want := map[periodKey]Figures{}
	if err := historyOfLedger(tx, func(k periodKey, f Figures) { want[k] = f }); err != nil {
		return err
	}
	rows, err := tx.Raw("SELECT village_id, grain, period, " + figureColumns + " FROM coverage_history").Rows()
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k periodKey
		var f Figures
		s := &f.Skills
		if err := rows.Scan(&k.village, &k.grain, &k.period, &f.Households, &f.Known, &f.Covered,
			&s.PublicServices, &s.OnlineShopping, &s.OnlinePayment, &s.SelfProtection, &s.LocalPlatforms); err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		if f != want[k] {
			rep.BrokenPeriods++
		}
		delete(want, k)
	}
	for _, f := range want {
		if f != (Figures{}) {
			rep.BrokenPeriods++
		}
	}
	return rows.Err()
}

// rewriteHistory writes the history anew from the folded ledger.
func rewriteHistory(tx *gorm.DB) error {
	if err := tx.Exec("DELETE FROM coverage_history").Error; err != nil {
		return fmt.Errorf("clear history: %w", err)
	}
	sums := map[periodKey]Figures{}
	if err := historyOfLedger(tx, func(k periodKey, f Figures) { sums[k] = f }); err != nil {
		return err
	}
	return insertHistory(tx, sortedPeriods(sums), sums)
}

// upTo selects the history of a day's end in three pieces, whole years, whole
// months of the day's year and days of its month, and behind them what is not
// folded yet. where restricts the column village_id, with its arguments.
func upTo(day, where string, args []any) (query string, all []any) {
	year, month := day[:4], day[:7]
	pieces := []struct {
		condition string
		bounds    []any
	}{
		{"grain = 'year' AND period < ?", []any{year}},
		{"grain = 'month' AND period >= ? AND period < ?", []any{year, month}},
		{"grain = 'day' AND period >= ? AND period <= ?", []any{month, day}},
	}
	for _, p := range pieces {
		query += "SELECT village_id, " + figureColumns + " FROM coverage_history WHERE " + p.condition + " AND " + where + " UNION ALL "
		all = append(append(all, p.bounds...), args...)
	}
	query += "SELECT village_id, " + eachFigure("d_% AS %", ", ") + " FROM coverage_ledger WHERE batch = 0 AND on_date <= ? AND " + where
	return query, append(append(all, day), args...)
}

// monthEnd is the last day of the month of a day.
func monthEnd(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
