package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/seeds"
)

// badge finishes the demo pupil's last skill and downloads the badge as the
// pupil does; with the published keys and the holder's name.
func (p *program) badge() (text, keys, name string) {
	t := p.t
	cfg, err := LoadConfig(env(p.env))
	require.NoError(t, err)
	a := &app{ctx: t.Context(), cfg: cfg, clock: models.SystemClock()}
	house, err := a.house()
	require.NoError(t, err)
	defer house.DB.Close()
	house.Catalog, err = seeds.Courses()
	require.NoError(t, err)
	pupil, session, err := house.DemoPupil(t.Context())
	require.NoError(t, err)
	_, err = house.Take(t.Context(), pupil, "self_protection-thcs", session, 0)
	require.NoError(t, err)
	handler, err := a.handler(house)
	require.NoError(t, err)
	ask := func(method, url, body, token string) string {
		req := httptest.NewRequest(method, "/api/v1"+url, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res := httptest.NewRecorder()
		handler.ServeHTTP(res, req)
		require.Equal(t, 200, res.Code, "%s: %s", url, res.Body.String())
		return res.Body.String()
	}
	var signIn struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal([]byte(ask("POST", "/sessions", `{"username":"hocsinh","password":"`+seeds.DemoPassword+`"}`, "")), &signIn))
	var own struct {
		Certificate struct {
			Code       string `json:"code"`
			HolderName string `json:"holder_name"`
		} `json:"certificate"`
	}
	require.NoError(t, json.Unmarshal([]byte(ask("GET", "/me/certificate", "", signIn.AccessToken)), &own))
	text = ask("GET", "/certificates/"+own.Certificate.Code+"/credential", "", signIn.AccessToken)
	return text, ask("GET", "/badges/keys", "", ""), own.Certificate.HolderName
}

// A badge is checked by the command line with the file alone, with the keys of
// the installation, and not with those of another one.
func TestBadgeVerify(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "1200")
	badge, published, name := p.badge()
	file, keys := p.file("badge.jwt", badge), p.file("keys.json", published)
	elsewhere := newProgram(t)
	r := p.json(exitOK, "badge", "verify", file)
	assert.Equal(t, true, r["valid"])
	assert.Equal(t, true, r["known_key"])
	r = elsewhere.json(exitOK, "badge", "verify", file)
	assert.Nil(t, r["known_key"])
	r = elsewhere.json(exitOK, "badge", "verify", file, "--keys", keys, "--name", name)
	assert.Equal(t, true, r["known_key"])
	assert.Equal(t, true, r["name_tested"])
	code, out, _ := elsewhere.run("badge", "verify", file, "--keys", keys)
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "valid: Giấy xác nhận hoàn thành")
	assert.Contains(t, out, "issued by Nhà Số")
	p.json(exitOK, "keys", "rotate-badge")
	r = p.json(exitOK, "badge", "verify", file)
	assert.Equal(t, true, r["known_key"], "signed by a key of before")
	for _, args := range [][]string{
		{"--name", "Ai Khác"}, {"--keys", p.file("other.json", `{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}`)},
	} {
		r = elsewhere.json(exitFailed, append([]string{"badge", "verify", file}, args...)...)
		assert.Equal(t, false, r["valid"], args)
		assert.NotEmpty(t, r["problem"])
	}
	r = elsewhere.json(exitFailed, "badge", "verify", p.file("bad.jwt", badge[:len(badge)-20]+"AAAA"+badge[len(badge)-16:]))
	assert.Equal(t, false, r["valid"])
}
