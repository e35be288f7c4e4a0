package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/seeds"
)

const (
	benchCourse  = "self_protection-thcs"
	benchClients = 64  // pupils answering at once
	benchSubmits = 400 // attempts submitted in one round
)

// passInsert is the floor's row: as many columns as a real pass has.
const passInsert = `INSERT INTO skill_passes (id, person_id, seq, skill, rule_version, attempt_id, course_key, course_hash, attempt_hash,
	score, passed_at, hash) VALUES (?, ?, 1, 'floor', 1, ?, 'floor', 'floor', 'floor', 10000, ?, 'floor')`

// benchClass is a class with an open session on one database.
type benchClass struct {
	*seeds.Classroom
	house *seeds.House
	pool  *sql.DB
}

func (b *bench) classroom(url string) (*benchClass, error) {
	db, err := store.Open(b.ctx, url, b.clock)
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(b.ctx); err != nil {
		return nil, err
	}
	house := seeds.Build(db, seeds.Wiring{})
	room, err := house.NewClassroom(b.ctx, benchSubmits)
	if err != nil {
		return nil, err
	}
	pool, err := db.Pool()
	return &benchClass{Classroom: room, house: house, pool: pool}, err
}

func (b *bench) learningSQLite() error {
	c, err := b.classroom("sqlite:" + b.file("learning.db"))
	if err != nil {
		return err
	}
	defer c.house.DB.Close()
	if b.wanted("lesson_read") {
		if err := b.lessonRead(c); err != nil {
			return fmt.Errorf("lesson_read: %w", err)
		}
	}
	return b.hotWrites(c, "sqlite")
}

func (b *bench) learningMariaDB() error {
	server := os.Getenv("NHASO_BENCH_MYSQL")
	if server == "" {
		b.skip("answer_save_mariadb, submit_mariadb: NHASO_BENCH_MYSQL is not set; `make bench` starts a server and sets it")
		return nil
	}
	name := fmt.Sprintf("nhaso_bench_%d", os.Getpid())
	admin, err := sql.Open("mysql", server)
	if err != nil {
		return err
	}
	defer admin.Close()
	if _, err := admin.Exec("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		return err
	}
	defer admin.Exec("DROP DATABASE " + name) //nolint:errcheck // a leftover of a temporary server
	c, err := b.classroom(server + name)
	if err != nil {
		return err
	}
	defer c.house.DB.Close()
	return b.hotWrites(c, "mariadb")
}

func (b *bench) hotWrites(c *benchClass, suffix string) error {
	if b.wanted("answer_save_" + suffix) {
		if err := b.answerSave(c, "answer_save_"+suffix); err != nil {
			return fmt.Errorf("answer save: %w", err)
		}
	}
	if b.wanted("pulse_" + suffix) {
		if err := b.pulse(c, "pulse_"+suffix); err != nil {
			return fmt.Errorf("pulse: %w", err)
		}
	}
	if b.wanted("submit_" + suffix) {
		if err := b.submit(c, "submit_"+suffix); err != nil {
			return fmt.Errorf("submit: %w", err)
		}
	}
	return nil
}

// lessonRead compares reading a lesson, signed in, over HTTP with a bare Gin
// handler that writes the same bytes.
func (b *bench) lessonRead(c *benchClass) error {
	handler, err := b.handler(c.house)
	if err != nil {
		return err
	}
	ours, stop, err := listen(handler)
	if err != nil {
		return err
	}
	defer stop()
	token, err := signIn(ours, c.Username, c.Password)
	if err != nil {
		return err
	}
	course, ok := c.house.Catalog.Course(benchCourse)
	if !ok {
		return fmt.Errorf("no course %s", benchCourse)
	}
	path := "/api/v1/courses/" + benchCourse + "/lessons/" + course.Lessons[0].Key
	body, err := fetch(http.DefaultClient, ours+path, token)
	if err != nil {
		return err
	}
	engine := gin.New()
	engine.GET("/lesson", func(g *gin.Context) { g.Data(http.StatusOK, "application/json", body) })
	bare, stopBare, err := listen(engine)
	if err != nil {
		return err
	}
	defer stopBare()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchClients, DisableCompression: true}}
	read := func(url string) func(int, int) error {
		return func(int, int) error {
			got, err := fetch(client, url, token)
			if err == nil && len(got) != len(body) {
				err = fmt.Errorf("%d bytes instead of %d", len(got), len(body))
			}
			return err
		}
	}
	value, floor, err := b.versus(benchClients, read(ours+path), read(bare+"/lesson"))
	if err != nil {
		return err
	}
	b.add(benchResult{Name: "lesson_read", Value: value, Floor: floor, Unit: "req/s",
		Note: "64 connections, signed in, client in the same process; floor: bare Gin handler with the same bytes"})
	return nil
}

func listen(h http.Handler) (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go server.Serve(l) //nolint:errcheck // it always ends with ErrServerClosed
	return "http://" + l.Addr().String(), func() { server.Close() }, nil
}

func signIn(base, username, password string) (token string, err error) {
	body, err := json.Marshal(map[string]any{"username": username, "password": password, "cookies": false})
	if err != nil {
		return "", err
	}
	res, err := http.Post(base+"/api/v1/sessions", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var session struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&session); err != nil || session.AccessToken == "" {
		return "", fmt.Errorf("sign in: %s %v", res.Status, err)
	}
	return session.AccessToken, nil
}

func fetch(client *http.Client, url, token string) ([]byte, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, res.Status)
	}
	return body, err
}

// answerSave compares saving one answer (all checks, grouped commit) with one
// bare transaction that inserts the same row.
func (b *bench) answerSave(c *benchClass, name string) error {
	attempts := make([]learning.Attempt, benchClients)
	seqs := make([]int, benchClients)
	for i := range attempts {
		a, err := c.Start(b.ctx, c.Pupils[i])
		if err != nil {
			return err
		}
		attempts[i] = a
	}
	ours := func(client, _ int) error {
		seqs[client]++
		a := attempts[client]
		item := a.Items[seqs[client]%len(a.Items)]
		_, err := c.house.Learning.SaveAnswer(b.ctx, c.Pupils[client].Actor(), a.ID,
			learning.Answer{Seq: seqs[client], Slot: item.Slot, Response: c.Right(item)})
		return err
	}
	bare := models.NewID(b.clock.Now())
	var seq atomic.Int64
	response, err := json.Marshal(c.Right(attempts[0].Items[0]))
	if err != nil {
		return err
	}
	floor := func(int, int) error {
		return bareTx(b.ctx, c.pool, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(b.ctx, "INSERT INTO answers (attempt_id, seq, slot, response, saved_at) VALUES (?, ?, 1, ?, ?)",
				bare[:], seq.Add(1), string(response), b.clock.Now())
			return err
		})
	}
	value, base, err := b.versus(benchClients, ours, floor)
	if err != nil {
		return err
	}
	b.add(benchResult{Name: name, Value: value, Floor: base, Unit: "saves/s", Note: "64 pupils; floor: one bare transaction with the same INSERT"})
	return nil
}

// submit compares ending an attempt (grade, pass, issue, recount) with one
// bare transaction that only writes what must be written: the attempt's end,
// the closing row of the answer log and the pass.
func (b *bench) submit(c *benchClass, name string) error {
	var ours, floors []float64
	for range b.Rounds {
		attempts, err := c.Answered(b.ctx, benchSubmits)
		if err != nil {
			return err
		}
		rate, err := b.each(len(attempts), func(n int) error {
			_, err := c.house.Learning.Submit(b.ctx, c.Pupils[n].Actor(), attempts[n].ID)
			return err
		})
		if err != nil {
			return err
		}
		ours = append(ours, rate)
		if rate, err = b.bareSubmits(c, attempts); err != nil {
			return fmt.Errorf("floor: %w", err)
		}
		floors = append(floors, rate)
	}
	b.add(benchResult{Name: name, Value: median(ours), Floor: median(floors), Unit: "submits/s",
		Note: "32 pupils at once; floor: one bare transaction: UPDATE attempt, INSERT closing row, INSERT pass"})
	return nil
}

func (b *bench) bareSubmits(c *benchClass, attempts []learning.Attempt) (float64, error) {
	now := b.clock.Now()
	return b.each(len(attempts), func(n int) error {
		return bareTx(b.ctx, c.pool, func(tx *sql.Tx) error {
			id := attempts[n].ID
			if _, err := tx.ExecContext(b.ctx, "UPDATE attempts SET score = 10000, passed = 1, result_hash = ? WHERE id = ?", "floor", id[:]); err != nil {
				return err
			}
			if _, err := tx.ExecContext(b.ctx, "INSERT INTO answers (attempt_id, seq, slot, response, saved_at) VALUES (?, ?, 0, '{}', ?)",
				id[:], 1000, now); err != nil {
				return err
			}
			pass, person := models.NewID(now), models.NewID(now)
			_, err := tx.ExecContext(b.ctx, passInsert, pass[:], person[:], id[:], now)
			return err
		})
	})
}

// each runs op for 0..n-1 from 32 goroutines and answers operations per second.
func (b *bench) each(n int, op func(n int) error) (float64, error) {
	var next atomic.Int64
	start := time.Now()
	err := parallel(32, func() error {
		for {
			i := int(next.Add(1) - 1)
			if i >= n {
				return nil
			}
			if err := op(i); err != nil {
				return err
			}
		}
	})
	return float64(n) / time.Since(start).Seconds(), err
}

func bareTx(ctx context.Context, pool *sql.DB, fn func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return fmt.Errorf("%w (%v)", err, tx.Rollback())
	}
	return tx.Commit()
}
