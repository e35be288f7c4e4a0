package people

import (
	"sync"
	"time"

	"nhaso/models"
)

// actorCache remembers who an account is for a few seconds.
type actorCache struct {
	ttl time.Duration
	mu  sync.RWMutex
	m   map[actorKey]cachedActor
}

type actorKey struct {
	account models.ID
	epoch   int
}

type cachedActor struct {
	actor models.Actor
	until time.Time
}
