package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"nhaso/models"
	"nhaso/models/store"
)

// A migrated MySQL database costs seconds, an emptied one a tenth of that, so a
// process keeps those whose schema a test left as it was.
var reuse struct {
	sync.Mutex
	free   []string
	schema string           // fingerprint of a migrated schema
	born   map[string][]any // table → rows that the migrations write, each a []any
	swept  bool
}

// MySQL opens a migrated database on the server of NHASO_TEST_MYSQL with nothing
// in it but what the migrations write. Without the variable the test is
// skipped, unless NHASO_TEST_MYSQL_REQUIRED is set, as the test command does:
// then it fails.
func MySQL(tb testing.TB, clock models.Clock) *store.DB {
	tb.Helper()
	server := mysqlServer(tb)
	reuse.Lock()
	name := ""
	if n := len(reuse.free); n > 0 {
		name, reuse.free = reuse.free[n-1], reuse.free[:n-1]
	}
	reuse.Unlock()
	fresh := name == ""
	if fresh {
		name = create(tb, server)
	}
	// Runs after the database is closed: cleanups go from the last to the first.
	tb.Cleanup(func() { giveBack(tb, server, name) })
	db := open(tb, address(server, name), clock)
	if !fresh {
		return db
	}
	if _, err := db.Migrate(context.Background()); err != nil {
		tb.Fatal(err)
	}
	if err := remember(server, name); err != nil {
		tb.Fatalf("read migrated database: %v", err)
	}
	return db
}

// remember notes once what a migrated database looks like.
func remember(server, name string) error {
	reuse.Lock()
	defer reuse.Unlock()
	if reuse.schema != "" {
		return nil
	}
	return within(server, name, func(c *sql.Conn) (err error) {
		if reuse.schema, err = fingerprint(c, name); err != nil {
			return err
		}
		tables, err := filled(c, name)
		reuse.born = map[string][]any{}
		for _, table := range tables {
			if err == nil {
				reuse.born[table], err = rowsOf(c, table)
			}
		}
		return err
	})
}

// giveBack empties a database for the next test, or drops it when the test
// changed its schema.
func giveBack(tb testing.TB, server, name string) {
	reuse.Lock()
	schema := reuse.schema
	reuse.Unlock()
	err := within(server, name, func(c *sql.Conn) error {
		now, err := fingerprint(c, name)
		if err != nil {
			return err
		}
		if now != schema {
			return errors.New("another schema")
		}
		return empty(c, name)
	})
	if err != nil {
		drop(tb, server, name)
		return
	}
	reuse.Lock()
	defer reuse.Unlock()
	reuse.free = append(reuse.free, name)
}

// empty takes every row out and puts back those of the migrations.
func empty(c *sql.Conn, name string) error {
	ctx := context.Background()
	tables, err := filled(c, name)
	if err != nil {
		return err
	}
	for _, table := range tables {
		if _, err := c.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	for table, rows := range reuse.born {
		for _, row := range rows {
			values := row.([]any)
			marks := strings.TrimSuffix(strings.Repeat("?,", len(values)), ",")
			if _, err := c.ExecContext(ctx, "INSERT INTO "+table+" VALUES ("+marks+")", values...); err != nil {
				return err
			}
		}
	}
	return nil
}

func within(server, name string, do func(*sql.Conn) error) error {
	pool, err := sql.Open("mysql", address(server, name))
	if err != nil {
		return err
	}
	defer pool.Close()
	c, err := pool.Conn(context.Background())
	if err != nil {
		return err
	}
	defer c.Close()
	return do(c)
}

// fingerprint names every column and index of a database.
func fingerprint(c *sql.Conn, name string) (string, error) {
	var sum string
	err := c.QueryRowContext(context.Background(), `SELECT CONCAT_WS('/',
		(SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS('|', table_name, column_name, ordinal_position, column_type, is_nullable, column_default)))) FROM information_schema.columns WHERE table_schema = ?),
		(SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT_WS('|', table_name, index_name, seq_in_index, column_name, non_unique)))) FROM information_schema.statistics WHERE table_schema = ?))`,
		name, name).Scan(&sum)
	return sum, err
}

// filled lists the tables with at least one row, but for the list of migrations.
func filled(c *sql.Conn, name string) ([]string, error) {
	names, err := texts(c, "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_name <> 'goose_db_version'", name)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	parts := make([]string, len(names))
	for i, table := range names {
		parts[i] = fmt.Sprintf("SELECT '%s' AS t FROM DUAL WHERE EXISTS (SELECT 1 FROM %s)", table, table)
	}
	return texts(c, strings.Join(parts, " UNION ALL "))
}

func texts(c *sql.Conn, query string, args ...any) ([]string, error) {
	rows, err := c.QueryContext(context.Background(), query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

func rowsOf(c *sql.Conn, table string) ([]any, error) {
	rows, err := c.QueryContext(context.Background(), "SELECT * FROM "+table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var list []any
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		list = append(list, values)
	}
	return list, rows.Err()
}

// sweep drops what processes that are gone have left on the server.
func sweep(admin *sql.DB) {
	reuse.Lock()
	defer reuse.Unlock()
	if reuse.swept {
		return
	}
	reuse.swept = true
	c, err := admin.Conn(context.Background())
	if err != nil {
		return
	}
	defer c.Close()
	names, _ := texts(c, "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'nhaso\\_%\\_%'")
	for _, name := range names {
		var pid, n int
		if k, _ := fmt.Sscanf(name, "nhaso_%d_%d", &pid, &n); k != 2 || pid == os.Getpid() {
			continue
		}
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_, _ = c.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name)
		}
	}
}
