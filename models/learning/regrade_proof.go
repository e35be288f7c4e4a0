package learning

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
)

// ReplacedProof is a result that a regrade replaced: a pass may rest on it.
type ReplacedProof struct {
	At    time.Time `json:"at"`
	Score int       `json:"score"` // basis points, before the regrade
	Hash  string    `json:"hash"`
	From  string    `json:"from"` // version of the question by which it was graded
	To    string    `json:"to"`
}

// proveRegrades goes through the regrades of an attempt from the result that
// its answers gave: each must replace the one before, and the last must be what
// is stored. slots, score and hash are those of the first result.
func (f *frozen) proveRegrades(tx *gorm.DB, p *AttemptProof, log []savedAnswer, slots []slotResult, score int, hash string) (
	[]slotResult, int, string, error) {
	found, err := regradesOf(tx, []models.ID{f.ID})
	if err != nil {
		return nil, 0, "", err
	}
	for _, r := range found[f.ID] {
		text, err := json.Marshal(slots)
		if err != nil {
			return nil, 0, "", err
		}
		ok := r.OldScore == score && r.OldResult == string(text) && r.OldHash == hash && r.Slot >= 1 && r.Slot <= len(f.items)
		p.Replaced = append(p.Replaced, ReplacedProof{At: r.RegradedAt.UTC(), Score: r.OldScore, Hash: r.OldHash, From: r.FromHash, To: r.ToHash})
		g, err := f.mendedBy(tx, r)
		if err != nil {
			return nil, 0, "", err
		}
		if !ok || g == nil {
			p.Intact = false
			return slots, score, hash, nil
		}
		slots[r.Slot-1] = g.gradeSlot(r.Slot-1, log, slots[r.Slot-1])
		if text, err = json.Marshal(slots); err != nil {
			return nil, 0, "", err
		}
		score = scoreOf(slots)
		hash = regradeHash(hash, r.FromHash, r.ToHash, r.Slot, string(text), score)
		p.Intact = p.Intact && r.NewScore == score && r.NewHash == hash
	}
	return slots, score, hash, nil
}

// mendedBy is the attempt with the version of one regrade in its slot; nil
// where that version is not there, was altered or does not fit.
func (f *frozen) mendedBy(tx *gorm.DB, r regradeRow) (*frozen, error) {
	if r.Slot < 1 || r.Slot > len(f.items) {
		return nil, nil
	}
	q, err := questionVersion(tx, r.ToHash)
	if err != nil || q == nil || q.ContentHash() != r.ToHash {
		return nil, err
	}
	s := f.items[r.Slot-1]
	it, reason := remap(s.q, s.item, q)
	if reason != "" || s.q.Hash != r.FromHash {
		return nil, nil
	}
	return f.with(r.Slot-1, shown{item: it, q: q}), nil
}

// mended is the attempt with the versions by which it is graded now: what its
// result shows. Without a regrade it is the attempt itself.
func (f *frozen) mended(tx *gorm.DB, done []regradeRow) (*frozen, error) {
	g := f
	for _, r := range done {
		x, err := f.mendedBy(tx, r)
		if err != nil {
			return nil, err
		}
		if x != nil {
			g = g.with(r.Slot-1, x.items[r.Slot-1])
		}
	}
	return g, nil
}
