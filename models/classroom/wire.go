package classroom

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"nhaso/models"
	"nhaso/models/learning"
)

// Batch is a numbered piece of a laptop's results. What is signed is the text
// that names every field, so two batches with one signature are one batch.
type Batch struct {
	Version int       `json:"v"`
	Laptop  models.ID `json:"laptop"`
	Seq     int64     `json:"seq"`  // from 1 without gaps
	Prev    string    `json:"prev"` // hash of the batch before, empty for the first
	MadeAt  time.Time `json:"made_at"`
	Facts   int       `json:"facts"`
	Payload []byte    `json:"payload"` // gzip of JSON lines, one fact a line
	Sig     []byte    `json:"sig"`
}

// Skip is a fact that was in order and was not taken, with the reason.
type Skip struct {
	Fact   int    `json:"fact"` // from 0
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
}

// Receipt is the server's word that a batch is on its disk.
type Receipt struct {
	Version    int       `json:"v"`
	Laptop     models.ID `json:"laptop"`
	Seq        int64     `json:"seq"`
	Hash       string    `json:"hash"` // of the batch
	Facts      int       `json:"facts"`
	Skipped    []Skip    `json:"skipped"`
	ClockShift int64     `json:"clock_shift"` // seconds that were added to the laptop's times
	AppliedAt  time.Time `json:"applied_at"`
	Key        string    `json:"key"` // of the server
	Sig        []byte    `json:"sig"`
}

func (b *Batch) signed() []byte {
	return []byte(fmt.Sprintf("nhaso classroom batch\n%d\n%s\n%d\n%s\n%s\n%d\n%x\n", b.Version, b.Laptop, b.Seq, b.Prev,
		b.MadeAt.UTC().Format(time.RFC3339), b.Facts, sha256.Sum256(b.Payload)))
}

// Hash names the batch by everything that is signed.
func (b *Batch) Hash() string {
	sum := sha256.Sum256(b.signed())
	return hex.EncodeToString(sum[:])
}

func (r *Receipt) signed() []byte {
	skipped, err := json.Marshal(r.Skipped)
	if err != nil {
		panic(err) // plain values cannot fail
	}
	return []byte(fmt.Sprintf("nhaso classroom receipt\n%d\n%s\n%d\n%s\n%d\n%x\n%d\n%s\n%s\n", r.Version, r.Laptop, r.Seq, r.Hash, r.Facts,
		sha256.Sum256(skipped), r.ClockShift, r.AppliedAt.UTC().Format(time.RFC3339), r.Key))
}

// verify checks the server's signature.
func (r *Receipt) verify(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, r.signed(), r.Sig)
}

// makeBatch folds encoded facts, signs and encodes.
func makeBatch(version int, key ed25519.PrivateKey, laptop models.ID, seq int64, prev string, at time.Time, lines [][]byte) (*Batch, []byte, error) {
	var folded bytes.Buffer
	z := gzip.NewWriter(&folded)
	for _, line := range lines {
		if _, err := z.Write(append(line, '\n')); err != nil {
			return nil, nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, nil, err
	}
	b := &Batch{Version: version, Laptop: laptop, Seq: seq, Prev: prev, MadeAt: at.UTC(), Facts: len(lines), Payload: folded.Bytes()}
	b.Sig = ed25519.Sign(key, b.signed())
	raw, err := json.Marshal(b)
	return b, raw, err
}

// ReadBatch reads one encoded batch. It checks the shape only; who signed it is
// for Apply. Errors are Invalid at "batch" or a field of it: "too_long",
// "invalid", "future_version".
func ReadBatch(raw []byte) (*Batch, error) {
	if len(raw) > maxBatch {
		return nil, models.InvalidField("batch", "too_long")
	}
	b := &Batch{}
	if err := strict(raw, b); err != nil {
		if newer(raw, batchVersion) {
			return nil, models.InvalidField("batch.v", "future_version")
		}
		return nil, models.InvalidField("batch", "invalid")
	}
	switch {
	case b.Version > batchVersion:
		return nil, models.InvalidField("batch.v", "future_version")
	case b.Version < 1:
		return nil, models.InvalidField("batch.v", "invalid")
	case b.Laptop.IsZero():
		return nil, models.InvalidField("batch.laptop", "required")
	case b.Seq < 1 || (b.Seq == 1) != (b.Prev == "") || b.Prev != "" && !isHash(b.Prev):
		return nil, models.InvalidField("batch.seq", "invalid")
	case b.Facts < 1 || b.Facts > maxFacts:
		return nil, models.InvalidField("batch.facts", "out_of_range")
	case len(b.Sig) != ed25519.SignatureSize:
		return nil, models.InvalidField("batch.sig", "invalid")
	}
	return b, nil
}

// newer tells whether something unreadable says of itself that it is newer.
func newer(raw []byte, most int) bool {
	var head struct {
		V int `json:"v"`
	}
	return json.Unmarshal(raw, &head) == nil && head.V > most
}

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && strings.ToLower(s) == s
}

// strict decodes one JSON value that is written exactly as this program writes
// it: no unknown member, none twice, nothing after it.
func strict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	again, err := json.Marshal(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, bytes.TrimSpace(raw)) {
		return errors.New("not in canonical form")
	}
	return nil
}

// facts unfolds the payload. Errors are Invalid at "batch.payload" or
// "facts[i]".
func (b *Batch) facts() ([]learning.Fact, error) {
	z, err := gzip.NewReader(bytes.NewReader(b.Payload))
	if err != nil {
		return nil, models.InvalidField("batch.payload", "invalid")
	}
	raw, err := io.ReadAll(io.LimitReader(z, maxUnfolded+1))
	switch {
	case len(raw) > maxUnfolded:
		return nil, models.InvalidField("batch.payload", "too_long")
	case err != nil:
		return nil, models.InvalidField("batch.payload", "invalid")
	}
	lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	if len(lines) != b.Facts {
		return nil, models.InvalidField("batch.facts", "miscounted")
	}
	list := make([]learning.Fact, len(lines))
	for i, line := range lines {
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&list[i]); err != nil || dec.More() || !list[i].Whole() {
			return nil, models.InvalidField(fmt.Sprintf("facts[%d]", i), "invalid")
		}
	}
	return list, nil
}

// ReadReceipt reads one encoded receipt; whether the server signed it is for
// TakeReceipt.
func ReadReceipt(raw []byte) (*Receipt, error) {
	r := &Receipt{}
	if len(raw) > maxBatch {
		return nil, models.InvalidField("receipt", "too_long")
	}
	if err := strict(raw, r); err != nil || r.Version < 1 {
		if newer(raw, Version) {
			return nil, models.InvalidField("receipt.v", "future_version")
		}
		return nil, models.InvalidField("receipt", "invalid")
	}
	if r.Version > Version {
		return nil, models.InvalidField("receipt.v", "future_version")
	}
	return r, nil
}
