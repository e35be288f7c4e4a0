package learning

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"nhaso/models"
)

// watches looks at each watched session on behalf of everybody who watches it:
// the database is asked once a round and process, not once a viewer. It reads
// what is stored, so that it sees what other copies of the program wrote.
type watches struct {
	look  func(context.Context, models.ID) (LiveBoard, error)
	every time.Duration
	mu    sync.Mutex
	open  map[models.ID]*watched
}

type watched struct {
	viewers map[*Watching]bool
	last    *LiveBoard
}

// Watching is one viewer's view of a session.
type Watching struct {
	boards chan *LiveBoard
	stop   func()
}

// Boards gives the board now and then whenever it has changed. A viewer who is
// slow gets the newest one, never a queue of old ones. The boards are shared:
// they must not be changed.
func (w *Watching) Boards() <-chan *LiveBoard { return w.boards }

// Stop ends the watching; the last viewer's ends the looking.
func (w *Watching) Stop() { w.stop() }

func newWatches(look func(context.Context, models.ID) (LiveBoard, error), every time.Duration) *watches {
	return &watches{look: look, every: every, open: map[models.ID]*watched{}}
}

// Watch follows the monitor of a session. Out of reach is NotFound.
func (l *Learning) Watch(ctx context.Context, actor models.Actor, id models.ID) (*Watching, error) {
	if err := l.MayWatch(ctx, actor, id); err != nil {
		return nil, err
	}
	return l.watches.join(id), nil
}

func (w *watches) join(id models.ID) *Watching {
	v := &Watching{boards: make(chan *LiveBoard, 1)}
	v.stop = func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if s := w.open[id]; s != nil {
			delete(s.viewers, v)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.open[id]
	if s == nil {
		s = &watched{viewers: map[*Watching]bool{}}
		w.open[id] = s
		go w.run(id, s)
	}
	s.viewers[v] = true
	if s.last != nil {
		v.boards <- s.last
	}
	return v
}

// run looks until nobody watches. A look that fails is tried again: the page
// falls back to asking by itself when nothing comes.
func (w *watches) run(id models.ID, s *watched) {
	for !w.left(id, s) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		board, err := w.look(ctx, id)
		cancel()
		if err != nil {
			slog.Warn("look at a lesson session", "error", err)
		}
		w.mu.Lock()
		if err == nil && (s.last == nil || s.last.Version != board.Version) {
			s.last = &board
			for v := range s.viewers {
				v.offer(&board)
			}
		}
		w.mu.Unlock()
		time.Sleep(w.every)
	}
}

// left tells whether nobody watches any more, and then forgets the session.
// It is asked before each look: none falls into the end of the program.
func (w *watches) left(id models.ID, s *watched) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(s.viewers) > 0 {
		return false
	}
	delete(w.open, id)
	return true
}

// offer puts a board in the viewer's one place, instead of an older one that
// was not taken yet. Only run offers, one board at a time.
func (w *Watching) offer(b *LiveBoard) {
	select {
	case <-w.boards:
	default:
	}
	w.boards <- b
}
