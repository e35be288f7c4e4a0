package api

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"nhaso/seeds"
)

// pdfText reads a PDF as a person does.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("NHASO_TEST_MYSQL_REQUIRED") != "" {
			t.Fatal("pdftotext is missing: install poppler-utils")
		}
		t.Skip("pdftotext is missing: install poppler-utils")
	}
	in := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(in, pdf, 0o600))
	out, err := exec.Command(path, "-layout", in, "-").Output()
	require.NoError(t, err)
	return string(out)
}

// tells says whether a text has the secret as a word of its own. Four digits in
// a row inside an id or a time are chance.
func tells(text, secret string) bool {
	return regexp.MustCompile(`(^|[^0-9A-Za-z.-])` + regexp.QuoteMeta(secret) + `($|[^0-9A-Za-z.-])`).MatchString(text)
}

func TestSignInCards(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		l := w.openLesson(t)
		cards := "/classes/" + w.class + "/sign-in-cards"
		one := fmt.Sprintf(`{"person_ids":[%q]}`, w.pupils[1])
		old := w.enter(t, l.Code, w.pupils[1])
		w.run(t, []scenario{
			{name: "who holds one", as: "giaovien", method: "GET", url: cards, status: 200, contains: `"kind":"pin"`, lacks: seeds.DemoPIN},
			{name: "not for pupils", as: "hocsinh", method: "POST", url: cards, body: one, status: 403},
			{name: "nor the department", as: "so", method: "POST", url: cards, body: one, status: 403},
			{name: "another class", as: "giaovien", method: "POST", url: "/classes/" + w.newID() + "/sign-in-cards", body: one, status: 404},
			{name: "another class's list", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/sign-in-cards", status: 404},
			{name: "nobody of this class", as: "giaovien", method: "POST", url: cards, body: `{"person_ids":["` + w.newID() + `"]}`, status: 409, contains: "no_cards"},
			{name: "a kind there is not", as: "giaovien", method: "PUT", url: cards + "/kind", body: `{"kind":"word"}`, status: 422},
			{name: "pictures", as: "giaovien", method: "PUT", url: cards + "/kind", body: `{"kind":"icons"}`, status: 204},
			{name: "not by others", as: "canbo", method: "PUT", url: cards + "/kind", body: `{"kind":"pin"}`, status: 403},
			{name: "digits again", as: "truong", method: "PUT", url: cards + "/kind", body: `{"kind":"pin"}`, status: 204},
		})
		require.Equal(t, 200, w.raw("GET", "/me", "", old.AccessToken).Code)
		res := w.as(t, "giaovien", "POST", cards, one)
		require.Equal(t, 200, res.Code, res.Body.String())
		require.Equal(t, pdfKind, res.Header().Get("Content-Type"))
		require.Equal(t, 401, w.raw("GET", "/me", "", old.AccessToken).Code, "the old sign-in is over at once")
		require.Equal(t, 422, w.raw("POST", "/lesson-sign-in", entry(l.Code, w.pupils[1], seeds.DemoPIN), "").Code, "and the old secret")
		w.enter(t, l.Code, w.pupils[2]) // nobody else's

		text := pdfText(t, res.Body.Bytes())
		pin := regexp.MustCompile(`(?m)^\s+(\d) ?(\d) ?(\d) ?(\d)$`).FindStringSubmatch(text)
		require.NotNil(t, pin, text)
		secret := pin[1] + pin[2] + pin[3] + pin[4]
		require.Equal(t, 200, w.raw("POST", "/lesson-sign-in", entry(l.Code, w.pupils[1], secret), "").Code, "what is printed works")
		var state cardList
		w.ok(t, "giaovien", "GET", cards, "", &state)
		raw, err := json.Marshal(state)
		require.NoError(t, err)
		require.False(t, tells(string(raw), secret))
		require.False(t, tells(w.log.String(), secret))
		require.Contains(t, text, state.Items[1].Username)
		phone := regexp.MustCompile(regexp.QuoteMeta(state.Items[1].Username) + `\s+([2-9a-z]{6})\b`).FindStringSubmatch(text)
		require.NotNil(t, phone, text)
		res = w.raw("POST", "/sessions", `{"username":"`+state.Items[1].Username+`","password":"`+phone[1]+`"}`, "")
		require.Equal(t, 200, res.Code)
		require.Contains(t, res.Body.String(), `"must_change_password":true`)
	})
}
