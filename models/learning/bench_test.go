package learning

import (
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// benchClients is how many pupils answer at once in the benchmarks.
const benchClients = 64

// onBoth runs a benchmark in a fresh world on SQLite and, when there is a
// server, on MySQL.
func onBoth(b *testing.B, run func(b *testing.B, w *world)) {
	for name, open := range map[string]func(testing.TB, models.Clock) *store.DB{"sqlite": storetest.SQLite, "mysql": storetest.MySQL} {
		b.Run(name, func(b *testing.B) {
			clock := storetest.NewClock()
			run(b, newWorld(b, open(b, clock.Now), clock))
		})
	}
}

// spread shares b.N calls among the clients.
func spread(b *testing.B, call func(client, n int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for client := range benchClients {
		wg.Go(func() {
			for n := int(next.Add(1)) - 1; n < b.N; n = int(next.Add(1)) - 1 {
				call(client, n)
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

func (w *world) pool() *sql.DB {
	pool, err := w.db.Pool()
	require.NoError(w.t, err)
	return pool
}

// BenchmarkSave compares an acknowledged answer with the least that could keep
// one: a transaction that reads the attempt's state and inserts the row.
func BenchmarkSave(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		onBoth(b, func(b *testing.B, w *world) {
			p := w.pupil(w.class)
			a := w.start(p, course1, models.ID{})
			pool := w.pool()
			spread(b, func(_, n int) {
				must(b, inBareTx(pool, func(tx *sql.Tx) error {
					var state string
					if err := tx.QueryRow("SELECT state FROM attempts WHERE id = ?", a.ID).Scan(&state); err != nil {
						return err
					}
					_, err := tx.Exec("INSERT INTO answers (attempt_id, seq, slot, response, saved_at) VALUES (?, ?, 1, ?, ?)", a.ID, n+1, `{"choice":"1"}`, storetest.Start)
					return err
				}))
			})
		})
	})
	b.Run("house", func(b *testing.B) {
		onBoth(b, func(b *testing.B, w *world) {
			pupils, attempts, seq := make([]models.Actor, benchClients), make([]Attempt, benchClients), make([]int, benchClients)
			for i := range pupils {
				pupils[i] = w.pupil(w.class)
				attempts[i] = w.start(pupils[i], course1, models.ID{})
			}
			spread(b, func(c, _ int) {
				seq[c]++
				_, err := w.l.SaveAnswer(ctx, pupils[c], attempts[c].ID, Answer{Seq: seq[c], Slot: 1, Response: Response{}})
				must(b, err)
			})
		})
	})
}

// BenchmarkSubmit compares the end of a quiz at home with a transaction that
// reads the answers and writes the result.
func BenchmarkSubmit(b *testing.B) {
	prepare := func(b *testing.B, w *world) ([]models.Actor, []models.ID) {
		pupils, ids := make([]models.Actor, b.N), make([]models.ID, b.N)
		var wg sync.WaitGroup
		slots := make(chan struct{}, benchClients)
		for i := range b.N {
			pupils[i] = models.Actor{Person: newID(), Grants: []models.Grant{{Role: models.RoleStudent, Scope: models.ScopeSelf}}}
			slots <- struct{}{}
			wg.Go(func() {
				ids[i] = w.start(pupils[i], course1, models.ID{}).ID
				w.answer(pupils[i], ids[i], 10)
				<-slots
			})
		}
		wg.Wait()
		return pupils, ids
	}
	b.Run("bare", func(b *testing.B) {
		onBoth(b, func(b *testing.B, w *world) {
			_, ids := prepare(b, w)
			pool := w.pool()
			spread(b, func(_, n int) { must(b, inBareTx(pool, func(tx *sql.Tx) error { return bareSubmit(tx, ids[n]) })) })
		})
	})
	b.Run("house", func(b *testing.B) {
		onBoth(b, func(b *testing.B, w *world) {
			pupils, ids := prepare(b, w)
			spread(b, func(_, n int) {
				_, err := w.l.Submit(ctx, pupils[n], ids[n])
				must(b, err)
			})
		})
	})
}

// BenchmarkSubmitSkill ends quizzes that prove a skill: the grading, the rule,
// the pass.
func BenchmarkSubmitSkill(b *testing.B) {
	onBoth(b, func(b *testing.B, w *world) {
		s := w.session(course1)
		pupils, ids := make([]models.Actor, b.N), make([]models.ID, b.N)
		for i := range b.N {
			pupils[i] = w.pupil(w.class)
			_, err := w.l.JoinSession(ctx, pupils[i], s.Code)
			must(b, err)
			w.lessons(pupils[i], course1)
			ids[i] = w.start(pupils[i], course1, s.ID).ID
			w.answer(pupils[i], ids[i], 10)
		}
		spread(b, func(_, n int) {
			_, err := w.l.Submit(ctx, pupils[n], ids[n])
			must(b, err)
		})
	})
}

func bareSubmit(tx *sql.Tx, id models.ID) error {
	rows, err := tx.Query("SELECT seq, slot, response FROM answers WHERE attempt_id = ? ORDER BY seq", id)
	if err != nil {
		return err
	}
	defer rows.Close()
	last := 0
	for rows.Next() {
		var slot int
		var response string
		if err := rows.Scan(&last, &slot, &response); err != nil {
			return err
		}
	}
	rows.Close()
	res, err := tx.Exec("UPDATE attempts SET state = 'submitted', live = NULL, submitted_at = ?, score = 10000, passed = 1, result = ? WHERE id = ? AND state = 'open'",
		storetest.Start, `[{"seq":1,"score":10000}]`, id)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n != 1 {
		return fmt.Errorf("%d rows", n)
	}
	return nil
}

// inBareTx retries like store.Tx, without anything else.
func inBareTx(pool *sql.DB, fn func(*sql.Tx) error) error {
	var err error
	for range 10 {
		var tx *sql.Tx
		if tx, err = pool.Begin(); err != nil {
			return err
		}
		if err = fn(tx); err == nil {
			if err = tx.Commit(); err == nil {
				return nil
			}
		}
		_ = tx.Rollback()
		time.Sleep(time.Millisecond)
	}
	return err
}

func must(tb testing.TB, err error) {
	if err != nil {
		tb.Error(err)
	}
}
