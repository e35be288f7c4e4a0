package people

import (
	"time"

	"nhaso/models/store"
)

// Options are the lifetimes and limits of signing in; a zero value takes the
// default named beside it.
type Options struct {
	AccessTTL  time.Duration // of an access token, 15 minutes
	RefreshTTL time.Duration // of a refresh token that is not used, 30 days
	ActorTTL   time.Duration // how long a change of roles may go unnoticed elsewhere, 10 s (also the most)
	Grace      time.Duration // in which a used refresh token may come again, 10 s
	Issuer     string        // shown by authenticator apps, "Nhà Số"

	NameFailures    int           // wrong passwords for one name in Window before it is locked, 5
	AddressFailures int           // wrong passwords from one address in Window, 60: a school shares one
	Window          time.Duration // 15 minutes
	LockFor         time.Duration // 15 minutes

	// Uses are the tables of other rooms that are looked at before an import is
	// taken back: persons and classes that were used since stay.
	Uses []store.Since
}

func (o Options) withDefaults() Options {
	def(&o.AccessTTL, 15*time.Minute)
	def(&o.RefreshTTL, 30*24*time.Hour)
	def(&o.ActorTTL, 10*time.Second)
	o.ActorTTL = min(o.ActorTTL, 10*time.Second)
	def(&o.Grace, 10*time.Second)
	def(&o.Issuer, "Nhà Số")
	def(&o.NameFailures, 5)
	def(&o.AddressFailures, 60)
	def(&o.Window, 15*time.Minute)
	def(&o.LockFor, 15*time.Minute)
	return o
}

func def[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// People is the room's service: accounts, sign-in, rosters.
type People struct {
	db     *store.DB
	hasher *Hasher
	opts   Options
	actors actorCache
}

// New makes the service. hasher is shared by everything that hashes in this
// process, so that its queue is the only one.
func New(db *store.DB, hasher *Hasher, opts Options) *People {
	p := &People{db: db, hasher: hasher, opts: opts.withDefaults()}
	p.actors.ttl = p.opts.ActorTTL
	return p
}

// AccessTTL is how long the access tokens live that the edge signs.
func (p *People) AccessTTL() time.Duration { return p.opts.AccessTTL }

// RefreshTTL is how long a refresh token lives, and so its cookie.
func (p *People) RefreshTTL() time.Duration { return p.opts.RefreshTTL }
