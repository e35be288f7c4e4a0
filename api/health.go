package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"nhaso/models"
)

// readyFor is how long an answer of /readyz is kept: a probe must not become
// load.
const readyFor = 2 * time.Second

type readiness struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// healthz says that the process runs, and nothing about the database: a
// supervisor that restarts the program cannot mend a database.
func (s *server) healthz(c *gin.Context) {
	c.JSON(http.StatusOK, gin.H{"status": "ok", "version": s.Version})
}

// readyz says whether requests may be sent here: the database answers and its
// schema is this program's.
func (s *server) readyz(c *gin.Context) {
	if err := s.checkReady(c.Request.Context()); err != nil {
		refuse(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready", "version": s.Version})
}

func (s *server) checkReady(ctx context.Context) error {
	s.ready.mu.Lock()
	defer s.ready.mu.Unlock()
	now := machineTime()
	if !s.ready.at.IsZero() && now.Sub(s.ready.at) < readyFor {
		return s.ready.err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	s.ready.err = s.probe(ctx)
	s.ready.at = now
	return s.ready.err
}

func (s *server) probe(ctx context.Context) error {
	if err := s.DB.Ping(ctx); err != nil {
		return &models.Error{Kind: models.KindUnavailable, Code: "database_unreachable", RetryAfter: 5, Err: err}
	}
	behind, err := s.DB.Behind(ctx)
	if err != nil {
		return &models.Error{Kind: models.KindUnavailable, Code: "database_unreachable", RetryAfter: 5, Err: err}
	}
	if behind > 0 {
		return &models.Error{Kind: models.KindUnavailable, Code: "schema_behind", RetryAfter: 30}
	}
	return nil
}
