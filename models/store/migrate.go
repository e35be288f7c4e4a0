package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// provider builds the migration engine: plain SQL files, one set for every
// dialect, each applied once and recorded in goose_db_version.
func (db *DB) provider() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if db.dialect == MySQL {
		dialect = goose.DialectMySQL
	}
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	pool, err := db.write.DB()
	if err != nil {
		return nil, err
	}
	// Parts of one release are written side by side: a database that took a later
	// number first takes the earlier one when it comes.
	return goose.NewProvider(dialect, pool, files, goose.WithAllowOutofOrder(true))
}

// Migrate brings the schema up to this program's version and answers how many
// steps were applied. On MySQL a step that fails half way leaves its first
// statements behind (DDL is not transactional there): restore and repeat.
func (db *DB) Migrate(ctx context.Context) (int, error) {
	p, err := db.provider()
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// Behind answers how many migrations are still to be applied. A server that
// does not migrate by itself refuses to start unless it is 0.
func (db *DB) Behind(ctx context.Context) (int, error) {
	p, err := db.provider()
	if err != nil {
		return 0, err
	}
	steps, err := p.Status(ctx)
	if err != nil {
		return 0, fmt.Errorf("schema version: %w", err)
	}
	pending := 0
	for _, s := range steps {
		if s.State == goose.StatePending {
			pending++
		}
	}
	return pending, nil
}

// MigratesItself tells whether a server may bring the schema up to date on its
// own: on the embedded database only, where it is the only user.
func (db *DB) MigratesItself() bool { return db.dialect == SQLite }
