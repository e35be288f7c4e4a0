package certificate

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// BadgeKey is an RSA key that signs digital badges, or has signed them. Only
// the active one may have a private part.
type BadgeKey struct {
	KID       string // RFC 7638 thumbprint of the public key
	Public    *rsa.PublicKey
	Private   *rsa.PrivateKey // nil: replaced, or kept outside the database
	Active    bool
	CreatedAt time.Time
}

// badgeBits is the smallest RSA key that Open Badges verifiers take.
const badgeBits = 2048

// badgeKeyRow is the badge_keys table; keys are DER in base64.
type badgeKeyRow struct {
	KID        string `gorm:"column:kid"`
	PublicDer  string
	PrivateDer *string
	Active     *int
	CreatedAt  time.Time
}

// Thumbprint names a public key by its content (RFC 7638).
func Thumbprint(k *rsa.PublicKey) string {
	enc := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256([]byte(`{"e":"` + enc(big.NewInt(int64(k.E)).Bytes()) + `","kty":"RSA","n":"` + enc(k.N.Bytes()) + `"}`))
	return enc(sum[:])
}

// ParseBadgeKey reads a private RSA key in PEM (PKCS 8 or PKCS 1). The error is
// Invalid "invalid_badge_key", also for fewer than 2048 bits.
func ParseBadgeKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, models.Invalid("invalid_badge_key")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, models.Invalid("invalid_badge_key")
		}
		key, _ = any.(*rsa.PrivateKey)
	}
	if key == nil || key.N.BitLen() < badgeBits {
		return nil, models.Invalid("invalid_badge_key")
	}
	return key, nil
}

// BadgeKeys lists every key that ever signed a badge, the active one first:
// what is published, so that old badges can be checked.
func (c *Certificates) BadgeKeys(ctx context.Context) ([]BadgeKey, error) {
	return badgeKeys(c.db.Read(ctx))
}

func badgeKeys(tx *gorm.DB) ([]BadgeKey, error) {
	var rows []badgeKeyRow
	if err := tx.Raw("SELECT kid, public_der, private_der, active, created_at FROM badge_keys ORDER BY (active IS NULL), created_at DESC, kid").Scan(&rows).Error; err != nil {
		return nil, err
	}
	keys := make([]BadgeKey, len(rows))
	for i, r := range rows {
		k, err := r.key()
		if err != nil {
			return nil, fmt.Errorf("badge key %s: %w", r.KID, err)
		}
		keys[i] = k
	}
	return keys, nil
}

func (r badgeKeyRow) key() (k BadgeKey, err error) {
	k = BadgeKey{KID: r.KID, Active: r.Active != nil, CreatedAt: r.CreatedAt.UTC()}
	der, err := base64.StdEncoding.DecodeString(r.PublicDer)
	if err != nil {
		return k, err
	}
	if k.Public, err = x509.ParsePKCS1PublicKey(der); err != nil || r.PrivateDer == nil {
		return k, err
	}
	if der, err = base64.StdEncoding.DecodeString(*r.PrivateDer); err != nil {
		return k, err
	}
	k.Private, err = x509.ParsePKCS1PrivateKey(der)
	return k, err
}

// UseBadgeKey makes a key from outside the database sign from now on; only its
// public part is stored. Every copy of the program must be given the same one.
func (c *Certificates) UseBadgeKey(ctx context.Context, key *rsa.PrivateKey) error {
	c.outside = key
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		keys, err := badgeKeys(tx)
		if err != nil {
			return err
		}
		kid := Thumbprint(&key.PublicKey)
		for _, k := range keys {
			if k.KID == kid && k.Active {
				return nil
			}
		}
		return c.activate(tx, &key.PublicKey, nil)
	})
}

// SigningBadgeKey answers the key that signs, and makes one when there is
// none. The error is KindUnavailable "no_badge_key" when the active key is kept
// outside the database and this copy was not given it.
func (c *Certificates) SigningBadgeKey(ctx context.Context) (BadgeKey, error) {
	keys, err := c.BadgeKeys(ctx)
	if err != nil {
		return BadgeKey{}, err
	}
	if len(keys) == 0 || !keys[0].Active {
		return c.newBadgeKey(ctx, false)
	}
	k := keys[0]
	if k.Private == nil && c.outside != nil && Thumbprint(&c.outside.PublicKey) == k.KID {
		k.Private = c.outside
	}
	if k.Private == nil {
		return BadgeKey{}, models.Fail(models.KindUnavailable, "no_badge_key")
	}
	return k, nil
}

// RotateBadgeKey makes a new key that signs from now on. The private part of
// the old one is thrown away; its public part stays published.
func (c *Certificates) RotateBadgeKey(ctx context.Context) (BadgeKey, error) {
	return c.newBadgeKey(ctx, true)
}

func (c *Certificates) newBadgeKey(ctx context.Context, replace bool) (BadgeKey, error) {
	fresh, err := rsa.GenerateKey(rand.Reader, badgeBits) // before the transaction: it takes a while
	if err != nil {
		return BadgeKey{}, err
	}
	var out BadgeKey
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		keys, err := badgeKeys(tx)
		if err != nil {
			return err
		}
		if len(keys) > 0 && keys[0].Active && !replace {
			out = keys[0] // another copy was first
			return nil
		}
		out = BadgeKey{KID: Thumbprint(&fresh.PublicKey), Public: &fresh.PublicKey, Private: fresh, Active: true, CreatedAt: c.clock.Now()}
		return c.activate(tx, &fresh.PublicKey, fresh)
	})
	return out, err
}

// activate retires the key that signs and puts another in its place. The
// unique index lets one of two writers through; the other one runs again.
func (c *Certificates) activate(tx *gorm.DB, public *rsa.PublicKey, private *rsa.PrivateKey) error {
	now, kid := c.clock.Now(), Thumbprint(public)
	err := tx.Exec("UPDATE badge_keys SET active = NULL, private_der = NULL, retired_at = ? WHERE active = 1", now).Error
	if err != nil {
		return err
	}
	res := tx.Exec("UPDATE badge_keys SET active = 1, retired_at = NULL WHERE kid = ?", kid)
	if res.Error != nil || res.RowsAffected == 1 {
		return res.Error // a key of before is taken up again
	}
	var hidden *string
	if private != nil {
		text := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(private))
		hidden = &text
	}
	err = tx.Exec("INSERT INTO badge_keys (kid, public_der, private_der, active, created_at) VALUES (?, ?, ?, 1, ?)",
		kid, base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(public)), hidden, now).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	return err
}
