package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"nhaso/models"
)

// Fate is what becomes of a person's rows when the person is erased.
type Fate string

// The fates.
const (
	FateErased  Fate = "erased"  // the rows go
	FateBlanked Fate = "blanked" // the rows stay without what tells of the person
	FateKept    Fate = "kept"    // the rows stay as they are; Why says what asks for it
)

// Holding is what one table keeps about a person. Each room lists its own, so
// that a copy for the person, and erasing, know every room. Names of tables and
// columns are written in the program, never input.
type Holding struct {
	Table string
	Where string   // condition on the rows; every ? takes the person's id
	Label string   // in Vietnamese, for the copy that the person reads
	Hide  []string // columns that never leave: hashes of secrets, other people's
	Apart bool     // not part of a copy: rows of which only a part is the person's
	Fate  Fate
	Blank string // assignments of FateBlanked; {today} becomes the civil day
	Why   string // of FateKept and FateBlanked: what the rows are still needed for
}

// HeldRows are the rows of one holding, as a copy hands them out: ids and times
// as text, JSON documents as they are.
type HeldRows struct {
	Table   string     `json:"table"`
	Label   string     `json:"label"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Read reads a person's rows without the hidden columns.
func (h Holding) Read(tx *gorm.DB, person models.ID) (HeldRows, error) {
	out := HeldRows{Table: h.Table, Label: h.Label, Columns: []string{}, Rows: [][]string{}}
	rows, err := tx.Raw("SELECT * FROM "+h.Table+" WHERE "+h.Where, h.args(person)...).Rows()
	if err != nil {
		return out, fmt.Errorf("read %s of a person: %w", h.Table, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return out, err
	}
	hidden := map[string]bool{}
	for _, c := range h.Hide {
		hidden[c] = true
	}
	for _, c := range columns {
		if !hidden[c] {
			out.Columns = append(out.Columns, c)
		}
	}
	for rows.Next() {
		values, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return out, err
		}
		line := make([]string, 0, len(out.Columns))
		for i, c := range columns {
			if !hidden[c] {
				line = append(line, plain(c, values[i]))
			}
		}
		out.Rows = append(out.Rows, line)
	}
	return out, rows.Err()
}

// plain spells a value of a column for a reader: an id, whichever way the
// dialect hands its 16 bytes out, a time in UTC, else the text.
func plain(column string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case []byte:
		return plainBytes(column, v)
	case string:
		return plainBytes(column, []byte(v))
	}
	return fmt.Sprint(v)
}

func plainBytes(column string, b []byte) string {
	if len(b) == 16 && (column == "id" || strings.HasSuffix(column, "_id") || strings.HasSuffix(column, "_by") || !utf8.Valid(b)) {
		return models.ID(b).String()
	}
	if !utf8.Valid(b) {
		return fmt.Sprintf("%x", b)
	}
	return string(b)
}

// Erase does what the fate says and answers how many rows it touched.
func (h Holding) Erase(tx *gorm.DB, person models.ID) (int64, error) {
	var res *gorm.DB
	switch h.Fate {
	case FateErased:
		res = tx.Exec("DELETE FROM "+h.Table+" WHERE "+h.Where, h.args(person)...)
	case FateBlanked:
		set, args := h.Blank, []any{}
		for strings.Contains(set, "{today}") {
			set, args = strings.Replace(set, "{today}", "?", 1), append(args, models.Day(tx.NowFunc()))
		}
		res = tx.Exec("UPDATE "+h.Table+" SET "+set+" WHERE "+h.Where, append(args, h.args(person)...)...)
	default:
		return 0, nil
	}
	if res.Error != nil {
		return 0, fmt.Errorf("erase from %s: %w", h.Table, res.Error)
	}
	return res.RowsAffected, nil
}

func (h Holding) args(person models.ID) []any {
	args := make([]any, strings.Count(h.Where, "?"))
	for i := range args {
		args[i] = person
	}
	return args
}

// MarshalJSON makes objects of the rows, so that whoever reads the file needs
// no list of columns beside it.
func (h HeldRows) MarshalJSON() ([]byte, error) {
	rows := make([]map[string]string, len(h.Rows))
	for i, r := range h.Rows {
		rows[i] = map[string]string{}
		for j, c := range h.Columns {
			rows[i][c] = r[j]
		}
	}
	return json.Marshal(map[string]any{"table": h.Table, "label": h.Label, "rows": rows})
}
