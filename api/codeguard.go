package api

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"nhaso/models"
)

// codeGuard slows the guessing of codes on the wall without shutting a school
// out. Only wrong codes cost an address anything; and where a code of an open
// lesson is known, because a pupil signed in with it or the teacher looks at the
// lesson from there, that code is answered however many wrong ones came from
// behind the same address.
//
// 200 wrong codes at once and 360 an hour against 31^5 ≈ 2.9·10^7 codes: with
// 2,000 lessons open in the province an address finds one in about 35 hours, and
// behind it are names and five tries each.
type codeGuard struct {
	now func() time.Time

	mu    sync.Mutex
	spent map[netip.Addr]*wrongCodes
	known map[knownCode]time.Time // until when
}

type wrongCodes struct {
	n  float64
	at time.Time
}

type knownCode struct {
	addr netip.Addr
	code string
}

const (
	wrongBurst   = 200
	wrongEvery   = 10 * time.Second
	codeKnownFor = 4 * time.Hour // the longest lesson
	guardMost    = 50_000
)

func newCodeGuard(now func() time.Time) *codeGuard {
	return &codeGuard{now: now, spent: map[netip.Addr]*wrongCodes{}, known: map[knownCode]time.Time{}}
}

// begin takes one try of the address. settle is told how it ended. The error is
// KindTooMany, for right and wrong codes alike.
func (g *codeGuard) begin(address, code string) (settle func(error), err error) {
	key := knownCode{addrKey(address), normalCode(code)}
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep(now)
	w := g.spent[key.addr]
	if w == nil {
		w = &wrongCodes{at: now}
		g.spent[key.addr] = w
	}
	w.n = max(0, w.n-now.Sub(w.at).Seconds()/wrongEvery.Seconds())
	w.at = now
	if w.n+1 > wrongBurst {
		if g.known[key].After(now) {
			return func(error) {}, nil
		}
		wait := int(math.Ceil((w.n + 1 - wrongBurst) * wrongEvery.Seconds()))
		return nil, &models.Error{Kind: models.KindTooMany, Code: string(models.KindTooMany), RetryAfter: wait}
	}
	w.n++
	return func(err error) {
		if models.KindOf(err) == models.KindNotFound {
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		w.n = max(0, w.n-1)
		if err == nil {
			g.known[key] = now.Add(codeKnownFor)
		}
	}, nil
}

// know is for the teacher, who was asked at the door already.
func (g *codeGuard) know(address, code string) {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep(now)
	g.known[knownCode{addrKey(address), normalCode(code)}] = now.Add(codeKnownFor)
}

// sweep bounds the memory: what is over goes, and if that is not enough, all.
func (g *codeGuard) sweep(now time.Time) {
	if len(g.known)+len(g.spent) < guardMost {
		return
	}
	for k, until := range g.known {
		if !until.After(now) {
			delete(g.known, k)
		}
	}
	for a, w := range g.spent {
		if w.n <= now.Sub(w.at).Seconds()/wrongEvery.Seconds() {
			delete(g.spent, a)
		}
	}
	if len(g.known)+len(g.spent) >= guardMost {
		g.spent, g.known = map[netip.Addr]*wrongCodes{}, map[knownCode]time.Time{}
	}
}

func normalCode(s string) string {
	code, err := models.NormalizeCode(s)
	if err != nil {
		return ""
	}
	return code
}
