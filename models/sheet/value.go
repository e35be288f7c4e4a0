package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"nhaso/models"
)

// Code reads an identifier that a spreadsheet may have taken for a number:
// "123.0" → "123", "2.20012345678E+11" → "220012345678", without spaces and
// without the apostrophe that marks text. Leading zeros stay. What is no number
// stays as it is.
func Code(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "'")
	if strings.ContainsFunc(s, noSign) {
		s = strings.Join(strings.FieldsFunc(s, noSign), "") // unlike a mapping, it leaves broken bytes as they are
	}
	if whole, ok := scientific(s); ok {
		return whole
	}
	if i := strings.IndexAny(s, ".,"); i > 0 && len(s)-i <= 3 && digits(s[:i]) && strings.Trim(s[i+1:], "0") == "" && i+1 < len(s) {
		return s[:i]
	}
	return s
}

func noSign(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// Rounded tells whether Code had to guess digits: a program wrote the number
// as "2.2E+11" and the last digits are lost. An importer refuses such a key.
func Rounded(s string) bool {
	s = strings.TrimSpace(s)
	mantissa, exponent, ok := cutExponent(s)
	return ok && exponent > 0 && len(strings.TrimLeft(strings.NewReplacer(".", "", ",", "").Replace(mantissa), "0")) < min(exponent+1, 15)
}

// cutExponent splits "1.5E+5" into "1.5" and 5.
func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i <= 0 || i+1 >= len(s) {
		return "", 0, false
	}
	mantissa = s[:i]
	if mantissa[0] < '0' || mantissa[0] > '9' || strings.Trim(mantissa, "0123456789.,") != "" {
		return "", 0, false
	}
	// "12E5" is a class or a code; spreadsheets write one digit and the sign.
	if s[i+1] != '+' || !digits(s[i+2:]) || len(s[i+2:]) > 3 {
		return "", 0, false
	}
	exponent, err := strconv.Atoi(s[i+2:])
	return mantissa, exponent, err == nil
}

// scientific expands a whole number below 2^53, where a double is exact.
func scientific(s string) (string, bool) {
	mantissa, exponent, ok := cutExponent(s)
	if !ok || exponent > 15 {
		return "", false
	}
	f, err := strconv.ParseFloat(strings.Replace(mantissa, ",", ".", 1)+"e"+strconv.Itoa(exponent), 64)
	if err != nil || f >= 1<<53 || math.Abs(f-math.Round(f)) > 1e-3 {
		return "", false
	}
	return strconv.FormatFloat(math.Round(f), 'f', 0, 64), true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Date reads a civil day in the three forms that files have: day first
// ("5/9/2013", also with dots or dashes), year first ("2013-09-05", a time of
// day after it is cut off), or Excel's day number between 1920 and 2099. It
// answers "2013-09-05". The error is an Invalid Error with code "invalid_date".
func Date(s string) (string, error) { return date(s, false) }

// Excel's day 0. Its own error, a 29 February 1900, ends before 1920.
var (
	excelEpoch  = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	serialFirst = 7306  // 1920-01-01: a smaller number is a year or a code
	serialLast  = 73050 // 2099-12-31
)

// days1904 is what the Macintosh way of counting lies behind the other one.
const days1904 = 1462

func date(s string, from1904 bool) (string, error) {
	s = closeUp(strings.TrimPrefix(strings.TrimSpace(s), "'"))
	if day, ok := serial(s, from1904); ok {
		return day, nil
	}
	// A time of day after the date says nothing about a birthday.
	if i := strings.IndexAny(s, " T"); i > 0 {
		s = s[:i]
	}
	parts := strings.FieldsFunc(s, dateSeparator)
	if len(parts) != 3 || strings.Count(s, parts[0]) == 0 {
		return "", models.Invalid("invalid_date")
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d, okD := smallNumber(parts[0], 2)
	m, okM := smallNumber(parts[1], 2)
	y, okY := smallNumber(parts[2], 4)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if !okD || !okM || !okY || y < 1900 || y > 2099 || t.Day() != d || int(t.Month()) != m {
		return "", models.Invalid("invalid_date")
	}
	return t.Format(time.DateOnly), nil
}

func dateSeparator(r rune) bool { return r == '/' || r == '-' || r == '.' }

// closeUp takes the spaces out of "05 / 09 / 2013", not the one before a time of
// day.
func closeUp(s string) string {
	first, _, spaced := strings.Cut(s, " ")
	if !spaced || len(strings.FieldsFunc(first, dateSeparator)) == 3 {
		return s
	}
	return betweenNumbers.ReplaceAllString(s, "$1$2")
}

var betweenNumbers = regexp.MustCompile(`(\d) *([/.-]) *(?:\b)`)

func smallNumber(s string, most int) (int, bool) {
	if len(s) > most || !digits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func serial(s string, from1904 bool) (string, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) > 5 || !digits(whole) || fraction != "" && !digits(fraction) {
		return "", false
	}
	n, err := strconv.Atoi(whole)
	if from1904 {
		n += days1904
	}
	if err != nil || n < serialFirst || n > serialLast {
		return "", false
	}
	return excelEpoch.AddDate(0, 0, n).Format(time.DateOnly), true
}

// Blank tells whether a cell says nothing: empty, a dash, or what programs
// write for "no value". Fillers of a certain export may be added.
func Blank(s string, fillers ...string) bool {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "", "-", "--", "–", "—", ".", "null", "nil", "n/a", "#n/a", "none", "nan":
		return true
	}
	for _, f := range fillers {
		if s == f {
			return true
		}
	}
	return false
}
