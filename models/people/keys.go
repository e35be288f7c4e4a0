package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store"
)

// Key is a secret with which access tokens are signed (HS256). KID names it in
// a token's header. A retired key signs nothing more; tokens it has signed are
// accepted until they run out.
type Key struct {
	KID     string
	Secret  []byte
	Retired bool
}

// keyRow is the signing_keys table.
type keyRow struct {
	KID       string `gorm:"column:kid"`
	Secret    []byte
	CreatedAt time.Time
	RetiredAt *time.Time
}

// clockSkew is how far the clocks of two copies of the program may differ.
const clockSkew = time.Minute

// SigningKeys answers the keys that count now, the one that signs first. With
// none it makes one.
func (p *People) SigningKeys(ctx context.Context) ([]Key, error) {
	keys, err := p.readKeys(p.db.Read(ctx))
	if err != nil || len(keys) > 0 && !keys[0].Retired {
		return keys, err
	}
	if _, err := p.EnsureKey(ctx, nil); err != nil {
		return nil, err
	}
	return p.readKeys(p.db.Read(ctx))
}

func (p *People) readKeys(tx *gorm.DB) ([]Key, error) {
	var rows []keyRow
	expired := p.db.Clock().Now().Add(-p.opts.AccessTTL - clockSkew)
	err := tx.Raw("SELECT * FROM signing_keys WHERE retired_at IS NULL OR retired_at > ?"+
		" ORDER BY (retired_at IS NOT NULL), created_at DESC, kid", expired).Scan(&rows).Error
	keys := make([]Key, len(rows))
	for i, r := range rows {
		keys[i] = Key{r.KID, r.Secret, r.RetiredAt != nil}
	}
	return keys, err
}

// EnsureKey makes sure that there is a key to sign with, and answers it. With
// a secret (32 bytes or more, from the environment) that is the key, and others
// retire; a secret that has been retired before stays so. Without one a random
// key is made when there is none. The error is Invalid "secret_too_short".
func (p *People) EnsureKey(ctx context.Context, secret []byte) (Key, error) {
	if secret != nil && len(secret) < 32 {
		return Key{}, models.Invalid("secret_too_short")
	}
	var key Key
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		key, err = p.ensureKey(tx, secret)
		return err
	})
	return key, err
}

func (p *People) ensureKey(tx *gorm.DB, secret []byte) (Key, error) {
	keys, err := p.readKeys(tx)
	if err != nil {
		return Key{}, err
	}
	active := len(keys) > 0 && !keys[0].Retired
	if secret == nil {
		if active {
			return keys[0], nil
		}
		return addKey(tx, newKey(nil), p.db.Clock().Now())
	}
	wanted := newKey(secret)
	if active && keys[0].KID == wanted.KID {
		return keys[0], nil
	}
	var known int64
	if err := tx.Raw("SELECT COUNT(*) FROM signing_keys WHERE kid = ?", wanted.KID).Scan(&known).Error; err != nil {
		return Key{}, err
	}
	if known == 0 {
		return addKey(tx, wanted, p.db.Clock().Now())
	}
	if !active {
		return addKey(tx, newKey(nil), p.db.Clock().Now())
	}
	return keys[0], nil
}

// newKey names a secret by its hash; a long one is cut to a hash, the width of
// the column.
func newKey(secret []byte) Key {
	if secret == nil {
		secret = make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			panic(err) // crypto/rand documents that it does not return
		}
	}
	if len(secret) > 64 {
		sum := sha256.Sum256(secret)
		secret = sum[:]
	}
	name := sha256.Sum256(append([]byte("kid:"), secret...))
	return Key{KID: hex.EncodeToString(name[:8]), Secret: secret}
}

// addKey writes a key that signs from now on; the others retire.
func addKey(tx *gorm.DB, k Key, now time.Time) (Key, error) {
	if err := tx.Exec("UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL", now).Error; err != nil {
		return Key{}, err
	}
	err := tx.Exec("INSERT INTO signing_keys (kid, secret, created_at) VALUES (?, ?, ?)", k.KID, k.Secret, now).Error
	if store.IsDuplicate(err) {
		return Key{}, store.ErrRetry
	}
	return k, err
}

// RotateKeys makes a new random key and retires the others: tokens that are
// out stay valid until they run out. To end them at once as well, sign the
// accounts out everywhere.
func (p *People) RotateKeys(ctx context.Context) (Key, error) {
	var key Key
	err := p.db.Tx(ctx, func(tx *gorm.DB) error {
		var err error
		if key, err = addKey(tx, newKey(nil), p.db.Clock().Now()); err != nil {
			return err
		}
		return audit.Append(tx, models.System(), audit.Entry{Act: audit.KeysRotated, Kind: audit.KindSystem})
	})
	return key, err
}
