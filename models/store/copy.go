package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// Copy names the rows of one table that travel between two databases of this
// program. Columns is a list of "name:type"; the types are id, text, int, time
// and bytes, each of which may be NULL. Key names the columns that tell which
// row is which. Table and columns are always this program's own words, never
// those of a file.
type Copy struct {
	Table   string
	Columns string
	Key     []string
	Where   string // picks the rows to take; empty: all
	Args    []any
	Keep    bool // a row that is there already stays as it is
}

// Rows is what Dump took: one list of cells a row, ids and bytes as text.
type Rows [][]json.RawMessage

type column struct{ name, kind string }

func (c Copy) columns() []column {
	var list []column
	for f := range strings.FieldsSeq(c.Columns) {
		name, kind, _ := strings.Cut(f, ":")
		list = append(list, column{name, kind})
	}
	return list
}

// cell makes a place for one value of a column.
func (c column) cell() (any, error) {
	switch c.kind {
	case "id":
		return &models.ID{}, nil
	case "text":
		return new(*string), nil
	case "int":
		return new(*int64), nil
	case "time":
		return new(*time.Time), nil
	case "bytes":
		return new([]byte), nil
	}
	return nil, fmt.Errorf("column %s has no type", c.name)
}

// Dump reads the rows.
func Dump(tx *gorm.DB, c Copy) (Rows, error) {
	cols := c.columns()
	names := make([]string, len(cols))
	for i, col := range cols {
		names[i] = col.name
	}
	sql := "SELECT " + strings.Join(names, ", ") + " FROM " + c.Table
	if c.Where != "" {
		sql += " WHERE " + c.Where
	}
	rows, err := tx.Raw(sql, c.Args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("copy %s: %w", c.Table, err)
	}
	defer rows.Close()
	out := Rows{}
	for rows.Next() {
		cells := make([]any, len(cols))
		for i, col := range cols {
			if cells[i], err = col.cell(); err != nil {
				return nil, err
			}
		}
		if err := rows.Scan(cells...); err != nil {
			return nil, fmt.Errorf("copy %s: %w", c.Table, err)
		}
		line := make([]json.RawMessage, len(cols))
		for i, cell := range cells {
			if line[i], err = json.Marshal(cell); err != nil {
				return nil, err
			}
		}
		out = append(out, line)
	}
	return out, rows.Err()
}

// Load writes rows that Dump took elsewhere: a row with the same key is
// overwritten, or left where c.Keep says so. The error is Invalid, field
// "<table>[i]", for a row that does not have the table's shape.
func Load(tx *gorm.DB, c Copy, rows Rows) error {
	cols := c.columns()
	for i, line := range rows {
		values, err := read(cols, line)
		if err != nil {
			return models.InvalidField(fmt.Sprintf("%s[%d]", c.Table, i), "invalid")
		}
		if err := c.put(tx, cols, values); err != nil {
			return fmt.Errorf("load %s: %w", c.Table, err)
		}
	}
	return nil
}

func read(cols []column, line []json.RawMessage) ([]any, error) {
	if len(line) != len(cols) {
		return nil, fmt.Errorf("%d cells for %d columns", len(line), len(cols))
	}
	values := make([]any, len(cols))
	for i, col := range cols {
		cell, err := col.cell()
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(line[i], cell); err != nil {
			return nil, err
		}
		switch v := cell.(type) {
		case *models.ID:
			values[i] = *v
		case **string:
			values[i] = *v
		case **int64:
			values[i] = *v
		case **time.Time:
			values[i] = *v
		case *[]byte:
			values[i] = *v
		}
	}
	return values, nil
}

func (c Copy) put(tx *gorm.DB, cols []column, values []any) error {
	var where, set, names []string
	var whereArgs, setArgs []any
	for i, col := range cols {
		names = append(names, col.name)
		if slices.Contains(c.Key, col.name) {
			where, whereArgs = append(where, col.name+" = ?"), append(whereArgs, values[i])
		} else {
			set, setArgs = append(set, col.name+" = ?"), append(setArgs, values[i])
		}
	}
	at := " WHERE " + strings.Join(where, " AND ")
	var n int
	if err := tx.Raw("SELECT COUNT(*) FROM "+c.Table+at, whereArgs...).Scan(&n).Error; err != nil {
		return err
	}
	switch {
	case n > 0 && (c.Keep || len(set) == 0):
		return nil
	case n > 0:
		return tx.Exec("UPDATE "+c.Table+" SET "+strings.Join(set, ", ")+at, append(setArgs, whereArgs...)...).Error
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",")
	return tx.Exec("INSERT INTO "+c.Table+" ("+strings.Join(names, ", ")+") VALUES ("+marks+")", values...).Error
}
