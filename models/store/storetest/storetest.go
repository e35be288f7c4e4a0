// Package storetest gives every room's tests a real, migrated database: SQLite
// in a temporary file always, MariaDB or MySQL as well when NHASO_TEST_MYSQL
// holds an address with the right to create databases.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nhaso/models"
	"nhaso/models/store"
)

// Start is the instant at which the test clock begins: a Monday morning in
// Quảng Ninh, 08:00 on 23 November 2026.
var Start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// Clock is a clock that a test moves by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at Start.
func NewClock() *Clock { return &Clock{now: Start} }

// Now reads the clock; pass c.Now where a models.Clock is wanted.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock forward.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// SQLite opens a fresh, migrated SQLite database for one test.
func SQLite(tb testing.TB, clock models.Clock) *store.DB {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.db")
	copyTemplate(tb, path)
	return open(tb, "sqlite:"+path, clock)
}

var template struct {
	sync.Once
	data []byte
	err  error
}

// copyTemplate migrates once per process and copies the file for each test.
func copyTemplate(tb testing.TB, path string) {
	tb.Helper()
	template.Do(func() { template.data, template.err = buildTemplate() })
	if template.err != nil {
		tb.Fatalf("build template database: %v", template.err)
	}
	if err := os.WriteFile(path, template.data, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func buildTemplate() ([]byte, error) {
	dir, err := os.MkdirTemp("", "nhaso-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "t.db"), NewClock().Now)
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	// A backup is one file without a write-ahead log beside it.
	if err := db.Backup(ctx, filepath.Join(dir, "copy.db")); err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, "copy.db"))
}

var serial atomic.Int64

// MySQLURL is MySQL for a test that gives the database to another process: a
// fresh, empty one by its address, dropped afterwards.
func MySQLURL(tb testing.TB) string {
	tb.Helper()
	server := mysqlServer(tb)
	name := create(tb, server)
	tb.Cleanup(func() { drop(tb, server, name) })
	return address(server, name)
}

func mysqlServer(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv("NHASO_TEST_MYSQL")
	if server == "" {
		if os.Getenv("NHASO_TEST_MYSQL_REQUIRED") != "" {
			tb.Fatal("NHASO_TEST_MYSQL is not set; `make test` starts a server and sets it")
		}
		tb.Skip("NHASO_TEST_MYSQL is not set; `make test` starts a server and sets it")
	}
	return server
}

// create makes an empty database and answers its name.
func create(tb testing.TB, server string) string {
	tb.Helper()
	name := fmt.Sprintf("nhaso_%d_%d", os.Getpid(), serial.Add(1))
	admin, err := sql.Open("mysql", server)
	if err != nil {
		tb.Fatal(err)
	}
	defer admin.Close()
	sweep(admin)
	if _, err := admin.Exec("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		tb.Fatalf("create database: %v", err)
	}
	return name
}

// address puts a database's name into the server's address, which ends in "/"
// or in "/?parameters".
func address(server, name string) string {
	at := strings.LastIndex(server, "/") + 1
	return server[:at] + name + server[at:]
}

func drop(tb testing.TB, server, name string) {
	admin, err := sql.Open("mysql", server)
	if err == nil {
		defer admin.Close()
		_, err = admin.Exec("DROP DATABASE " + name)
	}
	if err != nil {
		tb.Errorf("drop database: %v", err)
	}
}

func open(tb testing.TB, url string, clock models.Clock) *store.DB {
	tb.Helper()
	db, err := store.Open(context.Background(), url, clock)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close database: %v", err)
		}
	})
	return db
}

// Each runs one test on SQLite and on MySQL, each with a clock of its own.
func Each(t *testing.T, test func(t *testing.T, db *store.DB, clock *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		clock := NewClock()
		test(t, SQLite(t, clock.Now), clock)
	})
	t.Run("mysql", func(t *testing.T) {
		clock := NewClock()
		test(t, MySQL(t, clock.Now), clock)
	})
}
