package main

import (
	"fmt"
	"io"
	"os"

	"nhaso/api"
	"nhaso/models/store"
)

type badgeCmd struct {
	Verify badgeVerifyCmd `cmd:"" help:"Check a downloaded digital badge without a network."`
}

type badgeVerifyCmd struct {
	File string `arg:"" type:"existingfile" help:"The badge: a .jwt file."`
	Keys string `type:"existingfile" help:"The issuer's published keys (/api/v1/badges/keys), saved before; default: those of the database of this installation, if there is one."`
	Name string `help:"The holder's full name as printed; the badge holds only a hash of it."`
	JSON bool   `help:"Print the result as JSON."`
}

// Run prints valid or invalid, who issued it and when; exit code 1 for an
// invalid one. It asks nobody: whether a badge was revoked since, only the
// page named in it can tell.
func (c *badgeVerifyCmd) Run(a *app) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	keys, err := c.knownKeys(a)
	if err != nil {
		return err
	}
	r := api.VerifyBadge(text, keys, c.Name, a.clock.Now())
	err = a.print(c.JSON, r, func(w io.Writer) { sayBadge(w, r) })
	if err == nil && !r.Valid {
		return errSilent
	}
	return err
}

// knownKeys are those of the file, else those of an existing database.
func (c *badgeVerifyCmd) knownKeys(a *app) ([]byte, error) {
	if c.Keys != "" {
		return os.ReadFile(c.Keys)
	}
	if !store.Exists(a.cfg.DatabaseURL) {
		return nil, nil
	}
	house, err := a.house()
	if err != nil {
		return nil, err
	}
	defer house.DB.Close()
	list, err := house.Certificates.BadgeKeys(a.ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return api.BadgeKeySet(list)
}

func sayBadge(w io.Writer, r api.BadgeReport) {
	if !r.Valid {
		fmt.Fprintf(w, "invalid: %s\n", r.Problem)
		return
	}
	fmt.Fprintf(w, "valid: %s\n  issued by %s (%s), school: %s\n  on %s\n  %s\n", r.What, r.Issuer, r.IssuerURL, r.School,
		r.IssuedAt.Format("2006-01-02 15:04 MST"), r.Criteria)
	if r.NameTested {
		fmt.Fprintln(w, "  the name given is the holder's")
	}
	if r.KnownKey == nil {
		fmt.Fprintf(w, "  nothing was altered; that key %s is the issuer's was not checked (--keys)\n", r.Key)
	}
	fmt.Fprintf(w, "  whether it was revoked since: %s\n", r.Page)
}

type keysRotateBadgeCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run makes a new key for badges. The public part of the old one stays
// published, so that its badges can be checked for ever.
func (c *keysRotateBadgeCmd) Run(a *app) error {
	if a.cfg.BadgeKey != nil {
		return usageError{"the key comes from NHASO_BADGE_KEY_FILE; put another one there"}
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	key, err := house.Certificates.RotateBadgeKey(a.ctx)
	if err != nil {
		return fmt.Errorf("badge key: %w", err)
	}
	return a.print(c.JSON, map[string]string{"kid": key.KID}, func(w io.Writer) { fmt.Fprintf(w, "badges are signed with key %s\n", key.KID) })
}
