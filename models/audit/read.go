package audit

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"nhaso/models"
)

// Filter says whose entries are read, all or those that the schools own, and
// narrows them; other zero fields do not.
type Filter struct {
	All     bool
	Schools []models.ID
	Acts    []Act
	Account models.ID
	Subject models.ID
	Kind    string
	From    string // first civil day
	To      string // last civil day
	Before  models.ID
	Limit   int // 1 to 500
}

// where is the SQL condition of the filter on audit_entries e.
func (f Filter) where() (string, []any) {
	where, args := "1 = 1", []any{}
	add := func(sql string, arg ...any) { where, args = where+" AND "+sql, append(args, arg...) }
	if !f.All {
		if len(f.Schools) == 0 {
			return "1 = 0", nil
		}
		add("e.school_id IN ?", f.Schools)
	}
	if len(f.Acts) > 0 {
		add("e.act IN ?", f.Acts)
	}
	if !f.Account.IsZero() {
		add("e.account_id = ?", f.Account)
	}
	if !f.Subject.IsZero() {
		add("e.subject_id = ?", f.Subject)
	}
	if f.Kind != "" {
		add("e.kind = ?", f.Kind)
	}
	if f.From != "" {
		add("e.day >= ?", f.From)
	}
	if f.To != "" {
		add("e.day <= ?", f.To)
	}
	if !f.Before.IsZero() {
		add("e.id < ?", f.Before)
	}
	return where, args
}

// Lines reads entries, the newest first. more tells whether there are others
// before the last one answered.
func Lines(tx *gorm.DB, f Filter) (list []Line, more bool, err error) {
	limit := min(max(f.Limit, 1), 500)
	where, args := f.where()
	var rows []stored
	err = tx.Raw("SELECT "+lineColumns+", detail AS text FROM audit_entries e WHERE "+where+" ORDER BY e.id DESC LIMIT ?", append(args, limit+1)...).Scan(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("read audit entries: %w", err)
	}
	if len(rows) > limit {
		rows, more = rows[:limit], true
	}
	for _, r := range rows {
		if err := json.Unmarshal([]byte(r.Text), &r.Detail); err != nil {
			return nil, false, fmt.Errorf("read audit detail: %w", err)
		}
		r.At = r.At.UTC()
		list = append(list, r.Line)
	}
	return list, more, nil
}

// Days reads the last sealed days, oldest first, at most limit.
func Days(tx *gorm.DB, limit int) ([]Sealed, error) { return days(tx, models.Forever, limit) }

// OfDay counts the entries of a civil day by act.
func OfDay(tx *gorm.DB, day string) (map[Act]int, error) {
	var rows []struct {
		Act Act
		N   int
	}
	err := tx.Raw("SELECT act, COUNT(*) AS n FROM audit_entries WHERE day = ? GROUP BY act", day).Scan(&rows).Error
	counts := map[Act]int{}
	for _, r := range rows {
		counts[r.Act] = r.N
	}
	return counts, err
}
