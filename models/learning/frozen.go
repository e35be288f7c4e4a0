package learning

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// frozen is what never changes of an attempt: who, which course version, which
// questions in which order. Every answer is checked against it, so it is kept
// in memory. One thing can be added to it: a question that stands in for a
// broken one is put behind the others (see Learning.replace), perhaps by another
// copy of the program. Whoever goes by the number of questions compares with
// the row, see whole and grown.
type frozen struct {
	ID        models.ID
	Person    models.ID
	Session   models.ID // zero: at home
	CourseKey string
	course    *course
	items     []shown
	itemsText string
	StartedAt time.Time
}

// counts tells whether the attempt was started inside a lesson session.
func (f *frozen) counts() bool { return !f.Session.IsZero() }

// frozenCache keeps attempts in two generations: when the young one is full,
// the old one is dropped and what is still asked for moves on.
type frozenCache struct {
	mu         sync.Mutex
	young, old map[models.ID]*frozen
}

// frozenMost bounds one generation; a frozen attempt weighs about 2 KB.
const frozenMost = 20000

func newFrozenCache() *frozenCache {
	return &frozenCache{young: map[models.ID]*frozen{}, old: map[models.ID]*frozen{}}
}

func (c *frozenCache) get(id models.ID) *frozen {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.young[id]
	if f == nil {
		if f = c.old[id]; f != nil {
			c.put(f)
		}
	}
	return f
}

func (c *frozenCache) add(f *frozen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(f)
}

// drop forgets an attempt whose row has more to say than the copy.
func (c *frozenCache) drop(id models.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.young, id)
	delete(c.old, id)
}

func (c *frozenCache) put(f *frozen) {
	if len(c.young) >= frozenMost {
		c.old, c.young = c.young, map[models.ID]*frozen{}
	}
	c.young[f.ID] = f
}

// attempt answers the frozen part of an attempt of one person; another's and
// an unknown one are NotFound alike.
func (l *Learning) attempt(ctx context.Context, person, id models.ID) (*frozen, error) {
	f, err := l.anyAttempt(ctx, id)
	if err != nil {
		return nil, err
	}
	if f.Person != person {
		return nil, models.NotFound()
	}
	return f, nil
}

// anyAttempt is attempt without asking whose.
func (l *Learning) anyAttempt(ctx context.Context, id models.ID) (*frozen, error) {
	if f := l.frozen.get(id); f != nil {
		return f, nil
	}
	f, err := l.thawAttempt(ctx, l.db.Read(ctx), id)
	if err == nil {
		l.frozen.add(f)
	}
	return f, err
}

// attemptIn is anyAttempt for one that this transaction may have written: it is
// not kept, because the transaction may be undone.
func (l *Learning) attemptIn(ctx context.Context, tx *gorm.DB, id models.ID) (*frozen, error) {
	if f := l.frozen.get(id); f != nil {
		return f, nil
	}
	return l.thawAttempt(ctx, tx, id)
}

func (l *Learning) thawAttempt(ctx context.Context, q *gorm.DB, id models.ID) (*frozen, error) {
	var rows []struct {
		PersonID, SessionID          models.ID
		CourseKey, CourseHash, Items string
		StartedAt                    time.Time
	}
	err := q.Raw(`SELECT person_id, session_id, course_key, course_hash, items, started_at FROM attempts WHERE id = ?`, id).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, models.NotFound()
	}
	r := rows[0]
	c, err := l.catalog.version(ctx, r.CourseHash)
	if err != nil {
		return nil, err
	}
	f := &frozen{ID: id, Person: r.PersonID, Session: r.SessionID, CourseKey: r.CourseKey, course: c, itemsText: r.Items, StartedAt: r.StartedAt.UTC()}
	if f.items, err = thaw(c, r.Items); err != nil {
		return nil, fmt.Errorf("attempt %s: %w", id, err)
	}
	return f, nil
}

// whole is the attempt with as many questions as its row says.
func (l *Learning) whole(ctx context.Context, f *frozen, slots int) (*frozen, error) {
	if len(f.items) >= slots {
		return f, nil
	}
	l.frozen.drop(f.ID)
	return l.anyAttempt(ctx, f.ID)
}

// grown is whole for one who knows only a slot that must be there.
func (l *Learning) grown(ctx context.Context, f *frozen, slot int) (*frozen, error) {
	if slot > len(f.items)+maxAlerts {
		return f, nil // never so many
	}
	return l.whole(ctx, f, slot)
}

// thaw reads the frozen draw and finds its questions.
func thaw(c *course, text string) ([]shown, error) {
	var items []item
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	list := make([]shown, len(items))
	for i, it := range items {
		q := c.byHash[it.Question]
		if q == nil {
			return nil, fmt.Errorf("question version %.12s is missing", it.Question)
		}
		list[i] = shown{item: it, q: q}
		if !list[i].fits() {
			return nil, fmt.Errorf("slot %d does not fit its question", i+1)
		}
	}
	return list, nil
}
