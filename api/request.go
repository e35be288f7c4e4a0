package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/people"
)

// request is what the middleware knows of one request. It is one value in the
// context instead of several, so that a request costs one allocation.
type request struct {
	context.Context
	id      string
	log     *slog.Logger
	actor   models.Actor
	partner people.Partner // of a partner's token, else zero
	addr    string         // the caller's address as far as trusted proxies tell
	host    string
	tls     bool
	bearer  bool // a program asks: the token came in the header

	incoming *http.Request // of uploads only: the handler reads the body itself
}

// machineTime measures durations and sets socket deadlines. What the domain
// calls now comes from Deps.Clock.
var machineTime = time.Now

type requestKey struct{}

// Value finds the request itself by its key and everything else further out.
func (r *request) Value(key any) any {
	if _, ok := key.(requestKey); ok {
		return r
	}
	return r.Context.Value(key)
}

// languageOf reads ?lang=en: content that is translated is answered so. What
// nobody has translated, and everything by default, is in Vietnamese.
func languageOf(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	if lang := r.URL.Query().Get("lang"); slices.Contains(curriculum.Languages(), lang) {
		return lang
	}
	return ""
}

func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// requestID is empty outside a request.
func requestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

func logOf(ctx context.Context) *slog.Logger {
	if r := requestOf(ctx); r != nil && r.log != nil {
		return r.log
	}
	return slog.Default()
}

// newRequestID makes 16 random hex digits: enough to find one line in a log.
func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // documented not to fail
	return hex.EncodeToString(b[:])
}

// acceptRequestID takes over the identifier of a proxy in front, when it looks
// like one: it goes into the log as it is.
func acceptRequestID(s string) bool {
	if len(s) < 8 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}
