package sheet

import (
	"fmt"
	"slices"
	"strings"

	"nhaso/models"
)

// sink takes the rows of one file from a format's reader, finds the header of
// each sheet and passes the data rows on.
type sink struct {
	opts    Options
	aliases map[string]alias
	found   func(*Table)
	yield   func(*Table, Row) error

	tables int   // sheets whose header was found
	rows   int   // data rows so far
	near   error // why the likeliest sheet was no table

	table *Table // the sheet being read
	ready bool   // its header is found
	top   []Row  // its first rows while the header is sought
}

// alias says which column of ours a folded heading means, and how good a name
// for it this is (0 the best).
type alias struct {
	column string
	rank   int
}

// foldAliases prepares the comparison of headings.
func foldAliases(aliases map[string][]string) map[string]alias {
	m := map[string]alias{}
	for column, names := range aliases {
		for rank, name := range append(slices.Clone(names), column) {
			key := foldHeading(name)
			if old, ok := m[key]; !ok || rank < old.rank {
				m[key] = alias{column, rank}
			}
		}
	}
	return m
}

// foldHeading leaves of a heading what tells it from others: "Họ và  tên (*)"
// and "HO VA TEN" are the same.
func foldHeading(s string) string {
	s = models.Fold(s)
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("*:._\"',&/-", r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// begin starts a sheet.
func (s *sink) begin(t *Table) {
	s.table, s.ready, s.top = t, false, nil
}

// row takes one row of the current sheet; its cells may be used again by the
// caller afterwards.
func (s *sink) row(number int, cells []string) error {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > s.opts.MaxColumns {
		return tooLarge(s.table.Place(number, ""), "too_many_columns")
	}
	if s.ready {
		return s.data(number, cells)
	}
	if len(cells) > 0 {
		s.top = append(s.top, Row{number, slices.Clone(cells)})
	}
	if number < headerRows {
		return nil
	}
	return s.settle()
}

// hasHeader tells whether the header stands in the rows so far, or cannot come
// any more.
func (s *sink) hasHeader() bool {
	if s.ready {
		return true
	}
	_, ok := s.findHeader(s.top)
	return ok
}

// end finishes the current sheet.
func (s *sink) end() error {
	if s.ready {
		return nil
	}
	return s.settle()
}

// finish answers the error of a file in which no sheet had the header.
func (s *sink) finish() error {
	if s.tables > 0 {
		return nil
	}
	if s.near != nil {
		return s.near
	}
	return models.Invalid("header_not_found", models.Field{Location: "file", Code: "header_not_found"})
}

// settle chooses the header among the first rows and passes on those below it.
// A sheet without a header is passed over: s.ready with no columns.
func (s *sink) settle() error {
	s.ready = true
	top := s.top
	s.top = nil
	at, ok := s.findHeader(top)
	if !ok {
		s.table.Columns = nil
		return nil
	}
	s.tables++
	s.table.Top = top[:at:at]
	s.found(s.table)
	for _, r := range top[at+1:] {
		if err := s.data(r.Number, r.Cells); err != nil {
			return err
		}
	}
	return nil
}

// findHeader answers the index in top of the header's last row.
func (s *sink) findHeader(top []Row) (int, bool) {
	if len(top) == 0 {
		return 0, false
	}
	if len(s.aliases) == 0 {
		s.setHeader(top[0].Number, top[0].Cells, map[string]int{})
		return 0, true
	}
	best, bestColumns := -1, map[string]int{}
	for i, r := range top {
		if c := s.match(r.Cells); len(c) > len(bestColumns) {
			best, bestColumns = i, c
		}
	}
	if best < 0 {
		return 0, false
	}
	header := top[best].Cells
	missing := s.missing(bestColumns)
	// A heading of two rows: what the upper one leaves open stands below.
	for i, end := max(best-1, 0), best; i <= end && i+1 < len(top); i++ {
		both := joinHeader(top[i].Cells, top[i+1].Cells, s.aliases)
		c := s.match(both)
		// One row that has all that is needed is only completed.
		if len(c) > len(bestColumns) && len(s.missing(c)) == 0 && (len(missing) > 0 || contains(c, bestColumns)) {
			best, bestColumns, header, missing = i+1, c, both, nil
		}
	}
	if len(missing) > 0 {
		s.blame(top[best].Number, missing)
		return 0, false
	}
	s.setHeader(top[best].Number, header, bestColumns)
	return best, true
}

// contains tells whether all of the columns are among more, at the same place.
func contains(more, columns map[string]int) bool {
	for name, at := range columns {
		if i, ok := more[name]; !ok || i != at {
			return false
		}
	}
	return true
}

func (s *sink) setHeader(number int, header []string, columns map[string]int) {
	s.table.HeaderRow, s.table.Header, s.table.Columns = number, slices.Clone(header), columns
}

// match finds our columns in one row; a better alias beats a poorer one, the
// column further left beats the other.
func (s *sink) match(cells []string) map[string]int {
	found, rank := map[string]int{}, map[string]int{}
	for i, c := range cells {
		a, ok := s.aliases[foldHeading(c)]
		if !ok || c == "" {
			continue
		}
		if old, taken := rank[a.column]; !taken || a.rank < old {
			found[a.column], rank[a.column] = i, a.rank
		}
	}
	return found
}

func joinHeader(upper, lower []string, aliases map[string]alias) []string {
	both := make([]string, max(len(upper), len(lower)))
	for i := range both {
		if i < len(upper) {
			both[i] = upper[i]
		}
		if _, known := aliases[foldHeading(both[i])]; !known && i < len(lower) && lower[i] != "" {
			both[i] = lower[i]
		}
	}
	return both
}

func (s *sink) missing(columns map[string]int) []string {
	var missing []string
	for _, c := range s.opts.Required {
		if _, ok := columns[c]; !ok {
			missing = append(missing, c)
		}
	}
	return missing
}

// blame keeps the error of the sheet that came nearest to being a table.
func (s *sink) blame(row int, missing []string) {
	if s.near != nil {
		return
	}
	fields := make([]models.Field, len(missing))
	for i, c := range missing {
		name := c
		if a := s.opts.HeaderAliases[c]; len(a) > 0 {
			name = a[0]
		}
		fields[i] = models.Field{Location: fmt.Sprintf("%s, column %s", s.table.Place(row, ""), name), Code: "missing_column"}
	}
	s.near = models.Invalid("missing_columns", fields...)
}

// data passes on one row below the header, unless it is empty or the header
// again, as printed lists repeat it on every page.
func (s *sink) data(number int, cells []string) error {
	if s.table.Columns == nil || len(cells) == 0 || s.isHeader(cells) {
		return nil
	}
	if s.rows++; s.rows > s.opts.MaxRows {
		return tooLarge(s.table.Place(number, ""), "too_many_rows")
	}
	return s.yield(s.table, Row{number, cells})
}

func (s *sink) isHeader(cells []string) bool {
	if len(s.table.Columns) == 0 {
		return false
	}
	for _, i := range s.table.Columns {
		if i >= len(cells) || cells[i] != s.table.Header[i] {
			return false
		}
	}
	return true
}
