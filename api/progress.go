package api

import (
	"sync"

	"nhaso/models"
)

// progress remembers how far the imports are that this copy of the program is
// reading or writing. It is only for showing: another copy knows nothing of
// them, and a page that gets no answer shows that it waits.
type progress struct {
	mu   sync.Mutex
	runs map[models.ID]*progressRun
}

type progressRun struct {
	account models.ID
	at      rosterProgress
}

// begin makes a run known to its account. tell moves it on; end forgets it.
func (p *progress) begin(account, id models.ID) (tell func(stage string, done, total int), end func()) {
	run := &progressRun{account: account, at: rosterProgress{Stage: "read"}}
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
		run.at = rosterProgress{Stage: stage, Done: done, Total: total}
	}
	return tell, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.runs, id)
	}
}

// of answers how far a run is. NotFound when it is over or another's.
func (p *progress) of(account, id models.ID) (rosterProgress, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	run := p.runs[id]
	if run == nil || run.account != account {
		return rosterProgress{}, models.NotFound()
	}
	return run.at, nil
}
