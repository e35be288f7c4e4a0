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
type shared struct {
	mu      sync.Mutex
	running map[Area]*pageRead // next holds those who came after it began
}

type pageRead struct {
	done chan struct{}
	page Page
	err  error
	next *pageRead
}

// readWithin bounds a shared read, which has no single caller's deadline.
const readWithin = 15 * time.Second

func newPageRead() *pageRead { return &pageRead{done: make(chan struct{})} }

// do answers what read answers. The slices of the page are shared: nobody may
// change them.
func (s *shared) do(ctx context.Context, area Area, read func(context.Context) (Page, error)) (Page, error) {
	s.mu.Lock()
	var mine *pageRead
	if r := s.running[area]; r == nil {
		mine = newPageRead()
		if s.running == nil {
			s.running = map[Area]*pageRead{}
		}
		s.running[area] = mine
		go s.run(area, mine, read)
	} else {
		if r.next == nil {
			r.next = newPageRead()
		}
		mine = r.next
	}
	s.mu.Unlock()
	select {
	case <-mine.done:
		return mine.page, mine.err
	case <-ctx.Done():
		return Page{}, ctx.Err()
	}
}

// run reads until nobody waits for the area any more.
func (s *shared) run(area Area, r *pageRead, read func(context.Context) (Page, error)) {
	for r != nil {
		ctx, cancel := context.WithTimeout(context.Background(), readWithin)
		r.page, r.err = read(ctx)
		cancel()
		close(r.done)
		s.mu.Lock()
		if r = r.next; r != nil {
			s.running[area] = r
		} else {
			delete(s.running, area)
		}
		s.mu.Unlock()
	}
}
