package coverage

import (
	"context"
	"sync"
	"time"
)

// shared lets callers who ask for the same page at the same time share one
// read. A caller only ever joins a read that has not begun, so what was
// committed before the call is in the answer, as if everybody read alone; and
// a page that a whole province looks at costs the database one read at a time.
type shared[K comparable, V any] struct {
	mu      sync.Mutex
	running map[K]*sharedRead[V] // next holds those who came after it began
}

type sharedRead[V any] struct {
	done  chan struct{}
	value V
	err   error
	next  *sharedRead[V]
}

// readWithin bounds a shared read, which has no single caller's deadline.
const readWithin = 15 * time.Second

func newRead[V any]() *sharedRead[V] { return &sharedRead[V]{done: make(chan struct{})} }

// do answers what read answers. What is in the value is shared: nobody may
// change them.
func (s *shared[K, V]) do(ctx context.Context, key K, read func(context.Context) (V, error)) (V, error) {
	s.mu.Lock()
	var mine *sharedRead[V]
	if r := s.running[key]; r == nil {
		mine = newRead[V]()
		if s.running == nil {
			s.running = map[K]*sharedRead[V]{}
		}
		s.running[key] = mine
		go s.run(key, mine, read)
	} else {
		if r.next == nil {
			r.next = newRead[V]()
		}
		mine = r.next
	}
	s.mu.Unlock()
	select {
	case <-mine.done:
		return mine.value, mine.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// run reads until nobody waits for the area any more.
func (s *shared[K, V]) run(key K, r *sharedRead[V], read func(context.Context) (V, error)) {
	for r != nil {
		ctx, cancel := context.WithTimeout(context.Background(), readWithin)
		r.value, r.err = read(ctx)
		cancel()
		close(r.done)
		s.mu.Lock()
		if r = r.next; r != nil {
			s.running[key] = r
		} else {
			delete(s.running, key)
		}
		s.mu.Unlock()
	}
}
