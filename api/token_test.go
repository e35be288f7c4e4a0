package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store/storetest"
)

func (b *bench) sign(method jwt.SigningMethod, secret any, kid string, change func(*claims)) string {
	c := claims{Epoch: b.epoch, RegisteredClaims: jwt.RegisteredClaims{
		Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: b.actor.Account.String(),
		IssuedAt: jwt.NewNumericDate(b.clock.Now()), ExpiresAt: jwt.NewNumericDate(b.clock.Now().Add(time.Minute))}}
	if change != nil {
		change(&c)
	}
	token := jwt.NewWithClaims(method, c)
	token.Header["kid"] = kid
	s, err := token.SignedString(secret)
	if err != nil {
		panic(err)
	}
	return s
}

func TestTokens(t *testing.T) {
	b := newBench(t)
	secret := b.keys[0].secret
	good, err := b.tokens.issue(t.Context(), b.actor.Account, b.epoch, models.ID{}, b.clock.Now().Add(15*time.Minute))
	require.NoError(t, err)
	none := b.sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "k1", nil)
	for name, raw := range map[string]string{
		"nothing": "", "noise": "abc.def.ghi", "alg none": none, "cut": good[:len(good)-4],
		"other key":     b.sign(jwt.SigningMethodHS256, []byte("another key another key another!"), "k1", nil),
		"unknown kid":   b.sign(jwt.SigningMethodHS256, secret, "k9", nil),
		"other method":  b.sign(jwt.SigningMethodHS512, secret, "k1", nil),
		"other issuer":  b.sign(jwt.SigningMethodHS256, secret, "k1", func(c *claims) { c.Issuer = "x" }),
		"other use":     b.sign(jwt.SigningMethodHS256, secret, "k1", func(c *claims) { c.Audience = jwt.ClaimStrings{"x"} }),
		"no end":        b.sign(jwt.SigningMethodHS256, secret, "k1", func(c *claims) { c.ExpiresAt = nil }),
		"old epoch":     b.sign(jwt.SigningMethodHS256, secret, "k1", func(c *claims) { c.Epoch = 2 }),
		"other account": b.sign(jwt.SigningMethodHS256, secret, "k1", func(c *claims) { c.Subject = models.NewID(storetest.Start).String() }),
		"no account":    b.sign(jwt.SigningMethodHS256, secret, "k1", func(c *claims) { c.Subject = "admin" }),
	} {
		w := b.do("GET", base+"/test/learn", "", "Authorization", "Bearer "+raw)
		require.Equal(t, 401, w.Code, name)
		require.Equal(t, "unauthenticated", problemIn(t, w).Code, name)
		b.clock.Add(2 * time.Second) // let an unknown key be asked for again
	}
	ask := func(headers ...string) int { return b.do("GET", base+"/test/learn", "", headers...).Code }
	require.Equal(t, 200, ask("Authorization", "Bearer "+good))
	require.Equal(t, 200, ask("Cookie", "a=b; nhaso_access="+good))
	require.Equal(t, 401, ask("Cookie", "nhaso_access="+good, "Authorization", "Basic x"), "the header decides")
	require.Equal(t, 403, b.do("GET", base+"/test/operate", "", "Authorization", "Bearer "+good).Code)
	b.epoch++
	require.Equal(t, 401, ask("Authorization", "Bearer "+good), "signed out everywhere")
	b.epoch--
	b.clock.Add(15*time.Minute - 26*time.Second)
	require.Equal(t, 200, ask("Authorization", "Bearer "+good), "remembered and not over")
	b.clock.Add(29 * time.Second)
	require.Equal(t, 200, ask("Authorization", "Bearer "+good), "within the leeway")
	b.clock.Add(30 * time.Second)
	require.Equal(t, 401, ask("Authorization", "Bearer "+good), "over")
}

func TestKeyRotation(t *testing.T) {
	b := newBench(t)
	issue := func() string {
		raw, err := b.tokens.issue(t.Context(), b.actor.Account, b.epoch, models.ID{}, b.clock.Now().Add(15*time.Minute))
		require.NoError(t, err)
		return raw
	}
	ask := func(raw string) int {
		return b.do("GET", base+"/test/learn", "", "Authorization", "Bearer "+raw).Code
	}
	before := issue()
	b.keys = []key{{id: "k2", secret: []byte("another secret another secret!!!")}, {id: "k1", secret: b.keys[0].secret, retired: true}}
	b.clock.Add(keysFor + time.Second)
	after := issue()
	header, _, _ := strings.Cut(after, ".")
	raw, err := jwt.NewParser().DecodeSegment(header)
	require.NoError(t, err)
	require.Contains(t, string(raw), `"kid":"k2"`)
	require.Equal(t, 200, ask(before), "a retired key still checks")
	require.Equal(t, 200, ask(after))
	b.keys = b.keys[:1]
	b.clock.Add(keysFor + time.Second)
	require.Equal(t, 401, ask(before), "a removed key does not, remembered or not")
	require.Equal(t, 200, ask(after))
	b.keys = nil
	b.clock.Add(keysFor + time.Second)
	_, err = b.tokens.issue(t.Context(), b.actor.Account, 1, models.ID{}, b.clock.Now())
	require.Equal(t, models.KindUnavailable, models.KindOf(err))
	b.tokens.load = func(context.Context) ([]key, error) { return nil, errors.New("down") }
	b.clock.Add(time.Minute)
	require.Equal(t, 503, ask(after), "no keys is our fault, not the caller's")
}
