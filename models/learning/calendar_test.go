package learning

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
)

// unfold undoes folding as RFC 5545 3.1 says: a CRLF and one space go away.
func unfold(s string) string { return strings.ReplaceAll(s, "\r\n ", "") }

// checkLines: every line ends with CRLF, has at most 75 octets and whole
// characters.
func checkLines(t testing.TB, text string) {
	t.Helper()
	require.True(t, strings.HasSuffix(text, "\r\n"))
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		assert.LessOrEqual(t, len(line), foldAt, line)
		assert.True(t, utf8.ValidString(line), line)
		assert.NotContains(t, line, "\n")
	}
}

func FuzzFolding(f *testing.F) {
	for _, s := range []string{"", "Hạn nộp: Tự bảo vệ mình trên mạng", strings.Repeat("ộ", 200), strings.Repeat("a", 75), strings.Repeat("a", 76),
		"a,b;c\\d\ne\r\nf", "\x00\x7f\t", "\xff\xfe", strings.Repeat("👨‍👩‍👧", 30), "\r\n BEGIN:VEVENT", strings.Repeat("a", 74) + "ộ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := folded("SUMMARY:" + escaped(s))
		checkLines(t, text)
		assert.Equal(t, "SUMMARY:"+escaped(s)+"\r\n", unfold(text))
		assert.Equal(t, 1, strings.Count(unfold(text), "\r\n"), "one property stays one line")
	})
}

func TestCalendarText(t *testing.T) {
	at := func(d int) time.Time { return time.Date(2026, 11, d, 16, 59, 0, 0, time.UTC) }
	events := []calendarEvent{
		{UID: "a@nhaso", Sequence: 0, Changed: at(1), At: at(30), Summary: "7A · Hạn nộp: Tự bảo vệ mình trên mạng, ở nhà; và ở trường \\ lớp", About: "Mở từ 08:00 23/11/2026\nBài 1"},
		{UID: "b@nhaso", Sequence: 3, Changed: at(2), At: at(29), Summary: "Hạn nộp: Bài 1", Cancelled: true},
	}
	text := calendarText("Nhà Số", events)
	checkLines(t, string(text))
	golden, err := os.ReadFile("testdata/calendar.ics")
	require.NoError(t, err)
	assert.Equal(t, string(golden), string(text))

	// What another program reads out of it.
	cal, err := ics.ParseCalendar(bytes.NewReader(text))
	require.NoError(t, err)
	read := cal.Events()
	require.Len(t, read, 2)
	for i, e := range events {
		get := func(p ics.ComponentProperty) string { return ics.FromText(read[i].GetProperty(p).Value) }
		assert.Equal(t, e.UID, read[i].Id())
		assert.Equal(t, e.Summary, get(ics.ComponentPropertySummary))
		start, err := read[i].GetStartAt()
		require.NoError(t, err)
		assert.True(t, e.At.Equal(start))
		assert.Equal(t, map[bool]string{true: "CANCELLED", false: "CONFIRMED"}[e.Cancelled], get(ics.ComponentPropertyStatus))
	}
	assert.Equal(t, "3", read[1].GetProperty(ics.ComponentPropertySequence).Value)
}

func TestCalendar(t *testing.T) {
	each(t, func(w *world) {
		p := w.pupil(w.class)
		account := func(a *models.Actor, role string, class models.ID) {
			w.exec(`INSERT INTO accounts (id, person_id, username, display_name, name_fold, secret_hash, state, must_change, epoch, totp_required,
				totp_last_step, locale, created_at, updated_at) VALUES (?, ?, ?, ?, '', '', 'active', 0, 1, 0, 0, 'vi', ?, ?)`,
				a.Account, a.Person, a.Account.String(), a.Name, w.clock.Now(), w.clock.Now())
			scope := "class"
			if role == "student" {
				scope = "self"
			}
			w.exec("INSERT INTO account_grants (id, account_id, role, scope_kind, scope_id, grant_key, granted_at) VALUES (?, ?, ?, ?, ?, 'k', ?)",
				newID(), a.Account, role, scope, class, w.clock.Now())
		}
		account(&p, "student", models.ID{})
		account(&w.teacher, "teacher", w.class)
		a := w.give(nil)
		w.give(func(n *NewAssignment) {
			n.Recipients = Recipients{To: ToPupils, Persons: []models.ID{w.pupil(w.class).Person}}
		})
		feed := func(actor models.Actor) string {
			f, err := w.l.NewCalendar(ctx, actor)
			require.NoError(w.t, err)
			return f.Token
		}
		read := func(token string) *ics.Calendar {
			text, err := w.l.Calendar(ctx, token)
			require.NoError(w.t, err)
			checkLines(w.t, string(text))
			assert.NotContains(w.t, unfold(string(text)), "Nguyễn Thị")
			cal, err := ics.ParseCalendar(bytes.NewReader(text))
			require.NoError(w.t, err)
			return cal
		}
		teacher, pupil := feed(w.teacher), feed(p)
		assert.Len(w.t, read(teacher).Events(), 2)
		events := read(pupil).Events()
		require.Len(w.t, events, 1, "not what another is asked")
		uid := events[0].Id()
		assert.Zero(w.t, w.count("SELECT COUNT(*) FROM calendar_feeds WHERE token_hash = ?", teacher))

		before, err := w.l.Calendar(ctx, pupil)
		require.NoError(w.t, err)
		w.clock.Add(time.Hour)
		after, err := w.l.Calendar(ctx, pupil)
		require.NoError(w.t, err)
		assert.Equal(w.t, before, after, "nothing changed")
		_, err = w.l.EditAssignment(ctx, w.teacher, a.ID, 0, Terms{OpensAt: a.OpensAt, DueAt: a.DueAt.Add(day)})
		require.NoError(w.t, err)
		require.NoError(w.t, w.l.RemoveAssignment(ctx, w.teacher, a.ID))
		last := read(pupil).Events()[0]
		assert.Equal(w.t, uid, last.Id())
		assert.Equal(w.t, "2", last.GetProperty(ics.ComponentPropertySequence).Value)
		assert.Equal(w.t, "CANCELLED", last.GetProperty(ics.ComponentPropertyStatus).Value)

		again := feed(p)
		gone := func(token string) {
			_, err := w.l.Calendar(ctx, token)
			assert.Equal(w.t, models.KindNotFound, models.KindOf(err))
		}
		gone(pupil)
		read(again)
		for range 2 {
			require.NoError(w.t, w.l.EndCalendar(ctx, p))
		}
		gone(again)
		gone("")
		moved := feed(p)
		w.move(p, w.other)
		assert.Empty(w.t, read(moved).Events(), "another class now")
		w.exec("UPDATE accounts SET state = 'disabled' WHERE id = ?", w.teacher.Account)
		gone(teacher)
	})
}
