package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"nhaso/models/store"
)

// open connects to the configured database without touching the schema.
func (a *app) open() (*store.DB, error) {
	return store.Open(a.ctx, a.cfg.DatabaseURL, a.clock)
}

// openCurrent connects and makes sure that the schema is this program's: on the
// embedded database by migrating, elsewhere by refusing.
func (a *app) openCurrent() (*store.DB, error) {
	db, err := a.open()
	if err != nil {
		return nil, err
	}
	if err := bringCurrent(a.ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func bringCurrent(ctx context.Context, db *store.DB) error {
	if db.MigratesItself() {
		_, err := db.Migrate(ctx)
		return err
	}
	behind, err := db.Behind(ctx)
	if err != nil {
		return err
	}
	if behind > 0 {
		return fmt.Errorf("the database is %d migrations behind this program; run `nhaso migrate` first", behind)
	}
	return nil
}

// print writes v as one JSON line, or calls plain for people.
func (a *app) print(asJSON bool, v any, plain func(w io.Writer)) error {
	if !asJSON {
		plain(a.stdout)
		return nil
	}
	return json.NewEncoder(a.stdout).Encode(v)
}

// progress shows a bar on a terminal and nothing in a pipe. total -1 means
// unknown.
func (a *app) progress(total int64, what string) *progressbar.ProgressBar {
	visible := false
	if f, ok := a.stderr.(*os.File); ok {
		visible = term.IsTerminal(int(f.Fd()))
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(a.stderr),
		progressbar.OptionSetVisibility(visible), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
}

type migrateCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run applies what is missing of the schema.
func (c *migrateCmd) Run(a *app) error {
	db, err := a.open()
	if err != nil {
		return err
	}
	defer db.Close()
	applied, err := db.Migrate(a.ctx)
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]int{"applied": applied}, func(w io.Writer) {
		fmt.Fprintf(w, "%d migrations applied\n", applied)
	})
}

type backupCmd struct {
	Target string `arg:"" optional:"" help:"File to write; default backups/nhaso-DATE.db in the data directory."`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run copies the embedded database while the server goes on.
func (c *backupCmd) Run(a *app) error {
	if !store.Exists(a.cfg.DatabaseURL) {
		return errors.New("there is no database yet; check NHASO_DATA_DIR and NHASO_DATABASE_URL")
	}
	db, err := a.open()
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Target == "" {
		c.Target = filepath.Join(a.cfg.DataDir, "backups", "nhaso-"+a.clock.Now().Format("20060102-150405")+".db")
	}
	if err := os.MkdirAll(filepath.Dir(c.Target), 0o750); err != nil {
		return err
	}
	if err := db.Backup(a.ctx, c.Target); err != nil {
		return err
	}
	info, err := os.Stat(c.Target)
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]any{"file": c.Target, "bytes": info.Size()}, func(w io.Writer) {
		fmt.Fprintf(w, "%s (%d bytes)\n", c.Target, info.Size())
	})
}

type keysCmd struct {
	Rotate      keysRotateCmd      `cmd:"" help:"Sign with a new key from now on; the old one is accepted until its last token is over."`
	RotateBadge keysRotateBadgeCmd `cmd:"" help:"Sign digital badges with a new key from now on; the old public key stays published."`
}

type keysRotateCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run rotates the key in the database; running servers take it over within
// their cache time. With NHASO_SECRET set, change that instead.
func (c *keysRotateCmd) Run(a *app) error {
	if len(a.cfg.Secret) > 0 {
		return usageError{"the key comes from NHASO_SECRET; set another one there"}
	}
	house, err := a.house()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	key, err := house.People.RotateKeys(a.ctx)
	if err != nil {
		return err
	}
	return a.print(c.JSON, map[string]string{"kid": key.KID}, func(w io.Writer) { fmt.Fprintf(w, "signing with key %s\n", key.KID) })
}
