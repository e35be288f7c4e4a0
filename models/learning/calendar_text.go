package learning

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// foldAt is the most octets of a line, its end not counted (RFC 5545, 3.1).
const foldAt = 75

// calendarEvent is one end date in a calendar.
type calendarEvent struct {
	UID       string
	Sequence  int
	Changed   time.Time // also DTSTAMP, so that nothing changed is the same file
	At        time.Time
	Summary   string
	About     string
	Cancelled bool
}

// calendarText writes events as iCalendar (RFC 5545). Times are in UTC: every
// program shows them in its own zone, and no zone rules need to be sent.
func calendarText(name string, events []calendarEvent) []byte {
	var b strings.Builder
	line := func(property, value string) { b.WriteString(folded(property + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Nha So//Assignments//VI")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escaped(name))
	line("X-WR-TIMEZONE", "Asia/Ho_Chi_Minh")
	for _, e := range events {
		line("BEGIN", "VEVENT")
		line("UID", escaped(e.UID))
		line("SEQUENCE", strconv.Itoa(e.Sequence))
		line("DTSTAMP", utc(e.Changed))
		line("LAST-MODIFIED", utc(e.Changed))
		line("DTSTART", utc(e.At))
		line("SUMMARY", escaped(e.Summary))
		if e.About != "" {
			line("DESCRIPTION", escaped(e.About))
		}
		line("TRANSP", "TRANSPARENT")
		if e.Cancelled {
			line("STATUS", "CANCELLED")
		} else {
			line("STATUS", "CONFIRMED")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escaped writes a TEXT value (RFC 5545, 3.3.11); control characters other than
// a line's end do not belong into one.
func escaped(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' && r != '\t' || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// folded ends a content line with CRLF and breaks it after at most 75 octets,
// never inside a character; what follows a break begins with a space.
func folded(s string) string {
	var b strings.Builder
	room := foldAt
	for _, r := range s {
		n := utf8.RuneLen(r)
		if n > room {
			b.WriteString("\r\n ")
			room = foldAt - 1
		}
		b.WriteRune(r)
		room -= n
	}
	return b.String() + "\r\n"
}
