package learning

import (
	"strconv"
	"strings"
)

// marks is "?, ?, …" for n values of a hand-written statement.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// tuples is "(?, ?), (?, ?), …" for rows of width values.
func tuples(rows, width int) string {
	one := "(" + marks(width) + "),"
	return strings.TrimSuffix(strings.Repeat(one, rows), ",")
}

func itoa(n int) string { return strconv.Itoa(n) }
