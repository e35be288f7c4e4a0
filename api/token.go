package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"nhaso/models"
)

// Access tokens are HS256: checking one costs a few microseconds, where a
// signature of EdDSA would cost a third of the server. Only this program
// checks them, so a shared secret is enough.
const (
	issuer   = "nhaso"
	audience = "nhaso-api"
	leeway   = 30 * time.Second // of clocks that disagree

	accessCookie  = "nhaso_access"
	refreshCookie = "nhaso_refresh"
	refreshPath   = base + "/sessions"
)

// key is one signing key. A retired key still checks what it signed.
type key struct {
	id      string
	secret  []byte
	retired bool
}

type claims struct {
	Epoch  int    `json:"epoch"`
	Lesson string `json:"lesson,omitempty"` // of a sign-in by class secret
	jwt.RegisteredClaims
}

// identity is what a good token says.
type identity struct {
	account models.ID
	epoch   int
	lesson  models.ID // the lesson session it is bound to, or zero
	expires time.Time
	key     string
}

// keysFor is how long the keys are kept before the database is asked again,
// and keysPause the shortest time between two questions for an unknown key.
const (
	keysFor   = 30 * time.Second
	keysPause = time.Second
)

// tokens issues and checks access tokens with the keys of package people.
type tokens struct {
	load  func(context.Context) ([]key, error)
	clock models.Clock

	mu     sync.RWMutex
	keys   []key
	loaded time.Time

	seen seen
}

// issue signs a token for an account and says when it ends. lesson is zero
// unless the token is to be bound to a lesson session.
func (t *tokens) issue(ctx context.Context, account models.ID, epoch int, lesson models.ID, expires time.Time) (string, error) {
	k, err := t.current(ctx)
	if err != nil {
		return "", err
	}
	now := t.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Epoch: epoch, Lesson: textOf(lesson),
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: account.String(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
	})
	token.Header["kid"] = k.id
	return token.SignedString(k.secret)
}

// check answers whose token it is. The error is KindUnauthenticated, whatever
// is wrong with it.
func (t *tokens) check(ctx context.Context, raw string) (identity, error) {
	now := t.clock()
	if who, ok := t.seen.find(raw); ok {
		if _, known := t.find(who.key); known && now.Before(who.expires.Add(leeway)) {
			return who, nil
		}
	}
	var c claims
	var kid string
	_, err := jwt.ParseWithClaims(raw, &c, func(token *jwt.Token) (any, error) {
		kid, _ = token.Header["kid"].(string)
		k, err := t.key(ctx, kid)
		return k.secret, err
	}, jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(t.clock))
	if err != nil {
		var e *models.Error
		if errors.As(err, &e) && e.Kind == models.KindUnavailable {
			return identity{}, e
		}
		return identity{}, models.Fail(models.KindUnauthenticated, "")
	}
	account, err := models.ParseID(c.Subject)
	if err != nil {
		return identity{}, models.Fail(models.KindUnauthenticated, "")
	}
	who := identity{account: account, epoch: c.Epoch, expires: c.ExpiresAt.Time, key: kid}
	if c.Lesson != "" {
		if who.lesson, err = models.ParseID(c.Lesson); err != nil {
			return identity{}, models.Fail(models.KindUnauthenticated, "")
		}
	}
	t.seen.put(raw, who)
	return who, nil
}

// current answers the key that signs.
func (t *tokens) current(ctx context.Context) (key, error) {
	for range 2 {
		t.mu.RLock()
		fresh := t.clock().Sub(t.loaded) < keysFor
		keys := t.keys
		t.mu.RUnlock()
		for _, k := range keys {
			if fresh && !k.retired {
				return k, nil
			}
		}
		if err := t.reload(ctx); err != nil {
			return key{}, err
		}
	}
	return key{}, models.Fail(models.KindUnavailable, "no_signing_key")
}

// key finds the key of a token. An unknown one may be new in the database:
// another process rotated the keys.
func (t *tokens) key(ctx context.Context, id string) (key, error) {
	k, ok := t.find(id)
	if ok {
		return k, nil
	}
	t.mu.RLock()
	wait := t.clock().Sub(t.loaded) < keysPause
	t.mu.RUnlock()
	if wait {
		return key{}, models.Fail(models.KindUnauthenticated, "")
	}
	if err := t.reload(ctx); err != nil {
		return key{}, &models.Error{Kind: models.KindUnavailable, Code: "no_signing_key", RetryAfter: 2, Err: err}
	}
	if k, ok = t.find(id); !ok {
		return key{}, models.Fail(models.KindUnauthenticated, "")
	}
	return k, nil
}

func (t *tokens) find(id string) (key, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.clock().Sub(t.loaded) > keysFor {
		return key{}, false
	}
	for _, k := range t.keys {
		if k.id == id {
			return k, true
		}
	}
	return key{}, false
}

func (t *tokens) reload(ctx context.Context) error {
	keys, err := t.load(ctx)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys, t.loaded = keys, t.clock()
	return nil
}

// seen remembers checked tokens, so that the second request of a page costs a
// map look-up instead of a hash and two JSON texts. Two generations bound it.
type seen struct {
	mu         sync.RWMutex
	young, old map[string]identity
}

const seenMost = 20_000

func (s *seen) find(raw string) (identity, bool) {
	s.mu.RLock()
	who, ok := s.young[raw]
	if ok {
		s.mu.RUnlock()
		return who, true
	}
	who, ok = s.old[raw]
	s.mu.RUnlock()
	if ok {
		s.put(raw, who)
	}
	return who, ok
}

func (s *seen) put(raw string, who identity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.young == nil || len(s.young) >= seenMost {
		s.old, s.young = s.young, map[string]identity{}
	}
	s.young[strings.Clone(raw)] = who
}

// tokenOf finds the token of a request: bearer for programs, cookie for the
// browser. A bearer header wins, so that a program inside a browser profile
// means what it sends.
func tokenOf(r *http.Request) string {
	if h := r.Header.Get("Authorization"); h != "" {
		if len(h) > 7 && strings.EqualFold(h[:7], "bearer ") {
			return h[7:]
		}
		return ""
	}
	for _, line := range r.Header["Cookie"] {
		for line != "" {
			var one string
			one, line, _ = strings.Cut(line, ";")
			if name, value, ok := strings.Cut(strings.TrimSpace(one), "="); ok && name == accessCookie {
				return value
			}
		}
	}
	return ""
}

// cookies makes the pair for the browser. Empty values end the session.
func (s *server) cookies(secure bool, access string, accessFor time.Duration, refresh string, refreshFor time.Duration) []http.Cookie {
	one := func(name, path, value string, last time.Duration) http.Cookie {
		c := http.Cookie{Name: name, Value: value, Path: path, HttpOnly: true,
			Secure: s.SecureCookies || secure, SameSite: http.SameSiteStrictMode, MaxAge: int(last / time.Second)}
		if value == "" {
			c.MaxAge = -1
		}
		return c
	}
	return []http.Cookie{one(accessCookie, "/api", access, accessFor), one(refreshCookie, refreshPath, refresh, refreshFor)}
}
