package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// certified finishes the demo pupil's last quiz and answers the code.
func (w *world) certified(t *testing.T) string {
	t.Helper()
	j := w.newJourney(t)
	a := j.start(t, "self_protection-thcs")
	j.answerAll(t, a)
	var r learning.Result
	w.ok(t, "hocsinh", "POST", "/attempts/"+a.ID.String()+"/submission", `{}`, &r)
	require.NotNil(t, r.Certificate, "%+v", r.Missing)
	return r.Certificate.Code
}

func TestPapers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock)
		code := w.certified(t)
		other := w.pupilUser(t, 1)
		at := "/certificates/" + code
		w.run(t, []scenario{
			{name: "own paper", as: "hocsinh", method: "GET", url: at + "/pdf", status: 200, contains: "%PDF-"},
			{name: "own card", as: "hocsinh", method: "GET", url: at + "/pdf?format=card", status: 200, contains: "%PDF-"},
			{name: "as typed from paper", as: "hocsinh", method: "GET", url: "/certificates/" + strings.ToLower(models.GroupCode(code)) + "/pdf", status: 200, contains: "%PDF-"},
			{name: "the teacher", as: "giaovien", method: "GET", url: at + "/pdf", status: 200, contains: "%PDF-"},
			{name: "the school", as: "truong", method: "GET", url: at + "/pdf", status: 200, contains: "%PDF-"},
			{name: "the commune's officer", as: "canbo", method: "GET", url: at + "/pdf", status: 200, contains: "%PDF-"},
			{name: "another pupil", as: other, method: "GET", url: at + "/pdf", status: 404, contains: `"not_found"`},
			{name: "an unknown code", as: "hocsinh", method: "GET", url: "/certificates/" + models.NewCode(9) + "/pdf", status: 404},
			{name: "the department reads no whole names", as: "so", method: "GET", url: at + "/pdf", status: 403},
			{name: "nor does the administrator", as: "admin", method: "GET", url: at + "/pdf", status: 403},
			{name: "the digital team neither", as: "to", method: "GET", url: at + "/pdf", status: 403},
			{name: "nobody", method: "GET", url: at + "/pdf", status: 401},
			{name: "a form that is not there", as: "hocsinh", method: "GET", url: at + "/pdf?format=poster", status: 422, contains: `"query.format"`},
			{name: "the class's pages", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/certificates.pdf", status: 200, contains: "%PDF-"},
			{name: "the class's cards", as: "truong", method: "GET", url: "/classes/" + w.class + "/certificates.pdf?format=cards", status: 200, contains: "%PDF-"},
			{name: "a pupil prints no class", as: "hocsinh", method: "GET", url: "/classes/" + w.class + "/certificates.pdf", status: 403},
			{name: "a class elsewhere", as: "giaovien", method: "GET", url: "/classes/" + w.newID() + "/certificates.pdf", status: 404},
		})
		res := w.as(t, "hocsinh", "GET", at+"/pdf", "")
		require.Equal(t, "application/pdf", res.Header().Get("Content-Type"))
		require.Equal(t, `attachment; filename="giay-xac-nhan-`+code+`-a4.pdf"`, res.Header().Get("Content-Disposition"))
		require.Equal(t, "no-store", res.Header().Get("Cache-Control"))
		require.True(t, bytes.Equal(res.Body.Bytes(), w.as(t, "giaovien", "GET", at+"/pdf", "").Body.Bytes()), "the same paper is the same file")

		w.ok(t, "so", "POST", at+"/revocation", `{"reason":"Nhập nhầm học sinh"}`, nil)
		revoked := w.as(t, "hocsinh", "GET", at+"/pdf", "")
		require.Equal(t, 200, revoked.Code)
		require.False(t, bytes.Equal(res.Body.Bytes(), revoked.Body.Bytes()), "says so across the page")
		w.run(t, []scenario{
			{name: "a revoked one has no badge", as: "hocsinh", method: "GET", url: at + "/credential", status: 409, contains: `"certificate_revoked"`},
		})
		// With the last valid one revoked there is nothing to print for the class.
		var board learning.Board
		w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/board", "", &board)
		for _, s := range board.Students {
			if s.Certificate != nil && s.Certificate.Status == "valid" {
				w.ok(t, "giaovien", "GET", "/classes/"+w.class+"/certificates.pdf?format=cards", "", nil)
				w.ok(t, "so", "POST", "/certificates/"+s.Certificate.Code+"/revocation", `{"reason":"Nhập nhầm học sinh"}`, nil)
			}
		}
		w.run(t, []scenario{
			{name: "a class without any", as: "giaovien", method: "GET", url: "/classes/" + w.class + "/certificates.pdf", status: 409, contains: `"no_certificates"`},
		})
	})
}

func TestCredential(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := newWorld(t, db, clock, func(d *Deps) { d.PublicURL = "https://nhaso.example.vn" })
		code := w.certified(t)
		at := "/certificates/" + code + "/credential"
		w.run(t, []scenario{
			{name: "nobody", method: "GET", url: at, status: 401},
			{name: "another pupil", as: w.pupilUser(t, 1), method: "GET", url: at, status: 404},
			{name: "the teacher has none of it", as: "giaovien", method: "GET", url: at, status: 403},
			{name: "no keys yet", method: "GET", url: "/badges/keys", status: 200, contains: `"keys":[]`},
			{name: "issuer", method: "GET", url: "/badges/issuer", status: 200, contains: `"id":"https://nhaso.example.vn/api/v1/badges/issuer"`},
		})
		get := func() string {
			res := w.as(t, "hocsinh", "GET", at, "")
			require.Equal(t, 200, res.Code, res.Body.String())
			require.Equal(t, `attachment; filename="huy-hieu-`+code+`.jwt"`, res.Header().Get("Content-Disposition"))
			return res.Body.String()
		}
		published := func() []byte {
			res := w.as(t, "", "GET", "/badges/keys", "")
			require.Equal(t, 200, res.Code)
			var set jwks
			require.NoError(t, json.Unmarshal(res.Body.Bytes(), &set))
			for _, k := range set.Keys {
				require.NotEmpty(t, k.Kid)
				require.Equal(t, "RS256", k.Alg)
			}
			return res.Body.Bytes()
		}
		var home learning.Home
		w.ok(t, "hocsinh", "GET", "/home", "", &home)
		before := get()
		r := VerifyBadge([]byte(before), published(), home.Person.DisplayName, clock.Now().Add(time.Minute))
		require.True(t, r.Valid, r.Problem)
		require.True(t, r.NameTested)
		require.Equal(t, "https://nhaso.example.vn/verify/"+code, r.Page)
		require.NotContains(t, r.Criteria, "tình huống", "a certificate of rule 1")

		// A rotated key signs from now on; what the old one signed still holds.
		again := w.restart(t)
		_, err := again.Certificates.RotateBadgeKey(t.Context())
		require.NoError(t, err)
		after := get()
		rr := VerifyBadge([]byte(after), published(), "", clock.Now().Add(time.Minute))
		require.True(t, rr.Valid, rr.Problem)
		require.NotEqual(t, r.Key, rr.Key)
		require.True(t, VerifyBadge([]byte(before), published(), "", clock.Now().Add(time.Minute)).Valid)
	})
}
