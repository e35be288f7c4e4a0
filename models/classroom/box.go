package classroom

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"nhaso/models"
)

// filePack is a class pack.
const filePack = "classroom-pack"

// sealedPack is a class pack as a file: readable by one laptop, signed by the
// server. The box is X25519 with an ephemeral key, HKDF-SHA256, AES-256-GCM:
// one message to one known key needs no more than the standard library has.
type sealedPack struct {
	What      string    `json:"nhaso"`
	Version   int       `json:"v"`
	Laptop    models.ID `json:"laptop"`
	MadeAt    time.Time `json:"made_at"`
	ExpiresAt time.Time `json:"expires_at"`
	ServerKey []byte    `json:"server_key"`
	Ephemeral []byte    `json:"ephemeral"`
	Box       []byte    `json:"box"`
	Sig       []byte    `json:"sig"`
}

// bound is the text that the box is tied to: nothing of it can be exchanged.
func (p *sealedPack) bound() []byte {
	return []byte(fmt.Sprintf("nhaso classroom pack\n%d\n%s\n%s\n%s\n%x\n%x\n", p.Version, p.Laptop,
		p.MadeAt.UTC().Format(time.RFC3339), p.ExpiresAt.UTC().Format(time.RFC3339), p.ServerKey, p.Ephemeral))
}

func (p *sealedPack) signed() []byte {
	return []byte(fmt.Sprintf("%s%x\n", p.bound(), sha256.Sum256(p.Box)))
}

// cipherFor derives the key of one pack.
func (p *sealedPack) cipherFor(shared []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, shared, p.Ephemeral, "nhaso classroom pack key", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal packs content for a laptop. The key is used once, so the nonce is zero.
func (p *sealedPack) seal(content any, to []byte, key serverKey) ([]byte, error) {
	plain, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	var folded bytes.Buffer
	z := gzip.NewWriter(&folded)
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	peer, err := ecdh.X25519().NewPublicKey(to)
	if err != nil {
		return nil, err
	}
	once, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	shared, err := once.ECDH(peer)
	if err != nil {
		return nil, err
	}
	p.What, p.Version, p.ServerKey, p.Ephemeral = filePack, Version, key.public(), once.PublicKey().Bytes()
	aead, err := p.cipherFor(shared)
	if err != nil {
		return nil, err
	}
	p.Box = aead.Seal(nil, make([]byte, aead.NonceSize()), folded.Bytes(), p.bound())
	p.Sig = ed25519.Sign(key.private(), p.signed())
	return json.Marshal(p)
}

// readPack reads the outside of a pack. Errors are Invalid at "pack":
// "not_this_file", "future_version", "too_long", "bad_signature".
func readPack(r io.Reader) (*sealedPack, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxPack+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxPack {
		return nil, models.InvalidField("pack", "too_long")
	}
	p := &sealedPack{}
	var head fileHead
	if json.Unmarshal(raw, &head) != nil || head.What != filePack {
		return nil, models.InvalidField("pack", "not_this_file")
	}
	if head.Version != Version {
		return nil, models.InvalidField("pack", "future_version")
	}
	if json.Unmarshal(raw, p) != nil || len(p.ServerKey) != ed25519.PublicKeySize || !ed25519.Verify(p.ServerKey, p.signed(), p.Sig) {
		return nil, models.InvalidField("pack", "bad_signature")
	}
	return p, nil
}

// open unpacks with the laptop's key. Errors are Invalid at "pack":
// "other_laptop" when the key does not open it, "too_long", "invalid".
func (p *sealedPack) open(keys laptopKeys, into any) error {
	box, err := keys.box()
	if err != nil {
		return err
	}
	peer, err := ecdh.X25519().NewPublicKey(p.Ephemeral)
	if err != nil {
		return models.InvalidField("pack", "invalid")
	}
	shared, err := box.ECDH(peer)
	if err != nil {
		return models.InvalidField("pack", "invalid")
	}
	aead, err := p.cipherFor(shared)
	if err != nil {
		return err
	}
	folded, err := aead.Open(nil, make([]byte, aead.NonceSize()), p.Box, p.bound())
	if err != nil {
		return models.InvalidField("pack", "other_laptop")
	}
	z, err := gzip.NewReader(bytes.NewReader(folded))
	if err != nil {
		return models.InvalidField("pack", "invalid")
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if err != nil || len(plain) > maxUnpacked {
		return models.InvalidField("pack", "too_long")
	}
	if json.Unmarshal(plain, into) != nil {
		return models.InvalidField("pack", "invalid")
	}
	return nil
}
