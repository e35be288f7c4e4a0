package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"nhaso/seeds"
)

func cookiesOf(h http.Header) map[string]*http.Cookie {
	jar := map[string]*http.Cookie{}
	for _, line := range h.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			jar[c.Name] = c
		}
	}
	return jar
}

func (w *world) signIn(username, password, more string) string {
	return `{"username":"` + w.username(username) + `","password":"` + password + `"` + more + `}`
}

func TestSignIn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		good := w.signIn("giaovien", seeds.DemoPassword, "")
		w.run(t, []scenario{
			{name: "bearer", method: "POST", url: "/sessions", body: good, status: 200, contains: `"home":"teacher"`},
			{name: "capitals", method: "POST", url: "/sessions", body: w.signIn("GiaoVien ", seeds.DemoPassword, ""), status: 200, contains: `"scope_name":"7A"`},
			{name: "wrong password", method: "POST", url: "/sessions", body: w.signIn("giaovien", "wrong-wrong", ""), status: 401, contains: `"code":"unauthenticated"`, lacks: "wrong-wrong"},
			{name: "unknown name", method: "POST", url: "/sessions", body: w.signIn("nobody", "wrong-wrong", ""), status: 401, contains: `"code":"unauthenticated"`, lacks: "nobody"},
			{name: "no name", method: "POST", url: "/sessions", body: `{"password":"x"}`, status: 422, contains: `"location":"body.username","code":"required"`},
			{name: "not signed in", method: "GET", url: "/me", status: 401},
			{name: "me", as: "so", method: "GET", url: "/me", status: 200, contains: `"home":"officer"`},
			{name: "pupil", as: "hocsinh", method: "GET", url: "/me", status: 200, contains: `"home":"student"`},
		})
		res := w.raw("POST", "/sessions", good, "")
		require.Empty(t, res.Header().Get("Set-Cookie"), "programs get no cookies")
		require.Equal(t, "no-store", res.Header().Get("Cache-Control"))
		require.NotContains(t, w.log.String(), "giaovien", "no names in the log")
	})
}

func TestBrowserSession(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		res := w.raw("POST", "/sessions", w.signIn("giaovien", seeds.DemoPassword, `,"cookies":true`), "")
		require.Equal(t, 200, res.Code)
		require.NotContains(t, res.Body.String(), "token")
		jar := cookiesOf(res.Header())
		access, refresh := jar[accessCookie], jar[refreshCookie]
		for _, c := range jar {
			require.True(t, c.HttpOnly)
			require.Equal(t, http.SameSiteStrictMode, c.SameSite)
			require.False(t, c.Secure, "plain http in a school's network")
		}
		require.Equal(t, "/api", access.Path)
		require.Equal(t, "/api/v1/sessions", refresh.Path)
		require.Greater(t, refresh.MaxAge, access.MaxAge)
		ask := func(method, url, body string, c *http.Cookie) *http.Response {
			return w.raw(method, url, body, "", "Cookie", c.Name+"="+c.Value).Result()
		}
		require.Equal(t, 200, ask("GET", "/me", "", access).StatusCode)

		renewed := ask("POST", "/sessions/refresh", "{}", refresh)
		require.Equal(t, 200, renewed.StatusCode)
		second := cookiesOf(renewed.Header)[refreshCookie]
		require.NotEqual(t, refresh.Value, second.Value)
		require.Equal(t, 200, ask("POST", "/sessions/refresh", "", second).StatusCode, "an empty body is fine")
		reused := ask("POST", "/sessions/refresh", "{}", refresh)
		require.Equal(t, 401, reused.StatusCode, "a token that was traded comes back: stolen")
		require.Negative(t, cookiesOf(reused.Header)[refreshCookie].MaxAge, "the browser forgets it")
		require.Equal(t, 401, ask("POST", "/sessions/refresh", "{}", second).StatusCode, "and the family is over")
	})
}

func TestSigningOut(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		begin := func() sessionView {
			var s sessionView
			res := w.raw("POST", "/sessions", w.signIn("giaovien", seeds.DemoPassword, ""), "")
			require.NoError(t, json.Unmarshal(res.Body.Bytes(), &s))
			return s
		}
		one, two := begin(), begin()
		trade := func(s sessionView) int {
			return w.raw("POST", "/sessions/refresh", `{"refresh_token":"`+s.RefreshToken+`"}`, "").Code
		}
		out := w.raw("DELETE", "/sessions/current", "", "", "Cookie", refreshCookie+"="+one.RefreshToken)
		require.Equal(t, 204, out.Code)
		require.Negative(t, cookiesOf(out.Header())[accessCookie].MaxAge)
		require.Equal(t, 401, trade(one))
		require.Equal(t, 200, trade(two))
		require.Equal(t, 204, w.raw("DELETE", "/sessions/current", "", "").Code, "signing out twice is fine")

		three := begin()
		require.Equal(t, 204, w.raw("DELETE", "/sessions", "", three.AccessToken).Code)
		require.Equal(t, 401, w.raw("GET", "/me", "", three.AccessToken).Code, "old epoch")
		require.Equal(t, 401, w.raw("GET", "/me", "", two.AccessToken).Code)
		require.Equal(t, 401, trade(three))
	})
}

func TestTokensOutliveARestart(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		token := w.token(t, "giaovien")
		require.Equal(t, 200, w.restart(t).raw("GET", "/me", "", token).Code, "keys are in the database")
		_, err := w.People.RotateKeys(t.Context())
		require.NoError(t, err)
		w.clock.Add(time.Minute)
		require.Equal(t, 200, w.raw("GET", "/me", "", token).Code)
		w.clock.Add(20 * time.Minute)
		require.Equal(t, 401, w.raw("GET", "/me", "", token).Code)
	})
}

func TestLockOut(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for range 5 {
			w.raw("POST", "/sessions", w.signIn("canbo", "wrong-wrong", ""), "")
		}
		res := w.raw("POST", "/sessions", w.signIn("canbo", seeds.DemoPassword, ""), "")
		require.Equal(t, 423, res.Code)
		require.Equal(t, "locked", problemIn(t, res).Code)
		require.NotEmpty(t, res.Header().Get("Retry-After"))
		var accounts list[accountView]
		w.ok(t, "admin", "GET", "/accounts?role=commune_officer", "", &accounts)
		require.Len(t, accounts.Items, 1)
		w.ok(t, "admin", "POST", "/accounts/"+accounts.Items[0].ID+"/unlocking", "", nil)
		w.ok(t, "canbo", "GET", "/me", "", nil)
	})
}

func TestOwnPassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.run(t, []scenario{
			{name: "wrong current", as: "to", method: "PUT", url: "/me/password", body: `{"current":"wrong-wrong","new":"Cửa-Lục-9981"}`, status: 422, contains: `"location":"body.current"`, lacks: "Lục-9981"},
			{name: "weak", as: "to", method: "PUT", url: "/me/password", body: `{"current":"` + seeds.DemoPassword + `","new":"123"}`, status: 422, contains: `"location":"body.new"`},
			{name: "good", as: "to", method: "PUT", url: "/me/password", body: `{"current":"` + seeds.DemoPassword + `","new":"Cua-Luc-9981"}`, status: 204},
			{name: "the old token is over", as: "to", method: "GET", url: "/me", status: 401},
		})
		res := w.raw("POST", "/sessions", w.signIn("to", "Cua-Luc-9981", `,"cookies":true`), "")
		access := cookiesOf(res.Header())[accessCookie]
		res = w.raw("PUT", "/me/password", `{"current":"Cua-Luc-9981","new":"Bai-Chay-5512"}`, "", "Cookie", accessCookie+"="+access.Value)
		require.Equal(t, 204, res.Code, res.Body.String())
		fresh := cookiesOf(res.Header())[accessCookie]
		require.Equal(t, 200, w.raw("GET", "/me", "", "", "Cookie", accessCookie+"="+fresh.Value).Code, "the browser stays signed in")
	})
}

func TestSecondFactor(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var f factorSecret
		w.ok(t, "so", "POST", "/me/second-factor", "", &f)
		require.True(t, strings.HasPrefix(f.URL, "otpauth://totp/"))
		code := func() string {
			c, err := totp.GenerateCode(f.Secret, w.clock.Now())
			require.NoError(t, err)
			return c
		}
		var recovery recoveryCodes
		w.ok(t, "so", "POST", "/me/second-factor/confirmation", `{"code":"`+code()+`"}`, &recovery)
		require.NotEmpty(t, recovery.Codes)
		w.clock.Add(time.Minute)
		plain := w.signIn("so", seeds.DemoPassword, "")
		w.run(t, []scenario{
			{name: "password alone", method: "POST", url: "/sessions", body: plain, status: 401, contains: `"second_factor_required"`},
			{name: "wrong code", method: "POST", url: "/sessions", body: w.signIn("so", seeds.DemoPassword, `,"code":"000000"`), status: 401, contains: `"body.code"`},
			{name: "code", method: "POST", url: "/sessions", body: w.signIn("so", seeds.DemoPassword, `,"code":"`+code()+`"`), status: 200, contains: `"enabled":true`},
			{name: "the same code again", method: "POST", url: "/sessions", body: w.signIn("so", seeds.DemoPassword, `,"code":"`+code()+`"`), status: 401},
			{name: "recovery code", method: "POST", url: "/sessions", body: w.signIn("so", seeds.DemoPassword, `,"code":"`+recovery.Codes[0]+`"`), status: 200},
		})

		var accounts list[accountView]
		w.ok(t, "admin", "GET", "/accounts?role=commune_officer", "", &accounts)
		w.ok(t, "canbo", "GET", "/areas/06685/coverage", "", nil)
		w.ok(t, "admin", "PUT", "/accounts/"+accounts.Items[0].ID+"/second-factor", `{"required":true}`, nil)
		w.run(t, []scenario{
			{name: "must enrol first", as: "canbo", method: "GET", url: "/areas/06685/coverage", status: 403},
			{name: "and can", as: "canbo", method: "POST", url: "/me/second-factor", status: 200},
			{name: "a pupil requires nothing", as: "hocsinh", method: "PUT", url: "/accounts/" + accounts.Items[0].ID + "/second-factor", body: `{"required":false}`, status: 403},
		})
	})
}
