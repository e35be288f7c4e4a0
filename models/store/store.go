// Package store opens the database and hides every difference between SQLite
// and the MySQL family: connection settings, migrations, retries, error
// translation, the lease row and the grouped commit. No other room imports a
// driver or asks which dialect it runs on.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "github.com/glebarez/go-sqlite" // registers "sqlite" for database/sql
	"github.com/glebarez/sqlite"
	sqlmysql "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"nhaso/models"
)

// The two dialects.
const (
	SQLite = "sqlite"
	MySQL  = "mysql"
)

// DB is one database. Writes go through Tx; reads outside a transaction use
// Read. On SQLite the two are separate pools: one writer connection, several
// query-only readers, so that a reader never takes the write lock.
type DB struct {
	write   *gorm.DB
	read    *gorm.DB
	dialect string
	path    string // SQLite file
	clock   models.Clock

	mu      sync.Mutex
	closing []func() // what must end before the connections do
}

// Open connects to the database that rawURL names and checks that it answers.
// rawURL is "sqlite:PATH" (or a bare path) or "mysql://USER:PASSWORD@HOST:PORT/NAME"
// (or a go-sql-driver DSN with "tcp(" or "unix(" in it). The schema is not
// touched; see Migrate.
func Open(ctx context.Context, rawURL string, clock models.Clock) (*DB, error) {
	if isMySQL(rawURL) {
		return openMySQL(ctx, rawURL, clock)
	}
	return openSQLite(ctx, sqlitePath(rawURL), clock)
}

// Exists tells whether there is a database at rawURL: for SQLite whether the
// file is there, so that a command that only reads does not make an empty one
// and call it good. A MySQL server answers for itself when it is opened.
func Exists(rawURL string) bool {
	if isMySQL(rawURL) {
		return true
	}
	_, err := os.Stat(sqlitePath(rawURL))
	return err == nil
}

// Remove deletes a SQLite database that nobody has open. The error is
// KindInvalid with code "not_sqlite" for any other.
func Remove(rawURL string) error {
	if isMySQL(rawURL) {
		return models.Invalid("not_sqlite")
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(sqlitePath(rawURL) + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func sqlitePath(rawURL string) string {
	return strings.TrimPrefix(strings.TrimPrefix(rawURL, "sqlite:"), "//")
}

func isMySQL(rawURL string) bool {
	return strings.HasPrefix(rawURL, "mysql:") || strings.Contains(rawURL, "@tcp(") || strings.Contains(rawURL, "@unix(")
}

// sqliteDSN sets what every connection needs. synchronous(FULL) because an
// acknowledged answer must survive a power cut; IMMEDIATE because a deferred
// transaction that reads first and writes later fails under load.
func sqliteDSN(path string, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(10000)")
	q.Add("_pragma", "journal_mode(WAL)")
	q.Add("_pragma", "foreign_keys(1)")
	q.Add("_pragma", "synchronous(FULL)")
	q.Add("_pragma", "temp_store(MEMORY)")
	q.Add("_pragma", "cache_size(-32000)")
	q.Add("_time_format", "sqlite")
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, path string, clock models.Clock) (*DB, error) {
	if path == "" {
		return nil, errors.New("open database: empty path")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{dialect: SQLite, path: path, clock: clock}
	var err error
	if db.write, err = sqlitePool(ctx, sqliteDSN(path, false), 1, clock); err != nil {
		return nil, err
	}
	if db.read, err = sqlitePool(ctx, sqliteDSN(path, true), 8, clock); err != nil {
		return nil, err
	}
	return db, nil
}

func sqlitePool(ctx context.Context, dsn string, conns int, clock models.Clock) (*gorm.DB, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return openGorm(sqlite.Dialector{Conn: pool}, clock)
}

// mysqlDSN accepts a URL or a driver DSN and adds what the portable subset
// needs: UTC, binary collation, found rows (so that RowsAffected counts the
// rows a condition matched, as SQLite does).
func mysqlDSN(rawURL string) (string, error) {
	dsn := rawURL
	if strings.HasPrefix(rawURL, "mysql:") && !strings.Contains(rawURL, "@tcp(") && !strings.Contains(rawURL, "@unix(") {
		u, err := url.Parse(rawURL)
		if err != nil || u.Host == "" {
			return "", errors.New("open database: NHASO_DATABASE_URL is not mysql://user:password@host:port/name")
		}
		cfg := sqlmysql.NewConfig()
		cfg.User = u.User.Username()
		cfg.Passwd, _ = u.User.Password()
		cfg.Net, cfg.Addr = "tcp", u.Host
		if u.Port() == "" {
			cfg.Addr += ":3306"
		}
		cfg.DBName = strings.TrimPrefix(u.Path, "/")
		dsn = cfg.FormatDSN()
		if u.RawQuery != "" {
			dsn = strings.SplitN(dsn, "?", 2)[0] + "?" + u.RawQuery
		}
	}
	cfg, err := sqlmysql.ParseDSN(strings.TrimPrefix(strings.TrimPrefix(dsn, "mysql:"), "//"))
	if err != nil {
		return "", errors.New("open database: the MySQL address cannot be read") // the cause holds the password
	}
	cfg.ParseTime, cfg.Loc = true, time.UTC
	cfg.Collation, cfg.ClientFoundRows, cfg.InterpolateParams = "utf8mb4_bin", true, true
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	cfg.Params["time_zone"] = "'+00:00'"
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	return cfg.FormatDSN(), nil
}

func openMySQL(ctx context.Context, rawURL string, clock models.Clock) (*DB, error) {
	dsn, err := mysqlDSN(rawURL)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("mysql", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxOpenConns(64)
	pool.SetMaxIdleConns(32)
	pool.SetConnMaxLifetime(5 * time.Minute) // below any server's wait_timeout
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	g, err := openGorm(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}), clock)
	if err != nil {
		return nil, err
	}
	return &DB{write: g, read: g, dialect: MySQL, clock: clock}, nil
}

func openGorm(d gorm.Dialector, clock models.Clock) (*gorm.DB, error) {
	g, err := gorm.Open(d, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		NowFunc:                clock.Now,
		Logger: quietLogger{logger.NewSlogLogger(slog.Default(), logger.Config{
			SlowThreshold:             500 * time.Millisecond,
			LogLevel:                  logger.Warn,
			IgnoreRecordNotFoundError: true,
			ParameterizedQueries:      true,
		})},
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return g, nil
}

// quietLogger leaves out what is no trouble: unique indexes decide races here,
// so a refused row is an answer, and a caller who hung up is nobody's fault.
type quietLogger struct{ logger.Interface }

// Trace logs one statement.
func (q quietLogger) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), err error) {
	if errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, context.Canceled) {
		err = nil
	}
	q.Interface.Trace(ctx, begin, fc, err)
}

// ParamsFilter keeps every value out of the log: no personal data in it.
func (q quietLogger) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

// Read is the session for reads outside a transaction. It must not write.
func (db *DB) Read(ctx context.Context) *gorm.DB { return db.read.WithContext(ctx) }

// Dialect names the kind of database, for display and for benchmarks only.
func (db *DB) Dialect() string { return db.dialect }

// Clock is the clock the database was opened with.
func (db *DB) Clock() models.Clock { return db.clock }

// Ping checks that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	pool, err := db.write.DB()
	if err != nil {
		return err
	}
	return pool.PingContext(ctx)
}

// Pool is the writing connection pool, for the metrics collector and for the
// bare transactions that benchmarks compare with.
func (db *DB) Pool() (*sql.DB, error) { return db.write.DB() }

// BeforeClose has f run once when the database is closed, while it still
// answers: for work in the background that must come to its end first.
func (db *DB) BeforeClose(f func()) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.closing = append(db.closing, f)
}

// At is the same database seen at other hours, as a house needs that fills
// itself with a history. It is closed with db.
func (db *DB) At(clock models.Clock) *DB {
	twin := &DB{write: db.write, read: db.read, dialect: db.dialect, path: db.path, clock: clock}
	db.BeforeClose(twin.end)
	return twin
}

// end runs what BeforeClose was given.
func (db *DB) end() {
	db.mu.Lock()
	closing := db.closing
	db.closing = nil
	db.mu.Unlock()
	for _, f := range closing {
		f()
	}
}

// Close ends what BeforeClose was given and releases every connection.
func (db *DB) Close() error {
	db.end()
	var errs []error
	for _, g := range []*gorm.DB{db.write, db.read} {
		pool, err := g.DB()
		if err == nil {
			err = pool.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Backup writes a consistent copy of a SQLite database into a new file while
// the server runs. On MySQL the server's own tools do that: the error is
// KindInvalid with code "backup_needs_sqlite".
func (db *DB) Backup(ctx context.Context, target string) error {
	if db.dialect != SQLite {
		return models.Invalid("backup_needs_sqlite")
	}
	if _, err := os.Stat(target); err == nil {
		return models.Conflict("backup_exists")
	}
	// VACUUM writes to another file only, but query_only refuses it.
	return db.write.WithContext(ctx).Exec("VACUUM INTO ?", target).Error
}
