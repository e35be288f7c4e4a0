package api

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
)

func newKey(t testing.TB) certificate.BadgeKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return certificate.BadgeKey{KID: certificate.Thumbprint(&k.PublicKey), Public: &k.PublicKey, Private: k, Active: true}
}

var badgeDay = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

const (
	badgeHome = "https://nhaso.example.vn"
	badgeName = "Nguyễn Thị Hồng Ánh"
)

func badgeCertificate() certificate.Issued {
	return certificate.Issued{
		Certificate: certificate.Certificate{ID: models.ID{1}, Code: "7KQM29XDA3", PersonID: models.ID{2}, HolderName: badgeName,
			SchoolID: models.ID{3}, SchoolName: "Trường THCS Ba Chẽ", ClassName: "7A", RuleVersion: 2, IssuedAt: badgeDay, State: certificate.Valid},
		Rule: certificate.Rule{Version: 2, PassPercent: 80, NeedSession: true, NeedAllLessons: true, Skills: certificate.Skills,
			NeedScenario: true, MinHardSpotted: 1, NoLegitRejected: true},
	}
}

func newBadge(t testing.TB, key certificate.BadgeKey) string {
	t.Helper()
	text, err := badge(key, badgeCertificate(), badgeHome)
	require.NoError(t, err)
	return text
}

// parts are the decoded header and payload.
func parts(t testing.TB, text string) (header, payload map[string]any) {
	t.Helper()
	p := strings.Split(text, ".")
	require.Len(t, p, 3)
	for i, out := range []*map[string]any{&header, &payload} {
		raw, err := base64.RawURLEncoding.DecodeString(p[i])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, out))
	}
	return header, payload
}

// The file alone is enough: no database, no server, no list of keys.
func TestBadgeIsCheckedWithItsOwnHeaderKey(t *testing.T) {
	key := newKey(t)
	r := VerifyBadge([]byte(" "+newBadge(t, key)+"\n"), nil, "", badgeDay.Add(time.Hour))
	require.True(t, r.Valid, r.Problem)
	require.Equal(t, key.KID, r.Key)
	require.Equal(t, "Trường THCS Ba Chẽ", r.School)
	require.True(t, badgeDay.Equal(r.IssuedAt))
	require.Equal(t, badgeHome+"/verify/7KQM29XDA3", r.Page)
	require.Contains(t, r.Criteria, "tình huống")
	require.Nil(t, r.KnownKey)
}

// The shape is that of the specification's schema for an OpenBadgeCredential:
// required members, types, and nothing that is not ours to say.
func TestBadgeShape(t *testing.T) {
	text := newBadge(t, newKey(t))
	header, c := parts(t, text)
	require.ElementsMatch(t, []string{"alg", "typ", "jwk"}, keysOf(header), "additional JOSE headers are not allowed")
	require.Equal(t, "RS256", header["alg"])
	require.Equal(t, "JWT", header["typ"])
	require.ElementsMatch(t, []string{"kty", "n", "e"}, keysOf(header["jwk"].(map[string]any)), "never a private part")

	require.Equal(t, []any{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}, c["@context"])
	require.Equal(t, []any{"VerifiableCredential", "OpenBadgeCredential"}, c["type"])
	require.NotContains(t, c, "vc", "the payload is the credential itself")
	require.NotContains(t, c, "proof")
	issuer, subject := c["issuer"].(map[string]any), c["credentialSubject"].(map[string]any)
	for claim, member := range map[string]any{"iss": issuer["id"], "sub": subject["id"], "jti": c["id"]} {
		require.Equal(t, member, c[claim], claim)
		require.Regexp(t, `^(https://|urn:uuid:)`, c[claim])
	}
	require.EqualValues(t, badgeDay.Unix(), c["nbf"])
	require.Equal(t, "2026-11-24T03:00:00Z", c["validFrom"])
	require.Equal(t, []any{"Profile"}, issuer["type"])
	require.Equal(t, []any{"AchievementSubject"}, subject["type"])
	a := subject["achievement"].(map[string]any)
	require.Equal(t, []any{"Achievement"}, a["type"])
	for _, member := range []string{"id", "name", "description", "criteria"} {
		require.NotEmpty(t, a[member], member)
	}
	require.NotEmpty(t, a["criteria"].(map[string]any)["narrative"])
	who := subject["identifier"].([]any)[0].(map[string]any)
	require.Equal(t, "IdentityObject", who["type"])
	require.Equal(t, true, who["hashed"])
	require.Equal(t, "name", who["identityType"])
	require.Regexp(t, `^sha256\$[0-9a-f]{64}$`, who["identityHash"])
	require.Len(t, who["salt"], 32)

	raw, err := json.Marshal(c)
	require.NoError(t, err)
	for _, hidden := range []string{"Nguyễn", "Ánh", "7A\"", "birth", "mail", models.ID{2}.String()} {
		require.NotContains(t, string(raw), hidden)
	}
	_, again := parts(t, newBadge(t, newKey(t)))
	require.NotEqual(t, who["salt"], again["credentialSubject"].(map[string]any)["identifier"].([]any)[0].(map[string]any)["salt"], "salted anew each time")
}

func keysOf(m map[string]any) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}

// Every single altered character of header, payload or signature is found.
func TestAlteredBadgeFails(t *testing.T) {
	text := newBadge(t, newKey(t))
	for i := 0; i < len(text); i++ {
		b := []byte(text)
		switch b[i] {
		case 'A':
			b[i] = 'B'
		default:
			b[i] = 'A'
		}
		if r := VerifyBadge(b, nil, "", badgeDay.Add(time.Hour)); r.Valid || r.Problem == "" {
			t.Fatalf("character %d of %d was altered and nobody saw it", i, len(text))
		}
	}
}

// resign signs a changed payload, as whoever has a key can.
func resign(t *testing.T, key certificate.BadgeKey, header, payload map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(payload))
	for k, v := range header {
		token.Header[k] = v
	}
	text, err := token.SignedString(key.Private)
	require.NoError(t, err)
	return text
}

func TestBadgesThatAreRefused(t *testing.T) {
	ours, theirs := newKey(t), newKey(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	weak := certificate.BadgeKey{Public: &small.PublicKey, Private: small}
	for name, c := range map[string]struct {
		key    certificate.BadgeKey
		change func(header, payload map[string]any)
		says   string
	}{
		"another key signed":    {theirs, func(h, p map[string]any) {}, "signature"},
		"the key of another":    {ours, func(h, p map[string]any) { h["jwk"] = jwkOf(theirs.Public) }, "signature"},
		"a key too short":       {weak, func(h, p map[string]any) { h["jwk"] = jwkOf(weak.Public) }, "signed VC-JWT"},
		"no key":                {ours, func(h, p map[string]any) { delete(h, "jwk") }, "signed VC-JWT"},
		"a key to be looked up": {ours, func(h, p map[string]any) { h["jwk"] = "https://example.vn/key" }, "signed VC-JWT"},
		"a private key":         {ours, func(h, p map[string]any) { h["jwk"].(map[string]any)["d"] = "x" }, "signed VC-JWT"},
		"another issuer":        {ours, func(h, p map[string]any) { p["iss"] = "https://example.com" }, "do not agree"},
		"another subject":       {ours, func(h, p map[string]any) { p["sub"] = "urn:uuid:0" }, "do not agree"},
		"another id":            {ours, func(h, p map[string]any) { p["jti"] = "urn:uuid:0" }, "do not agree"},
		"no issuer":             {ours, func(h, p map[string]any) { delete(p, "iss"); p["issuer"] = map[string]any{"id": ""} }, "do not agree"},
		"another date":          {ours, func(h, p map[string]any) { p["validFrom"] = "2026-11-24T03:00:01Z" }, "date"},
		"no date":               {ours, func(h, p map[string]any) { delete(p, "nbf") }, "date"},
		"from the future": {ours, func(h, p map[string]any) {
			p["nbf"], p["validFrom"] = badgeDay.Add(48*time.Hour).Unix(), "2026-11-26T03:00:00Z"
		}, "future"},
		"something else":            {ours, func(h, p map[string]any) { p["type"] = []string{"VerifiableCredential"} }, "not an Open Badge"},
		"a badge of an older model": {ours, func(h, p map[string]any) { p["@context"] = []string{"https://www.w3.org/2018/credentials/v1", "x"} }, "3.0"},
	} {
		t.Run(name, func(t *testing.T) {
			header, payload := parts(t, newBadge(t, ours))
			c.change(header, payload)
			if header["jwk"] == nil {
				header = map[string]any{}
			}
			r := VerifyBadge([]byte(resign(t, c.key, header, payload)), nil, "", badgeDay.Add(time.Hour))
			require.False(t, r.Valid)
			require.Contains(t, r.Problem, c.says)
		})
	}
	header, payload := parts(t, newBadge(t, ours))
	require.True(t, VerifyBadge([]byte(resign(t, ours, header, payload)), nil, "", badgeDay.Add(time.Hour)).Valid, "the rows above fail for their change alone")
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims(payload)).SignedString(jwt.UnsafeAllowNoneSignatureType)
	require.NoError(t, err)
	for _, text := range []string{"", "x", "a.b.c", none, strings.Repeat("a", badgeMost+1)} {
		require.False(t, VerifyBadge([]byte(text), nil, "", badgeDay).Valid)
	}
}

// With the published keys a badge that somebody signed with an own key falls
// through; a badge from before a rotation does not.
func TestBadgeAgainstPublishedKeys(t *testing.T) {
	old, active, theirs := newKey(t), newKey(t), newKey(t)
	published, err := BadgeKeySet([]certificate.BadgeKey{active, old})
	require.NoError(t, err)
	require.NotContains(t, string(published), `"d"`)
	for _, c := range []struct {
		key   certificate.BadgeKey
		valid bool
	}{{active, true}, {old, true}, {theirs, false}} {
		r := VerifyBadge([]byte(newBadge(t, c.key)), published, "", badgeDay.Add(time.Hour))
		require.Equal(t, c.valid, r.Valid)
		require.Equal(t, c.valid, *r.KnownKey)
	}
	require.Contains(t, VerifyBadge([]byte(newBadge(t, active)), []byte("{}"), "", badgeDay.Add(time.Hour)).Problem, "JWKS")
}

func TestBadgeKnowsItsHolder(t *testing.T) {
	text := []byte(newBadge(t, newKey(t)))
	for name, valid := range map[string]bool{
		badgeName: true, "  Nguyễn  Thị Hồng Ánh": true, "Nguyễn Thị Hồng A\u0301nh": true,
		"Nguyễn Thị Hồng Anh": false, "Trần Văn Bình": false,
	} {
		r := VerifyBadge(text, nil, name, badgeDay.Add(time.Hour))
		require.Equal(t, valid, r.Valid, name)
		require.Equal(t, valid, r.NameTested, name)
	}
}

// TestBadgeWithOneByteChanged: no byte of a badge can be another one.
func TestBadgeWithOneByteChanged(t *testing.T) {
	key := newKey(t)
	keys, err := BadgeKeySet([]certificate.BadgeKey{key})
	require.NoError(t, err)
	good := newBadge(t, key)
	require.True(t, VerifyBadge([]byte(good), keys, badgeName, badgeDay.Add(time.Hour)).Valid)
	for i := range len(good) {
		for _, bit := range []byte{1, 0x20} { // another sign, and the other case
			changed := []byte(good)
			changed[i] ^= bit
			if r := VerifyBadge(changed, keys, badgeName, badgeDay.Add(time.Hour)); r.Valid || r.Problem == "" {
				t.Fatalf("byte %d as %q: %+v", i, changed[i], r)
			}
		}
		if r := VerifyBadge([]byte(good[:i]), keys, badgeName, badgeDay.Add(time.Hour)); r.Valid || r.Problem == "" {
			t.Fatalf("cut off at %d: %+v", i, r)
		}
	}
}

func FuzzVerifyBadge(f *testing.F) {
	key := newKey(f)
	good := newBadge(f, key)
	f.Add(good)
	f.Add("a.b.c")
	f.Add(strings.Replace(good, ".", "..", 1))
	f.Fuzz(func(t *testing.T, text string) {
		r := VerifyBadge([]byte(text), nil, "", badgeDay.Add(time.Hour))
		if r.Valid && r.Key != key.KID {
			t.Skip("signed by a key of the fuzzer's own")
		}
		if r.Valid == (r.Problem != "") {
			t.Fatalf("%+v", r)
		}
	})
}
