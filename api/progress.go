package api

import (
	"context"
	"sync"
	"time"

	"nhaso/models"
	"nhaso/models/people"
)

// progressEvery is how often a running import is written down for the other
// copies of the program: about twice as long as a page waits between two
// questions.
const progressEvery = time.Second

// progress knows how far the imports are that this copy of the program is
// reading or writing, and writes it down for the others. It is only for
// showing: what fails here fails nobody's import. On a database with one writer
// the word waits until the import is over, and is dropped then; such a database
// serves one copy, which answers from memory.
type progress struct {
	keep interface {
		TellProgress(ctx context.Context, account, id models.ID, at people.ImportProgress) error
		EndProgress(ctx context.Context, account, id models.ID) error
		ProgressOf(ctx context.Context, account, id models.ID) (people.ImportProgress, error)
	}
	every time.Duration // zero: progressEvery

	mu   sync.Mutex
	runs map[models.ID]*progressRun
}

type progressRun struct {
	account models.ID
	at      people.ImportProgress
}

// begin makes a run known to its account. tell moves it on; end forgets it.
func (p *progress) begin(ctx context.Context, account, id models.ID) (tell func(stage string, done, total int), end func()) {
	run := &progressRun{account: account, at: people.ImportProgress{Stage: "read"}}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.runs == nil {
		p.runs = map[models.ID]*progressRun{}
	}
	if _, taken := p.runs[id]; taken { // sent twice at once: the first one is shown
		return func(string, int, int) {}, func() {}
	}
	p.runs[id] = run
	tell = func(stage string, done, total int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		run.at = people.ImportProgress{Stage: stage, Done: done, Total: total}
	}
	stop := p.write(ctx, account, id, run)
	return tell, func() {
		stop()
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.runs, id)
	}
}

// write writes a run down until stop is called, which waits for the last word
// and takes it back.
func (p *progress) write(ctx context.Context, account, id models.ID, run *progressRun) (stop func()) {
	every := p.every
	if every == 0 {
		every = progressEvery
	}
	ctx = context.WithoutCancel(ctx)
	writing, cancel := context.WithCancel(ctx)
	told := make(chan bool, 1)
	go func() {
		written := false
		for tick := time.NewTicker(every); ; {
			select {
			case <-writing.Done():
				tick.Stop()
				told <- written
				return
			case <-tick.C:
				p.mu.Lock()
				at := run.at
				p.mu.Unlock()
				written = true // also where it failed: it may have been
				_ = p.keep.TellProgress(writing, account, id, at)
			}
		}
	}()
	return func() {
		cancel()
		if <-told {
			_ = p.keep.EndProgress(ctx, account, id)
		}
	}
}

// of answers how far a run is, here or at another copy. NotFound when it is
// over or another's.
func (p *progress) of(ctx context.Context, account, id models.ID) (rosterProgress, error) {
	p.mu.Lock()
	run := p.runs[id]
	var at people.ImportProgress
	if run != nil {
		at = run.at
	}
	p.mu.Unlock()
	if run != nil && run.account != account {
		return rosterProgress{}, models.NotFound()
	}
	if run == nil {
		var err error
		if at, err = p.keep.ProgressOf(ctx, account, id); err != nil {
			return rosterProgress{}, err
		}
	}
	return rosterProgress{Stage: at.Stage, Done: at.Done, Total: at.Total}, nil
}
