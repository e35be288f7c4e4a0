package classroom

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"gorm.io/gorm"

	"nhaso/models/store"
)

// serverKey is the key that signs packs and receipts.
type serverKey struct {
	KID    string
	Secret []byte
}

func (k serverKey) private() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Secret) }

func (k serverKey) public() ed25519.PublicKey {
	return k.private().Public().(ed25519.PublicKey)
}

// keyID names a public key by its content.
func keyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:12])
}

// key reads the server's key, and makes it the first time. Of two copies of
// the program that make one, the unique index lets one in.
func (c *Classroom) key(ctx context.Context) (serverKey, error) {
	k, err := readKey(c.db.Read(ctx))
	if err != nil || k != nil {
		return deref(k), err
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return serverKey{}, err
	}
	fresh := serverKey{Secret: seed}
	fresh.KID = keyID(fresh.public())
	err = c.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO classroom_keys (kid, secret, active, created_at) VALUES (?, ?, 1, ?)", fresh.KID, seed, c.clock.Now()).Error
	})
	if err != nil && !store.IsDuplicate(err) {
		return serverKey{}, err
	}
	k, err = readKey(c.db.Read(ctx))
	return deref(k), err
}

func deref(k *serverKey) serverKey {
	if k == nil {
		return serverKey{}
	}
	return *k
}

func readKey(tx *gorm.DB) (*serverKey, error) {
	var rows []struct {
		Kid    string
		Secret []byte
	}
	err := tx.Raw("SELECT kid, secret FROM classroom_keys WHERE active = 1").Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &serverKey{KID: rows[0].Kid, Secret: rows[0].Secret}, nil
}

// laptopKeys are the two keys that a laptop makes for itself and never shows:
// one signs, the other opens class packs.
type laptopKeys struct {
	Sign []byte `json:"sign"` // Ed25519 seed
	Box  []byte `json:"box"`  // X25519 scalar
}

func newLaptopKeys() (laptopKeys, error) {
	box, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return laptopKeys{}, err
	}
	seed := make([]byte, ed25519.SeedSize)
	_, err = rand.Read(seed)
	return laptopKeys{Sign: seed, Box: box.Bytes()}, err
}

func (k laptopKeys) signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Sign) }

func (k laptopKeys) signPublic() ed25519.PublicKey {
	return k.signer().Public().(ed25519.PublicKey)
}

func (k laptopKeys) box() (*ecdh.PrivateKey, error) { return ecdh.X25519().NewPrivateKey(k.Box) }
