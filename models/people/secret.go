package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"nhaso/models"
)

// Cost is how expensive a password hash is. Zero fields take the values of
// DefaultCost.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Parallel  int // hashes computed at once
	Queue     int // callers that may wait for their turn
}

// DefaultCost is argon2id with 19 MiB and two passes, the least that OWASP's
// password storage cheat sheet names; about 36 ms here. Two at a time keep the
// memory at 38 MiB and leave a processor to everyone else.
var DefaultCost = Cost{MemoryKiB: 19 * 1024, Passes: 2, Parallel: 2, Queue: 1000}

// Hasher computes password hashes, a few at a time; the others queue. It must
// never be called inside a transaction: the queue would hold the write lock.
type Hasher struct {
	params  argon2id.Params
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	checked atomic.Int64
	decoy   string // what an unknown name is compared with
}

// NewHasher makes a hasher.
func NewHasher(c Cost) *Hasher {
	def(&c.MemoryKiB, DefaultCost.MemoryKiB)
	def(&c.Passes, DefaultCost.Passes)
	def(&c.Parallel, DefaultCost.Parallel)
	def(&c.Queue, DefaultCost.Queue)
	h := &Hasher{
		params: argon2id.Params{Memory: c.MemoryKiB, Iterations: c.Passes, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, c.Parallel),
		queue:  int64(c.Queue),
	}
	decoy, err := argon2id.CreateHash(rand.Text(), &h.params)
	if err != nil {
		panic(err) // only the source of randomness can fail, and it does not return
	}
	h.decoy = decoy
	return h
}

// enter waits for a turn; leave gives it back. The error is KindUnavailable
// "busy" when too many wait already, or that of ctx.
func (h *Hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > h.queue+int64(cap(h.slots)) {
		h.waiting.Add(-1)
		return &models.Error{Kind: models.KindUnavailable, Code: "busy", RetryAfter: 10}
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		h.waiting.Add(-1)
		return ctx.Err()
	}
}

func (h *Hasher) leave() {
	h.waiting.Add(-1)
	<-h.slots
}

// Hash computes the hash of a password for storage. Errors as enter.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(norm.NFC.String(password), &h.params)
}

// check compares while the caller holds a turn. An empty hash, the unknown
// name, costs the same and never matches. stale says that the hash was made at
// another cost.
func (h *Hasher) check(password, hash string) (ok, stale bool, err error) {
	h.checked.Add(1)
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	ok, made, err := argon2id.CheckHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, false, err
	}
	stale = made.Memory != h.params.Memory || made.Iterations != h.params.Iterations
	return ok && known, stale, nil
}

// Checked is how many passwords have been compared with a hash, each at full
// cost.
func (h *Hasher) Checked() int64 { return h.checked.Load() }

// Least lengths of a secret, in characters (own rule): what people choose for
// themselves, and what a school gives a pupil for the first sign-in. The short
// one is bearable because a name is locked after a few wrong ones.
const (
	minPassword = 8
	minInitial  = 6
	maxPassword = 200 // bytes
)

// tooCommon are passwords that are tried first, beside repeated characters.
var tooCommon = map[string]bool{
	"12345678": true, "123456789": true, "1234567890": true, "87654321": true, "11223344": true,
	"password": true, "password1": true, "matkhau1": true, "matkhau123": true, "qwertyuiop": true,
	"qwerty123": true, "abcd1234": true, "abc12345": true, "a1234567": true, "quangninh": true,
}

// checkPassword applies the password policy. location is the field named in
// the error; codes "too_short", "too_long", "same_as_username", "too_common".
func checkPassword(password, username, location string, least int) error {
	password = norm.NFC.String(password)
	folded := NormalizeUsername(password)
	switch {
	case utf8.RuneCountInString(password) < least:
		return models.InvalidField(location, "too_short")
	case len(password) > maxPassword:
		return models.InvalidField(location, "too_long")
	case folded == username:
		return models.InvalidField(location, "same_as_username")
	case least >= minPassword && (tooCommon[folded] || strings.Trim(password, string([]rune(password)[:1])) == ""):
		return models.InvalidField(location, "too_common")
	}
	return nil
}

// secretLetters has no two characters that are mistaken for each other on
// paper, and no capitals: a pupil types them on a telephone.
const secretLetters = "23456789abcdefghjkmnpqrstuvwxyz"

// newSecret makes a temporary secret of n characters: 31^6 ≈ 9·10^8 against at
// most 20 tries an hour.
func newSecret(n int) string {
	base := big.NewInt(int64(len(secretLetters)))
	b := make([]byte, n)
	for i := range b {
		k, err := rand.Int(rand.Reader, base)
		if err != nil {
			panic(err) // crypto/rand documents that it does not return
		}
		b[i] = secretLetters[k.Int64()]
	}
	return string(b)
}

// newToken makes an opaque token of 32 random bytes and what is stored of it.
func newToken() (token, hash string) {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand documents that it does not return
	}
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashToken(token)
}

// hashToken is enough for a random token: there is nothing to guess.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// errWrongSecret is how the inside says that a password or code does not fit.
var errWrongSecret = errors.New("wrong secret")
