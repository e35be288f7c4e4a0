package people

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// mustEnrol tells whether the account may do nothing but enrol a factor.
func (a Account) mustEnrol() bool { return a.FactorNeeded && !a.FactorOn }

// enrolling is what such an account holds meanwhile: a role without a place
// reaches nothing in the access table but the own account and what is open to
// everyone who is signed in.
var enrolling = []models.Grant{{Role: models.RoleTeamMember, Scope: models.ScopeNone}}

// actorOf makes the actor of an account.
func actorOf(a Account) models.Actor {
	actor := models.Actor{Account: a.ID, Person: a.PersonID, Name: a.DisplayName, Grants: a.Grants}
	if a.mustEnrol() {
		actor.Person, actor.Grants = models.ID{}, enrolling
	}
	return actor
}

// ActorOf answers who an access token speaks for. The answer is remembered for
// Options.ActorTTL, at most ten seconds: so long a change of roles made on
// another copy of the program may go unnoticed; a change made by this one shows
// at once. The actor's slices are shared and must not be changed. The error is
// KindUnauthenticated when the account is gone, disabled or at another epoch.
func (p *People) ActorOf(ctx context.Context, account models.ID, epoch int) (models.Actor, error) {
	key, now := actorKey{account, epoch}, p.db.Clock()()
	if actor, ok := p.actors.get(key, now); ok {
		return actor, nil
	}
	_, a, err := loadAccount(p.db.Read(ctx), "id = ? AND epoch = ? AND state = ?", account, epoch, AccountActive)
	if models.KindOf(err) == models.KindNotFound {
		return models.Actor{}, unauthenticated()
	}
	if err != nil {
		return models.Actor{}, err
	}
	actor := actorOf(a)
	p.actors.put(key, actor, now)
	return actor, nil
}

// nextDay is the instant at which the next civil day begins in Viet Nam, and a
// delegation may begin or end.
func nextDay(now time.Time) time.Time {
	y, m, d := now.In(models.VietNam()).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, models.VietNam())
}

// actorCache remembers who an account is for a few seconds.
type actorCache struct {
	ttl time.Duration

	mu    sync.RWMutex
	m     map[models.ID]cachedActor
	sweep int // size at which entries past their time are thrown out
}

type actorKey struct {
	account models.ID
	epoch   int
}

type cachedActor struct {
	epoch int
	actor models.Actor
	until time.Time
}

func (c *actorCache) get(key actorKey, now time.Time) (models.Actor, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.m[key.account]
	return e.actor, ok && e.epoch == key.epoch && now.Before(e.until)
}

func (c *actorCache) put(key actorKey, actor models.Actor, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[models.ID]cachedActor{}
	}
	if len(c.m) >= c.sweep {
		for k, e := range c.m {
			if !now.Before(e.until) {
				delete(c.m, k)
			}
		}
		c.sweep = max(1024, 2*len(c.m))
	}
	until := now.Add(c.ttl)
	if day := nextDay(now); day.Before(until) {
		until = day
	}
	c.m[key.account] = cachedActor{key.epoch, actor, until}
}

// drop forgets an account at once.
func (c *actorCache) drop(account models.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, account)
}

// ActiveActor answers who an account is by its roles of this moment, for what
// acts in its name without a token. The error is NotFound when the account is
// gone or disabled.
func ActiveActor(tx *gorm.DB, account models.ID) (models.Actor, error) {
	_, a, err := loadAccount(tx, "id = ? AND state = ?", account, AccountActive)
	if err != nil {
		return models.Actor{}, err
	}
	return actorOf(a), nil
}

// clear forgets every account at once.
func (c *actorCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m = nil
}
