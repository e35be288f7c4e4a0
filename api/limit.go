package api

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"nhaso/models"
)

// pace is how often one address may ask. A whole school stands behind one
// address, so the paces of signing in are those of a school, not of a person;
// guessing one account's password is bounded by package people.
type pace struct {
	perSecond rate.Limit
	burst     int
}

var (
	paceSignIn  = pace{20, 400}       // two classes a second, a school's queue at once
	paceRefresh = pace{50, 1000}      //
	paceProbe   = pace{30, 200}       // one check of a school's network at a time
	pacePublic  = pace{30, 600}       // figures out of memory; a school stands behind one address
	paceVerify  = pace{20.0 / 60, 20} // 20 a minute: codes are not for guessing
)

// limiter keeps one token bucket per address in two generations: when the
// young one is full or old enough it becomes the old one, and what nobody asked
// for meanwhile is forgotten. Memory is bounded by twice most.
type limiter struct {
	pace pace
	now  func() time.Time
	most int
	keep time.Duration

	mu         sync.Mutex
	young, old map[netip.Addr]*rate.Limiter
	since      time.Time
}

func newLimiter(p pace, now func() time.Time) *limiter {
	return &limiter{pace: p, now: now, most: 50_000, keep: 10 * time.Minute, young: map[netip.Addr]*rate.Limiter{}, since: now()}
}

// allow takes one token of the address. The error is KindTooMany with the
// seconds until the next one.
func (l *limiter) allow(addr string) error {
	now := l.now()
	b := l.bucket(addrKey(addr), now)
	r := b.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return &models.Error{Kind: models.KindTooMany, Code: string(models.KindTooMany), RetryAfter: int(math.Ceil(wait.Seconds()))}
	}
	return nil
}

func (l *limiter) bucket(key netip.Addr, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) > l.keep || len(l.young) >= l.most {
		l.old, l.young, l.since = l.young, map[netip.Addr]*rate.Limiter{}, now
	}
	b := l.young[key]
	if b == nil {
		if b = l.old[key]; b == nil {
			b = rate.NewLimiter(l.pace.perSecond, l.pace.burst)
		}
		l.young[key] = b
	}
	return b
}

// addrKey takes an IPv6 network of 64 bits for one caller: a subscriber owns
// all addresses of it.
func addrKey(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
